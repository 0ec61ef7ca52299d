import { type BinnedTable, MOST_BINS } from './binned-table.ts'
import type { TargetTable } from './targets.ts'

/** Rows up to which insertion is the fastest way to sort. */
const FEW_ROWS = 40

/**
 * Looks for the split of a node's rows that leaves the least impurity: the sum over targets of their variances on both sides. For
 * labels of 0 and 1 a variance is half a Gini impurity, and for exclusive classes they sum to it, so that this is one search for
 * labels, classes and numbers. Less impurity is more of
 *   sum over targets of (left sum)² / (left weight) + (right sum)² / (right weight),
 * which needs sums alone.
 */
export class SplitSearch {
  /** The best split so far: what it is worth, -Infinity when none was found. */
  score = Number.NEGATIVE_INFINITY
  feature = 0
  /** The last bin that goes to the left. */
  bin = 0

  readonly #table: BinnedTable
  readonly #targets: TargetTable
  readonly #weights: Float64Array
  readonly #minLeaf: number
  /** The one target of each row times its weight; undefined where there are several. */
  readonly #products: Float64Array | undefined
  /** By bin: weight, sum and count. */
  readonly #histogram = new Float64Array(3 * MOST_BINS)
  readonly #counts = new Uint32Array(MOST_BINS + 1)
  readonly #order: Int32Array
  /** Of the node. */
  #rows: Int32Array
  #weight = 0
  #squares = 0
  readonly #sums: Float64Array
  readonly #leftSums: Float64Array

  constructor(table: BinnedTable, targets: TargetTable, weights: Float64Array, minLeaf: number) {
    this.#table = table
    this.#targets = targets
    this.#weights = weights
    this.#minLeaf = minLeaf
    this.#order = new Int32Array(table.rows)
    this.#rows = this.#order
    this.#sums = new Float64Array(targets.columns)
    this.#leftSums = new Float64Array(targets.columns)
    if (targets.columns === 1) {
      this.#products = Float64Array.from(weights, (weight, row) => {
        const at = targets.starts[row]!
        return at < targets.starts[row + 1]! ? weight * targets.numbers[at]! : 0
      })
    }
  }

  /** Begins with the rows of a node. */
  start(rows: Int32Array): void {
    this.score = Number.NEGATIVE_INFINITY
    this.#rows = rows
    this.#weight = 0
    this.#sums.fill(0)
    const { starts, places, numbers } = this.#targets
    for (const row of rows) {
      const weight = this.#weights[row]!
      this.#weight += weight
      for (let i = starts[row]!; i < starts[row + 1]!; i++) {
        this.#sums[places[i]!]! += weight * numbers[i]!
      }
    }
    this.#squares = this.#sums.reduce((total, sum) => total + sum * sum, 0)
  }

  /** Weight of the node's rows. */
  get weight(): number {
    return this.#weight
  }

  /** Weighted sums of the node's targets. */
  get sums(): Float64Array {
    return this.#sums
  }

  /** By how much the best split lowers the impurity times the weight. */
  get gain(): number {
    // Nothing is lost by a split; less than nothing is rounding.
    return Math.max(0, this.score - this.#squares / this.#weight)
  }

  /** Looks at one feature. Returns false when it is the same in all rows of the node. */
  visit(feature: number): boolean {
    const bins = this.#table.edges[feature]!.length + 1
    return this.#products !== undefined && this.#rows.length * 4 >= bins
      ? this.#visitHistogram(feature, bins, this.#products)
      : this.#visitInOrder(feature, bins)
  }

  /** One target and many rows: sums by bin. */
  #visitHistogram(feature: number, bins: number, products: Float64Array): boolean {
    const histogram = this.#histogram.fill(0, 0, 3 * bins)
    const column = this.#table.bins
    const offset = feature * this.#table.rows
    const rows = this.#rows
    const weights = this.#weights
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      const at = 3 * column[offset + row]!
      histogram[at]! += weights[row]!
      histogram[at + 1]! += products[row]!
      histogram[at + 2]!++
    }
    if (histogram[3 * column[offset + rows[0]!]! + 2] === rows.length) {
      return false
    }
    let [weight, sum, count, last] = [0, 0, 0, 0]
    const total = this.#sums[0]!
    for (let bin = 0; bin < bins; bin++) {
      const at = 3 * bin
      if (histogram[at + 2] === 0) {
        continue
      }
      if (count >= this.#minLeaf && rows.length - count >= this.#minLeaf) {
        const rest = total - sum
        this.#offer(feature, last, bin, (sum * sum) / weight + (rest * rest) / (this.#weight - weight))
      }
      weight += histogram[at]!
      sum += histogram[at + 1]!
      count += histogram[at + 2]!
      last = bin
    }
    return true
  }

  /** Several targets, or few rows: the rows one after the other in the order of their bins. */
  #visitInOrder(feature: number, bins: number): boolean {
    const order = this.#ordered(feature, bins)
    const column = this.#table.bins
    const offset = feature * this.#table.rows
    const count = order.length
    if (column[offset + order[0]!] === column[offset + order[count - 1]!]) {
      return false
    }
    const { starts, places, numbers } = this.#targets
    const [sums, leftSums] = [this.#sums, this.#leftSums.fill(0)]
    let [weight, leftSquares, rightSquares] = [0, 0, this.#squares]
    let last = column[offset + order[0]!]!
    for (let i = 0; i < count; i++) {
      const row = order[i]!
      const bin = column[offset + row]!
      if (bin !== last) {
        if (i >= this.#minLeaf && count - i >= this.#minLeaf) {
          this.#offer(feature, last, bin, leftSquares / weight + rightSquares / (this.#weight - weight))
        }
        last = bin
      }
      const rowWeight = this.#weights[row]!
      weight += rowWeight
      for (let k = starts[row]!; k < starts[row + 1]!; k++) {
        const place = places[k]!
        const moved = rowWeight * numbers[k]!
        const left = leftSums[place]!
        leftSquares += moved * (2 * left + moved)
        rightSquares -= moved * (2 * (sums[place]! - left) - moved)
        leftSums[place] = left + moved
      }
    }
    return true
  }

  /** Returns the node's rows in the order of their bins. */
  #ordered(feature: number, bins: number): Int32Array {
    const rows = this.#rows
    const column = this.#table.bins
    const offset = feature * this.#table.rows
    const order = this.#order.subarray(0, rows.length)
    if (rows.length <= FEW_ROWS) {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!
        const bin = column[offset + row]!
        let j = i
        for (; j > 0 && column[offset + order[j - 1]!]! > bin; j--) {
          order[j] = order[j - 1]!
        }
        order[j] = row
      }
      return order
    }
    const places = this.#counts.fill(0, 0, bins + 1)
    for (let i = 0; i < rows.length; i++) {
      places[column[offset + rows[i]!]! + 1]!++
    }
    for (let bin = 1; bin <= bins; bin++) {
      places[bin]! += places[bin - 1]!
    }
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      order[places[column[offset + row]!]!++] = row
    }
    return order
  }

  /** Of bins without rows between the two sides, the middle parts them: rows to come may be there. */
  #offer(feature: number, last: number, next: number, score: number): void {
    if (score > this.score) {
      this.score = score
      this.feature = feature
      this.bin = (last + next - 1) >> 1
    }
  }
}
