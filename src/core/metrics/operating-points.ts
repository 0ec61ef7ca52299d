import { requireBothClasses, type ScoreTally } from './score-tally.ts'

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
  /** Harmonic mean of precision and sensitivity. */
  f1: number | undefined
  /** Mean of sensitivity and specificity: the AUROC of the calls themselves. */
  balancedAccuracy: number | undefined
  /** Matthews correlation of calls and truth, from -1 to 1. */
  matthews: number | undefined
}

/** Returns the counts and rates when every example with score >= threshold is called positive; a class may be absent. */
export function ratesAt(tally: ScoreTally, threshold: number): ThresholdMetrics {
  let truePositives = 0
  let falsePositives = 0
  for (let i = 0; i < tally.scores.length && tally.scores[i]! >= threshold; i++) {
    truePositives += tally.positives[i]!
    falsePositives += tally.negatives[i]!
  }
  // Sums of weights may differ in the last digit.
  const trueNegatives = Math.max(tally.negativeTotal - falsePositives, 0)
  const falseNegatives = Math.max(tally.positiveTotal - truePositives, 0)
  return ratesOf({ threshold, truePositives, falsePositives, trueNegatives, falseNegatives })
}

type Confusion = Pick<
  ThresholdMetrics,
  'threshold' | 'truePositives' | 'falsePositives' | 'trueNegatives' | 'falseNegatives'
>

/** Returns the counts with the rates that follow from them. */
export function ratesOf(confusion: Confusion): ThresholdMetrics {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = confusion
  const called = truePositives + falsePositives
  const spared = trueNegatives + falseNegatives
  const sensitivity = ratio(truePositives, truePositives + falseNegatives)
  const specificity = ratio(trueNegatives, trueNegatives + falsePositives)
  const margins = [called, spared, truePositives + falseNegatives, trueNegatives + falsePositives]
  const spread = margins.reduce((product, margin) => product * Math.sqrt(margin), 1)
  return {
    ...confusion,
    sensitivity,
    specificity,
    precision: ratio(truePositives, called),
    accuracy: ratio(truePositives + trueNegatives, called + spared),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    balancedAccuracy:
      sensitivity === undefined || specificity === undefined ? undefined : (sensitivity + specificity) / 2,
    matthews: ratio(truePositives * trueNegatives - falsePositives * falseNegatives, spread),
  }
}

/**
 * Returns the largest threshold at which at least the fraction `sensitivity` of the positives pass (score >= threshold).
 * Throws: InputDataError unless both classes are present, RangeError for a sensitivity above 1.
 */
export function thresholdAtSensitivityOf(tally: ScoreTally, sensitivity: number): number {
  requireBothClasses(tally)
  let truePositives = 0
  for (let i = 0; i < tally.scores.length; i++) {
    truePositives += tally.positives[i]!
    if (truePositives / tally.positiveTotal >= sensitivity) {
      return tally.scores[i]!
    }
  }
  throw new RangeError(`expected a sensitivity of at most 1, found ${sensitivity}`)
}

/**
 * Returns the smallest threshold at which the passing examples have at least the precision `precision`, that is the
 * most sensitive one; undefined when no threshold reaches it.
 * Throws: InputDataError unless both classes are present.
 */
export function thresholdAtPrecisionOf(tally: ScoreTally, precision: number): number | undefined {
  requireBothClasses(tally)
  let truePositives = 0
  let passed = 0
  let found: number | undefined
  for (let i = 0; i < tally.scores.length; i++) {
    truePositives += tally.positives[i]!
    passed += tally.positives[i]! + tally.negatives[i]!
    if (truePositives / passed >= precision) {
      found = tally.scores[i]!
    }
  }
  return found
}

/**
 * Returns the precision at the largest threshold at which at least the fraction `recall` of the positives pass: that of
 * the threshold one would choose for the recall, even where a lower threshold happens to be more precise.
 * Throws: InputDataError unless both classes are present, RangeError for a recall outside (0, 1].
 */
export function precisionAtRecallOf(tally: ScoreTally, recall: number): number {
  if (!(recall > 0)) {
    throw new RangeError(`expected a recall above 0, found ${recall}`)
  }
  // A threshold that lets a positive pass has a precision.
  return ratesAt(tally, thresholdAtSensitivityOf(tally, recall)).precision!
}

/**
 * Returns the largest sensitivity at which the passing examples have at least the precision `precision`; 0 when no
 * threshold reaches it.
 * Throws: InputDataError unless both classes are present.
 */
export function sensitivityAtPrecisionOf(tally: ScoreTally, precision: number): number {
  const threshold = thresholdAtPrecisionOf(tally, precision)
  return threshold === undefined ? 0 : ratesAt(tally, threshold).sensitivity!
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole
}
