import type { Random } from '../../core/random.ts'
import { OTHER } from '../../genome/sequence.ts'
import { ACCEPTOR_INDEX, DONOR_INDEX, WINDOW_LENGTH } from '../../junctions/window.ts'
import { SITE_KINDS, type SiteKind } from '../site-window.ts'
import { SPLITS } from '../window-table.ts'
import type { MergeInput } from './merge-input.ts'

/** Where in a junction window the half of a site lies, `[from, to)`, and the site. */
const HALVES: Readonly<Record<SiteKind, { from: number; to: number; site: number }>> = {
  donor: { from: 0, to: WINDOW_LENGTH / 2, site: DONOR_INDEX },
  acceptor: { from: WINDOW_LENGTH / 2, to: WINDOW_LENGTH, site: ACCEPTOR_INDEX },
}

/**
 * Writes the window of one site to its half of a junction window, with the site where that has its own: bases beyond the half
 * are cut off, and other where there are none.
 * Shape: `out` is a junction window, of which the half is written.
 */
export function placeSite(codes: Uint8Array, site: number, kind: SiteKind, out: Uint8Array): void {
  const half = HALVES[kind]
  const shift = half.site - site
  const first = Math.max(half.from, shift)
  const last = Math.min(half.to, shift + codes.length)
  out.fill(OTHER, half.from, half.to)
  if (first < last) {
    out.set(codes.subarray(first - shift, last - shift), first)
  }
}

/** A row of one of the inputs. */
export interface InputRow {
  input: MergeInput
  row: number
}

/** A donor and an acceptor for one window; one of them is missing where a part has no rows of its kind. */
export interface SitePair {
  donor: InputRow | undefined
  acceptor: InputRow | undefined
}

/** The windows of single sites of a part, joined by two. */
export interface JoinedSites {
  part: number
  pairs: readonly SitePair[]
  /** Rows of each kind. */
  donors: number
  acceptors: number
}

/**
 * Returns the donors and acceptors that are in, of each part joined two by two in random order; the rarer kind is used again from its start.
 * Memory: 100 bytes per row.
 */
export function joinSites(inputs: readonly MergeInput[], random: Random): JoinedSites[] {
  return [...SPLITS.keys()].flatMap(part => {
    const [donors, acceptors] = SITE_KINDS.map(kind => random.shuffle(rowsOfKind(inputs, kind, part)))
    if (donors!.length + acceptors!.length === 0) {
      return []
    }
    const length = Math.max(donors!.length, acceptors!.length)
    const pairs = Array.from({ length }, (_, i) => ({
      donor: donors![i % donors!.length],
      acceptor: acceptors![i % acceptors!.length],
    }))
    return [{ part, pairs, donors: donors!.length, acceptors: acceptors!.length }]
  })
}

function rowsOfKind(inputs: readonly MergeInput[], kind: SiteKind, part: number): InputRow[] {
  return inputs.flatMap(input => {
    const { siteKinds } = input
    return siteKinds === undefined
      ? []
      : Array.from(input.rowsIn([part]), row => ({ input, row })).filter(({ row }) => siteKinds[row] === kind)
  })
}
