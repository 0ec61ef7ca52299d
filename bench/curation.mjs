// Time and memory of `splice-score curate`, in processes of their own, beside what it is meant to take: on a synthetic genome
// of 100 Mb with 200,000 introns and 7 million random negatives, and on human chromosome 22 where the data folder is there.
//   npm run bench:curation -- [--scale 1] [--seed 1] [--random 35] [--folder DIR] [--only windows|no-windows|chr22]
// --folder keeps the genome there, and uses it again. With windows, two gigabytes are written.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    random: { type: 'string', default: '35' },
    folder: { type: 'string' },
    only: { type: 'string' },
  },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const tool = join(root, 'bin/splice-score.js')
const data = resolve(root, process.env.SPLICE_SCORE_DATA ?? '../shared/data', 'human-chr22-20m')
const MEMORY_TARGET = 500
const SECONDS_TARGET = 10
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'splice-score-bench-'))

process.on('SIGINT', () => process.exit(130))
process.on('exit', () => {
  if (values.folder === undefined) {
    rmSync(folder, { recursive: true, force: true })
  }
})
for (const [name, options] of /** @type {const} */ ([
  ['windows', []],
  ['no-windows', ['--no-windows']],
])) {
  if (values.only === undefined || values.only === name) {
    const genome = syntheticGenome()
    const settings = ['--support', 'unique', '--random', values.random, '--validation', '0.1']
    await measure(
      `${values.scale} x 100 Mb, 200,000 introns, ${values.random} random negatives each, ${name}`,
      [...genome, ...settings, '--test-contigs', 'chr5', '--seed', values.seed, ...options],
      values.scale === '1' ? `target: below ${MEMORY_TARGET} MB` : 'targets are for scale 1',
    )
  }
}
if (values.only === undefined || values.only === 'chr22') {
  await measureChromosome22()
}

/** Returns the options that name the synthetic genome, which is made unless it is there. */
function syntheticGenome() {
  const genome = join(folder, 'genome.fa')
  if (!existsSync(`${genome}.fai`)) {
    console.log(`making a genome in ${folder}`)
    // In a process of its own: Linux counts the memory of the process that starts another into the other's peak.
    const script = join(root, 'bench/curation-genome.mjs')
    execFileSync(process.execPath, [script, folder, '--scale', values.scale, '--seed', values.seed])
  }
  const tables = ['rep1', 'rep2'].flatMap(name => ['--junctions', join(folder, `${name}.SJ.out.tab`)])
  return ['--ref', genome, '--annotation', join(folder, 'genes.gtf'), ...tables]
}

async function measureChromosome22() {
  if (!existsSync(data)) {
    console.log('human chr22: no data folder, see SPLICE_SCORE_DATA')
    return
  }
  const files = {
    '--ref': 'chr22.partial.fa.gz',
    '--annotation': 'gencode.v38.basic.chr22.gtf.gz',
    '--primary': 'mane.refseq.chr22.gff3.gz',
  }
  const tables = ['uhr-rep1', 'uhr-rep2'].flatMap(name => [
    '--junctions',
    join(data, `${name}.star.SJ.out.tab.gz`),
  ])
  const named = Object.entries(files).flatMap(([option, name]) => [option, join(data, name)])
  const settings = ['--support', 'unique', '--min-support', '10']
  await measure('human chr22', [...named, ...tables, ...settings], `target: seconds (${SECONDS_TARGET})`)
}

/**
 * Runs one curation and prints what it took and made.
 * @param {string} title
 * @param {string[]} args
 * @param {string} target
 */
async function measure(title, args, target) {
  const out = mkdtempSync(join(folder, 'curated-'))
  const started = performance.now()
  const { peak, errors, status } = await watched([tool, 'curate', ...args, '--out', out])
  const seconds = (performance.now() - started) / 1000
  if (status !== 0) {
    throw new Error(`curate ${args.join(' ')} failed: ${errors}`)
  }
  const { counts, leftOut } = JSON.parse(readFileSync(join(out, 'dataset.json'), 'utf8'))
  rmSync(out, { recursive: true })
  const cpu = /CPU ([\d.]+) s/.exec(errors)?.[1] ?? 'not measured'
  console.log(`${title}\n  ${seconds.toFixed(1)} s, CPU ${cpu} s, peak memory ${peak} MB (${target})`)
  const classes = Object.entries(counts.classes).map(([name, count]) => `${name} ${count}`)
  console.log(`  ${counts.rows} rows: ${classes.join(', ')}`)
  const reasons = Object.entries(leftOut).map(
    ([reason, by]) =>
      `${reason} ${Object.values(/** @type {Record<string, number>} */ (by)).reduce((a, b) => a + b, 0)}`,
  )
  console.log(`  left out: ${reasons.join(', ')}`)
}

/**
 * Runs Node and returns its standard error and the most memory it had, in MB.
 * @param {string[]} args
 * @returns {Promise<{ peak: string, errors: string, status: number | null }>}
 */
function watched(args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let [peak, errors] = [0, '']
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  // The high-water mark of the process itself, as long as it is there to be asked.
  const status = `/proc/${child.pid}/status`
  const timer = setInterval(() => {
    const found = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] : undefined
    peak = Math.max(peak, Number(found ?? 0) / 1024)
  }, 100)
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', code => {
      clearInterval(timer)
      const own = /peak memory (\d+) MB/.exec(errors)?.[1] ?? 'not measured'
      done({ peak: peak > 0 ? peak.toFixed(0) : own, errors, status: code })
    })
  })
}
