import type { Dataset } from '../dataset.ts'
import { LeftOut } from '../left-out.ts'
import type { SiteKind } from '../site-window.ts'
import { SPLITS } from '../window-table.ts'
import { type Families, familiesOf } from './families.ts'

/** Why a row of an input is not in the merged dataset. */
export const MERGE_REASONS = [
  'over-limit',
  'like-excluded-sequence',
  'like-test',
  'like-validation',
  'contradicting-label',
  'repeated',
  'site-known',
] as const
export type MergeReason = (typeof MERGE_REASONS)[number]

/** A dataset to merge, and which of its rows are still in. Rows go by their number in the dataset. */
export class MergeInput {
  readonly name: string
  readonly folder: string
  readonly dataset: Dataset
  /** What each row's window is around; undefined where windows show both sites of a junction. */
  readonly siteKinds: readonly SiteKind[] | undefined
  /** Number of each row's part in `SPLITS`. */
  readonly parts: Uint8Array
  /** Rows that were made of others; undefined without such. */
  readonly families: Families | undefined
  readonly leftOut = new LeftOut()
  /** Number of the reason in `MERGE_REASONS` and 1, or 0 for a row that is in. */
  readonly #reasons: Uint8Array

  constructor(source: {
    name: string
    folder: string
    dataset: Dataset
    siteKinds: readonly SiteKind[] | undefined
  }) {
    const { dataset } = source
    this.name = source.name
    this.folder = source.folder
    this.dataset = dataset
    this.siteKinds = source.siteKinds
    this.families = source.siteKinds && familiesOf(dataset)
    this.parts = new Uint8Array(this.count)
    for (const [number, part] of SPLITS.entries()) {
      for (const row of dataset.splits[part]) {
        this.parts[row] = number
      }
    }
    this.#reasons = new Uint8Array(this.count)
    if (dataset.leftOut > 0) {
      this.leftOut.add('class-unknown', 'unknown', dataset.leftOut)
    }
  }

  /** Number of rows, those that are not in any more among them. */
  get count(): number {
    return this.dataset.windows.count
  }

  classOf(row: number): string {
    return this.dataset.classNames[this.dataset.classes[row]!]!
  }

  isIn(row: number): boolean {
    return this.#reasons[row] === 0
  }

  /** Returns why a row is not in; undefined for one that is. */
  reasonOf(row: number): MergeReason | undefined {
    return MERGE_REASONS[this.#reasons[row]! - 1]
  }

  /** Returns the rows that are in, those of these parts only if any are given, ascending. */
  rowsIn(parts?: readonly number[]): Uint32Array {
    const rows = Uint32Array.from({ length: this.count }, (_, row) => row)
    return rows.filter(row => this.isIn(row) && (parts === undefined || parts.includes(this.parts[row]!)))
  }

  /** Leaves out a row that is in. */
  leaveOut(row: number, reason: MergeReason): void {
    this.#reasons[row] = MERGE_REASONS.indexOf(reason) + 1
    this.leftOut.add(reason, this.classOf(row))
  }
}
