import type { Random } from '../core/random.ts'
import type { BinnedTable } from './binned-table.ts'
import { bagOf, type Forest } from './forest.ts'
import type { TargetTable } from './targets.ts'
import { addLeaf, LEAF, leafOfBins } from './tree.ts'

/**
 * Returns each feature's share in how much less impure the splits make the examples: of every tree by itself, then the mean over the
 * trees that have splits. All zeros when none has.
 * Units: shares of 1. Features of many values are overrated; `permutationImportance` does not.
 */
export function impurityImportance({ trees, features }: Forest): Float64Array {
  const shares = new Float64Array(features)
  let counted = 0
  for (const { feature, gain } of trees) {
    const total = gain.reduce((sum, part) => sum + part, 0)
    if (total > 0) {
      counted++
      for (const [node, part] of gain.entries()) {
        if (feature[node] !== LEAF) {
          shares[feature[node]!]! += part / total
        }
      }
    }
  }
  return counted === 0 ? shares : shares.map(share => share / counted)
}

export interface PermutationRequest {
  forest: Forest
  table: BinnedTable
  targets: TargetTable
  /** How often each feature is put in random order. */
  repeats: number
  random: Random
  /** Whether each row is told by the trees alone that did not learn from it: then the table is the one that the forest was grown on. */
  outOfBag?: boolean
}

export interface PermutationImportance {
  /** Mean squared error, over all targets, of the forest as it is. */
  error: number
  /** By feature: how much larger the error is with the feature's values in random order, mean over the repeats. */
  increase: Float64Array
  /** Its standard deviation over the repeats. */
  deviation: Float64Array
}

/**
 * Returns how much worse a forest tells the targets when it is given one feature's values of other rows.
 * Throws: RangeError when there is no repeat, or no row to measure on.
 * Source: Breiman, Machine Learning 45:5, 2001.
 */
export function permutationImportance(request: PermutationRequest): PermutationImportance {
  const { forest, table, targets, repeats, random, outOfBag = false } = request
  if (!Number.isInteger(repeats) || repeats < 1) {
    throw new RangeError(`expected repeats of 1 or more, found ${repeats}`)
  }
  const bags = outOfBag ? forest.trees.map((_, t) => bagOf(forest, t, table.rows)) : undefined
  const error = errorOf(forest, table, targets, bags)
  const shuffled = { ...table, bins: table.bins.slice() }
  const increase = new Float64Array(table.columns)
  const deviation = new Float64Array(table.columns)
  const used = new Set(forest.trees.flatMap(({ feature }) => [...feature]))
  for (let feature = 0; feature < table.columns; feature++) {
    if (!used.has(feature)) {
      continue
    }
    const from = feature * table.rows
    const column = [...table.bins.subarray(from, from + table.rows)]
    const found: number[] = []
    for (let repeat = 0; repeat < repeats; repeat++) {
      shuffled.bins.set(random.shuffle(column), from)
      found.push(errorOf(forest, shuffled, targets, bags) - error)
    }
    shuffled.bins.set(table.bins.subarray(from, from + table.rows), from)
    const mean = found.reduce((sum, value) => sum + value, 0) / repeats
    increase[feature] = mean
    deviation[feature] = Math.sqrt(found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / repeats)
  }
  return { error, increase, deviation }
}

/** Returns the mean squared error over rows and targets; of rows that some tree did not learn from, where there are bags. */
function errorOf(
  { trees }: Forest,
  table: BinnedTable,
  { columns, starts, places, numbers }: TargetTable,
  bags: readonly Uint32Array[] | undefined,
): number {
  const sums = new Float64Array(columns)
  let [total, rows] = [0, 0]
  for (let row = 0; row < table.rows; row++) {
    let told = 0
    sums.fill(0)
    for (const [t, tree] of trees.entries()) {
      if (bags === undefined || bags[t]![row] === 0) {
        addLeaf(tree, leafOfBins(tree, table, row), sums, 0)
        told++
      }
    }
    if (told === 0) {
      continue
    }
    rows++
    for (let i = starts[row]!; i < starts[row + 1]!; i++) {
      sums[places[i]!]! -= told * numbers[i]!
    }
    total += sums.reduce((square, sum) => square + (sum / told) ** 2, 0)
  }
  if (rows === 0) {
    throw new RangeError('expected rows that some tree did not learn from, found none')
  }
  return total / (rows * columns)
}
