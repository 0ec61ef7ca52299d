import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import {
  auprc,
  auroc,
  calibrationTable,
  evaluateColumns,
  metricsAt,
  thresholdAtPrecision,
  thresholdAtSensitivity,
} from '../../src/core/metrics.ts'
import { examples } from './example-arbitrary.ts'

describe('area under the ROC curve', () => {
  it.each([
    ['perfect order', [0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], 1],
    ['reversed order', [0.1, 0.2, 0.8, 0.9], [1, 1, 0, 0], 0],
    ['all tied', [0.5, 0.5, 0.5], [1, 0, 0], 0.5],
    ['one pair of four wrong', [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.75],
    ['a tie across classes', [0.3, 0.5, 0.5, 0.7], [0, 0, 1, 1], 0.875],
  ])('%s', (_, scores, labels, expected) => {
    expect(auroc(scores, labels)).toBeCloseTo(expected, 12)
  })

  it('is the share of ordered pairs, ties counting one half', () => {
    fc.assert(
      fc.property(examples, ({ scores, labels }) => {
        let won = 0
        let pairs = 0
        for (const [i, a] of scores.entries()) {
          for (const [j, b] of scores.entries()) {
            if (labels[i] === 1 && labels[j] === 0) {
              pairs++
              won += a > b ? 1 : a === b ? 0.5 : 0
            }
          }
        }
        expect(auroc(scores, labels)).toBeCloseTo(won / pairs, 10)
      }),
    )
  })

  it('refuses a single class, unequal lengths and scores that are no numbers', () => {
    expect(() => auroc([0.1, 0.2], [1, 1])).toThrow(InputDataError)
    expect(() => auroc([0.1, 0.2], [1, 1])).toThrow('2 positive and 0 negative')
    expect(() => auroc([Number.NaN, 0.2], [1, 0])).toThrow('NaN at example 0')
    expect(() => auroc([0.1], [1, 0])).toThrow(RangeError)
  })
})

describe('average precision', () => {
  it.each([
    ['perfect order', [0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], 1],
    ['the textbook case', [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.5 + 0.5 * (2 / 3)],
    ['all tied is the prior', [0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0], 0.25],
    ['worst order', [0.1, 0.8, 0.9], [1, 0, 0], 1 / 3],
  ])('%s', (_, scores, labels, expected) => {
    expect(auprc(scores, labels)).toBeCloseTo(expected, 12)
  })

  it('does not depend on the order of the examples', () => {
    fc.assert(
      fc.property(examples, ({ scores, labels }) => {
        expect(auprc(scores.toReversed(), labels.toReversed())).toBeCloseTo(auprc(scores, labels), 12)
      }),
    )
  })
})

describe('thresholds', () => {
  const scores = [0.9, 0.8, 0.7, 0.6, 0.5]
  const labels = [1, 0, 1, 1, 0]

  it.each([
    [0.3, 0.9],
    [1 / 3, 0.9],
    [0.34, 0.7],
    [0.97, 0.6],
    [1, 0.6],
  ])('at sensitivity %f the threshold is %f', (sensitivity, expected) => {
    expect(thresholdAtSensitivity(scores, labels, sensitivity)).toBe(expected)
  })

  it('at sensitivity: is the largest score that lets enough positives pass', () => {
    fc.assert(
      fc.property(examples, fc.double({ min: 0.01, max: 1, noNaN: true }), ({ scores, labels }, wanted) => {
        const threshold = thresholdAtSensitivity(scores, labels, wanted)
        const higher = [...new Set(scores)].filter(score => score > threshold)
        expect(metricsAt(scores, labels, threshold).sensitivity).toBeGreaterThanOrEqual(wanted)
        for (const score of higher) {
          expect(metricsAt(scores, labels, score).sensitivity).toBeLessThan(wanted)
        }
      }),
    )
  })

  it('at precision: the most sensitive one, or none', () => {
    expect(thresholdAtPrecision(scores, labels, 1)).toBe(0.9)
    expect(thresholdAtPrecision(scores, labels, 0.75)).toBe(0.6)
    expect(thresholdAtPrecision(scores, labels, 0.6)).toBe(0.5)
    expect(thresholdAtPrecision([0.9, 0.1], [0, 1], 0.6)).toBeUndefined()
  })

  it('counts and rates at a threshold include scores equal to it', () => {
    expect(metricsAt(scores, labels, 0.7)).toEqual({
      threshold: 0.7,
      truePositives: 2,
      falsePositives: 1,
      trueNegatives: 1,
      falseNegatives: 1,
      sensitivity: 2 / 3,
      specificity: 0.5,
      precision: 2 / 3,
      accuracy: 0.6,
      f1: 2 / 3,
      balancedAccuracy: (2 / 3 + 0.5) / 2,
      matthews: expect.closeTo(1 / 6, 12),
    })
    expect(metricsAt([0.1], [0], 0.5)).toMatchObject({
      sensitivity: undefined,
      precision: undefined,
      f1: undefined,
      balancedAccuracy: undefined,
      matthews: undefined,
    })
  })
})

describe('the calibration table', () => {
  it('cuts into bins of equal counts', () => {
    const scores = [0.9, 0.1, 0.8, 0.2]
    expect(calibrationTable(scores, [1, 0, 0, 0], 2)).toEqual([
      { low: 0.1, high: 0.2, count: 2, meanScore: expect.closeTo(0.15, 12), observed: 0 },
      { low: 0.8, high: 0.9, count: 2, meanScore: expect.closeTo(0.85, 12), observed: 0.5 },
    ])
  })

  it('has no slivers after a tie that fills several bins', () => {
    const scores = [...Array(60).fill(0), ...Array.from({ length: 40 }, (_, i) => (i + 1) / 100)]
    const labels = scores.map((_, i) => i % 2)
    expect(calibrationTable(scores, labels, 10).map(bin => bin.count)).toEqual([60, 10, 10, 10, 10])
  })

  it('never splits a tie, covers every example once and stays ascending', () => {
    fc.assert(
      fc.property(examples, fc.integer({ min: 1, max: 12 }), ({ scores, labels }, bins) => {
        const table = calibrationTable(scores, labels, bins)
        expect(table.length).toBeLessThanOrEqual(bins)
        expect(table.reduce((sum, bin) => sum + bin.count, 0)).toBe(scores.length)
        for (const [i, bin] of table.entries()) {
          const inside = scores.filter(score => score >= bin.low && score <= bin.high)
          expect(inside.length).toBe(bin.count)
          expect(i === 0 || table[i - 1]!.high < bin.low).toBe(true)
        }
      }),
    )
  })
})

describe('the evaluation of columns', () => {
  it('has both areas for every column and the rates of the deciding one', () => {
    const { metrics, threshold, calibration } = evaluateColumns({
      scores: [0.9, 0.1, 0.7, 0.9, 0.2, 0.5, 0.1, 0.2],
      columns: ['a', 'b'],
      labels: [1, 1, 0, 0],
      decision: 'a',
      sensitivity: 1,
      calibrationBins: 2,
    })
    expect(threshold).toBeCloseTo(0.7, 5)
    expect(metrics).toEqual({
      a: { auroc: 1, auprc: 1, sensitivity: 1, specificity: 1, precision: 1, accuracy: 1 },
      b: { auroc: 0.5, auprc: auprc([0.1, 0.9, 0.5, 0.2], [1, 1, 0, 0]) },
    })
    expect(calibration.map(bin => bin.observed)).toEqual([0, 1])
  })
})
