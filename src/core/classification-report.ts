import { type BootstrapSettings, bootstrap, type Estimate, type Statistic } from './bootstrap.ts'
import {
  precisionAtRecallOf,
  ratesAt,
  sensitivityAtPrecisionOf,
  type ThresholdMetrics,
} from './metrics/operating-points.ts'
import { auprcOf, aurocOf, topKAccuracyOf } from './metrics/ranking.ts'
import {
  brierScoreOf,
  equalMassBins,
  equalWidthBins,
  expectedCalibrationError,
  logLossOf,
  RELIABILITY_BINS,
} from './metrics/reliability.ts'
import { atClassRatio, type Labels, type Scores, tallyScores, type Weights } from './metrics/score-tally.ts'

/** Recalls at which the precision is reported. */
export const REPORTED_RECALLS: readonly number[] = [0.5, 0.8, 0.9, 0.95, 0.99]
/** Precisions at which the sensitivity is reported. */
export const REPORTED_PRECISIONS: readonly number[] = [0.9, 0.95, 0.99]
/** Negatives per positive at which the average precision is reported besides that of the data. */
export const REPORTED_CLASS_RATIOS: readonly number[] = [10, 100]

export interface ReportExamples {
  /** Probabilities. */
  scores: Scores
  labels: Labels
  weights?: Weights | undefined
  /** What each example belongs to for the intervals, e.g. its gene; see `bootstrap`. */
  clusters?: ArrayLike<string | number> | undefined
}

export interface ReportSettings extends BootstrapSettings {
  threshold: number
}

/** How well scores tell positives from negatives. docs/metrics.md defines every name in `estimates`. */
export interface ClassificationReport {
  /** Numbers of examples, whatever their weights. */
  examples: number
  positives: number
  negatives: number
  /** Share of positives by weight: the average precision of random scores; undefined without examples. */
  prevalence: number | undefined
  /** Counts at the threshold; the rates that follow from them are in `estimates`. */
  confusion: Pick<
    ThresholdMetrics,
    'threshold' | 'truePositives' | 'falsePositives' | 'trueNegatives' | 'falseNegatives'
  >
  /** By name. Those that need both classes are left out when one is absent. */
  estimates: Record<string, Estimate>
}

/**
 * Returns the report of the examples. Undefined numbers vanish in JSON.
 * Throws: InputDataError when scores are no probabilities, RangeError for settings out of range.
 */
export function classificationReport(
  examples: ReportExamples,
  settings: ReportSettings,
): ClassificationReport {
  const tally = tallyScores(examples.scores, examples.labels, examples.weights)
  const { positiveTotal, negativeTotal } = tally
  const total = positiveTotal + negativeTotal
  const positives = countPositives(examples.labels)
  const statistics: Record<string, Statistic> = {
    ...(positiveTotal > 0 && negativeTotal > 0 ? statisticsOfBothClasses() : {}),
    ...(total > 0 ? statisticsOfAnyClass(settings.threshold) : {}),
  }
  const { threshold, truePositives, falsePositives, trueNegatives, falseNegatives } = ratesAt(
    tally,
    settings.threshold,
  )
  return {
    examples: examples.labels.length,
    positives,
    negatives: examples.labels.length - positives,
    prevalence: total > 0 ? positiveTotal / total : undefined,
    confusion: { threshold, truePositives, falsePositives, trueNegatives, falseNegatives },
    estimates: bootstrap(examples, statistics, settings),
  }
}

function statisticsOfBothClasses(): Record<string, Statistic> {
  const statistics: Record<string, Statistic> = { auroc: aurocOf, auprc: auprcOf }
  for (const ratio of REPORTED_CLASS_RATIOS) {
    statistics[`auprcAt1To${ratio}`] = tally => auprcOf(atClassRatio(tally, ratio))
  }
  statistics.topKAccuracy = tally => topKAccuracyOf(tally)
  for (const recall of REPORTED_RECALLS) {
    statistics[`precisionAtRecall${recall}`] = tally => precisionAtRecallOf(tally, recall)
  }
  for (const precision of REPORTED_PRECISIONS) {
    statistics[`sensitivityAtPrecision${precision}`] = tally => sensitivityAtPrecisionOf(tally, precision)
  }
  return statistics
}

const RATES = [
  'sensitivity',
  'specificity',
  'precision',
  'accuracy',
  'balancedAccuracy',
  'f1',
  'matthews',
] as const

function statisticsOfAnyClass(threshold: number): Record<string, Statistic> {
  const rates = RATES.map(name => [name, (tally => ratesAt(tally, threshold)[name]) as Statistic])
  return {
    ...Object.fromEntries(rates),
    brier: brierScoreOf,
    logLoss: logLossOf,
    eceEqualMass: tally => expectedCalibrationError(equalMassBins(tally, RELIABILITY_BINS)),
    eceEqualWidth: tally => expectedCalibrationError(equalWidthBins(tally, RELIABILITY_BINS)),
  }
}

/**
 * Returns a report for every key, in the keys' order: of the examples with that key, e.g. per motif. Examples whose key
 * is undefined are in none.
 */
export function reportWithin(
  examples: ReportExamples,
  keys: ArrayLike<string | undefined>,
  settings: ReportSettings,
): Map<string, ClassificationReport> {
  return reportSubsets(examples, keys, settings, () => false)
}

/**
 * Returns a report for every key of a negative, in the keys' order: of all positives against the negatives with that
 * key, e.g. per class of negative. Keys of positives are not looked at.
 */
export function reportAgainst(
  examples: ReportExamples,
  keys: ArrayLike<string | undefined>,
  settings: ReportSettings,
): Map<string, ClassificationReport> {
  return reportSubsets(examples, keys, settings, i => examples.labels[i] === 1)
}

function reportSubsets(
  examples: ReportExamples,
  keys: ArrayLike<string | undefined>,
  settings: ReportSettings,
  inEvery: (example: number) => boolean,
): Map<string, ClassificationReport> {
  const { scores, labels, weights, clusters } = examples
  if (keys.length !== labels.length) {
    throw new RangeError(`expected one key per example, found ${keys.length} for ${labels.length}`)
  }
  const indices = Array.from(labels, (_, i) => i)
  const distinct = new Set(indices.filter(i => !inEvery(i)).flatMap(i => keys[i] ?? []))
  const reports = new Map<string, ClassificationReport>()
  for (const key of [...distinct].sort()) {
    const chosen = indices.filter(i => inEvery(i) || keys[i] === key)
    const pick = <T>(values: ArrayLike<T>) => chosen.map(i => values[i]!)
    const subset: ReportExamples = {
      scores: pick(scores),
      labels: pick(labels),
      weights: weights && pick(weights),
      clusters: clusters && pick(clusters),
    }
    reports.set(key, classificationReport(subset, settings))
  }
  return reports
}

function countPositives(labels: Labels): number {
  let positives = 0
  for (let i = 0; i < labels.length; i++) {
    positives += labels[i] === 1 ? 1 : 0
  }
  return positives
}
