import type { JunctionEvidence } from '../genome/junction.ts'
import { optionalCount, tableJunction, tableStrand, tableStrandSource } from './junction-row.ts'
import { type RowPlace, wholeNumber } from './text-lines.ts'

/** Columns of the junction table, in order. */
export const EVIDENCE_COLUMNS = [
  'contig',
  'start',
  'end',
  'strand',
  'strand_source',
  'motif',
  'fragments',
  'reads',
  'unique',
  'multi',
  'max_anchor',
  'distinct_starts',
  'annotated',
] as const

/** Columns a scored table appends. */
export const SCORE_COLUMNS = ['donor_score', 'acceptor_score', 'score', 'call', 'status'] as const

/** Returns the table's header line, without its line end. */
export function junctionTsvHeader(scored: boolean): string {
  return (scored ? [...EVIDENCE_COLUMNS, ...SCORE_COLUMNS] : EVIDENCE_COLUMNS).join('\t')
}

/**
 * Returns a junction's evidence columns, without a line end, so that scores can follow; unknown values are `.`.
 * Coordinates: 0-based half-open.
 */
export function formatEvidenceTsv(row: JunctionEvidence): string {
  const { contig, start, end, strand, strandSource, annotated } = row
  return [
    contig,
    start,
    end,
    strand,
    strandSource,
    row.motif ?? '.',
    row.fragments ?? '.',
    row.reads ?? '.',
    row.unique ?? '.',
    row.multi ?? '.',
    row.maxAnchor ?? '.',
    row.distinctStarts ?? '.',
    annotated === undefined ? '.' : annotated ? '1' : '0',
  ].join('\t')
}

/** True for the header line of a junction table. */
export function isJunctionTsvHeader(columns: readonly string[]): boolean {
  return columns[0] === 'contig' && columns[1] === 'start' && columns[2] === 'end'
}

/**
 * Returns the row parser for a table with this header. Columns are found by name: any after `strand` may be
 * missing, and others (scores) are ignored.
 * Throws: InputDataError when the header lacks contig, start, end or strand.
 */
export function junctionTsvParser(
  header: readonly string[],
  place: RowPlace,
): (columns: readonly string[], place: RowPlace) => JunctionEvidence {
  const at = new Map(header.map((name, i) => [name, i]))
  for (const name of EVIDENCE_COLUMNS.slice(0, 4)) {
    if (!at.has(name)) {
      throw place.error(`expected a column named ${name} in the header, found none`)
    }
  }
  return (columns, rowPlace) => {
    if (columns.length !== header.length) {
      throw rowPlace.error(
        `expected ${header.length} tab-separated columns as in the header, found ${columns.length}`,
      )
    }
    const field = (name: (typeof EVIDENCE_COLUMNS)[number]) => columns[at.get(name) ?? columns.length]
    const count = (name: (typeof EVIDENCE_COLUMNS)[number]) => optionalCount(field(name), name, rowPlace)
    const row = tableJunction(
      field('contig')!,
      wholeNumber(field('start'), 'start', rowPlace),
      wholeNumber(field('end'), 'end', rowPlace),
      tableStrand(field('strand'), rowPlace),
      rowPlace,
    )
    const source = field('strand_source')
    if (source !== undefined) {
      row.strandSource = tableStrandSource(source, rowPlace)
    }
    const motif = field('motif')
    row.motif = motif === '.' ? undefined : motif
    row.fragments = count('fragments')
    row.reads = count('reads')
    row.unique = count('unique')
    row.multi = count('multi')
    row.maxAnchor = count('max_anchor')
    row.distinctStarts = count('distinct_starts')
    row.annotated = annotatedField(field('annotated'), rowPlace)
    return row
  }
}

function annotatedField(field: string | undefined, place: RowPlace): boolean | undefined {
  if (field === undefined || field === '.') {
    return undefined
  }
  if (field !== '0' && field !== '1') {
    throw place.error(`expected 1, 0 or . as annotated, found "${field}"`)
  }
  return field === '1'
}
