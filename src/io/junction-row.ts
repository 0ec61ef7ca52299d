import type { JunctionEvidence, StrandSource } from '../genome/junction.ts'
import type { Strand } from '../genome/strand.ts'
import { type RowPlace, wholeNumber } from './text-lines.ts'

/** Largest position BAM, and so this tool, can hold. */
const MAX_POSITION = 0x7fffffff

/**
 * Returns a junction read from a table, with nothing known about its support yet.
 * Coordinates: 0-based half-open.
 * Throws: InputDataError when the contig has no name or start is not below end.
 */
export function tableJunction(
  contig: string,
  start: number,
  end: number,
  strand: Strand,
  place: RowPlace,
): JunctionEvidence {
  if (contig === '') {
    throw place.error('expected a contig name in column 1, found nothing')
  }
  if (end > MAX_POSITION) {
    throw place.error(`expected positions up to ${MAX_POSITION}, found end ${end}`)
  }
  if (start >= end) {
    throw place.error(
      `expected an intron of one base or more, found start ${start} and end ${end} (0-based half-open)`,
    )
  }
  return {
    contig,
    start,
    end,
    strand,
    strandSource: strand === '.' ? '.' : 'table',
    motif: undefined,
    fragments: undefined,
    reads: undefined,
    unique: undefined,
    multi: undefined,
    maxAnchor: undefined,
    leftAnchor: undefined,
    rightAnchor: undefined,
    distinctStarts: undefined,
    annotated: undefined,
  }
}

/** Returns the strand a BED or TSV field holds; `?`, as regtools writes it, is `.`. */
export function tableStrand(field: string | undefined, place: RowPlace): Strand {
  if (field === '+' || field === '-' || field === '.') {
    return field
  }
  if (field === '?') {
    return '.'
  }
  throw place.error(`expected + - . or ? as strand, found "${field ?? ''}"`)
}

/** Returns the count a field holds, undefined for `.` and for a field that is not there. */
export function optionalCount(field: string | undefined, name: string, place: RowPlace): number | undefined {
  return field === undefined || field === '.' ? undefined : wholeNumber(field, name, place)
}

/** Returns the whole number of a free score field, undefined for anything else (fractions, `.`). */
export function scoreCount(field: string | undefined): number | undefined {
  return field !== undefined && /^\d{1,15}$/.test(field) ? Number(field) : undefined
}

const STRAND_SOURCES: readonly string[] = [
  'XS',
  'ts',
  'library',
  'motif',
  'table',
  'both',
  '.',
] satisfies StrandSource[]

/** Returns the strand source a field names. Throws: InputDataError for any other word. */
export function tableStrandSource(field: string, place: RowPlace): StrandSource {
  if (!STRAND_SOURCES.includes(field)) {
    throw place.error(`expected one of ${STRAND_SOURCES.join(' ')} as strand source, found "${field}"`)
  }
  return field as StrandSource
}
