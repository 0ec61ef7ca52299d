import type { BinnedTable } from './binned-table.ts'

/** Marks a leaf. */
export const LEAF = -1

/** A tree; the arrays of nodes have one entry per node, the root first. */
export interface Tree {
  /** Column that the node asks about; -1 in a leaf. */
  readonly feature: Int32Array
  /** Rows whose value is at most this go to the left. */
  readonly threshold: Float32Array
  /** The same in bins: rows whose bin is at most this go to the left. */
  readonly bin: Uint8Array
  /** The left child; the right one is the next. */
  readonly left: Int32Array
  /** How much less impure the split makes the examples; see `impurityImportance`. */
  readonly gain: Float64Array
  /** Where each node's values begin and the last one's end; only leaves have any. Shape: [nodes + 1]. */
  readonly starts: Uint32Array
  /** Targets whose mean in the leaf is not zero, and the mean. */
  readonly places: Uint32Array
  readonly means: Float64Array
}

/** Returns the leaf that a row of numbers comes to. `at`: where the row begins in `features`. */
export function leafOf({ feature, threshold, left }: Tree, features: Float32Array, at: number): number {
  let node = 0
  while (feature[node] !== LEAF) {
    node = left[node]! + (features[at + feature[node]!]! <= threshold[node]! ? 0 : 1)
  }
  return node
}

/** Returns the leaf that a row of the table comes to. */
export function leafOfBins({ feature, bin, left }: Tree, { bins, rows }: BinnedTable, row: number): number {
  let node = 0
  while (feature[node] !== LEAF) {
    node = left[node]! + (bins[feature[node]! * rows + row]! <= bin[node]! ? 0 : 1)
  }
  return node
}

/** Adds a leaf's means to the sums of a row. `at`: where the row's sums begin. */
export function addLeaf({ starts, places, means }: Tree, leaf: number, sums: Float64Array, at: number): void {
  for (let i = starts[leaf]!; i < starts[leaf + 1]!; i++) {
    sums[at + places[i]!]! += means[i]!
  }
}
