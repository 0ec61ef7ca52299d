import type { JunctionEvidence } from '../genome/junction.ts'
import { scoreCount, tableJunction, tableStrand } from './junction-row.ts'
import { type RowPlace, wholeNumber } from './text-lines.ts'

/**
 * Returns a junction as regtools writes it: two blocks, the anchors, around the intron; without a line end.
 * `index` is the number in the name (regtools counts from 1). Unknown anchors are one base, strand `.` is `?`.
 * Coordinates: 0-based half-open; the left anchor is cut at the contig's start.
 */
export function formatBed12(row: JunctionEvidence, index: number): string {
  const left = Math.min(row.leftAnchor ?? row.maxAnchor ?? 1, row.start)
  const right = row.rightAnchor ?? row.maxAnchor ?? 1
  const start = row.start - left
  const end = row.end + right
  return [
    row.contig,
    start,
    end,
    `JUNC${String(index).padStart(8, '0')}`,
    row.reads ?? row.fragments ?? 0,
    row.strand === '.' ? '?' : row.strand,
    start,
    end,
    '255,0,0',
    2,
    `${left},${right}`,
    `0,${row.end - start}`,
  ].join('\t')
}

const BLOCK_LIST = /^\d+(,\d+)*,?$/

/** True when columns 10 to 12 are a BED12 row's blocks, whatever follows them. */
export function hasBlocks(columns: readonly string[]): boolean {
  return (
    columns.length >= 12 &&
    /^\d+$/.test(columns[9]!) &&
    BLOCK_LIST.test(columns[10]!) &&
    BLOCK_LIST.test(columns[11]!)
  )
}

/**
 * Returns the junctions of a BED12 row, one per gap between its blocks; the blocks beside a gap are its anchors and
 * a whole score is the number of reads. Reads regtools, TopHat and portcullis rows alike.
 * Coordinates: an intron is `[end of a block, start of the next)`, 0-based half-open.
 * Throws: InputDataError for one block, or blocks that disagree with the row's start and end.
 */
export function parseBed12(columns: readonly string[], place: RowPlace): JunctionEvidence[] {
  if (!hasBlocks(columns)) {
    throw place.error(
      'expected a BED12 row (twelve columns, block count, sizes and starts in 10 to 12), found none',
    )
  }
  const start = wholeNumber(columns[1], 'start (column 2)', place)
  const end = wholeNumber(columns[2], 'end (column 3)', place)
  const strand = tableStrand(columns[5], place)
  const reads = scoreCount(columns[4])
  const sizes = blockList(columns[10]!)
  const starts = blockList(columns[11]!)
  checkBlocks(Number(columns[9]), sizes, starts, end - start, place)
  const junctions: JunctionEvidence[] = []
  for (let i = 1; i < sizes.length; i++) {
    const left = start + starts[i - 1]! + sizes[i - 1]!
    const row = tableJunction(columns[0]!, left, start + starts[i]!, strand, place)
    row.reads = reads
    row.leftAnchor = sizes[i - 1]
    row.rightAnchor = sizes[i]
    junctions.push(row)
  }
  return junctions
}

function blockList(field: string): number[] {
  return field
    .split(',')
    .filter(text => text !== '')
    .map(Number)
}

function checkBlocks(
  count: number,
  sizes: readonly number[],
  starts: readonly number[],
  length: number,
  place: RowPlace,
): void {
  if (count !== sizes.length || count !== starts.length) {
    throw place.error(
      `expected ${count} block sizes and starts (column 10), found ${sizes.length} and ${starts.length}`,
    )
  }
  if (count < 2) {
    throw place.error(
      'expected two blocks or more around an intron, found one',
      'give junctions; a transcript of one exon has none',
    )
  }
  const last = count - 1
  if (starts[0] !== 0 || starts[last]! + sizes[last]! !== length) {
    throw place.error(
      `expected blocks from the row's start to its end (${length} bases), found ${starts[0]} to ${starts[last]! + sizes[last]!}`,
    )
  }
}
