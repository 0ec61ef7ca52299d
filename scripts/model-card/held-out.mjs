// Curates the held-out sets and pools their rows.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { HELD_OUT, pathsOf } from './data-sets.mjs'
import { runTool, tableRows } from './tool.mjs'

/** Near misses for each annotated intron. */
export const NEAR_MISSES = 10

/** All annotated introns are positives, whatever the reads say and whatever their gene is; all rows are test rows. */
const SETTINGS = [
  '--min-support',
  '0',
  '--biotypes',
  'any',
  '--random',
  '1',
  '--test',
  '1',
  '--validation',
  '0',
]

/** The kinds of negatives, the hardest first. */
export const STRENGTHS = /** @type {const} */ ([
  { key: 'near-miss', className: 'negative-near-miss', title: 'near misses' },
  { key: 'random', className: 'negative-random', title: 'random opposite-strand GT-AG' },
  { key: 'single-read', className: 'negative-1', title: 'single-read opposite-strand junctions' },
])

/**
 * @typedef {{ contig: string, start: number, end: number, strand: '+' | '-' | '.' }} Place
 * @typedef {Place & {
 *   strand: '+' | '-',
 *   set: string,
 *   className: string,
 *   isPositive: boolean,
 *   gene: string,
 *   motif: string,
 *   making: string,
 * }} Row
 */

/**
 * Returns the rows of all held-out sets, one set after the other, and the options they were curated with.
 * @param {{ root: string, data: string, scratch: string }} where
 */
export function curateHeldOut({ root, data, scratch }) {
  /** @type {Row[]} */
  const rows = []
  mkdirSync(join(scratch, 'curated'), { recursive: true })
  for (const set of HELD_OUT) {
    const { reference, annotation, alignments } = pathsOf(data, set)
    const folder = join(scratch, 'curated', set.key)
    rmSync(folder, { recursive: true, force: true })
    const reads = alignments.flatMap(path => ['--bam', path])
    const files = ['--ref', reference, '--annotation', annotation, ...reads, '--out', folder]
    runTool(root, ['curate', ...files, ...SETTINGS, '--near-miss', String(NEAR_MISSES), '--no-windows', '-q'])
    rows.push(...readRows(join(folder, 'junctions.tsv.gz'), set.key))
  }
  return { rows, options: [...SETTINGS, '--near-miss', String(NEAR_MISSES)].join(' ') }
}

/**
 * Returns the examples of a curated table; rows of class `unknown` are none.
 * @param {string} path
 * @param {string} set
 * @returns {Row[]}
 */
function readRows(path, set) {
  const rows = tableRows(gunzipSync(readFileSync(path)).toString())
  return rows
    .filter(row => row.class !== 'unknown')
    .map((row, i) => ({
      set,
      contig: String(row.contig),
      start: Number(row.start),
      end: Number(row.end),
      strand: row.strand === '-' ? '-' : '+',
      className: String(row.class),
      isPositive: String(row.class).startsWith('positive'),
      // A row without a gene stands for itself in the bootstrap.
      gene: row.gene === '.' ? `${set} row ${i}` : `${set} ${row.gene}`,
      motif: String(row.motif),
      making: String(row.decoy),
    }))
}
