import { InputDataError } from '../core/errors.ts'
import { ratesAt } from '../core/metrics/operating-points.ts'
import { auprcOf, aurocOf } from '../core/metrics/ranking.ts'
import { brierScoreOf, logLossOf } from '../core/metrics/reliability.ts'
import { type ScoreTally, tallyScores } from '../core/metrics/score-tally.ts'
import { UNKNOWN_LABEL } from '../curation/site-labels.ts'
import type { TruthKind } from './truth.ts'

/** Metrics of an epoch. */
export const METRICS = [
  'auprc',
  'auroc',
  'accuracy',
  'logLoss',
  'brier',
  'mse',
  'pearson',
  'baseAccuracy',
] as const
export type MetricName = (typeof METRICS)[number]
export type Metrics = Partial<Record<MetricName, number>>

const OF_CLASSES = ['auprc', 'auroc', 'accuracy', 'logLoss', 'brier'] as const
const OF_NUMBERS = ['mse', 'pearson'] as const

/** Which metrics there are, by what the examples are compared with. Of labels: means over them, and both as of numbers. */
export const METRICS_OF: Readonly<Record<TruthKind, readonly MetricName[]>> = {
  classes: OF_CLASSES,
  numbers: OF_NUMBERS,
  labels: [...OF_CLASSES, ...OF_NUMBERS],
  bases: ['baseAccuracy', 'mse', 'logLoss'],
}

export const SMALLER_IS_BETTER: ReadonlySet<MetricName> = new Set(['logLoss', 'brier', 'mse'])

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

/**
 * Returns the metrics of labels that are independent of each other: means over labels, of ranking metrics over those that have both
 * values, at the threshold 0.5. An `UNKNOWN_LABEL` counts for nothing. NaN where there is no label to take the mean over.
 * Shape: [n, columns] each.
 */
export function labelMetrics(scores: Float32Array, labels: Float32Array, columns: number): Metrics {
  const tallies = Array.from({ length: columns }, (_, k) => tallyKnown(scores, labels, columns, k))
  const known = tallies.filter(({ positiveTotal, negativeTotal }) => positiveTotal + negativeTotal > 0)
  const ranked = known.filter(({ positiveTotal, negativeTotal }) => positiveTotal > 0 && negativeTotal > 0)
  return {
    auprc: mean(ranked.map(auprcOf)),
    auroc: mean(ranked.map(aurocOf)),
    accuracy: mean(known.map(tally => ratesAt(tally, 0.5).accuracy!)),
    logLoss: mean(known.map(logLossOf)),
    brier: mean(known.map(brierScoreOf)),
  }
}

/** Returns the tally of a column's examples that have a label. Shape: [n, columns] each. */
function tallyKnown(scores: Float32Array, labels: Float32Array, columns: number, column: number): ScoreTally {
  const known: number[] = []
  for (let at = column; at < labels.length; at += columns) {
    if (labels[at] !== UNKNOWN_LABEL) {
      known.push(at)
    }
  }
  const of = (all: Float32Array) => Float64Array.from(known, at => all[at]!)
  return tallyScores(of(scores), of(labels))
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

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
