import {
  ratesAt,
  ratesOf,
  type ThresholdMetrics,
  thresholdAtPrecisionOf,
  thresholdAtSensitivityOf,
} from './metrics/operating-points.ts'
import { auprcOf, aurocOf } from './metrics/ranking.ts'
import { type CalibrationBin, equalMassBins } from './metrics/reliability.ts'
import {
  checkLengths,
  type Labels,
  requireBothClasses,
  type Scores,
  tallyScores,
  type Weights,
} from './metrics/score-tally.ts'

export type { ThresholdMetrics } from './metrics/operating-points.ts'
export type { CalibrationBin } from './metrics/reliability.ts'
export type { Labels, Scores, Weights } from './metrics/score-tally.ts'

/**
 * Returns the area under the ROC curve: the chance that a random positive scores above a random negative, ties
 * counting one half.
 * Throws: InputDataError unless both classes are present and every score is a number.
 */
export function auroc(scores: Scores, labels: Labels, weights?: Weights): number {
  return aurocOf(tallyScores(scores, labels, weights))
}

/**
 * Returns the average precision: the sum over distinct scores of (recall gained) x (precision there).
 * Throws: InputDataError unless both classes are present and every score is a number.
 */
export function auprc(scores: Scores, labels: Labels, weights?: Weights): number {
  return auprcOf(tallyScores(scores, labels, weights))
}

/**
 * Returns the largest threshold at which at least the fraction `sensitivity` of the positives pass (score >= threshold).
 * Throws: InputDataError unless both classes are present and every score is a number.
 */
export function thresholdAtSensitivity(scores: Scores, labels: Labels, sensitivity: number): number {
  return thresholdAtSensitivityOf(tallyScores(scores, labels), sensitivity)
}

/**
 * Returns the smallest threshold at which the passing examples have at least the precision `precision`, that is the
 * most sensitive one; undefined when no threshold reaches it.
 * Throws: InputDataError unless both classes are present and every score is a number.
 */
export function thresholdAtPrecision(scores: Scores, labels: Labels, precision: number): number | undefined {
  return thresholdAtPrecisionOf(tallyScores(scores, labels), precision)
}

/** Returns the counts and rates when every example with score >= threshold is called positive; nothing is sorted. */
export function metricsAt(scores: Scores, labels: Labels, threshold: number): ThresholdMetrics {
  checkLengths(scores, labels)
  let truePositives = 0
  let falsePositives = 0
  let trueNegatives = 0
  let falseNegatives = 0
  for (let i = 0; i < scores.length; i++) {
    const passes = scores[i]! >= threshold ? 1 : 0
    if (labels[i] === 1) {
      truePositives += passes
      falseNegatives += 1 - passes
    } else {
      falsePositives += passes
      trueNegatives += 1 - passes
    }
  }
  return ratesOf({ threshold, truePositives, falsePositives, trueNegatives, falseNegatives })
}

/**
 * Returns the calibration table: examples sorted by score and cut into bins of as equal counts as ties allow. Examples
 * that share a score are never split, so there may be fewer bins than asked for.
 * Throws: InputDataError unless both classes are present and every score is a number.
 */
export function calibrationTable(scores: Scores, labels: Labels, bins: number): CalibrationBin[] {
  const tally = tallyScores(scores, labels)
  requireBothClasses(tally)
  return equalMassBins(tally, bins)
}

/** How well the columns of a model's output tell positives from negatives. */
export interface Evaluation {
  /** By column: auroc and auprc; for the decision column also its rates at the threshold. */
  metrics: Record<string, Record<string, number>>
  threshold: number
  calibration: CalibrationBin[]
}

export interface EvaluationRequest {
  /** Probabilities. Shape: [labels.length, columns.length] row-major. */
  scores: Scores
  columns: readonly string[]
  labels: Labels
  /** The column that decides: threshold and calibration are its. */
  decision: string
  /** The threshold is the largest at which this fraction of the positives pass. */
  sensitivity: number
  calibrationBins: number
}

/**
 * Returns the metrics of every column and the threshold and calibration of the decision column.
 * Throws: InputDataError unless both classes are present and every score is a number.
 */
export function evaluateColumns(request: EvaluationRequest): Evaluation {
  const { scores, columns, labels, decision } = request
  const tallyOf = (k: number) =>
    tallyScores(
      Float64Array.from({ length: labels.length }, (_, i) => scores[i * columns.length + k]!),
      labels,
    )
  const metrics: Evaluation['metrics'] = {}
  for (const [k, name] of columns.entries()) {
    const tally = tallyOf(k)
    metrics[name] = { auroc: aurocOf(tally), auprc: auprcOf(tally) }
  }
  const deciding = tallyOf(columns.indexOf(decision))
  // Rounded down: runtimes compute in float32, and the positive that sets the threshold must pass there as well.
  const threshold = Math.floor(thresholdAtSensitivityOf(deciding, request.sensitivity) * 1e6) / 1e6
  const { sensitivity, specificity, precision, accuracy } = ratesAt(deciding, threshold)
  for (const [name, value] of Object.entries({ sensitivity, specificity, precision, accuracy })) {
    if (value !== undefined) {
      metrics[decision]![name] = value
    }
  }
  return { metrics, threshold, calibration: equalMassBins(deciding, request.calibrationBins) }
}
