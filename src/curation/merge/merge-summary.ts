import { grouped } from '../../core/number-text.ts'
import { Counter } from '../counter.ts'
import { segmentsOf } from '../homology/segments.ts'
import { LeftOut } from '../left-out.ts'
import { SPLITS } from '../window-table.ts'
import type { MergeInput } from './merge-input.ts'
import type { JoinedSites } from './site-halves.ts'

/** What a merge counted beside the rows of its table; by input, where it says so. */
export interface MergeCounts {
  rowsRead: number
  rowsByInput: Record<string, number>
  /** Input -> reason -> rows. */
  leftOutByInput: Record<string, Record<string, number>>
  /** Rows of single sites, and the rows they were joined to. */
  donors: number
  acceptors: number
  joined: number
  /** Reason -> class -> rows. */
  leftOut: Record<string, Record<string, number>>
}

/** Returns the counts of inputs whose rows were left out and joined. */
export function mergeCounts(inputs: readonly MergeInput[], joined: readonly JoinedSites[]): MergeCounts {
  const leftOut = new LeftOut()
  const byInput = inputs.map(input => {
    const reasons = new Counter()
    for (const [reason, classes] of Object.entries(input.leftOut.asRecord())) {
      for (const [className, count] of Object.entries(classes)) {
        leftOut.add(reason, className, count)
        reasons.add(reason, count)
      }
    }
    return [input.name, reasons.record()] as const
  })
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
  return {
    rowsRead: sum(inputs.map(input => input.count + input.dataset.leftOut)),
    rowsByInput: Object.fromEntries(inputs.map(input => [input.name, input.rowsIn().length])),
    leftOutByInput: Object.fromEntries(byInput),
    donors: sum(joined.map(of => of.donors)),
    acceptors: sum(joined.map(of => of.acceptors)),
    joined: sum(joined.map(of => of.pairs.length)),
    leftOut: leftOut.asRecord(),
  }
}

/** Returns what the user should know of a merge. */
export function mergeWarnings(
  inputs: readonly MergeInput[],
  joined: readonly JoinedSites[],
  kmer: number,
): string[] {
  return [
    ...inputs.flatMap(({ name, dataset }) => dataset.warnings.map(warning => `${name}: ${warning}`)),
    ...inputs.flatMap(({ name, dataset: { window } }) =>
      segmentsOf(window).every(([from, to]) => to - from < kmer)
        ? [
            `${name}: windows of ${window.length} bases hold no ${kmer}-mer, so that none is taken for alike to another; see --kmer`,
          ]
        : [],
    ),
    ...inputs.flatMap(input => (input.rowsIn().length === 0 ? [`${input.name}: no row is left`] : [])),
    ...joined.flatMap(({ part, donors, acceptors, pairs }) =>
      donors === 0 || acceptors === 0
        ? [
            `the ${grouped(pairs.length)} ${donors === 0 ? 'acceptors' : 'donors'} of the part ${SPLITS[part]} have no ${donors === 0 ? 'donors' : 'acceptors'} to be joined with: half of each window is N`,
          ]
        : [],
    ),
  ]
}
