import { InputDataError } from '../errors.ts'

/** Scores of examples; any array of numbers. Units: the higher, the more positive. */
export type Scores = ArrayLike<number>
/** Truth of the same examples: 1 positive, 0 negative. */
export type Labels = ArrayLike<number>
/** How much each example counts, e.g. to stand for a class that was sampled. Units: above 0; 1 when left out. */
export type Weights = ArrayLike<number>

/**
 * How many positives and negatives have each distinct score. Every number of this folder is a function of it, so
 * examples are sorted once, ties enter together whatever their order, and a bootstrap only refills the counts.
 */
export interface ScoreTally {
  /** Distinct scores, highest first. */
  scores: Float64Array
  /** Weight of the positives that have the score. Shape: as scores. */
  positives: Float64Array
  /** Weight of the negatives that have the score. Shape: as scores. */
  negatives: Float64Array
  positiveTotal: number
  negativeTotal: number
}

/** Distinct scores and, for every example, the place of its score among them. */
export interface ScoreGroups {
  /** Highest first. */
  distinct: Float64Array
  groupOf: Uint32Array
}

/**
 * Returns the tally of examples; one class may be absent.
 * Throws: InputDataError when a score is not a number or a weight not above 0, RangeError for unequal lengths.
 * Memory: 36 bytes per example at most, while it runs.
 */
export function tallyScores(scores: Scores, labels: Labels, weights?: Weights): ScoreTally {
  checkLengths(scores, labels)
  checkWeights(weights, scores.length)
  const { distinct, groupOf } = groupScores(scores)
  const tally = emptyTally(distinct)
  for (let i = 0; i < scores.length; i++) {
    const counts = labels[i] === 1 ? tally.positives : tally.negatives
    counts[groupOf[i]!]! += weights === undefined ? 1 : weights[i]!
  }
  return withTotals(tally)
}

/** Returns the distinct scores and each example's place among them. Throws: InputDataError when a score is NaN. */
export function groupScores(scores: Scores): ScoreGroups {
  // Sorting plain numbers and searching each one's place is several times faster than sorting indices by a callback.
  const sorted = Float64Array.from(scores)
  const missing = sorted.findIndex(Number.isNaN)
  if (missing >= 0) {
    throw new InputDataError(`expected a score for every example, found NaN at example ${missing}`)
  }
  sorted.sort().reverse()
  let size = 0
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[size - 1]) {
      sorted[size++] = sorted[i]!
    }
  }
  const distinct = sorted.slice(0, size)
  const groupOf = new Uint32Array(scores.length)
  for (let i = 0; i < scores.length; i++) {
    groupOf[i] = placeOf(distinct, scores[i]!)
  }
  return { distinct, groupOf }
}

function placeOf(descending: Float64Array, score: number): number {
  let low = 0
  let high = descending.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (descending[middle]! > score) {
      low = middle + 1
    } else {
      high = middle
    }
  }
  return low
}

/** Returns a tally of the scores with nothing counted yet. */
export function emptyTally(distinct: Float64Array): ScoreTally {
  return {
    scores: distinct,
    positives: new Float64Array(distinct.length),
    negatives: new Float64Array(distinct.length),
    positiveTotal: 0,
    negativeTotal: 0,
  }
}

/** Returns the same tally after setting its totals from its counts. */
export function withTotals(tally: ScoreTally): ScoreTally {
  // Summed highest first, as the metrics do: with weights, too, the running sum then ends exactly at the total.
  let positives = 0
  let negatives = 0
  for (let i = 0; i < tally.scores.length; i++) {
    positives += tally.positives[i]!
    negatives += tally.negatives[i]!
  }
  tally.positiveTotal = positives
  tally.negativeTotal = negatives
  return tally
}

/**
 * Returns the tally as it would be with so many negatives per positive: the negatives are weighted alike. Precision and
 * average precision depend on the ratio, so those of a balanced test set say little about a genome.
 * Throws: InputDataError unless both classes are present, RangeError unless the ratio is positive.
 */
export function atClassRatio(tally: ScoreTally, negativesPerPositive: number): ScoreTally {
  requireBothClasses(tally)
  if (!(negativesPerPositive > 0 && Number.isFinite(negativesPerPositive))) {
    throw new RangeError(
      `expected a positive number of negatives per positive, found ${negativesPerPositive}`,
    )
  }
  const factor = (negativesPerPositive * tally.positiveTotal) / tally.negativeTotal
  return withTotals({ ...tally, negatives: tally.negatives.map(count => count * factor) })
}

/** Relative error of a few elementary functions, with a wide margin. */
const ROUNDING = 1e-12

/**
 * Returns the tally of other scores for the same examples; `map` must keep their order (it may make ties).
 * Throws: RangeError when it does not.
 */
export function mapScores(tally: ScoreTally, map: (score: number) => number): ScoreTally {
  const mapped = tally.scores.map(map)
  for (let i = 0; i < mapped.length; i++) {
    const before = i === 0 ? Infinity : mapped[i - 1]!
    // Exponentials of neighbouring numbers may be out of order in their last digit.
    if (!(mapped[i]! <= before + ROUNDING * Math.abs(before))) {
      throw new RangeError(
        `expected a map that keeps the order of scores, found ${mapped[i]} after ${before}`,
      )
    }
    mapped[i] = Math.min(mapped[i]!, before)
  }
  const starts = [...mapped.keys()].filter(i => i === 0 || mapped[i] !== mapped[i - 1])
  const sums = (counts: Float64Array) =>
    Float64Array.from(starts, (start, k) => {
      let sum = 0
      for (let i = start; i < (starts[k + 1] ?? mapped.length); i++) {
        sum += counts[i]!
      }
      return sum
    })
  const scores = Float64Array.from(starts, i => mapped[i]!)
  return withTotals({ ...tally, scores, positives: sums(tally.positives), negatives: sums(tally.negatives) })
}

/** Throws InputDataError unless the tally has positives and negatives. */
export function requireBothClasses({ positiveTotal, negativeTotal }: ScoreTally): void {
  if (positiveTotal === 0 || negativeTotal === 0) {
    throw new InputDataError(
      `expected positive and negative examples, found ${positiveTotal} positive and ${negativeTotal} negative`,
    )
  }
}

/** Throws InputDataError unless all scores are probabilities and there is an example. */
export function requireProbabilities({ scores, positiveTotal, negativeTotal }: ScoreTally): void {
  const outside = scores.find(score => !(score >= 0 && score <= 1))
  if (outside !== undefined) {
    throw new InputDataError(`expected scores that are probabilities, from 0 to 1, found ${outside}`)
  }
  if (positiveTotal + negativeTotal === 0) {
    throw new InputDataError('expected at least one example, found none')
  }
}

export function checkLengths(scores: Scores, labels: Labels): void {
  if (scores.length !== labels.length) {
    throw new RangeError(`expected one label per score, found ${labels.length} for ${scores.length}`)
  }
}

export function checkWeights(weights: Weights | undefined, examples: number): void {
  if (weights === undefined) {
    return
  }
  if (weights.length !== examples) {
    throw new RangeError(`expected one weight per score, found ${weights.length} for ${examples}`)
  }
  for (let i = 0; i < examples; i++) {
    if (!(weights[i]! > 0 && weights[i]! < Infinity)) {
      throw new InputDataError(`expected weights above 0, found ${weights[i]} at example ${i}`)
    }
  }
}
