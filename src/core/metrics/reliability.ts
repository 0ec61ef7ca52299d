import { requireProbabilities, type ScoreTally } from './score-tally.ts'

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
 * Scores nearer than this to 0 or 1 count as this near in logarithms: one wrong call that is sure of itself costs 16.6
 * nats, not all there are. It is the distance below 1 that float32, in which networks compute, can still tell.
 */
export const LEAST_PROBABILITY = 2 ** -24

/** Returns the score moved into [LEAST_PROBABILITY, 1 - LEAST_PROBABILITY]. */
export function awayFromCertainty(score: number): number {
  return Math.min(Math.max(score, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY)
}

/**
 * Returns the Brier score: the mean squared distance of score and truth; 0 is best.
 * Throws: InputDataError unless the scores are probabilities.
 * Source: Brier, Monthly Weather Review 78:1 (1950).
 */
export function brierScoreOf(tally: ScoreTally): number {
  requireProbabilities(tally)
  let sum = 0
  for (let i = 0; i < tally.scores.length; i++) {
    const score = tally.scores[i]!
    sum += tally.positives[i]! * (1 - score) ** 2 + tally.negatives[i]! * score ** 2
  }
  return sum / (tally.positiveTotal + tally.negativeTotal)
}

/**
 * Returns the mean negative log-likelihood of the truth; scores of 0 and 1 count as LEAST_PROBABILITY away.
 * Units: nats.
 * Throws: InputDataError unless the scores are probabilities.
 */
export function logLossOf(tally: ScoreTally): number {
  requireProbabilities(tally)
  let sum = 0
  for (let i = 0; i < tally.scores.length; i++) {
    const score = awayFromCertainty(tally.scores[i]!)
    sum -= tally.positives[i]! * Math.log(score) + tally.negatives[i]! * Math.log1p(-score)
  }
  return sum / (tally.positiveTotal + tally.negativeTotal)
}

/**
 * Returns the calibration table: examples sorted by score and cut into bins of as equal counts as ties allow, ascending.
 * Examples that share a score are never split, so there may be fewer bins than asked for.
 */
export function equalMassBins(tally: ScoreTally, bins: number): CalibrationBin[] {
  checkBins(bins)
  const total = tally.positiveTotal + tally.negativeTotal
  const table: CalibrationBin[] = []
  const bin = openBin()
  let done = 0
  let edge = 1
  for (let i = tally.scores.length - 1; i >= 0; i--) {
    add(bin, tally, i)
    done += tally.positives[i]! + tally.negatives[i]!
    if (bin.count > 0 && (i === 0 || done * bins >= edge * total)) {
      table.push(closeBin(bin))
      // A tie may run over several edges; the bins it swallowed must not come after it as slivers.
      edge = Math.floor((done * bins) / total) + 1
    }
  }
  if (bin.count > 0) {
    table.push(closeBin(bin))
  }
  return table
}

/**
 * Returns the calibration table of `bins` intervals of equal width from 0 to 1, ascending, without the empty ones; an
 * interval holds its lower edge, the last one both.
 * Throws: InputDataError unless the scores are probabilities.
 */
export function equalWidthBins(tally: ScoreTally, bins: number): CalibrationBin[] {
  checkBins(bins)
  requireProbabilities(tally)
  const open = Array.from({ length: bins }, openBin)
  for (let i = 0; i < tally.scores.length; i++) {
    add(open[Math.min(Math.floor(tally.scores[i]! * bins), bins - 1)]!, tally, i)
  }
  return open.flatMap((bin, k) =>
    bin.count > 0 ? [{ ...closeBin(bin), low: k / bins, high: (k + 1) / bins }] : [],
  )
}

/**
 * Returns the expected calibration error of a table: the distance of mean score and observed frequency, averaged over
 * bins by their counts; 0 is best.
 * Source: Naeini et al., AAAI 2015; Guo et al., ICML 2017 (equal width); Nixon et al., CVPR Workshops 2019 (equal mass).
 */
export function expectedCalibrationError(table: readonly CalibrationBin[]): number {
  const total = table.reduce((sum, bin) => sum + bin.count, 0)
  return table.reduce((sum, bin) => sum + (bin.count / total) * Math.abs(bin.meanScore - bin.observed), 0)
}

/** How far scores, read as probabilities, are from the truth. */
export interface Reliability {
  brier: number
  /** Units: nats. */
  logLoss: number
  eceEqualMass: number
  eceEqualWidth: number
}

/** Bins of the calibration errors when the caller has no wish. */
export const RELIABILITY_BINS = 15

/** Returns Brier score, log loss and both calibration errors. Throws: InputDataError unless scores are probabilities. */
export function reliabilityOf(tally: ScoreTally, bins = RELIABILITY_BINS): Reliability {
  return {
    brier: brierScoreOf(tally),
    logLoss: logLossOf(tally),
    eceEqualMass: expectedCalibrationError(equalMassBins(tally, bins)),
    eceEqualWidth: expectedCalibrationError(equalWidthBins(tally, bins)),
  }
}

interface OpenBin {
  low: number
  high: number
  count: number
  sum: number
  positives: number
}

function openBin(): OpenBin {
  return { low: Infinity, high: -Infinity, count: 0, sum: 0, positives: 0 }
}

function add(bin: OpenBin, tally: ScoreTally, i: number): void {
  const score = tally.scores[i]!
  const size = tally.positives[i]! + tally.negatives[i]!
  if (size > 0) {
    bin.low = Math.min(bin.low, score)
    bin.high = Math.max(bin.high, score)
    bin.count += size
    bin.sum += score * size
    bin.positives += tally.positives[i]!
  }
}

/** Returns the bin's row and empties it. */
function closeBin(bin: OpenBin): CalibrationBin {
  const { low, high, count } = bin
  const row = { low, high, count, meanScore: bin.sum / count, observed: bin.positives / count }
  Object.assign(bin, openBin())
  return row
}

function checkBins(bins: number): void {
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(`expected a positive number of bins, found ${bins}`)
  }
}
