import type { MetadataReader } from './metadata-reader.ts'
import { areMarks, isPlainWindow, isSiteWindow, isWindow } from './metadata-values.ts'

/** Where the sites lie in a window: index of the first intron base and of the first exon base after the intron. */
export interface WindowLayout {
  length: number
  donor: number
  acceptor: number
}

/** Where the site lies in a window of one. */
export interface SiteLayout {
  length: number
  site: number
}

/** Where a site is marked, counted from the first intron base (donor) and the first exon base after it (acceptor). */
export interface MarkedBases {
  donor: number
  acceptor: number
}

/** Bases of a window whose sites nothing is said about. */
export interface PlainLayout {
  length: number
}

/** What a model that gives probabilities is asked. */
export type ProbabilityLayout =
  /** Is this pair of sites a junction? Shape: [N, length] -> [N, columns]. */
  | { kind: 'junction'; window: WindowLayout }
  /** Is there a site in the middle? Shape: [N, length] -> [N, 1]. */
  | { kind: 'site'; window: SiteLayout }
  /** Is this window of the positive class? Shape: [N, length] -> [N, 1]. */
  | { kind: 'window'; window: PlainLayout }
  /** What is each base? Shape: [N, L] -> [N, columns, L], for any N and L. */
  | { kind: 'sequence'; marks: MarkedBases }

/** What a model that gives numbers is asked. Shape: [N, length] -> [N, columns]. */
export interface ValuesLayout {
  kind: 'values'
  window: PlainLayout
  /** Set where the numbers are probabilities of labels independent of each other. */
  labels?: 'independent' | undefined
}

/** A model that gives back the bases it has read: a number for each. Shape: [N, length] -> [N, columns, length]. */
export interface BasesLayout {
  kind: 'bases'
  window: PlainLayout
  /** Set where the numbers are probabilities, of which those of a position sum to 1. */
  labels?: 'exclusive' | undefined
}

/** What models are asked that call nothing. */
export type NumbersLayout = ValuesLayout | BasesLayout

/** What a model is asked. */
export type ModelLayout = ProbabilityLayout | NumbersLayout

/** Whether a model calls nothing: its file then says nothing of a decision. */
export const givesNumbers = <T extends { kind: ModelLayout['kind'] }>(
  model: T,
): model is Extract<T, { kind: NumbersLayout['kind'] }> => model.kind === 'values' || model.kind === 'bases'

/** The kind of junctions is not written: files from before there were kinds stay the same bytes. */
export function layoutEntries(layout: ModelLayout): Record<string, string> {
  switch (layout.kind) {
    case 'junction':
      return { window: JSON.stringify(layout.window) }
    case 'site':
    case 'window':
      return { kind: layout.kind, window: JSON.stringify(layout.window) }
    case 'values':
    case 'bases':
      return {
        kind: layout.kind,
        window: JSON.stringify(layout.window),
        ...(layout.labels ? { labels: layout.labels } : {}),
      }
    case 'sequence':
      return { kind: layout.kind, marks: JSON.stringify(layout.marks) }
  }
}

/** Returns what the model of a file is asked. Throws: InputDataError naming the entry that is missing or bad. */
export function readLayout(found: ReadonlyMap<string, string>, entries: MetadataReader): ModelLayout {
  const kind = found.get('kind') ?? 'junction'
  switch (kind) {
    case 'junction':
      return {
        kind,
        window: entries.json('window', 'length > acceptor > donor >= 0, all integers', isWindow),
      }
    case 'site':
      return { kind, window: entries.json('window', 'length > site >= 0, both integers', isSiteWindow) }
    case 'sequence':
      return { kind, marks: entries.json('marks', 'donor and acceptor, both integers', areMarks) }
    case 'window':
      return { kind, window: entries.json('window', 'length >= 1, an integer', isPlainWindow) }
    case 'values':
    case 'bases':
      return readNumbersLayout(kind, found, entries)
    default:
      return entries.bad('kind', 'junction, site, window, sequence, values or bases', kind)
  }
}

/** What the labels of each are, where they are any. */
const LABELS = { values: 'independent', bases: 'exclusive' } as const

function readNumbersLayout(
  kind: NumbersLayout['kind'],
  found: ReadonlyMap<string, string>,
  entries: MetadataReader,
): NumbersLayout {
  const window = entries.json('window', 'length >= 1, an integer', isPlainWindow)
  if (!found.has('labels')) {
    return { kind, window }
  }
  entries.fixed('labels', LABELS[kind])
  return { kind, window, labels: LABELS[kind] } as NumbersLayout
}
