import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyCalibrator,
  type Calibrator,
  calibrateTally,
  calibrationReport,
  fitCalibrator,
  fitIsotonic,
  fitPlatt,
  fitTemperature,
  isCalibrator,
  TEMPERATURES,
} from '../../src/core/calibration.ts'
import { InputDataError } from '../../src/core/errors.ts'
import { aurocOf } from '../../src/core/metrics/ranking.ts'
import { tallyScores } from '../../src/core/metrics/score-tally.ts'
import { weightedExamples } from './example-arbitrary.ts'

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

/** Both classes at every logit, weighted so that sigmoid(logit / temperature) is exactly the share of positives. */
function overconfident(temperature: number) {
  const logits = Array.from({ length: 41 }, (_, i) => (i - 20) / 4)
  return tallyScores(
    [...logits, ...logits].map(sigmoid),
    [...logits.map(() => 1), ...logits.map(() => 0)],
    [...logits.map(x => sigmoid(x / temperature)), ...logits.map(x => sigmoid(-x / temperature))],
  )
}

describe('Platt scaling', () => {
  /** Many of both classes at every logit, so that sigmoid(slope * logit + intercept) is the share of positives. */
  function onLine(slope: number, intercept: number) {
    const logits = Array.from({ length: 41 }, (_, i) => (i - 20) / 4)
    const shares = logits.map(x => sigmoid(slope * x + intercept))
    return tallyScores(
      [...logits, ...logits].map(sigmoid),
      [...logits.map(() => 1), ...logits.map(() => 0)],
      [...shares.map(share => 1e9 * share), ...shares.map(share => 1e9 * (1 - share))],
    )
  }

  it.each([
    [1, 0],
    [0.4, 2.5],
    [2, -3],
  ])('finds the line %f x + %f that made the data', (slope, intercept) => {
    const found = fitPlatt(onLine(slope, intercept))
    expect(found.slope).toBeCloseTo(slope, 5)
    expect(found.intercept).toBeCloseTo(intercept, 5)
  })

  it('mends scores that are all on one side, which no temperature can', () => {
    const tally = tallyScores(
      [0.01, 0.02, 0.03, 0.04, 0.2, 0.3, 0.25, 0.02],
      [0, 0, 0, 0, 1, 1, 1, 1],
      Array<number>(8).fill(20),
    )
    const lossAfter = (method: 'platt' | 'temperature') =>
      calibrationReport(tally, fitCalibrator(method, tally)).after.logLoss
    expect(lossAfter('platt')).toBeLessThan(lossAfter('temperature') / 1.3)
  })

  it('stays finite where the classes can be parted, and never turns scores round', () => {
    const parted = fitPlatt(tallyScores([0.9, 0.8, 0.1, 0.2], [1, 1, 0, 0]))
    expect(isCalibrator(parted)).toBe(true)
    expect(applyCalibrator(parted, 0.9)).toBeLessThan(1)
    const wrong = fitPlatt(tallyScores([0.9, 0.8, 0.1, 0.2], [0, 0, 1, 1]))
    expect(wrong.slope).toBeGreaterThan(0)
    expect(isCalibrator(fitPlatt(tallyScores([0.5, 0.5], [1, 0])))).toBe(true)
  })
})

describe('temperature scaling', () => {
  it.each([0.2, 0.7, 1, 2.5, 8])('finds the temperature %f that made the data', temperature => {
    expect(fitTemperature(overconfident(temperature)).temperature).toBeCloseTo(temperature, 8)
  })

  it('has no better neighbour', () => {
    fc.assert(
      fc.property(weightedExamples, ({ scores, labels, weights }) => {
        const tally = tallyScores(scores, labels, weights)
        const { temperature } = fitTemperature(tally)
        // From logits: log loss of the calibrated scores would cut off what comes nearer than 2^-24 to 0 or 1.
        const loss = (t: number) =>
          scores.reduce((sum, score, i) => {
            const inner = Math.min(Math.max(score, 2 ** -24), 1 - 2 ** -24)
            const logit = Math.log(inner / (1 - inner))
            return sum + weights[i]! * Math.log1p(Math.exp(labels[i] === 1 ? -logit / t : logit / t))
          }, 0)
        for (const other of [
          temperature * 0.9,
          temperature * 0.999,
          temperature * 1.001,
          temperature * 1.1,
        ]) {
          if (other >= TEMPERATURES[0] && other <= TEMPERATURES[1]) {
            expect(loss(temperature)).toBeLessThanOrEqual(loss(other) + 1e-9)
          }
        }
      }),
    )
  })

  it('stops at the limits where the loss has no minimum', () => {
    expect(fitTemperature(tallyScores([0.9, 0.1], [1, 0])).temperature).toBe(TEMPERATURES[0])
    expect(fitTemperature(tallyScores([0.9, 0.1], [0, 1])).temperature).toBe(TEMPERATURES[1])
  })

  it('takes scores of 0 and 1 as 2^-24 away and leaves one half', () => {
    const calibrator: Calibrator = { method: 'temperature', temperature: 2 }
    expect(applyCalibrator(calibrator, 0.5)).toBe(0.5)
    expect(applyCalibrator(calibrator, 1)).toBeCloseTo(sigmoid(Math.log(2 ** 24 - 1) / 2), 12)
    expect(applyCalibrator(calibrator, 0)).toBeCloseTo(sigmoid(-Math.log(2 ** 24 - 1) / 2), 12)
    expect(applyCalibrator(calibrator, 2 ** -30)).toBe(applyCalibrator(calibrator, 0))
    const saturated = tallyScores([0, 0, 0, 1, 1, 1], [1, 0, 0, 1, 1, 0])
    // The share of right calls is 2/3: logit ln 2 from a logit of 16.6 wants a temperature of 24.
    expect(fitTemperature(saturated).temperature).toBe(20)
  })

  it('leaves ranks alone', () => {
    const tally = overconfident(3)
    expect(aurocOf(calibrateTally(tally, fitTemperature(tally)))).toBeCloseTo(aurocOf(tally), 12)
  })
})

describe('isotonic regression', () => {
  it('is known for a small case', () => {
    expect(fitIsotonic(tallyScores([0.1, 0.2, 0.3, 0.4, 0.5], [0, 1, 0, 1, 1]))).toEqual({
      method: 'isotonic',
      scores: [0.1, 0.2, 0.3, 0.4, 0.5],
      probabilities: [0, 0.5, 0.5, 1, 1],
    })
  })

  it('pools ties before: one knot', () => {
    expect(fitIsotonic(tallyScores([0.4, 0.4, 0.4, 0.9], [1, 0, 0, 1]))).toEqual({
      method: 'isotonic',
      scores: [0.4, 0.9],
      probabilities: [1 / 3, 1],
    })
  })

  it('is at every score the largest, over starts, of the least means over ends', () => {
    fc.assert(
      fc.property(weightedExamples, ({ scores, labels, weights }) => {
        const tally = tallyScores(scores, labels, weights)
        const calibrator = fitIsotonic(tally)
        const positives = [...tally.positives].reverse()
        const negatives = [...tally.negatives].reverse()
        for (const [i, score] of [...tally.scores].reverse().entries()) {
          const naive = minMaxMean(positives, negatives, i)
          expect(applyCalibrator(calibrator, score)).toBeCloseTo(naive, 10)
        }
      }),
    )
  })

  it('is straight between knots and level outside', () => {
    const calibrator: Calibrator = {
      method: 'isotonic',
      scores: [0.2, 0.4, 0.6],
      probabilities: [0.1, 0.1, 0.7],
    }
    const scores = [0, 0.2, 0.3, 0.4, 0.5, 0.6, 1]
    const expected = [0.1, 0.1, 0.1, 0.1, 0.4, 0.7, 0.7]
    for (const [i, score] of scores.entries()) {
      expect(applyCalibrator(calibrator, score)).toBeCloseTo(expected[i]!, 12)
    }
  })
})

describe.each(['temperature', 'isotonic'] as const)('a %s calibrator', method => {
  it('never falls, stays within 0 and 1, and survives JSON', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(weightedExamples, probability, probability, ({ scores, labels, weights }, a, b) => {
        const calibrator = fitCalibrator(method, tallyScores(scores, labels, weights))
        const copy: unknown = JSON.parse(JSON.stringify(calibrator))
        expect(copy).toEqual(calibrator)
        expect(isCalibrator(copy)).toBe(true)
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map(score => applyCalibrator(calibrator, score))
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(high! * (1 + 1e-12))
      }),
    )
  })

  it('does not raise the log loss and Brier score that it was fit on', () => {
    const tally = overconfident(4)
    const { before, after } = calibrationReport(tally, fitCalibrator(method, tally))
    expect(after.brier).toBeLessThan(before.brier)
    expect(after.logLoss).toBeLessThan(before.logLoss)
    expect(after.eceEqualMass).toBeCloseTo(0, 6)
    expect(after.eceEqualWidth).toBeCloseTo(0, 6)
    expect(before.eceEqualMass).toBeGreaterThan(0.1)
  })

  it('keeps a missing score missing', () => {
    const calibrator = fitCalibrator(method, tallyScores([0.1, 0.9, 0.5], [0, 1, 1]))
    expect(applyCalibrator(calibrator, Number.NaN)).toBeNaN()
  })

  it('refuses to be fit on one class or on scores that are no probabilities', () => {
    expect(() => fitCalibrator(method, tallyScores([0.1, 0.2], [1, 1]))).toThrow(InputDataError)
    expect(() => fitCalibrator(method, tallyScores([2, 0.2], [1, 0]))).toThrow('found 2')
  })
})

describe('stored calibrators', () => {
  it.each([
    [null],
    [{ method: 'platt' }],
    [{ method: 'temperature', temperature: 0 }],
    [{ method: 'temperature', temperature: null }],
    [{ method: 'isotonic', scores: [], probabilities: [] }],
    [{ method: 'isotonic', scores: [0.1], probabilities: [0.1, 0.2] }],
    [{ method: 'isotonic', scores: [0.2, 0.2], probabilities: [0.1, 0.2] }],
    [{ method: 'isotonic', scores: [0.1, 0.2], probabilities: [0.3, 0.2] }],
    [{ method: 'isotonic', scores: [0.1, 0.2], probabilities: [0.3, 1.2] }],
  ])('are refused when broken: %j', value => {
    expect(isCalibrator(value)).toBe(false)
  })
})

/** The fit at place i by its closed form, O(n^2). */
function minMaxMean(positives: number[], negatives: number[], i: number): number {
  let best = 0
  for (let start = 0; start <= i; start++) {
    let least = 1
    let up = 0
    let size = 0
    for (let end = start; end < positives.length; end++) {
      up += positives[end]!
      size += positives[end]! + negatives[end]!
      least = end >= i ? Math.min(least, up / size) : least
    }
    best = Math.max(best, least)
  }
  return best
}
