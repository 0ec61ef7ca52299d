import { applyCalibrator, type Calibrator, fitCalibrator } from '../core/calibration.ts'
import { ratesAt, type ThresholdMetrics, thresholdAtSensitivityOf } from '../core/metrics/operating-points.ts'
import {
  type CalibrationBin,
  equalMassBins,
  type Reliability,
  reliabilityOf,
} from '../core/metrics/reliability.ts'
import { mapScores, type ScoreTally, tallyScores } from '../core/metrics/score-tally.ts'
import type { Dataset } from '../curation/dataset.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { RunConfig } from './run-config.ts'
import { labelsOf } from './trainer.ts'
import type { Metrics } from './validation.ts'

/** The default threshold lets this share of the validation positives pass. */
const SENSITIVITY = 0.97
const CALIBRATION_BINS = 10

/** What a run led to, measured on the validation examples under the best epoch's parameters. */
export interface RunResult {
  /** From 1. */
  bestEpoch: number
  epochs: number
  examples: { train: number; validation: number; test: number }
  metrics: Metrics
  /** Absent for a regression. */
  decision?: {
    /** On the calibrated score. */
    threshold: number
    /** On the score as it comes. */
    rawThreshold: number
    rates: ThresholdMetrics
    /** Absent when the run wants none. */
    calibrator?: Calibrator
    /** `after` is measured on examples that the calibrator was not fit to: each half by a fit to the other. */
    reliability: { before: Reliability; after?: Reliability }
    /** Of the calibrated score. */
    bins: CalibrationBin[]
  }
}

/** Returns the result of a run of `epochs` epochs whose best one the checkpoint holds. Throws: InputDataError unless both classes are among the validation examples. */
export function runResult(config: RunConfig, dataset: Dataset, best: Checkpoint, epochs: number): RunResult {
  const { history, best: chosen } = best.position
  const { train, validation, test } = dataset.splits
  const result: RunResult = {
    bestEpoch: chosen!.epoch,
    epochs,
    examples: { train: train.length, validation: validation.length, test: test.length },
    metrics: history[chosen!.epoch - 1]!.metrics,
  }
  if (dataset.targets !== undefined || best.validation === undefined) {
    return result
  }
  const { scores, columns } = best.validation
  const column = Float64Array.from({ length: validation.length }, (_, i) => scores[(i + 1) * columns - 1]!)
  return { ...result, decision: decide(config, column, labelsOf(dataset, validation)) }
}

function decide(
  config: RunConfig,
  scores: Float64Array,
  labels: Uint8Array,
): NonNullable<RunResult['decision']> {
  const raw = tallyScores(scores, labels)
  const before = reliabilityOf(raw)
  const calibrator = config.calibration === 'none' ? undefined : fitCalibrator(config.calibration, raw)
  const tally = calibrator ? mapScores(raw, score => applyCalibrator(calibrator, score)) : raw
  const after = calibrator && crossFitted(calibrator.method, scores, labels)
  const threshold = thresholdBelow(thresholdAtSensitivityOf(tally, SENSITIVITY))
  return {
    threshold,
    rawThreshold: thresholdBelow(thresholdAtSensitivityOf(raw, SENSITIVITY)),
    rates: ratesAt(tally, threshold),
    ...(calibrator ? { calibrator } : {}),
    reliability: { before, ...(after ? { after } : {}) },
    bins: equalMassBins(tally, CALIBRATION_BINS),
  }
}

/**
 * Returns a threshold that a score passes in float32 as well: a millionth less, rounded down. A calibrated score can be a
 * round number, such as 0.9, which float32 holds as something less.
 */
const thresholdBelow = (score: number): number => Math.max(Math.floor(score * 1e6 - 1) / 1e6, 0)

/**
 * Returns the reliability of scores calibrated by a fit to the other half; undefined with less than two examples of a class.
 * Each class is dealt out by itself: in many datasets positives and negatives take turns.
 */
function crossFitted(
  method: Calibrator['method'],
  scores: Float64Array,
  labels: Uint8Array,
): Reliability | undefined {
  const seen = [0, 0]
  const halfOf = Array.from(labels, label => seen[label]!++ % 2)
  if (Math.min(...seen) < 2) {
    return undefined
  }
  const half = (wanted: number): ScoreTally =>
    tallyScores(
      scores.filter((_, i) => halfOf[i] === wanted),
      labels.filter((_, i) => halfOf[i] === wanted),
    )
  const calibrators = [fitCalibrator(method, half(1)), fitCalibrator(method, half(0))]
  const calibrated = scores.map((score, i) => applyCalibrator(calibrators[halfOf[i]!]!, score))
  return reliabilityOf(tallyScores(calibrated, labels))
}
