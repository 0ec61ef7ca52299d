import { InputDataError } from '../core/errors.ts'
import { complement, OTHER } from '../genome/sequence.ts'

/** Bases of a window: 400 around the donor, then 400 around the acceptor. */
export const WINDOW_LENGTH = 800
/** Index of the first intron base. */
export const DONOR_INDEX = 200
/** Index of the first exon base after the intron; the intron's last two bases are at 598 and 599. */
export const ACCEPTOR_INDEX = 600

/** Bases taken on each side of a site. */
const FLANK = 200

/** An intron on a known strand, `[start, end)` on the forward strand. */
export interface StrandedIntron {
  start: number
  end: number
  strand: '+' | '-'
}

/** What a window's maker saw while cutting it. */
export interface WindowFacts {
  /** True when a base of the 800 lies outside the contig (it became other). */
  padded: boolean
  /** True when a site base (index 200, 201, 598 or 599) is not A, C, G or T; such a window has no meaningful score. */
  ambiguousSite: boolean
}

/**
 * Returns what is notable about the junction's window, after writing its 800 codes to `out` at `offset`.
 *
 * With L = intron length and f = min(200, L), in transcript orientation: 200 exon bases, the first f intron
 * bases, 200 - f others, 200 - f others, the last f intron bases, 200 exon bases. So the sites never move; an
 * intron under 200 nt leaves a gap of others in the middle, one of 200..399 nt shows its overlap twice. An
 * intron of 1 nt has no second donor base: index 201 and 598 are gap, hence `ambiguousSite`.
 * Strand `-` is the reverse complement, so a junction and its mirrored twin give bit-identical windows.
 * Shape: `out[offset .. offset + 800)`, codes 0..4.
 * Coordinates: 0-based half-open; bases outside the contig count as other, where Splam refuses the junction.
 * Throws: InputDataError when the intron has no base, RangeError when `out` is too short.
 * Source: Splam (Chao et al., Genome Biology 25:243, 2024), junction windows.
 */
export function cutWindow(
  contig: Uint8Array,
  junction: StrandedIntron,
  out: Uint8Array,
  offset: number,
): WindowFacts {
  const { start, end, strand } = junction
  if (!(end > start)) {
    throw new InputDataError(`expected an intron of at least one base, found start ${start} and end ${end}`)
  }
  // A typed array drops writes past its end without a word.
  if (offset < 0 || offset + WINDOW_LENGTH > out.length) {
    throw new RangeError(
      `a window of ${WINDOW_LENGTH} does not fit at offset ${offset} of ${out.length} bytes`,
    )
  }
  const inside = Math.min(FLANK, end - start)
  const gap = FLANK - inside
  const afterGap = offset + FLANK + inside + 2 * gap
  out.fill(OTHER, offset + FLANK + inside, afterGap)
  const half = FLANK + inside
  // The forward stretches [start - 200, start + f) and [end - f, end + 200) are both halves on either strand.
  const missing =
    strand === '+'
      ? copyForward(contig, start - FLANK, half, out, offset) +
        copyForward(contig, end - inside, half, out, afterGap)
      : copyReverse(contig, end - inside, half, out, offset) +
        copyReverse(contig, start - FLANK, half, out, afterGap)
  return {
    padded: missing > 0,
    ambiguousSite:
      out[offset + DONOR_INDEX] === OTHER ||
      out[offset + DONOR_INDEX + 1] === OTHER ||
      out[offset + ACCEPTOR_INDEX - 2] === OTHER ||
      out[offset + ACCEPTOR_INDEX - 1] === OTHER,
  }
}

/** Writes `length` bases from `from` on as they are; returns how many lay outside the contig. */
function copyForward(contig: Uint8Array, from: number, length: number, out: Uint8Array, to: number): number {
  const first = Math.min(Math.max(from, 0), from + length)
  const last = Math.max(Math.min(from + length, contig.length), first)
  out.fill(OTHER, to, to + (first - from))
  out.set(contig.subarray(first, last), to + (first - from))
  out.fill(OTHER, to + (last - from), to + length)
  return length - (last - first)
}

/** Writes the reverse complement of `length` bases from `from` on; returns how many lay outside the contig. */
function copyReverse(contig: Uint8Array, from: number, length: number, out: Uint8Array, to: number): number {
  const first = Math.min(Math.max(from, 0), from + length)
  const last = Math.max(Math.min(from + length, contig.length), first)
  const written = to + (from + length - last)
  out.fill(OTHER, to, written)
  for (let i = last - 1, at = written; i >= first; i--, at++) {
    out[at] = complement(contig[i]!)
  }
  out.fill(OTHER, written + (last - first), to + length)
  return length - (last - first)
}

/** A growing list of windows, each with the number of the group (a locus, say) it belongs to. */
export class WindowList {
  /** The group of every window. */
  readonly groups: number[] = []
  #codes = new Uint8Array(256 * WINDOW_LENGTH)

  /** Number of windows. */
  get count(): number {
    return this.groups.length
  }

  /** Cuts and adds a window; returns false, and adds nothing, when a site base is unknown. */
  add(contig: Uint8Array, intron: StrandedIntron, group: number): boolean {
    const offset = this.count * WINDOW_LENGTH
    if (offset === this.#codes.length) {
      const larger = new Uint8Array(2 * offset)
      larger.set(this.#codes)
      this.#codes = larger
    }
    const { ambiguousSite } = cutWindow(contig, intron, this.#codes, offset)
    if (!ambiguousSite) {
      this.groups.push(group)
    }
    return !ambiguousSite
  }

  /** Returns copies of the windows of the chosen groups and of the rest, in order. Shape: [n, 800] each. */
  split(groups: ReadonlySet<number>): { chosen: Uint8Array<ArrayBuffer>; rest: Uint8Array<ArrayBuffer> } {
    const count = this.groups.filter(group => groups.has(group)).length
    const chosen = new Uint8Array(count * WINDOW_LENGTH)
    const rest = new Uint8Array((this.count - count) * WINDOW_LENGTH)
    const done = { chosen: 0, rest: 0 }
    for (const [index, group] of this.groups.entries()) {
      const window = this.#codes.subarray(index * WINDOW_LENGTH, (index + 1) * WINDOW_LENGTH)
      if (groups.has(group)) {
        chosen.set(window, done.chosen++ * WINDOW_LENGTH)
      } else {
        rest.set(window, done.rest++ * WINDOW_LENGTH)
      }
    }
    return { chosen, rest }
  }
}
