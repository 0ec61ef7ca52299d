import type { Strand } from '../genome/strand.ts'
import type { RowPlace } from './text-lines.ts'
import type { RowSpan } from './transcript-table.ts'

/** The two formats of nine columns, which differ in how the ninth is written. */
export type Dialect = 'gff3' | 'gtf'

/** Returns `key=value` as GFF3, `key "value"` (quotes optional) as GTF, undefined where nothing is written. */
export function dialectOf(attributes: string): Dialect | undefined {
  return /^\s*[^\s="]+=/.test(attributes) ? 'gff3' : /^\s*[^\s="]+\s+\S/.test(attributes) ? 'gtf' : undefined
}

/**
 * Returns where a GFF3 or GTF row lies.
 * Coordinates: 1-based closed in the row, 0-based half-open in the result.
 * Throws: InputDataError for a row without nine columns, positions or a strand.
 */
export function rowSpan(columns: readonly string[], place: RowPlace): RowSpan {
  if (columns.length !== 9) {
    throw place.error(
      `expected the 9 tab-separated columns of a GFF3 or GTF row, found ${columns.length}`,
      'give an annotation in GFF3 or GTF format',
    )
  }
  const start1 = columns[3]!
  const end1 = columns[4]!
  if (!/^\d{1,15}$/.test(start1) || !/^\d{1,15}$/.test(end1)) {
    throw place.error(
      `expected whole numbers as start and end (columns 4, 5), found "${start1}" and "${end1}"`,
    )
  }
  if (Number(start1) < 1 || Number(start1) > Number(end1)) {
    throw place.error(`expected 1 <= start <= end (columns 4, 5), found ${start1} and ${end1}`)
  }
  return { start: Number(start1) - 1, end: Number(end1), strand: rowStrand(columns[6]!, place) }
}

function rowStrand(strand: string, place: RowPlace): Strand {
  if (strand === '+' || strand === '-' || strand === '.') {
    return strand
  }
  if (strand === '?') {
    return '.'
  }
  throw place.error(
    `expected + - . or ? as strand (column 7), found "${strand}"`,
    'give a GFF3 or GTF; a table of junctions is no annotation',
  )
}
