import { basename } from 'node:path'
import type { Json } from '../description-file.ts'
import type { SiteKind } from '../site-window.ts'
import type { Split } from '../window-table.ts'
import type { ImportTally } from './import-tally.ts'

/** Columns a table of windows has beside class or target, split and sequence, where something is known for them. */
export const OPTIONAL_COLUMNS = [
  'gene',
  'motif',
  'site',
  'support',
  'decoy',
  'donor_position',
  'branch_position',
  'acceptor_position',
  'library',
  'barcode',
] as const
export type OptionalColumn = (typeof OPTIONAL_COLUMNS)[number]

/** A labelled window of a table that others made. It has a class or targets. */
export interface ImportedRow {
  /** Base codes; all windows of an import have one length. */
  codes: Uint8Array
  className?: string
  targets?: readonly number[]
  split: Split
  /** What the further columns hold, without tabs and line ends. */
  known?: Readonly<Partial<Record<OptionalColumn, string | number>>>
}

/** Where the sites of imported windows lie. Coordinates: `position` as `site` of `DatasetWindow`. */
export type ImportLayout =
  | { site: SiteKind; position: number }
  /** As `cutWindow` makes them. */
  | { site: 'junction' }
  | { site: 'unknown' }

/** A file to import, all of whose rows go to one part. */
export interface SplitFile {
  path: string
  split: Split
}

/** What one of the readers makes windows from. */
export interface WindowImport {
  /** Where the windows come from, in words. */
  readonly source: string
  readonly layout: ImportLayout
  readonly answers: 'class' | 'target'
  readonly files: readonly { path: string; role: string }[]
  readonly settings: Readonly<Record<string, Json>>
  /** Rows with the same bases and values are measurements of their own, or meant to count more than once. */
  readonly repeatsCount?: boolean
  /**
   * Yields the rows in batches, the same ones every time, and counts what it leaves out.
   * Throws: InputDataError naming file and line; MissingResourceError when a file is absent.
   */
  rows(tally: ImportTally): AsyncIterable<readonly ImportedRow[]>
}

/** Returns the files of an import as its description names them. */
export function tablesOf(inputs: readonly SplitFile[]): WindowImport['files'] {
  return inputs.map(({ path }) => ({ path, role: 'table' }))
}

/** Returns the files of an import and their parts, as settings. */
export function inputSettings(inputs: readonly SplitFile[]): Json {
  return inputs.map(({ path, split }) => ({ name: basename(path), split }))
}
