import type { Calibrator, IsotonicCalibrator } from '../core/calibration.ts'
import { LEAST_PROBABILITY } from '../core/metrics/reliability.ts'
import { add, divide, maximum, minimum, multiply, subtract } from '../graph/ops/arithmetic.ts'
import { constant } from '../graph/ops/leaves.ts'
import { log, sigmoid } from '../graph/ops/pointwise.ts'
import { reduceSum } from '../graph/ops/reduce.ts'
import type { Value } from '../graph/value.ts'

/** Returns probabilities as `applyCalibrator` maps them. Shape: [N, 1]. */
export function calibrated(probability: Value, calibrator: Calibrator): Value {
  if (calibrator.method === 'isotonic') {
    return interpolated(probability, calibrator)
  }
  const inner = minimum(maximum(probability, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY)
  const logit = subtract(log(inner), log(subtract(1, inner)))
  return sigmoid(
    calibrator.method === 'temperature'
      ? divide(logit, calibrator.temperature)
      : add(multiply(logit, calibrator.slope), calibrator.intercept),
  )
}

/** The rising line as a sum: each stretch between knots adds its rise, as far as the score has come on it. */
function interpolated(score: Value, { scores, probabilities }: IsotonicCalibrator): Value {
  const starts: number[] = []
  const widths: number[] = []
  const rises: number[] = []
  for (let i = 1; i < scores.length; i++) {
    // Level stretches add nothing.
    if (probabilities[i]! > probabilities[i - 1]!) {
      const start = Math.fround(scores[i - 1]!)
      starts.push(start)
      // Knots that are one number in float32 make a step.
      widths.push(Math.max(Math.fround(scores[i]!) - start, LEAST_WIDTH))
      rises.push(probabilities[i]! - probabilities[i - 1]!)
    }
  }
  const first = probabilities[0]!
  if (rises.length === 0) {
    return add(multiply(score, 0), first)
  }
  const row = (numbers: readonly number[]) => constant(numbers, [1, numbers.length])
  const way = divide(subtract(score, row(starts)), row(widths))
  const share = minimum(maximum(way, 0), 1)
  return add(reduceSum(multiply(share, row(rises)), [1], true), first)
}

/** The smallest normal float32. */
const LEAST_WIDTH = 2 ** -126
