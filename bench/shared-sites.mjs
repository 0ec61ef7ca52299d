// How many junctions of real data share their sites: the most that could be saved by running the part of the default model that
// reads one site once for each distinct one. Prints a table of docs/performance.md.
//   npm run build && node bench/shared-sites.mjs
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const tool = join(root, 'bin/splice-score.js')
const data = resolve(root, process.env.SPLICE_SCORE_DATA ?? '../shared/data')
/** Bases of the intron that a half of a window shows, where there are as many. */
const SEEN = 200
const STAR = ['uhr-rep1.star.SJ.out.tab.gz', 'uhr-rep2.star.SJ.out.tab.gz']
const REPLICATES = ['e14-rep1.bam', 'e14-rep2.bam', 'e18-rep1.bam', 'e18-rep2.bam']

/** @type {{name: string, folder: string, reference: string, files: string[]}[]} */
const SETS = [
  set('human X, short reads', 'human-chrx-minigenome', 'minigenome.fa.gz', ['geuvadis-lcl.minigenome.bam']),
  set('mouse 15, short reads, one sample', 'mouse-chr15-1m', 'chr15.window.fa.gz', REPLICATES.slice(3)),
  set('mouse 15, four samples together', 'mouse-chr15-1m', 'chr15.window.fa.gz', REPLICATES),
  set('mouse 9, simulated short reads', 'mouse-chr9-3m', 'chr9.1-4000000.fa.gz', ['illumina.chr9.bam']),
  set('mouse 9, simulated Nanopore', 'mouse-chr9-3m', 'chr9.1-4000000.fa.gz', ['ont-simulated.chr9.bam']),
  set('human 22, STAR, one replicate', 'human-chr22-20m', 'chr22.partial.fa.gz', STAR.slice(0, 1)),
  set('human 22, two replicates together', 'human-chr22-20m', 'chr22.partial.fa.gz', STAR),
]

if (!existsSync(data)) {
  console.log('no data folder, see SPLICE_SCORE_DATA')
} else {
  console.log(
    '| | junctions | distinct donors | distinct acceptors | sites for each junction | saved at most |',
  )
  console.log('|---|---|---|---|---|---|')
  for (const { name, folder, reference, files } of SETS) {
    const junctions = new Set(
      files.flatMap(file => junctionsOf(join(data, folder, file), join(data, folder, reference))),
    )
    const [donors, acceptors] = distinctHalves(junctions)
    const perJunction = (donors + acceptors) / junctions.size
    const saved = `${(100 * (1 - perJunction / 2)).toFixed(0)} %`
    console.log(
      `| ${name} | ${junctions.size} | ${donors} | ${acceptors} | ${perJunction.toFixed(2)} | ${saved} |`,
    )
  }
}

/**
 * Returns every junction as its contig, start, end and strand; both strands of one whose strand is unknown: both are scored.
 * @param {string} input
 * @param {string} reference
 */
function junctionsOf(input, reference) {
  const table = execFileSync(process.execPath, [tool, 'extract', input, '--ref', reference, '--quiet'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    // Warnings of contigs that hardly overlap are known here; an error's message holds what was said.
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return table
    .trimEnd()
    .split('\n')
    .slice(1)
    .flatMap(row => {
      const [contig, start, end, strand = ''] = row.split('\t')
      return strandsOf(strand).map(known => [contig, start, end, known].join('\t'))
    })
}

/** @param {string} strand */
function strandsOf(strand) {
  return strand === '.' ? ['+', '-'] : [strand]
}

/**
 * Returns the numbers of distinct donor and acceptor halves. An intron too short to fill a half has halves of its own.
 * @param {Iterable<string>} junctions
 */
function distinctHalves(junctions) {
  /** @type {[Set<string>, Set<string>]} */
  const halves = [new Set(), new Set()]
  for (const junction of junctions) {
    const [contig, start, end, strand] = junction.split('\t')
    const seen = Math.min(SEEN, Number(end) - Number(start))
    const [donor, acceptor] = strand === '+' ? [start, end] : [end, start]
    halves[0].add(`${contig} ${strand} ${donor} ${seen}`)
    halves[1].add(`${contig} ${strand} ${acceptor} ${seen}`)
  }
  return /** @type {[number, number]} */ (halves.map(found => found.size))
}

/**
 * @param {string} name
 * @param {string} folder
 * @param {string} reference
 * @param {string[]} files
 */
function set(name, folder, reference, files) {
  return { name, folder, reference, files }
}
