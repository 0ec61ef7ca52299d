import { applyCalibrator, type Calibrator, fitCalibrator } from '../core/calibration.ts'
import { InputDataError } from '../core/errors.ts'
import {
  ratesAt,
  type ThresholdMetrics,
  thresholdAtPrecisionOf,
  thresholdAtSensitivityOf,
} from '../core/metrics/operating-points.ts'
import {
  type CalibrationBin,
  equalMassBins,
  type Reliability,
  reliabilityOf,
} from '../core/metrics/reliability.ts'
import { atClassRatio, mapScores, type ScoreTally, tallyScores } from '../core/metrics/score-tally.ts'
import type { RunConfig } from './run-config.ts'

/** What the default threshold is chosen for, on the validation examples. */
export interface OperatingPoint {
  /** The largest threshold with at least this sensitivity, or the smallest with at least this precision. */
  kind: 'sensitivity' | 'precision'
  value: number
}

type DecisionSettings = Pick<RunConfig, 'calibration' | 'classRatio' | 'operatingPoint'>

/** How a column of scores becomes probabilities. */
export interface ColumnDecision {
  /** Absent when the run wants none. */
  calibrator?: Calibrator
  /** `after` is measured on examples that the calibrator was not fit to: each half by a fit to the other. */
  reliability: { before: Reliability; after?: Reliability }
}

/** How the deciding column is read. */
export interface Decision extends ColumnDecision {
  /** On the calibrated score. */
  threshold: number
  /** On the score as it comes. */
  rawThreshold: number
  rates: ThresholdMetrics
  /** Of the calibrated score. */
  bins: CalibrationBin[]
}

/** Scores of examples whose labels are known. */
interface LabelledScores {
  scores: Float64Array
  labels: Uint8Array
}

const CALIBRATION_BINS = 10

/** Returns the examples whose label is 0 or 1. */
export function labelledExamples(scores: Float64Array, labels: Uint8Array): LabelledScores {
  const isKnown = (_: number, i: number) => labels[i]! <= 1
  return { scores: scores.filter(isKnown), labels: labels.filter(label => label <= 1) }
}

/**
 * Returns threshold, calibrator and what they lead to; all of it for the class ratio that the settings name.
 * Throws: InputDataError unless both classes are present, and when no threshold has the precision asked for.
 */
export function decide(settings: DecisionSettings, scores: Float64Array, labels: Uint8Array): Decision {
  const raw = tallyAtRatio(settings, scores, labels)
  const { calibrator, reliability } = calibrateColumn(settings, { scores, labels }, raw)
  const tally = calibrator ? mapScores(raw, score => applyCalibrator(calibrator, score)) : raw
  const threshold = thresholdBelow(thresholdFor(settings.operatingPoint, tally))
  return {
    threshold,
    rawThreshold: thresholdBelow(thresholdFor(settings.operatingPoint, raw)),
    rates: ratesAt(tally, threshold),
    ...(calibrator ? { calibrator } : {}),
    reliability,
    bins: equalMassBins(tally, CALIBRATION_BINS),
  }
}

/** Returns a column's calibrator and reliability; undefined unless both classes are present. */
export function calibratedColumn(
  settings: DecisionSettings,
  { scores, labels }: LabelledScores,
): ColumnDecision | undefined {
  return labels.includes(0) && labels.includes(1)
    ? calibrateColumn(settings, { scores, labels }, tallyAtRatio(settings, scores, labels))
    : undefined
}

function calibrateColumn(
  settings: DecisionSettings,
  { scores, labels }: LabelledScores,
  raw: ScoreTally,
): ColumnDecision {
  const { calibration } = settings
  const before = reliabilityOf(raw)
  if (calibration === 'none') {
    return { reliability: { before } }
  }
  const after = crossFitted(settings, calibration, scores, labels)
  return {
    calibrator: fitCalibrator(calibration, raw),
    reliability: { before, ...(after ? { after } : {}) },
  }
}

function tallyAtRatio(
  { classRatio }: DecisionSettings,
  scores: Float64Array,
  labels: Uint8Array,
): ScoreTally {
  const tally = tallyScores(scores, labels)
  return classRatio === 0 ? tally : atClassRatio(tally, classRatio)
}

function thresholdFor({ kind, value }: OperatingPoint, tally: ScoreTally): number {
  if (kind === 'sensitivity') {
    return thresholdAtSensitivityOf(tally, value)
  }
  const threshold = thresholdAtPrecisionOf(tally, value)
  if (threshold === undefined) {
    throw new InputDataError(
      `expected a threshold at which ${100 * value} % of the validation examples called positive are, found none`,
      'ask for a lower precision: setting operatingPoint',
    )
  }
  return threshold
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
  settings: DecisionSettings,
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
    tallyAtRatio(
      settings,
      scores.filter((_, i) => halfOf[i] === wanted),
      labels.filter((_, i) => halfOf[i] === wanted),
    )
  const calibrators = [fitCalibrator(method, half(1)), fitCalibrator(method, half(0))]
  const calibrated = scores.map((score, i) => applyCalibrator(calibrators[halfOf[i]!]!, score))
  return reliabilityOf(tallyAtRatio(settings, calibrated, labels))
}
