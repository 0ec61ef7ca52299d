import { requireBothClasses, type ScoreTally } from './score-tally.ts'

/**
 * Returns the area under the ROC curve: the chance that a random positive scores above a random negative, ties
 * counting one half (the rank-sum statistic with average ranks).
 * Throws: InputDataError unless both classes are present.
 * Source: Hanley & McNeil, Radiology 143:29 (1982).
 */
export function aurocOf(tally: ScoreTally): number {
  requireBothClasses(tally)
  let above = 0
  let pairs = 0
  for (let i = 0; i < tally.scores.length; i++) {
    const positives = tally.positives[i]!
    pairs += tally.negatives[i]! * (above + positives / 2)
    above += positives
  }
  return pairs / (tally.positiveTotal * tally.negativeTotal)
}

/**
 * Returns the average precision: the sum over distinct scores of (recall gained) x (precision there). Examples that
 * share a score enter together, so the value does not depend on their order.
 * Throws: InputDataError unless both classes are present.
 * Source: Davis & Goadrich, ICML 2006, on why the points are not joined by straight lines.
 */
export function auprcOf(tally: ScoreTally): number {
  requireBothClasses(tally)
  let truePositives = 0
  let passed = 0
  let area = 0
  for (let i = 0; i < tally.scores.length; i++) {
    const positives = tally.positives[i]!
    truePositives += positives
    passed += positives + tally.negatives[i]!
    if (positives > 0) {
      area += (positives / tally.positiveTotal) * (truePositives / passed)
    }
  }
  return area
}

/**
 * Returns the top-k accuracy: of the k highest scores, k being the number of positives, the share that is positive. A
 * tie across the k-th place counts with its expectation under random order. With `multiple` m, k is m times the
 * positives and the share is of the smaller of k and the positives, as SpliceAI prints for 0.5, 1, 2 and 4 (k is not
 * rounded down here).
 * Throws: InputDataError unless both classes are present.
 * Source: Jaganathan et al., Cell 176:535 (2019).
 */
export function topKAccuracyOf(tally: ScoreTally, multiple = 1): number {
  requireBothClasses(tally)
  const k = Math.min(multiple * tally.positiveTotal, tally.positiveTotal + tally.negativeTotal)
  if (!(k > 0)) {
    throw new RangeError(`expected a positive multiple of the positives, found ${multiple}`)
  }
  let found = 0
  let places = k
  for (let i = 0; i < tally.scores.length && places > 0; i++) {
    const positives = tally.positives[i]!
    const size = positives + tally.negatives[i]!
    if (size > 0) {
      const taken = Math.min(size, places)
      found += positives * (taken / size)
      places -= taken
    }
  }
  return found / Math.min(k, tally.positiveTotal)
}

/** A point of the ROC curve: the rates when scores of at least `threshold` are called positive. */
export interface RocPoint {
  /** Infinity at the first point, where nothing is called (`null` in JSON). */
  threshold: number
  falsePositiveRate: number
  truePositiveRate: number
}

/**
 * Returns the ROC curve from (0, 0) to (1, 1), thresholds descending; ties make one step, and points on a straight line
 * between their neighbours are left out.
 * Throws: InputDataError unless both classes are present.
 */
export function rocCurve(tally: ScoreTally): RocPoint[] {
  requireBothClasses(tally)
  const { positiveTotal, negativeTotal } = tally
  const points: RocPoint[] = [{ threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 }]
  let truePositives = 0
  let falsePositives = 0
  let lastPositives = 0
  let lastNegatives = 0
  for (let i = 0; i < tally.scores.length; i++) {
    const positives = tally.positives[i]!
    const negatives = tally.negatives[i]!
    if (positives === 0 && negatives === 0) {
      continue
    }
    truePositives += positives
    falsePositives += negatives
    // Compared as counts: whole numbers, so that the test for a straight line is exact.
    if (points.length > 1 && positives * lastNegatives === negatives * lastPositives) {
      points.pop()
    }
    lastPositives = positives
    lastNegatives = negatives
    points.push({
      threshold: tally.scores[i]!,
      falsePositiveRate: falsePositives / negativeTotal,
      truePositiveRate: truePositives / positiveTotal,
    })
  }
  return points
}

/** A point of the precision-recall curve: the rates when scores of at least `threshold` are called positive. */
export interface PrecisionRecallPoint {
  threshold: number
  recall: number
  precision: number
}

/**
 * Returns the precision-recall curve, thresholds descending; thresholds that gain no recall are left out. Between two
 * points it is a step: the precision of the later one holds over the recall gained, so the area under the steps is
 * the average precision.
 * Throws: InputDataError unless both classes are present.
 */
export function precisionRecallCurve(tally: ScoreTally): PrecisionRecallPoint[] {
  requireBothClasses(tally)
  const points: PrecisionRecallPoint[] = []
  let truePositives = 0
  let passed = 0
  for (let i = 0; i < tally.scores.length; i++) {
    const positives = tally.positives[i]!
    truePositives += positives
    passed += positives + tally.negatives[i]!
    if (positives > 0) {
      points.push({
        threshold: tally.scores[i]!,
        recall: truePositives / tally.positiveTotal,
        precision: truePositives / passed,
      })
    }
  }
  return points
}
