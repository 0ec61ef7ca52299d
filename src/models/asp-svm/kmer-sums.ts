import type { SharedKmers } from './shared-kmers.ts'
import { degreeWeights, selfValue, startValues } from './weighted-degree-kernel.ts'

/**
 * What windows that count differently say together of each k-mer at each place: the weight vector of a kernel machine, which
 * grows with every window's coefficient. It is held where windows share k-mers; what a window has alone is a number.
 */
export class KmerSums {
  /** Sum of the coefficients of the windows that have a node's k-mer. Shape: [nodes]. */
  readonly sums: Float64Array
  /** k(x, x) of each window: 1 without N. */
  readonly selfValues: Float64Array
  readonly #kmers: SharedKmers
  readonly #weights: Float64Array
  /** Each window's k(x, x) as far as it shares no k-mer. */
  readonly #alone: Float64Array
  readonly #whole: number
  readonly #path: Int32Array
  #onPath = 0

  constructor(kmers: SharedKmers) {
    const { degree, length, deepest, depths, reach } = kmers
    const count = deepest.length / length
    const starts = startValues(degree)
    this.#kmers = kmers
    this.#weights = degreeWeights(degree)
    this.#whole = selfValue(degree, length)
    this.sums = new Float64Array(kmers.nodes)
    this.#path = new Int32Array(degree * length)
    this.selfValues = new Float64Array(count)
    this.#alone = new Float64Array(count)
    for (let i = 0; i < count; i++) {
      let [all, shared] = [0, 0]
      for (let at = i * length; at < (i + 1) * length; at++) {
        all += starts[reach[at]!]!
        shared += starts[depths[deepest[at]!]!]!
      }
      this.selfValues[i] = all / this.#whole
      this.#alone[i] = (all - shared) / this.#whole
    }
  }

  /** Returns the sum over all windows of coefficient times kernel with a window, whose own coefficient is given. */
  value(window: number, coefficient: number): number {
    const { length, parents, depths, deepest } = this.#kmers
    const [path, sums, weights] = [this.#path, this.sums, this.#weights]
    let n = 0
    let sum = 0
    for (let at = window * length; at < (window + 1) * length; at++) {
      let node = deepest[at]!
      for (let depth = depths[node]!; depth > 0; depth--) {
        sum += weights[depth]! * sums[node]!
        path[n++] = node
        node = parents[node]!
      }
    }
    this.#onPath = n
    return sum / this.#whole + coefficient * this.#alone[window]!
  }

  /** Adds to the coefficient of the window that `value` was asked for last. */
  addToLast(amount: number): void {
    const [path, sums] = [this.#path, this.sums]
    for (let k = 0; k < this.#onPath; k++) {
      sums[path[k]!]! += amount
    }
  }

  /** Adds to the coefficient of a window. */
  add(window: number, amount: number): void {
    this.value(window, 0)
    this.addToLast(amount)
  }
}
