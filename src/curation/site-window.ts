import { complement, OTHER } from '../genome/sequence.ts'
import type { StrandedIntron, WindowFacts } from '../junctions/window.ts'

/** The two ends of an intron, in transcript orientation. */
export const SITE_KINDS = ['donor', 'acceptor'] as const
export type SiteKind = (typeof SITE_KINDS)[number]

/** A splice site on a known strand. */
export interface SitePlace {
  kind: SiteKind
  /** The base that the window shows at its site; see `sitePosition`. Coordinates: 0-based, forward strand. */
  position: number
  strand: '+' | '-'
}

/** A window around one site: `site` is the index of the site's base in it. */
export interface SiteLayout {
  length: number
  site: number
}

/**
 * Returns the base that stands for an intron's site: of a donor the first intron base, of an acceptor the first exon base
 * after the intron, in transcript orientation. On `+` these are `start` and `end`, on `-` `end - 1` and `start - 1`,
 * which is -1 for an intron that begins with its contig.
 * Coordinates: 0-based, forward strand.
 */
export function sitePosition({ start, end, strand }: StrandedIntron, kind: SiteKind): number {
  if (strand === '+') {
    return kind === 'donor' ? start : end
  }
  return kind === 'donor' ? end - 1 : start - 1
}

/**
 * Returns what is notable about the site's window, after writing its codes to `out` at `offset`: the stretch of the contig
 * that has the site's base at index `site`, on strand `-` its reverse complement, so that a site and its mirrored twin
 * give bit-identical windows.
 * `padded`: a base lies outside the contig (it became other). `ambiguousSite`: one of the intron's two bases at the site
 * (`site` and `site + 1` of a donor, `site - 2` and `site - 1` of an acceptor) is in the window and not A, C, G or T.
 * Shape: `out[offset .. offset + length)`, codes 0..4.
 * Coordinates: 0-based; the site itself may lie outside the contig.
 * Throws: RangeError for a site outside the window and when `out` is too short.
 */
export function cutSiteWindow(
  contig: Uint8Array,
  { kind, position, strand }: SitePlace,
  { length, site }: SiteLayout,
  out: Uint8Array,
  offset: number,
): WindowFacts {
  if (!(site >= 0 && site < length)) {
    throw new RangeError(`expected a site inside a window of ${length}, found ${site}`)
  }
  // A typed array drops writes past its end without a word.
  if (offset < 0 || offset + length > out.length) {
    throw new RangeError(`a window of ${length} does not fit at offset ${offset} of ${out.length} bytes`)
  }
  const from = strand === '+' ? position - site : position + site + 1 - length
  const [first, last] = [Math.max(from, 0), Math.min(from + length, contig.length)]
  const padded = first > from || last < from + length
  if (padded) {
    out.fill(OTHER, offset, offset + length)
  }
  if (strand === '+' && first < last) {
    out.set(contig.subarray(first, last), offset + first - from)
  } else if (strand === '-') {
    for (let i = first, to = offset + from + length - 1 - first; i < last; i++, to--) {
      out[to] = complement(contig[i]!)
    }
  }
  const intron = kind === 'donor' ? site : site - 2
  const isUnknown = (index: number) => index >= 0 && index < length && out[offset + index] === OTHER
  return { padded, ambiguousSite: isUnknown(intron) || isUnknown(intron + 1) }
}
