// What the benchmarks read: files made once in a folder for temporary files, and used again.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mulberry32 } from '../scripts/simulate/random.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(tmpdir(), 'splice-score-bench')
/** Shortest intron, and bases between it and the longest. */
const SHORTEST = 70
const SPREAD = 10_000
/** Bases at both ends of a contig in which no intron begins or ends. */
const MARGIN = 1000

/** Returns the path of a BAM of so many simulated reads. @param {number} reads */
export function benchmarkBam(reads) {
  return made(`reads-${reads}.bam`, path => make(path, ['--reads', String(reads)]))
}

/** Returns the path of the genome of those reads, 100 Mb with an index beside it. */
export function benchmarkGenome() {
  return made('genome.fa', path => {
    make(join(folder, 'reads-of-genome.bam'), ['--reads', '1000', '--ref', path])
    renameSync(`${path}.fai`, join(folder, 'genome.fa.fai'))
  })
}

/**
 * Returns the path of a BED of random introns on the benchmark genome, all different: every window is scored.
 * @param {number} count
 */
export function randomIntrons(count) {
  // The index, not the genome: Linux counts the memory of the process that starts another into the other's peak.
  const index = readFileSync(`${benchmarkGenome()}.fai`, 'utf8')
  const contigs = index
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))
  return made(`introns-${count}.bed`, path => {
    const random = mulberry32(7)
    const rows = Array.from({ length: count }, (_, i) => {
      const [name = '', length = ''] = contigs[i % contigs.length] ?? []
      const start = MARGIN + Math.floor(random() * (Number(length) - 2 * MARGIN - SHORTEST - SPREAD))
      const end = start + SHORTEST + Math.floor(random() * SPREAD)
      return `${name}\t${start}\t${end}\tj${i}\t1\t${random() < 0.5 ? '+' : '-'}\n`
    })
    writeFileSync(path, rows.join(''))
  })
}

/**
 * Returns the path of a file of the folder, made unless it is there; one whose maker is stopped is not.
 * @param {string} name
 * @param {(path: string) => void} maker
 */
function made(name, maker) {
  const path = join(folder, name)
  if (!existsSync(path)) {
    console.log(`making ${path}`)
    mkdirSync(folder, { recursive: true })
    const unfinished = `${path}.unfinished`
    maker(unfinished)
    renameSync(unfinished, path)
  }
  return path
}

/**
 * @param {string} path
 * @param {string[]} options
 */
function make(path, options) {
  execFileSync(process.execPath, [join(root, 'scripts/make-benchmark-bam.mjs'), path, ...options])
}
