import { derivedSeed } from '../core/derived-seed.ts'
import { throwIfAborted } from '../core/errors.ts'
import { type Random, seededRandom } from '../core/random.ts'
import type { BinnedTable } from './binned-table.ts'
import { growTree, type TreeSettings } from './grow-tree.ts'
import type { TargetTable } from './targets.ts'
import { addLeaf, leafOf, leafOfBins, type Tree } from './tree.ts'

export interface ForestSettings extends Omit<TreeSettings, 'features'> {
  trees: number
  /** Features looked at for a split; `sqrt`: the root of their number, rounded down. */
  features: 'sqrt' | 'all' | number
  /** Whether each tree learns from a draw with replacement of as many rows; without, from all. */
  bootstrap: boolean
}

/** As published forests have them: Breiman, Machine Learning 45:5, 2001. */
export const FOREST: ForestSettings = {
  trees: 200,
  maxDepth: 0,
  minLeaf: 1,
  features: 'sqrt',
  bootstrap: true,
}

export interface Forest {
  /** Features of a row. */
  readonly features: number
  /** Numbers that it tells of a row. */
  readonly targets: number
  readonly trees: readonly Tree[]
  /** What each tree's rows can be drawn with again. */
  readonly seed: number
  readonly bootstrap: boolean
}

export interface ForestRequest {
  table: BinnedTable
  targets: TargetTable
  /** How much each row counts; 1 when left out, 0: not at all. */
  weights?: ArrayLike<number>
  settings?: Partial<ForestSettings>
  seed: number
  /** Called after each tree. */
  onTree?: (done: number) => void
  signal?: AbortSignal | undefined
}

/** What the trees that did not learn from a row tell of it. */
export interface OutOfBag {
  /** Shape: [rows, targets] row-major; 0 for a row that all trees learnt from. */
  values: Float64Array
  /** How many trees those are, by row. */
  trees: Uint32Array
}

export interface GrownForest {
  forest: Forest
  outOfBag: OutOfBag
}

/** Purposes of random streams. */
const BAG = 1
const FEATURES = 2

/**
 * Returns a random forest: the mean of trees that each learn from another draw of the rows and choose each split among a few features.
 * Memory: beside table and targets 16 bytes per row and 8 per target of it; about 40 bytes per node of the trees.
 * Throws: RangeError when table, targets and weights are not of the same rows, or a setting makes no sense; InterruptedError after the signal.
 */
export async function growForest(request: ForestRequest): Promise<GrownForest> {
  const { table, targets, seed, onTree, signal } = request
  const settings = { ...FOREST, ...request.settings }
  const weights = Float64Array.from(request.weights ?? new Float64Array(table.rows).fill(1))
  requireSense(table, targets, weights, settings)
  const features = featuresPerSplit(settings.features, table.columns)
  const trees: Tree[] = []
  const forest: Forest = {
    features: table.columns,
    targets: targets.columns,
    trees,
    seed,
    bootstrap: settings.bootstrap,
  }
  const outOfBag = {
    values: new Float64Array(table.rows * targets.columns),
    trees: new Uint32Array(table.rows),
  }
  for (let t = 0; t < settings.trees; t++) {
    throwIfAborted(signal)
    const counts = bagOf(forest, t, table.rows)
    const bag = weights.map((weight, row) => weight * counts[row]!)
    const random = seededRandom(derivedSeed(seed, FEATURES, t))
    // A draw can miss every row that counts; then the tree learns from all, and has none left to tell of.
    const isUseful = bag.some(weight => weight > 0)
    const used = isUseful ? bag : weights
    const tree = growTree({ table, targets, weights: used, ...settings, features, random })
    trees.push(tree)
    if (isUseful) {
      addOutOfBag(tree, table, counts, outOfBag, targets.columns)
    }
    onTree?.(t + 1)
    // Lets the signal come through, and whoever else waits.
    await new Promise(resume => setImmediate(resume))
  }
  for (const [i, sum] of outOfBag.values.entries()) {
    outOfBag.values[i] = sum / Math.max(1, outOfBag.trees[Math.floor(i / targets.columns)]!)
  }
  return { forest, outOfBag }
}

/** Returns how often each row is in a tree's draw. */
export function bagOf({ seed, bootstrap }: Forest, tree: number, rows: number): Uint32Array {
  const counts = new Uint32Array(rows)
  return bootstrap ? drawn(counts, seededRandom(derivedSeed(seed, BAG, tree))) : counts.fill(1)
}

function drawn(counts: Uint32Array, random: Random): Uint32Array {
  for (let i = 0; i < counts.length; i++) {
    counts[random.int(counts.length)]!++
  }
  return counts
}

function featuresPerSplit(wanted: ForestSettings['features'], count: number): number {
  if (wanted === 'all') {
    return count
  }
  return wanted === 'sqrt' ? Math.max(1, Math.floor(Math.sqrt(count))) : Math.min(wanted, count)
}

function requireSense(
  table: BinnedTable,
  targets: TargetTable,
  weights: Float64Array,
  { trees, features, minLeaf }: ForestSettings,
): void {
  if (targets.rows !== table.rows || weights.length !== table.rows) {
    throw new RangeError(
      `expected targets and weights of ${table.rows} rows, found ${targets.rows} and ${weights.length}`,
    )
  }
  if (!weights.some(weight => weight > 0) || weights.some(weight => !(weight >= 0))) {
    throw new RangeError('expected weights of 0 or more, one of them above 0')
  }
  for (const count of [trees, minLeaf, ...(typeof features === 'number' ? [features] : [])]) {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`expected trees, minLeaf and features of 1 or more, found ${count}`)
    }
  }
}

function addOutOfBag(
  tree: Tree,
  table: BinnedTable,
  counts: Uint32Array,
  outOfBag: OutOfBag,
  targets: number,
): void {
  for (let row = 0; row < table.rows; row++) {
    if (counts[row] === 0) {
      addLeaf(tree, leafOfBins(tree, table, row), outOfBag.values, row * targets)
      outOfBag.trees[row]!++
    }
  }
}

/**
 * Returns what a forest tells of rows of numbers: shares of labels and classes, or means.
 * Shape: features [rows, forest.features], result [rows, forest.targets], row-major.
 * Throws: RangeError for numbers that are not whole rows.
 */
export function forestValues(forest: Forest, features: Float32Array): Float64Array {
  if (features.length % forest.features !== 0) {
    throw new RangeError(`expected whole rows of ${forest.features} numbers, found ${features.length}`)
  }
  const rows = features.length / forest.features
  return meanOverTrees(forest, rows, (tree, row) => leafOf(tree, features, row * forest.features))
}

/** Returns what a forest tells of the rows of a table with the same bins. Shape: [rows, forest.targets] row-major. */
export function binnedForestValues(forest: Forest, table: BinnedTable): Float64Array {
  return meanOverTrees(forest, table.rows, (tree, row) => leafOfBins(tree, table, row))
}

function meanOverTrees(
  { trees, targets }: Forest,
  rows: number,
  leaf: (tree: Tree, row: number) => number,
): Float64Array {
  const sums = new Float64Array(rows * targets)
  for (const tree of trees) {
    for (let row = 0; row < rows; row++) {
      addLeaf(tree, leaf(tree, row), sums, row * targets)
    }
  }
  return sums.map(sum => sum / trees.length)
}
