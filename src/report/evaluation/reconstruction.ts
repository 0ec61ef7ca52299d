import type { BootstrapSettings, Estimate } from '../../core/bootstrap.ts'
import { InputDataError } from '../../core/errors.ts'
import { seededRandom } from '../../core/random.ts'
import { estimate, unitsOf } from './regression.ts'

/** What of windows that a model gives back is right. Shape: an entry per window. */
export interface ReconstructedWindows {
  /** Bases that are known. */
  known: ArrayLike<number>
  /** Of those, the bases that the model names. */
  correct: ArrayLike<number>
  /** Sums over known bases of the squared differences of the four numbers from one-hot bases. */
  squaredError: ArrayLike<number>
  /** What is drawn whole for the intervals; each window by itself when left out. */
  clusters?: ArrayLike<number> | undefined
}

export interface ReconstructionReport {
  windows: number
  /** That are known. */
  bases: number
  /** `baseAccuracy`: share of the known bases that the largest of the four numbers names, 0.25 by chance; `mse`: of the numbers. */
  estimates: Record<'baseAccuracy' | 'mse', Estimate>
}

const NUMBERS_PER_BASE = 4

/**
 * Returns how well windows are given back, with percentile bootstrap intervals over windows.
 * Throws: InputDataError unless a base is known.
 */
export function reconstructionReport(
  { known, correct, squaredError, clusters }: ReconstructedWindows,
  settings: BootstrapSettings,
): ReconstructionReport {
  const count = known.length
  const numbers = (windows: Iterable<number>) => {
    let [bases, right, error] = [0, 0, 0]
    for (const i of windows) {
      bases += known[i]!
      right += correct[i]!
      error += squaredError[i]!
    }
    return { bases, baseAccuracy: right / bases, mse: error / bases / NUMBERS_PER_BASE }
  }
  const all = numbers(Array.from({ length: count }, (_, i) => i))
  if (all.bases === 0) {
    throw new InputDataError(`expected known bases in the windows, found none in ${count}`)
  }
  const units = unitsOf(count, clusters)
  const random = seededRandom(settings.seed)
  const drawn = { baseAccuracy: [] as number[], mse: [] as number[] }
  for (let r = 0; r < settings.resamples; r++) {
    const resampled = numbers(units.flatMap(() => units[random.int(units.length)]!))
    if (resampled.bases > 0) {
      drawn.baseAccuracy.push(resampled.baseAccuracy)
      drawn.mse.push(resampled.mse)
    }
  }
  return {
    windows: count,
    bases: all.bases,
    estimates: {
      baseAccuracy: estimate(all.baseAccuracy, drawn.baseAccuracy, settings),
      mse: estimate(all.mse, drawn.mse, settings),
    },
  }
}
