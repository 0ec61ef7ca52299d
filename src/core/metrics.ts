import { InputDataError } from './errors.ts'

/** Scores of examples; any array of numbers. Units: the higher, the more positive. */
export type Scores = ArrayLike<number>
/** Truth of the same examples: 1 positive, 0 negative. */
export type Labels = ArrayLike<number>

/** Examples that share one score, in descending order of score. */
interface Group {
  score: number
  positives: number
  negatives: number
}

/**
 * Returns the area under the ROC curve: the chance that a random positive scores above a random negative, ties
 * counting one half (the rank-sum statistic with average ranks).
 * Throws: InputDataError unless both classes are present and every score is a number.
 */
export function auroc(scores: Scores, labels: Labels): number {
  const { groups, positives, negatives } = grouped(scores, labels)
  let above = 0
  let pairs = 0
  for (const group of groups) {
    pairs += group.negatives * (above + group.positives / 2)
    above += group.positives
  }
  return pairs / (positives * negatives)
}

/**
 * Returns the average precision: the sum over distinct scores of (recall gained) x (precision there). Examples that
 * share a score enter together, so the value does not depend on their order.
 * Throws: InputDataError unless both classes are present and every score is a number.
 */
export function auprc(scores: Scores, labels: Labels): number {
  const { groups, positives } = grouped(scores, labels)
  let truePositives = 0
  let passed = 0
  let area = 0
  for (const group of groups) {
    truePositives += group.positives
    passed += group.positives + group.negatives
    area += (group.positives / positives) * (truePositives / passed)
  }
  return area
}

/**
 * Returns the largest threshold at which at least the fraction `sensitivity` of the positives pass (score >= threshold).
 * Throws: InputDataError unless both classes are present and every score is a number.
 */
export function thresholdAtSensitivity(scores: Scores, labels: Labels, sensitivity: number): number {
  const { groups, positives } = grouped(scores, labels)
  let truePositives = 0
  for (const group of groups) {
    truePositives += group.positives
    if (truePositives / positives >= sensitivity) {
      return group.score
    }
  }
  throw new RangeError(`expected a sensitivity of at most 1, found ${sensitivity}`)
}

/**
 * Returns the smallest threshold at which the passing examples have at least the precision `precision`, that is the
 * most sensitive one; undefined when no threshold reaches it.
 * Throws: InputDataError unless both classes are present and every score is a number.
 */
export function thresholdAtPrecision(scores: Scores, labels: Labels, precision: number): number | undefined {
  let truePositives = 0
  let passed = 0
  let found: number | undefined
  for (const group of grouped(scores, labels).groups) {
    truePositives += group.positives
    passed += group.positives + group.negatives
    if (truePositives / passed >= precision) {
      found = group.score
    }
  }
  return found
}

/** Counts and rates at one threshold. A rate over nothing is undefined. */
export interface ThresholdMetrics {
  threshold: number
  truePositives: number
  falsePositives: number
  trueNegatives: number
  falseNegatives: number
  sensitivity: number | undefined
  specificity: number | undefined
  precision: number | undefined
  accuracy: number | undefined
}

/** Returns the counts and rates when every example with score >= threshold is called positive. */
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
  return {
    threshold,
    truePositives,
    falsePositives,
    trueNegatives,
    falseNegatives,
    sensitivity: ratio(truePositives, truePositives + falseNegatives),
    specificity: ratio(trueNegatives, trueNegatives + falsePositives),
    precision: ratio(truePositives, truePositives + falsePositives),
    accuracy: ratio(truePositives + trueNegatives, scores.length),
  }
}

/** One bin of a calibration table: the examples with a score in [low, high]. */
export interface CalibrationBin {
  low: number
  high: number
  count: number
  meanScore: number
  /** Fraction of the bin's examples that are positive. */
  observed: number
}

/**
 * Returns the calibration table: examples sorted by score and cut into bins of as equal counts as ties allow. Examples
 * that share a score are never split, so there may be fewer bins than asked for.
 * Throws: InputDataError unless both classes are present and every score is a number.
 */
export function calibrationTable(scores: Scores, labels: Labels, bins: number): CalibrationBin[] {
  const groups = grouped(scores, labels).groups.reverse()
  const table: CalibrationBin[] = []
  let open: CalibrationBin | undefined
  let sum = 0
  let positives = 0
  let done = 0
  for (const [index, group] of groups.entries()) {
    const size = group.positives + group.negatives
    open ??= { low: group.score, high: group.score, count: 0, meanScore: 0, observed: 0 }
    open.high = group.score
    open.count += size
    sum += group.score * size
    positives += group.positives
    done += size
    if (index === groups.length - 1 || done * bins >= (table.length + 1) * scores.length) {
      table.push({ ...open, meanScore: sum / open.count, observed: positives / open.count })
      open = undefined
      sum = 0
      positives = 0
    }
  }
  return table
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
  const column = (k: number) =>
    Float64Array.from({ length: labels.length }, (_, i) => scores[i * columns.length + k]!)
  const metrics: Evaluation['metrics'] = {}
  for (const [k, name] of columns.entries()) {
    metrics[name] = { auroc: auroc(column(k), labels), auprc: auprc(column(k), labels) }
  }
  const deciding = column(columns.indexOf(decision))
  // Rounded down: runtimes compute in float32, and the positive that sets the threshold must pass there as well.
  const threshold = Math.floor(thresholdAtSensitivity(deciding, labels, request.sensitivity) * 1e6) / 1e6
  const { sensitivity, specificity, precision, accuracy } = metricsAt(deciding, labels, threshold)
  for (const [name, value] of Object.entries({ sensitivity, specificity, precision, accuracy })) {
    if (value !== undefined) {
      metrics[decision]![name] = value
    }
  }
  return { metrics, threshold, calibration: calibrationTable(deciding, labels, request.calibrationBins) }
}

/** Returns the examples as groups of equal score, highest first. */
function grouped(scores: Scores, labels: Labels): { groups: Group[]; positives: number; negatives: number } {
  checkLengths(scores, labels)
  const order = Array.from({ length: scores.length }, (_, i) => i)
  order.sort((a, b) => scores[b]! - scores[a]!)
  const groups: Group[] = []
  let positives = 0
  for (const index of order) {
    const score = scores[index]!
    if (Number.isNaN(score)) {
      throw new InputDataError(`expected a score for every example, found NaN at example ${index}`)
    }
    let group = groups.at(-1)
    if (group === undefined || group.score !== score) {
      group = { score, positives: 0, negatives: 0 }
      groups.push(group)
    }
    if (labels[index] === 1) {
      group.positives++
      positives++
    } else {
      group.negatives++
    }
  }
  const negatives = scores.length - positives
  if (positives === 0 || negatives === 0) {
    throw new InputDataError(
      `expected positive and negative examples, found ${positives} positive and ${negatives} negative`,
    )
  }
  return { groups, positives, negatives }
}

function checkLengths(scores: Scores, labels: Labels): void {
  if (scores.length !== labels.length) {
    throw new RangeError(`expected one label per score, found ${labels.length} for ${scores.length}`)
  }
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole
}
