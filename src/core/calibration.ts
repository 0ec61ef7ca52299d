import { awayFromCertainty, type Reliability, reliabilityOf } from './metrics/reliability.ts'
import {
  mapScores,
  requireBothClasses,
  requireProbabilities,
  type ScoreTally,
} from './metrics/score-tally.ts'

/** A rising map from a model's scores to probabilities; plain data, fit to be stored as JSON. */
export type Calibrator = TemperatureCalibrator | PlattCalibrator | IsotonicCalibrator

/** sigmoid(logit(score) / temperature): above 1 it makes scores less sure, below 1 surer; 0.5 stays. */
export interface TemperatureCalibrator {
  method: 'temperature'
  temperature: number
}

/** sigmoid(slope * logit(score) + intercept): a temperature, and a shift for scores that are all too high or too low. */
export interface PlattCalibrator {
  method: 'platt'
  /** Above 0. */
  slope: number
  intercept: number
}

/** Knots of a rising line, straight between them and level outside. */
export interface IsotonicCalibrator {
  method: 'isotonic'
  /** Strictly ascending. */
  scores: number[]
  /** Ascending, from 0 to 1; equal neighbours tie what lies between. Shape: as scores. */
  probabilities: number[]
}

/** Temperatures between which `fitTemperature` looks. */
export const TEMPERATURES = [1 / 20, 20] as const

/** Relative; the loss is flat there, and its slope is known to about 1e-16. */
const PRECISION = 1e-12
/** Newton takes about ten, halving alone 50. */
const MOST_STEPS = 200

/**
 * Returns the probability of a score; NaN stays NaN. Temperature and Platt: scores of 0 and 1, and those nearer to them than
 * 2^-24, count as 2^-24 away, so that a saturated score, too, becomes less sure. Isotonic: scores outside the knots get
 * the probability of the nearest one.
 */
export function applyCalibrator(calibrator: Calibrator, score: number): number {
  switch (calibrator.method) {
    case 'temperature':
      return sigmoid(logit(score) / calibrator.temperature)
    case 'platt':
      return sigmoid(calibrator.slope * logit(score) + calibrator.intercept)
    case 'isotonic':
      return interpolate(calibrator, score)
  }
}

/** Returns the tally of the same examples with calibrated scores. Throws: InputDataError unless they are probabilities. */
export function calibrateTally(tally: ScoreTally, calibrator: Calibrator): ScoreTally {
  requireProbabilities(tally)
  return mapScores(tally, score => applyCalibrator(calibrator, score))
}

/**
 * Returns the temperature with the least log loss. At a limit of TEMPERATURES when the loss falls up to there: the
 * lower one where 0.5 parts the classes, the upper one where scores say nothing. The probabilities hold for the class
 * ratio of the data; weight the tally (`atClassRatio`) for another.
 * Throws: InputDataError unless both classes are present and scores are probabilities.
 * Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
 */
export function fitTemperature(tally: ScoreTally): TemperatureCalibrator {
  requireBothClasses(tally)
  requireProbabilities(tally)
  const logits = tally.scores.map(logit)
  // In the inverse temperature the loss is convex, so its slope rises and has one zero: Newton's steps, kept inside a
  // bracket that halves whenever a step would leave it.
  let low = 1 / TEMPERATURES[1]
  let high = 1 / TEMPERATURES[0]
  if (lossSlope(tally, logits, low).slope >= 0) {
    return { method: 'temperature', temperature: TEMPERATURES[1] }
  }
  if (lossSlope(tally, logits, high).slope <= 0) {
    return { method: 'temperature', temperature: TEMPERATURES[0] }
  }
  let inverse = 1
  for (let step = 0; step < MOST_STEPS && high - low > PRECISION * high; step++) {
    const { slope, curvature } = lossSlope(tally, logits, inverse)
    const newton = slope / curvature
    if (Math.abs(newton) <= PRECISION * inverse) {
      break
    }
    if (slope > 0) {
      high = inverse
    } else {
      low = inverse
    }
    const next = inverse - newton
    inverse = next > low && next < high ? next : (low + high) / 2
  }
  return { method: 'temperature', temperature: 1 / inverse }
}

/** Returns the first and second derivative of the log loss, summed over examples, by the inverse temperature. */
function lossSlope(
  tally: ScoreTally,
  logits: Float64Array,
  inverse: number,
): { slope: number; curvature: number } {
  let slope = 0
  let curvature = 0
  for (let i = 0; i < logits.length; i++) {
    const size = tally.positives[i]! + tally.negatives[i]!
    const probability = sigmoid(logits[i]! * inverse)
    slope += logits[i]! * (size * probability - tally.positives[i]!)
    curvature += logits[i]! ** 2 * size * probability * (1 - probability)
  }
  return { slope, curvature }
}

/** Steps of Newton's method; the loss is convex and two numbers are fit, so that ten are enough. */
const PLATT_STEPS = 100
/** The flattest line: scores that fall where truth rises are made level instead of turned round. */
const LEAST_SLOPE = 1e-3

/**
 * Returns the logistic regression of the truth on the score's logit. The truth of a class is taken as a little less than certain,
 * by the number of its examples, which keeps the line finite where the classes can be parted. The probabilities hold
 * for the class ratio of the data.
 * Throws: InputDataError unless both classes are present and scores are probabilities.
 * Source: Platt, Advances in Large Margin Classifiers 61 (1999).
 */
export function fitPlatt(tally: ScoreTally): PlattCalibrator {
  requireBothClasses(tally)
  requireProbabilities(tally)
  const logits = tally.scores.map(logit)
  const { positiveTotal, negativeTotal } = tally
  const targets = { positive: (positiveTotal + 1) / (positiveTotal + 2), negative: 1 / (negativeTotal + 2) }
  let line = { slope: 1, intercept: 0 }
  let loss = plattLoss(tally, logits, targets, line)
  for (let step = 0; step < PLATT_STEPS; step++) {
    const { slope, intercept } = newtonStep(loss)
    let next = loss
    let share = 1
    // Newton's step from afar may overshoot; a shorter one never does.
    for (; share > PRECISION; share /= 2) {
      const tried = { slope: line.slope - share * slope, intercept: line.intercept - share * intercept }
      next = plattLoss(tally, logits, targets, tried)
      if (next.value <= loss.value) {
        line = tried
        break
      }
    }
    const gained = loss.value - next.value
    loss = next
    if (share <= PRECISION || gained <= PRECISION * loss.value) {
      break
    }
  }
  return { method: 'platt', slope: Math.max(line.slope, LEAST_SLOPE), intercept: line.intercept }
}

interface PlattLoss {
  value: number
  /** First derivatives by slope and intercept, and the second ones. */
  gradient: [number, number]
  hessian: [number, number, number]
}

function plattLoss(
  tally: ScoreTally,
  logits: Float64Array,
  targets: { positive: number; negative: number },
  { slope, intercept }: { slope: number; intercept: number },
): PlattLoss {
  const result: PlattLoss = { value: 0, gradient: [0, 0], hessian: [0, 0, 0] }
  for (let i = 0; i < logits.length; i++) {
    const x = logits[i]!
    const z = slope * x + intercept
    const size = tally.positives[i]! + tally.negatives[i]!
    const truth = tally.positives[i]! * targets.positive + tally.negatives[i]! * targets.negative
    const p = sigmoid(z)
    // log(1 + e^z) - t z, without overflow.
    result.value += size * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))) - truth * z
    const residual = size * p - truth
    const curvature = size * p * (1 - p)
    result.gradient[0] += residual * x
    result.gradient[1] += residual
    result.hessian[0] += curvature * x * x
    result.hessian[1] += curvature * x
    result.hessian[2] += curvature
  }
  return result
}

function newtonStep({ gradient, hessian }: PlattLoss): { slope: number; intercept: number } {
  // A grain on the diagonal: where all scores are one, slope and intercept cannot be told apart.
  const [a, b, c] = [hessian[0] + 1e-9, hessian[1], hessian[2] + 1e-9]
  const determinant = a * c - b * b
  return {
    slope: (c * gradient[0] - b * gradient[1]) / determinant,
    intercept: (a * gradient[1] - b * gradient[0]) / determinant,
  }
}

/**
 * Returns the rising map with the least squared error (pool adjacent violators), ties pooled before. Each level stretch
 * has a knot at both ends; ranks inside it are lost, and the ends may be exactly 0 or 1. It wants some thousand examples;
 * with fewer, prefer the temperature. The probabilities hold for the class ratio of the data.
 * Throws: InputDataError unless both classes are present and scores are probabilities.
 * Source: Zadrozny & Elkan, KDD 2002; pooling: Ayer et al., Ann Math Stat 26:641 (1955).
 */
export function fitIsotonic(tally: ScoreTally): IsotonicCalibrator {
  requireBothClasses(tally)
  requireProbabilities(tally)
  const blocks: { first: number; last: number; positives: number; size: number }[] = []
  for (let i = tally.scores.length - 1; i >= 0; i--) {
    const positives = tally.positives[i]!
    const size = positives + tally.negatives[i]!
    if (size === 0) {
      continue
    }
    let block = { first: tally.scores[i]!, last: tally.scores[i]!, positives, size }
    // Equal blocks are pooled as well: fewer knots, the same line.
    for (
      let before = blocks.at(-1);
      before !== undefined && before.positives / before.size >= block.positives / block.size;
      before = blocks.at(-1)
    ) {
      blocks.pop()
      block = {
        first: before.first,
        last: block.last,
        positives: before.positives + block.positives,
        size: before.size + block.size,
      }
    }
    blocks.push(block)
  }
  const knots = blocks.flatMap(({ first, last, positives, size }) =>
    (first === last ? [first] : [first, last]).map(score => ({ score, probability: positives / size })),
  )
  return {
    method: 'isotonic',
    scores: knots.map(knot => knot.score),
    probabilities: knots.map(knot => knot.probability),
  }
}

/** Returns the calibrator of the method, fit to the tally; see `fitTemperature`, `fitPlatt` and `fitIsotonic`. */
export function fitCalibrator(method: Calibrator['method'], tally: ScoreTally): Calibrator {
  switch (method) {
    case 'temperature':
      return fitTemperature(tally)
    case 'platt':
      return fitPlatt(tally)
    case 'isotonic':
      return fitIsotonic(tally)
  }
}

/** How reliable scores are as they come and after calibration. */
export interface CalibrationReport {
  before: Reliability
  after: Reliability
}

/**
 * Returns the reliability of the tally's scores before and after the calibrator. On the data of the fit `after` flatters:
 * measure on other data.
 * Throws: InputDataError unless the scores are probabilities.
 */
export function calibrationReport(
  tally: ScoreTally,
  calibrator: Calibrator,
  bins?: number,
): CalibrationReport {
  return {
    before: reliabilityOf(tally, bins),
    after: reliabilityOf(calibrateTally(tally, calibrator), bins),
  }
}

/** Whether a value, e.g. one read from JSON, is a calibrator: numbers in range, knots in order. */
export function isCalibrator(value: unknown): value is Calibrator {
  if (typeof value !== 'object' || value === null) {
    return false
  }
  const { method, temperature, slope, intercept, scores, probabilities } = value as Record<string, unknown>
  if (method === 'temperature') {
    return typeof temperature === 'number' && temperature > 0 && temperature < Infinity
  }
  if (method === 'platt') {
    return typeof slope === 'number' && slope > 0 && slope < Infinity && Number.isFinite(intercept)
  }
  return (
    method === 'isotonic' &&
    isProbabilities(scores) &&
    isProbabilities(probabilities) &&
    scores.length > 0 &&
    scores.length === probabilities.length &&
    scores.every((score, i) => i === 0 || score > scores[i - 1]!) &&
    probabilities.every((probability, i) => i === 0 || probability >= probabilities[i - 1]!)
  )
}

function isProbabilities(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(item => typeof item === 'number' && item >= 0 && item <= 1)
}

function interpolate({ scores, probabilities }: IsotonicCalibrator, score: number): number {
  if (Number.isNaN(score)) {
    return score
  }
  let low = 0
  let high = scores.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (scores[middle]! <= score) {
      low = middle + 1
    } else {
      high = middle
    }
  }
  if (low === 0 || low === scores.length) {
    return probabilities[low === 0 ? 0 : low - 1]!
  }
  const from = probabilities[low - 1]!
  const to = probabilities[low]!
  const share = (score - scores[low - 1]!) / (scores[low]! - scores[low - 1]!)
  // Rounding must not carry a value past the next knot: the map would fall there.
  return Math.min(from + share * (to - from), to)
}

function logit(score: number): number {
  const inner = awayFromCertainty(score)
  return Math.log(inner) - Math.log1p(-inner)
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
}
