import { InputDataError } from '../core/errors.ts'
import { ratesAt } from '../core/metrics/operating-points.ts'
import { auprcOf, aurocOf } from '../core/metrics/ranking.ts'
import { brierScoreOf, logLossOf } from '../core/metrics/reliability.ts'
import { type ScoreTally, tallyScores } from '../core/metrics/score-tally.ts'

/** Metrics of an epoch. Of a regression: mean squared error and Pearson's r; of anything else the others. */
export const METRICS = ['auprc', 'auroc', 'accuracy', 'logLoss', 'brier', 'mse', 'pearson'] as const
export type MetricName = (typeof METRICS)[number]
export type Metrics = Partial<Record<MetricName, number>>

/** Those of targets; the others are of classes. */
export const REGRESSION_METRICS: ReadonlySet<MetricName> = new Set(['mse', 'pearson'])

const SMALLER_IS_BETTER: ReadonlySet<MetricName> = new Set(['logLoss', 'brier', 'mse'])

/** Whether a metric's new value is better than the old. NaN is never better. */
export function isBetter(metric: MetricName, value: number, best: number | undefined): boolean {
  if (Number.isNaN(value)) {
    return false
  }
  return best === undefined || (SMALLER_IS_BETTER.has(metric) ? value < best : value > best)
}

/** Returns the tally of one column of scores. Shape: scores [n, columns] row-major. */
export function tallyColumn(
  scores: Float32Array,
  columns: number,
  column: number,
  labels: Uint8Array,
): ScoreTally {
  return tallyScores(
    Float64Array.from(labels, (_, i) => scores[i * columns + column]!),
    labels,
  )
}

/** Returns the metrics of probabilities at the threshold 0.5. Throws: InputDataError unless both classes are present. */
export function classMetrics(tally: ScoreTally): Metrics {
  return {
    auprc: auprcOf(tally),
    auroc: aurocOf(tally),
    accuracy: ratesAt(tally, 0.5).accuracy ?? Number.NaN,
    logLoss: logLossOf(tally),
    brier: brierScoreOf(tally),
  }
}

/** Returns the metrics of predicted numbers, over all columns together. Shape: [n, columns] each. */
export function regressionMetrics(predicted: Float32Array, targets: Float32Array): Metrics {
  const n = predicted.length
  if (n === 0) {
    throw new InputDataError('expected validation examples, found none')
  }
  let [meanP, meanT, mse] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    meanP += predicted[i]! / n
    meanT += targets[i]! / n
    mse += (predicted[i]! - targets[i]!) ** 2 / n
  }
  let [covariance, varianceP, varianceT] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const p = predicted[i]! - meanP
    const t = targets[i]! - meanT
    covariance += p * t
    varianceP += p * p
    varianceT += t * t
  }
  // A constant prediction correlates with nothing.
  const spread = Math.sqrt(varianceP * varianceT)
  return { mse, pearson: spread === 0 ? 0 : covariance / spread }
}
