import { A, C, complement, decodeText, encodeText, G, OTHER, reverseComplement, T } from './sequence.ts'
import type { Strand } from './strand.ts'

const LETTERS = 'ACGTN'

/** The three motifs of the major and minor spliceosome that decide a strand, donor first. */
export const CANONICAL_MOTIFS = ['GT-AG', 'GC-AG', 'AT-AC'] as const

/** The four bases of an intron's two ends on the forward strand, packed as base-5 digits; see `motifOfEnds`. */
export type IntronEnds = number

/**
 * Returns the packed first two and last two bases of the intron `[start, end)` on the forward strand.
 * Bases outside the contig count as other. Introns under 4 nt overlap their own ends, as the definition says.
 */
export function intronEnds(contig: Uint8Array, start: number, end: number): IntronEnds {
  return (
    ((baseAt(contig, start) * 5 + baseAt(contig, start + 1)) * 5 + baseAt(contig, end - 2)) * 5 +
    baseAt(contig, end - 1)
  )
}

function baseAt(contig: Uint8Array, position: number): number {
  return position >= 0 && position < contig.length ? contig[position]! : OTHER
}

/** Returns the same ends read on the reverse strand. */
export function reverseEnds(ends: IntronEnds): IntronEnds {
  const d = ends % 5
  const c = Math.trunc(ends / 5) % 5
  const b = Math.trunc(ends / 25) % 5
  const a = Math.trunc(ends / 125)
  return ((complement(d) * 5 + complement(c)) * 5 + complement(b)) * 5 + complement(a)
}

/** Returns the motif text in transcript orientation, donor first, e.g. `GT-AG`. On strand `.` as on `+`. */
export function motifOfEnds(ends: IntronEnds, strand: Strand): string {
  const oriented = strand === '-' ? reverseEnds(ends) : ends
  return (
    LETTERS[Math.trunc(oriented / 125)]! +
    LETTERS[Math.trunc(oriented / 25) % 5]! +
    '-' +
    LETTERS[Math.trunc(oriented / 5) % 5]! +
    LETTERS[oriented % 5]!
  )
}

const pack = (a: number, b: number, c: number, d: number): IntronEnds => ((a * 5 + b) * 5 + c) * 5 + d
const FORWARD_CANONICAL = [pack(G, T, A, G), pack(G, C, A, G), pack(A, T, A, C)]
const REVERSE_CANONICAL = FORWARD_CANONICAL.map(reverseEnds)

/** Returns motif text read on the other strand: `CT-AC` for `GT-AG`. */
export function reverseMotifText(motif: string): string {
  return decodeText(reverseComplement(encodeText(motif.replace('-', '')))).replace(/^(..)/, '$1-')
}

/** Returns the strand a canonical motif (GT-AG, GC-AG, AT-AC) implies, else `.`. */
export function strandOfEnds(ends: IntronEnds): Strand {
  return FORWARD_CANONICAL.includes(ends) ? '+' : REVERSE_CANONICAL.includes(ends) ? '-' : '.'
}
