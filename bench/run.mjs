// Speed and memory of the built tool: whole processes, interleaved with pysam and samtools where they are installed, so that
// a change in the machine's load hits all of them. Quote the ratios, not the seconds.
//   npm run bench -- [--reads 1000000] [--runs 7] [--no-long]
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { mulberry32 } from '../scripts/simulate/random.mjs'

const { values } = parseArgs({
  options: {
    reads: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '7' },
    'no-long': { type: 'boolean', default: false },
  },
})
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(tmpdir(), 'splice-score-bench')
const tool = join(root, 'bin/splice-score.js')
const reads = Number(values.reads)
const runs = Number(values.runs)
const TABLE_ROWS = 100_000

mkdirSync(folder, { recursive: true })
const reference = join(folder, 'genome.fa')
const bam = makeBam(reads, ['--ref', reference])
const pythonWithPysam = ['python3', '/usr/bin/python3'].find(works)
const hasSamtools = spawnSync('samtools', ['--version']).status === 0

console.log(
  `extraction, ${reads} reads (${(readFileSync(bam).length / 1e6).toFixed(0)} MB), ${runs} runs each, medians`,
)
compare([
  { name: 'splice-score extract', command: process.execPath, args: [tool, 'extract', bam] },
  ...(pythonWithPysam
    ? [
        {
          name: 'pysam loop over cigartuples',
          command: pythonWithPysam,
          args: [join(root, 'bench/pysam-loop.py'), bam],
        },
      ]
    : []),
  ...(hasSamtools ? [{ name: 'samtools view -c', command: 'samtools', args: ['view', '-c', bam] }] : []),
])
if (!pythonWithPysam) {
  console.log('  pysam: not installed, no comparison')
}

if (!values['no-long']) {
  const long = makeBam(reads * 10, [])
  console.log(`extraction, ten times the reads`)
  compare([{ name: 'splice-score extract', command: process.execPath, args: [tool, 'extract', long] }], 2)
}

console.log('scoring')
compare(
  [
    { name: 'BAM to scores', command: process.execPath, args: [tool, bam, '--ref', reference] },
    {
      name: `${TABLE_ROWS} junctions of a BED`,
      command: process.execPath,
      args: [tool, makeTable(), '--ref', reference],
      units: TABLE_ROWS,
    },
  ],
  3,
)

/** @typedef {{name: string, command: string, args: string[], units?: number}} Contender */

/**
 * Runs the contenders in turn and prints the median wall time of each, its ratio to the first, and peak memory.
 * @param {Contender[]} contenders
 */
function compare(contenders, rounds = runs) {
  /** @type {{seconds: number[], own: number[], peak: string}[]} */
  const results = contenders.map(() => ({ seconds: [], own: [], peak: 'not measured' }))
  for (let round = -1; round < rounds; round++) {
    for (const [i, { command, args }] of contenders.entries()) {
      const started = performance.now()
      // Tables go nowhere: pysam's loop prints none, and a pipe would measure its reader.
      const child = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
      const seconds = (performance.now() - started) / 1000
      if (child.status !== 0) {
        throw new Error(`${command} ${args.join(' ')} failed: ${child.stderr}`)
      }
      const result = /** @type {{seconds: number[], own: number[], peak: string}} */ (results[i])
      result.peak = /peak memory (\d+ MB)/.exec(child.stderr)?.[1] ?? result.peak
      if (round >= 0) {
        result.seconds.push(seconds)
        const own = /([\d.]+) s, (?:CPU|peak)/.exec(child.stderr)?.[1]
        if (own) {
          result.own.push(Number(own))
        }
      }
    }
  }
  const first = median(results[0]?.seconds ?? [])
  for (const [i, { name, units }] of contenders.entries()) {
    const result = /** @type {{seconds: number[], own: number[], peak: string}} */ (results[i])
    const seconds = median(result.seconds)
    const rate = units ? `, ${Math.round(units / seconds)} junctions/s` : ''
    const ratio = i > 0 && !units ? `, ${(seconds / first).toFixed(2)} times the first` : ''
    const own =
      result.own.length > 0 ? ` (${median(result.own).toFixed(2)} s by its own clock, after start-up)` : ''
    console.log(`  ${name}: ${seconds.toFixed(2)} s${ratio}${own}${rate}, peak memory ${result.peak}`)
  }
}

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/**
 * @param {number} count
 * @param {string[]} extra
 */
function makeBam(count, extra) {
  const path = join(folder, `reads-${count}.bam`)
  if (!existsSync(path) || (extra.length > 0 && !existsSync(reference))) {
    console.log(`making ${path}`)
    execFileSync(process.execPath, [
      join(root, 'scripts/make-benchmark-bam.mjs'),
      path,
      '--reads',
      String(count),
      ...extra,
    ])
  }
  return path
}

/** Makes a BED of random introns on the benchmark genome, all different: every window is scored. */
function makeTable() {
  const path = join(folder, 'introns.bed')
  const contigs = readFileSync(reference, 'utf8')
    .split('>')
    .slice(1)
    .map(record => ({
      name: record.slice(0, record.indexOf('\n')),
      length: record.length - record.indexOf('\n'),
    }))
  const random = mulberry32(7)
  const rows = Array.from({ length: TABLE_ROWS }, (_, i) => {
    const contig = contigs[i % contigs.length] ?? { name: '', length: 0 }
    const start = 1000 + Math.floor(random() * (contig.length * 0.9 - 20_000))
    return `${contig.name}\t${start}\t${start + 70 + Math.floor(random() * 10_000)}\tj${i}\t1\t${random() < 0.5 ? '+' : '-'}\n`
  })
  writeFileSync(path, rows.join(''))
  return path
}

/** @param {string} python */
function works(python) {
  return spawnSync(python, ['-c', 'import pysam']).status === 0
}
