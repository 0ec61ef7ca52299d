import { setImmediate } from 'node:timers/promises'
import { throwIfAborted } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import { KmerSums } from '../../models/asp-svm/kmer-sums.ts'
import type { SharedKmers } from '../../models/asp-svm/shared-kmers.ts'

export interface DescentSettings {
  /** No round over the windows left in play may change the dual's slopes by more than this when all is done. */
  tolerance: number
  /** Rounds over the windows at most. */
  maxIterations: number
  random: Random
  signal?: AbortSignal | undefined
}

/** Where a descent stopped. */
export interface Descent {
  rounds: number
  converged: boolean
  /** Largest less smallest projected slope in the last round. */
  violation: number
  /** What the descent minimises: half the squared weights less the sum of the multipliers. */
  objective: number
}

/** Windows to part; `labels` are 1 or -1. Shape: one entry per window. */
export interface SupportVectorProblem {
  kmers: SharedKmers
  labels: Int8Array
}

/**
 * A support vector machine with hinge loss over the weighted degree kernel, solved one multiplier at a time. The bias is the
 * weight of a feature that is 1 in every window, so that it is kept small like every other weight.
 * Source: Hsieh et al., A Dual Coordinate Descent Method for Large-scale Linear SVM, ICML 2008, with its shrinking.
 */
export class SupportVectorMachine {
  /** Multiplier of each window, from 0 to its limit. */
  readonly multipliers: Float64Array
  bias = 0
  readonly #labels: Int8Array
  readonly #sums: KmerSums

  constructor({ kmers, labels }: SupportVectorProblem) {
    this.#labels = labels
    this.#sums = new KmerSums(kmers)
    this.multipliers = new Float64Array(labels.length)
  }

  /** Returns a window's score. */
  score(window: number): number {
    return this.#sums.value(window, this.multipliers[window]! * this.#labels[window]!) + this.bias
  }

  /**
   * Goes on from where it is to the best multipliers under the limits, which may have risen since: C times the weight of each window.
   * Throws: InterruptedError when the signal says so.
   */
  async descend(limits: Float64Array, settings: DescentSettings): Promise<Descent> {
    const { tolerance, maxIterations, random, signal } = settings
    const order = Array.from(limits.keys()).filter(window => limits[window]! > 0)
    const all = order.length
    let active = all
    let range = WIDE
    let violation = Number.POSITIVE_INFINITY
    for (let round = 1; round <= maxIterations; round++) {
      await setImmediate()
      throwIfAborted(signal)
      const found = this.#round(order, active, limits, range, random)
      violation = found.most - found.least
      if (violation <= tolerance && active === all) {
        return { rounds: round, converged: true, violation, objective: this.objective() }
      }
      // What was put aside is looked at once more before the end.
      active = violation <= tolerance ? all : found.active
      range = violation <= tolerance ? WIDE : rangeAfter(found)
    }
    return { rounds: maxIterations, converged: false, violation, objective: this.objective() }
  }

  /** Returns half the squared weights less the sum of the multipliers. */
  objective(): number {
    // The squared weights are the sum of coefficient times score over the windows.
    return this.multipliers.reduce(
      (sum, multiplier, window) =>
        multiplier === 0 ? sum : sum + multiplier * (0.5 * this.#labels[window]! * this.score(window) - 1),
      0,
    )
  }

  /** One visit of each window in play, in random order; windows that will most likely stay at a limit are put behind the others. */
  #round(order: number[], count: number, limits: Float64Array, range: Range, random: Random): Round {
    let [least, most, active] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, count]
    for (let k = 0; k < active; k++) {
      swap(order, k, k + random.int(active - k))
      const window = order[k]!
      const multiplier = this.multipliers[window]!
      const slope = this.#labels[window]! * this.score(window) - 1
      const [atZero, atLimit] = [multiplier === 0, multiplier === limits[window]]
      if ((atZero && slope > range.most) || (atLimit && slope < range.least)) {
        swap(order, k--, --active)
        continue
      }
      const projected = (atZero && slope > 0) || (atLimit && slope < 0) ? 0 : slope
      least = Math.min(least, projected)
      most = Math.max(most, projected)
      if (Math.abs(projected) > NO_SLOPE) {
        const curvature = this.#sums.selfValues[window]! + 1
        const next = Math.min(Math.max(multiplier - slope / curvature, 0), limits[window]!)
        this.#change(window, next)
      }
    }
    return active === 0 ? { least: 0, most: 0, active } : { least, most, active }
  }

  /** Of the window whose score was asked for last. */
  #change(window: number, next: number): void {
    const step = (next - this.multipliers[window]!) * this.#labels[window]!
    this.multipliers[window] = next
    this.bias += step
    this.#sums.addToLast(step)
  }
}

interface Range {
  least: number
  most: number
}

interface Round extends Range {
  active: number
}

const WIDE: Range = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY }
/** Returns the slopes beyond which a multiplier at a limit is put aside. */
const rangeAfter = ({ least, most }: Range): Range => ({
  least: least < 0 ? least : WIDE.least,
  most: most > 0 ? most : WIDE.most,
})

/** A slope that is rounding. */
const NO_SLOPE = 1e-12

function swap(items: number[], a: number, b: number): void {
  const kept = items[a]!
  items[a] = items[b]!
  items[b] = kept
}
