import {
  ACCEPTOR_INDEX,
  cutWindow,
  DONOR_INDEX,
  type StrandedIntron,
  WINDOW_LENGTH,
} from '../junctions/window.ts'
import type { DatasetWindow } from './dataset-description.ts'
import { cutSiteWindow, type SiteKind, type SiteLayout, sitePosition } from './site-window.ts'

/** What a window of a dataset shows: both sites of an intron (Splam's 800 bases), or one of them. */
export type ExampleLayout = { kind: 'junction' } | ({ kind: SiteKind } & SiteLayout)

/** Bases on each side of a site in a window of both. */
const FLANK = DONOR_INDEX

/** Returns the layout as a dataset's description states it. */
export function describedWindow(layout: ExampleLayout): DatasetWindow {
  return layout.kind === 'junction'
    ? { length: WINDOW_LENGTH, donor: DONOR_INDEX, acceptor: ACCEPTOR_INDEX }
    : { length: layout.length, site: layout.site }
}

/** Returns the codes of a window. */
export function windowLength(layout: ExampleLayout): number {
  return layout.kind === 'junction' ? WINDOW_LENGTH : layout.length
}

/**
 * Writes the window of an intron, or of its one site, to `out` at `offset`; returns false when the bases of a site are not known.
 * Shape: `out[offset .. offset + windowLength(layout))`.
 */
export function cutExample(
  codes: Uint8Array,
  intron: StrandedIntron,
  layout: ExampleLayout,
  out: Uint8Array,
  offset = 0,
): boolean {
  if (layout.kind === 'junction') {
    return !cutWindow(codes, intron, out, offset).ambiguousSite
  }
  const { kind } = layout
  const place = { kind, position: sitePosition(intron, kind), strand: intron.strand }
  return !cutSiteWindow(codes, place, layout, out, offset).ambiguousSite
}

/**
 * Returns the stretches of the contig that a window shows, `[from, to, from, to]` for two sites and `[from, to]` for one.
 * They may reach beyond the contig.
 * Coordinates: 0-based half-open, forward strand.
 */
export function shownStretches({ start, end, strand }: StrandedIntron, layout: ExampleLayout): number[] {
  if (layout.kind === 'junction') {
    const inside = Math.min(FLANK, end - start)
    return [start - FLANK, start + inside, end - inside, end + FLANK]
  }
  const position = sitePosition({ start, end, strand }, layout.kind)
  const { length, site } = layout
  return strand === '+'
    ? [position - site, position - site + length]
    : [position - length + 1 + site, position + site + 1]
}
