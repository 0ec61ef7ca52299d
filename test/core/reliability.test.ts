import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import {
  brierScoreOf,
  equalMassBins,
  equalWidthBins,
  expectedCalibrationError,
  LEAST_PROBABILITY,
  logLossOf,
  reliabilityOf,
} from '../../src/core/metrics/reliability.ts'
import { tallyScores } from '../../src/core/metrics/score-tally.ts'
import { examples, weightedExamples } from './example-arbitrary.ts'

describe('Brier score and log loss', () => {
  it('are known for a small case', () => {
    const tally = tallyScores([0.8, 0.4, 0.4], [1, 1, 0])
    expect(brierScoreOf(tally)).toBeCloseTo((0.04 + 0.36 + 0.16) / 3, 12)
    expect(logLossOf(tally)).toBeCloseTo(-(Math.log(0.8) + Math.log(0.4) + Math.log(0.6)) / 3, 12)
  })

  it('are the weighted means over examples', () => {
    fc.assert(
      fc.property(weightedExamples, ({ scores, labels, weights }) => {
        const tally = tallyScores(scores, labels, weights)
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        const mean = (loss: (score: number, label: number) => number) =>
          scores.reduce((sum, score, i) => sum + weights[i]! * loss(score, labels[i]!), 0) / total
        expect(brierScoreOf(tally)).toBeCloseTo(
          mean((score, label) => (score - label) ** 2),
          10,
        )
        const inner = (score: number) => Math.min(Math.max(score, 2 ** -24), 1 - 2 ** -24)
        expect(logLossOf(tally)).toBeCloseTo(
          mean((score, label) => -Math.log(label === 1 ? inner(score) : 1 - inner(score))),
          10,
        )
      }),
    )
  })

  it('stay finite when a score is wrong and sure', () => {
    expect(logLossOf(tallyScores([0], [1]))).toBeCloseTo(-Math.log(LEAST_PROBABILITY), 12)
    expect(logLossOf(tallyScores([1], [0]))).toBeCloseTo(-Math.log(LEAST_PROBABILITY), 6)
  })

  it('refuse scores that are no probabilities, and no examples', () => {
    expect(() => brierScoreOf(tallyScores([1.5], [1]))).toThrow('found 1.5')
    expect(() => logLossOf(tallyScores([-0.1], [1]))).toThrow(InputDataError)
    expect(() => logLossOf(tallyScores([], []))).toThrow('found none')
  })
})

describe('the expected calibration error', () => {
  it('is known for a small case, in bins of equal width', () => {
    const table = equalWidthBins(tallyScores([0, 0.05, 0.1, 0.95, 1], [0, 1, 0, 1, 1]), 10)
    expect(table).toEqual([
      { low: 0, high: 0.1, count: 2, meanScore: 0.025, observed: 0.5 },
      { low: 0.1, high: 0.2, count: 1, meanScore: 0.1, observed: 0 },
      { low: 0.9, high: 1, count: 2, meanScore: 0.975, observed: 1 },
    ])
    expect(expectedCalibrationError(table)).toBeCloseTo((2 * 0.475 + 0.1 + 2 * 0.025) / 5, 12)
  })

  it('is 0 when every score is its observed frequency', () => {
    const scores = [...Array(4).fill(0.25), ...Array(4).fill(0.75)]
    const labels = [1, 0, 0, 0, 1, 1, 1, 0]
    expect(reliabilityOf(tallyScores(scores, labels))).toMatchObject({ eceEqualMass: 0, eceEqualWidth: 0 })
  })

  it('never exceeds the mean distance of score and label, and bins cover every example once', () => {
    fc.assert(
      fc.property(examples, fc.integer({ min: 1, max: 20 }), ({ scores, labels }, bins) => {
        const tally = tallyScores(scores, labels)
        const most = scores.reduce((sum, score, i) => sum + Math.abs(score - labels[i]!), 0) / scores.length
        for (const table of [equalWidthBins(tally, bins), equalMassBins(tally, bins)]) {
          expect(table.reduce((sum, bin) => sum + bin.count, 0)).toBe(scores.length)
          expect(expectedCalibrationError(table)).toBeLessThanOrEqual(most + 1e-12)
          for (const bin of table) {
            expect(bin.meanScore).toBeGreaterThanOrEqual(bin.low - 1e-12)
            expect(bin.meanScore).toBeLessThanOrEqual(bin.high + 1e-12)
          }
        }
      }),
    )
  })
})
