import type { ExampleLayout, Label, Part } from './examples.ts'
import type { DecoyTotal } from './record.ts'
import type { Bins, Spread } from './spread.ts'

/** Raised when a field changes its meaning or goes. */
export const DATASET_REPORT_VERSION = 1

/** What `prefix.dataset-report.json` holds; no times, no paths: the same dataset gives the same bytes. */
export interface DatasetReport {
  schema: 'splice-score-dataset-report'
  schemaVersion: typeof DATASET_REPORT_VERSION
  toolVersion: string
  name: string
  source: string | undefined
  window: ExampleLayout
  examples: number
  /** Positives first, then negatives, then unknown; empty in a dataset with targets. */
  classes: ClassCounts[]
  parts: Record<Part, PartCounts>
  /** Distinct genes; undefined where the table has no such column. */
  genes: number | undefined
  /** Units of `length`: nt. By class; introns of unknown place are not in it. */
  lengths: Record<string, Distribution> | undefined
  /** Examples by class and motif, the most frequent motif of all first. */
  motifs: Record<string, Record<string, number>> | undefined
  /** By class and kind. */
  decoys: Record<string, Record<string, number>> | undefined
  sites: Record<string, Record<string, number>> | undefined
  /** Examples by contig and part, the largest contig first. */
  contigs: Record<string, Record<Part, number>> | undefined
  unknownBases: Record<string, UnknownBases>
  /** Of positive and unknown classes. */
  supports: Record<string, Distribution> | undefined
  targets: TargetColumn[] | undefined
  logos: SiteLogo[]
  leftOut: Record<string, Record<string, number>>
  observed: Record<string, unknown>
  /** By kind, as `dataset.json` has it; undefined where it has none. */
  decoyTotals: Record<string, DecoyTotal> | undefined
  leaks: unknown
  warnings: readonly string[]
}

export interface ClassCounts {
  name: string
  label: Label
  examples: number
  /** Of all examples. */
  share: number
  parts: Record<Part, number>
}

export interface PartCounts {
  examples: number
  positives: number
  negatives: number
}

/** Numbers above 0: their spread, and counts in bins from 1, 2, 5 to the next of 1, 2, 5 x 10^n. */
export type Distribution = Spread & Bins

export interface UnknownBases {
  /** Of the bases of the windows. */
  share: number
  /** Windows with at least one. */
  windows: number
}

export interface TargetColumn extends Spread, Bins {
  column: string
  mean: number
}

/** Base counts around a kind of site. */
export interface SiteLogo {
  site: 'donor' | 'acceptor' | 'site'
  /** Without 0: +1 is the base right of the border between exon and intron. */
  positions: number[]
  /** Windows, and counts of A, C, G, T in turn for every position, by class. */
  classes: Record<string, { windows: number; counts: number[] }>
}

/** Returns the report as JSON text; what does not exist is left out. */
export function formatDatasetReport(report: DatasetReport): string {
  return `${JSON.stringify(report, null, 2)}\n`
}
