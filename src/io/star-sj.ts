import type { JunctionEvidence } from '../genome/junction.ts'
import type { Strand } from '../genome/strand.ts'
import { tableJunction } from './junction-row.ts'
import { type RowPlace, wholeNumber } from './text-lines.ts'

/** Motifs by STAR's code, as they read on the forward strand: the even codes are the odd ones' reverse complements. */
const FORWARD_MOTIFS: readonly (string | undefined)[] = [
  undefined,
  'GT-AG',
  'CT-AC',
  'GC-AG',
  'CT-GC',
  'AT-AC',
  'GT-AT',
]
const STRANDS: readonly Strand[] = ['.', '+', '-']

/** Returns a motif as it reads on the other strand; its own inverse. */
function otherStrandMotif(motif: string): string {
  let reversed = ''
  for (let i = motif.length - 1; i >= 0; i--) {
    const at = 'ACGT'.indexOf(motif[i]!)
    reversed += at < 0 ? motif[i] : 'TGCA'[at]
  }
  return reversed
}

/**
 * Returns a junction as a row of STAR's SJ.out.tab, without its line end. An unknown motif is 0 (non-canonical), as
 * are unknown counts, anchors and annotation: the format cannot say that it does not know.
 * Coordinates: columns 2 and 3 are the first and last intron base, 1-based.
 */
export function formatStarSj(row: JunctionEvidence): string {
  const forward = row.motif !== undefined && row.strand === '-' ? otherStrandMotif(row.motif) : row.motif
  const code = FORWARD_MOTIFS.indexOf(forward)
  return [
    row.contig,
    row.start + 1,
    row.end,
    STRANDS.indexOf(row.strand),
    Math.max(0, code),
    row.annotated ? 1 : 0,
    row.unique ?? 0,
    row.multi ?? 0,
    row.maxAnchor ?? 0,
  ].join('\t')
}

/**
 * True when the columns look like a row of SJ.out.tab: nine, with numbers where BED has name, score and strand, and where
 * GFF has its strand.
 */
export function looksLikeStarSj(columns: readonly string[]): boolean {
  return columns.length === 9 && columns.slice(3, 7).every(column => /^\d+$/.test(column))
}

/**
 * Returns the junction of a row of STAR's SJ.out.tab. STAR counts the two mates of a fragment once, so unique and
 * multi add up to fragments. The motif is in transcript orientation; without a strand, as on the forward strand.
 * Coordinates: 1-based closed in the row, 0-based half-open in the result.
 * Throws: InputDataError for a row that is not STAR's.
 */
export function parseStarSj(columns: readonly string[], place: RowPlace): JunctionEvidence {
  if (columns.length !== 9) {
    throw place.error(`expected the 9 columns of STAR's SJ.out.tab, found ${columns.length}`)
  }
  const start1 = wholeNumber(columns[1], 'first intron base (column 2)', place)
  if (start1 < 1) {
    throw place.error('expected a first intron base of 1 or more (column 2, 1-based), found 0')
  }
  const end1 = wholeNumber(columns[2], 'last intron base (column 3)', place)
  const strand = STRANDS[code(columns[3], 'strand (column 4)', 2, place)]!
  const forward = FORWARD_MOTIFS[code(columns[4], 'motif (column 5)', 6, place)]
  const row = tableJunction(columns[0]!, start1 - 1, end1, strand, place)
  row.motif = forward !== undefined && strand === '-' ? otherStrandMotif(forward) : forward
  row.annotated = code(columns[5], 'annotated (column 6)', 1, place) === 1
  row.unique = wholeNumber(columns[6], 'unique reads (column 7)', place)
  row.multi = wholeNumber(columns[7], 'multi-mapped reads (column 8)', place)
  row.fragments = row.unique + row.multi
  row.maxAnchor = wholeNumber(columns[8], 'overhang (column 9)', place)
  return row
}

function code(field: string | undefined, name: string, largest: number, place: RowPlace): number {
  const value = wholeNumber(field, name, place)
  if (value > largest) {
    throw place.error(`expected 0 to ${largest} as ${name}, found ${value}`)
  }
  return value
}
