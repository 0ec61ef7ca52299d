import type { JunctionEvidence } from '../genome/junction.ts'
import { scoreCount, tableJunction, tableStrand, tableStrandSource } from './junction-row.ts'
import { type RowPlace, wholeNumber } from './text-lines.ts'

export interface Bed6Extra {
  /** Colour as igv.js takes it, e.g. `#1f5fa8`; written as an attribute of the name column. */
  color?: string
  /** Replaces the support as score (column 5). */
  score?: number
}

/**
 * Returns a junction as a BED row without its line end. The name column carries the evidence as `key=value;...`,
 * in the words igv.js reads; what is not known is left out. The score is the support, 0 when unknown.
 * Coordinates: the intron, 0-based half-open.
 */
export function formatBed6(row: JunctionEvidence, extra: Bed6Extra = {}): string {
  return [
    row.contig,
    row.start,
    row.end,
    nameAttributes(row, extra.color),
    extra.score ?? row.fragments ?? row.reads ?? (row.unique ?? 0) + (row.multi ?? 0),
    row.strand,
  ].join('\t')
}

function nameAttributes(row: JunctionEvidence, color: string | undefined): string {
  const attributes: [string, string | number | boolean | undefined][] = [
    ['motif', row.motif?.replace('-', '/')],
    ['uniquely_mapped', row.unique],
    ['multi_mapped', row.multi],
    ['maximum_spliced_alignment_overhang', row.maxAnchor],
    ['annotated_junction', row.annotated],
    ['fragments', row.fragments],
    ['reads', row.reads],
    ['distinct_starts', row.distinctStarts],
    // Always written: a row with attributes is one of ours, whose score column is not a read count.
    ['strand_source', row.strandSource],
    ['color', color],
  ]
  return attributes
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`)
    .join(';')
}

const KEYS =
  /(?:^|;)(motif|uniquely_mapped|multi_mapped|maximum_spliced_alignment_overhang|annotated_junction|fragments|reads|distinct_starts|strand_source)=([^;]*)/g

/**
 * Returns the junction of a BED row with six columns or more. Evidence comes from attributes in the name column
 * where there are any, else the score, if whole, is the number of reads.
 * Coordinates: the row is the intron, 0-based half-open.
 * Throws: InputDataError for a row that is not BED6 or whose attributes do not read.
 */
export function parseBed6(columns: readonly string[], place: RowPlace): JunctionEvidence {
  if (columns.length < 6) {
    throw place.error(`expected a BED row of six columns or more, found ${columns.length}`)
  }
  const row = tableJunction(
    columns[0]!,
    wholeNumber(columns[1], 'start (column 2)', place),
    wholeNumber(columns[2], 'end (column 3)', place),
    tableStrand(columns[5], place),
    place,
  )
  const attributes = [...columns[3]!.matchAll(KEYS)]
  if (attributes.length === 0) {
    row.reads = scoreCount(columns[4])
  }
  for (const [, key, value] of attributes) {
    setAttribute(row, key!, value!, place)
  }
  return row
}

/** The attributes that are counts, and the field each fills. */
const COUNTS: Record<string, 'unique' | 'multi' | 'maxAnchor' | 'fragments' | 'reads' | 'distinctStarts'> = {
  uniquely_mapped: 'unique',
  multi_mapped: 'multi',
  maximum_spliced_alignment_overhang: 'maxAnchor',
  fragments: 'fragments',
  reads: 'reads',
  distinct_starts: 'distinctStarts',
}

function setAttribute(row: JunctionEvidence, key: string, value: string, place: RowPlace): void {
  switch (key) {
    case 'motif':
      // Other writers put words such as non-canonical here.
      row.motif = /^[ACGTN]{2}\/[ACGTN]{2}$/.test(value) ? value.replace('/', '-') : undefined
      break
    case 'annotated_junction':
      row.annotated = trueOrFalse(value, place)
      break
    case 'strand_source':
      row.strandSource = tableStrandSource(value, place)
      break
    default:
      row[COUNTS[key]!] = wholeNumber(value, key, place)
  }
}

function trueOrFalse(value: string, place: RowPlace): boolean {
  if (value !== 'true' && value !== 'false') {
    throw place.error(`expected true or false as annotated_junction, found "${value}"`)
  }
  return value === 'true'
}
