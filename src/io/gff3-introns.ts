import { util } from '@gmod/gff'
import type { JunctionEvidence } from '../genome/junction.ts'
import { dialectOf, rowSpan } from './gff-row.ts'
import { tableJunction } from './junction-row.ts'
import type { RowPlace } from './text-lines.ts'

const STRAND = /^[-+.?]$/
const POSITION = /^\d+$/

/** True when the columns look like a row of GFF3 or GTF: nine, with positions in 4 and 5 and a strand in 7. */
export function looksLikeGff(columns: readonly string[]): boolean {
  return (
    columns.length === 9 &&
    POSITION.test(columns[3]!) &&
    POSITION.test(columns[4]!) &&
    STRAND.test(columns[6]!) &&
    // A BED row has its positions in columns 2 and 3, and three columns of its own after the sixth.
    !(POSITION.test(columns[1]!) && POSITION.test(columns[2]!))
  )
}

/** A whole number as GFF3 files write it: 12, 12.0, 1.1304e+06. */
const NUMBER = /^\d+(\.\d*)?(e[+-]?\d+)?$/i

/**
 * Returns a parser of GFF3 rows, which returns the junction of an `intron` row with a number of reads as its score, and
 * undefined for all other rows and for introns without a score. Rows of one junction (one for each tissue) stay apart.
 * Coordinates: 1-based closed in the row, 0-based half-open in the result.
 * Throws: InputDataError for a row that is not GFF3, and for a score that is not a whole number.
 */
export function gff3IntronParser(): (
  columns: readonly string[],
  place: RowPlace,
) => JunctionEvidence | undefined {
  // A name cut from a line would keep the whole piece of the file in memory, of which few rows may be introns.
  const names = new Map<string, string>()
  return (columns, place) => {
    const { start, end, strand } = rowSpan(columns, place)
    if (dialectOf(columns[8]!) === 'gtf') {
      throw place.error(
        'expected the attributes of GFF3 (key=value) in column 9, found those of GTF',
        'junctions are read from GFF3; write them as BED or convert the file to GFF3',
      )
    }
    const score = columns[5]!
    if (columns[2]!.toLowerCase() !== 'intron' || score === '.') {
      return undefined
    }
    const raw = columns[0]!
    let contig = names.get(raw)
    if (contig === undefined) {
      contig = Buffer.from(contigName(raw, place)).toString()
      names.set(Buffer.from(raw).toString(), contig)
    }
    const row = tableJunction(contig, start, end, strand, place)
    row.reads = readCount(score, place)
    return row
  }
}

function readCount(score: string, place: RowPlace): number {
  const count = Number(score)
  if (!NUMBER.test(score) || !Number.isSafeInteger(count)) {
    throw place.error(
      `expected a whole number of reads as the score of an intron row (column 6), found "${score}"`,
      'give a file whose intron rows hold counts, or a dot where nothing was counted',
    )
  }
  return count
}

function contigName(raw: string, place: RowPlace): string {
  try {
    return util.unescape(raw)
  } catch {
    throw place.error('expected URL escapes of UTF-8 (such as %7C) in the contig name, found broken ones')
  }
}
