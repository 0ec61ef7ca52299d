import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import {
  precisionAtRecallOf,
  ratesAt,
  sensitivityAtPrecisionOf,
} from '../../src/core/metrics/operating-points.ts'
import {
  auprcOf,
  aurocOf,
  precisionRecallCurve,
  rocCurve,
  topKAccuracyOf,
} from '../../src/core/metrics/ranking.ts'
import { atClassRatio, mapScores, tallyScores } from '../../src/core/metrics/score-tally.ts'
import { examples, weightedExamples } from './example-arbitrary.ts'

const SCORES = [0.9, 0.8, 0.8, 0.6, 0.5, 0.3]
const LABELS = [1, 1, 0, 1, 0, 0]
const TALLY = tallyScores(SCORES, LABELS)

describe('the tally', () => {
  it('has each distinct score once, highest first, with its counts', () => {
    expect(TALLY).toEqual({
      scores: Float64Array.of(0.9, 0.8, 0.6, 0.5, 0.3),
      positives: Float64Array.of(1, 1, 1, 0, 0),
      negatives: Float64Array.of(0, 1, 0, 1, 1),
      positiveTotal: 3,
      negativeTotal: 3,
    })
  })

  it('takes both zeros for one score', () => {
    expect(tallyScores([0, -0, 1], [1, 0, 1]).scores.length).toBe(2)
  })

  it('of whole weights is that of repeated examples', () => {
    fc.assert(
      fc.property(weightedExamples, ({ scores, labels, weights }) => {
        const repeat = (values: number[]) => values.flatMap((value, i) => Array(weights[i]!).fill(value))
        expect(tallyScores(scores, labels, weights)).toEqual(tallyScores(repeat(scores), repeat(labels)))
      }),
    )
  })

  it('refuses weights that are not above 0 and wrong lengths', () => {
    expect(() => tallyScores([0.1], [1], [0])).toThrow('found 0 at example 0')
    expect(() => tallyScores([0.1], [1], [Number.NaN])).toThrow(InputDataError)
    expect(() => tallyScores([0.1], [1], [1, 1])).toThrow(RangeError)
  })

  it('with other scores merges what the map ties, and refuses a map that reorders', () => {
    const mapped = mapScores(TALLY, score => (score >= 0.6 ? 1 : score))
    expect([...mapped.scores]).toEqual([1, 0.5, 0.3])
    expect([...mapped.positives]).toEqual([3, 0, 0])
    expect([...mapped.negatives]).toEqual([1, 1, 1])
    expect(() => mapScores(TALLY, score => -score)).toThrow(RangeError)
  })
})

describe('the ROC curve', () => {
  it('is known for a small case; ties make one step, straight stretches have no inner points', () => {
    expect(rocCurve(TALLY)).toEqual([
      { threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 },
      { threshold: 0.9, falsePositiveRate: 0, truePositiveRate: 1 / 3 },
      { threshold: 0.8, falsePositiveRate: 1 / 3, truePositiveRate: 2 / 3 },
      { threshold: 0.6, falsePositiveRate: 1 / 3, truePositiveRate: 1 },
      { threshold: 0.3, falsePositiveRate: 1, truePositiveRate: 1 },
    ])
  })

  it('rises, ends at (1, 1), meets the counts at its thresholds and has the AUROC under it', () => {
    fc.assert(
      fc.property(examples, ({ scores, labels }) => {
        const tally = tallyScores(scores, labels)
        const points = rocCurve(tally)
        let area = 0
        for (const [i, point] of points.entries()) {
          const rates = ratesAt(tally, point.threshold)
          expect(point.truePositiveRate).toBe(rates.sensitivity)
          expect(point.falsePositiveRate).toBeCloseTo(1 - rates.specificity!, 12)
          if (i > 0) {
            const before = points[i - 1]!
            expect(point.threshold).toBeLessThan(before.threshold)
            expect(point.truePositiveRate).toBeGreaterThanOrEqual(before.truePositiveRate)
            expect(point.falsePositiveRate).toBeGreaterThanOrEqual(before.falsePositiveRate)
            area +=
              ((point.falsePositiveRate - before.falsePositiveRate) *
                (point.truePositiveRate + before.truePositiveRate)) /
              2
          }
        }
        expect(points.at(-1)).toMatchObject({ falsePositiveRate: 1, truePositiveRate: 1 })
        expect(area).toBeCloseTo(aurocOf(tally), 12)
      }),
    )
  })
})

describe('the precision-recall curve', () => {
  it('is known for a small case', () => {
    expect(precisionRecallCurve(TALLY)).toEqual([
      { threshold: 0.9, recall: 1 / 3, precision: 1 },
      { threshold: 0.8, recall: 2 / 3, precision: 2 / 3 },
      { threshold: 0.6, recall: 1, precision: 3 / 4 },
    ])
  })

  it('has the average precision under its steps and meets the counts', () => {
    fc.assert(
      fc.property(examples, ({ scores, labels }) => {
        const tally = tallyScores(scores, labels)
        let area = 0
        let recall = 0
        for (const point of precisionRecallCurve(tally)) {
          const rates = ratesAt(tally, point.threshold)
          expect([point.recall, point.precision]).toEqual([rates.sensitivity, rates.precision])
          area += (point.recall - recall) * point.precision
          recall = point.recall
        }
        expect(recall).toBe(1)
        expect(area).toBeCloseTo(auprcOf(tally), 12)
      }),
    )
  })
})

describe('another class ratio', () => {
  it('changes precision as the arithmetic says and leaves ROC alone', () => {
    const rare = atClassRatio(TALLY, 100)
    expect(rare.negativeTotal).toBeCloseTo(300, 9)
    // Of 3 negatives one passes at 0.6: of 300, 100.
    expect(ratesAt(rare, 0.6).precision).toBeCloseTo(3 / 103, 12)
    expect(ratesAt(rare, 0.6).specificity).toBeCloseTo(2 / 3, 12)
    expect(auprcOf(rare)).toBeCloseTo((1 + 2 / 102 + 3 / 103) / 3, 12)
    expect(aurocOf(rare)).toBeCloseTo(aurocOf(TALLY), 12)
  })

  it('is that of repeating every negative', () => {
    fc.assert(
      fc.property(examples, fc.integer({ min: 2, max: 9 }), ({ scores, labels }, times) => {
        const tally = tallyScores(scores, labels)
        const weights = labels.map(label => (label === 1 ? 1 : times))
        const ratio = (times * tally.negativeTotal) / tally.positiveTotal
        const weighted = tallyScores(scores, labels, weights)
        expect(auprcOf(atClassRatio(tally, ratio))).toBeCloseTo(auprcOf(weighted), 10)
      }),
    )
  })
})

describe('top-k accuracy', () => {
  it.each([
    ['perfect order', [0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], 1, 1],
    ['one of two', [0.9, 0.8, 0.2, 0.1], [1, 0, 1, 0], 1, 0.5],
    ['a tie across the k-th place', [0.9, 0.5, 0.5, 0.5], [1, 1, 0, 0], 1, (1 + 1 / 3) / 2],
    ['all tied is the prior', [0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0], 1, 0.25],
    ['half as many places: a share of the places', [0.9, 0.8, 0.2, 0.1], [1, 0, 1, 0], 0.5, 1],
    ['twice as many: a share of the positives', [0.9, 0.8, 0.2, 0.1], [1, 0, 0, 1], 2, 1],
    ['more places than examples', [0.9, 0.8, 0.2], [1, 0, 1], 4, 1],
  ])('%s', (_, scores, labels, multiple, expected) => {
    expect(topKAccuracyOf(tallyScores(scores, labels), multiple)).toBeCloseTo(expected, 12)
  })

  it('is the mean over all orders of tied examples', () => {
    const small = fc
      .array(fc.record({ score: fc.integer({ min: 0, max: 2 }), label: fc.integer({ min: 0, max: 1 }) }), {
        minLength: 2,
        maxLength: 6,
      })
      .filter(list => list.some(e => e.label === 1) && list.some(e => e.label === 0))
    fc.assert(
      fc.property(small, list => {
        const k = list.filter(e => e.label === 1).length
        const orders = permutations(list).filter(order =>
          order.every((e, i) => i === 0 || e.score <= order[i - 1]!.score),
        )
        const shares = orders.map(order => order.slice(0, k).filter(e => e.label === 1).length / k)
        const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
        const tally = tallyScores(
          list.map(e => e.score),
          list.map(e => e.label),
        )
        expect(topKAccuracyOf(tally)).toBeCloseTo(mean, 10)
      }),
      { numRuns: 40 },
    )
  })
})

describe('rates at an operating point', () => {
  it.each([
    [1 / 3, 1],
    [0.5, 2 / 3],
    [0.7, 3 / 4],
    [1, 3 / 4],
  ])('precision at recall %f is %f', (recall, expected) => {
    expect(precisionAtRecallOf(TALLY, recall)).toBeCloseTo(expected, 12)
  })

  it.each([
    [1, 1 / 3],
    [0.75, 1],
    [0.5, 1],
  ])('sensitivity at precision %f is %f', (precision, expected) => {
    expect(sensitivityAtPrecisionOf(TALLY, precision)).toBeCloseTo(expected, 12)
  })

  it('sensitivity at a precision that is never reached is 0', () => {
    expect(sensitivityAtPrecisionOf(tallyScores([0.9, 0.1], [0, 1]), 0.6)).toBe(0)
  })

  it('F1, balanced accuracy and Matthews are known for a small case', () => {
    // 2 true and 1 false positive, 1 false and 2 true negatives.
    expect(ratesAt(TALLY, 0.7)).toMatchObject({
      f1: expect.closeTo(2 / 3, 12),
      balancedAccuracy: expect.closeTo(2 / 3, 12),
      matthews: expect.closeTo(1 / 3, 12),
    })
    expect(ratesAt(TALLY, 2)).toMatchObject({ f1: 0, precision: undefined, matthews: undefined })
  })

  it('Matthews is the correlation of calls and labels; balanced accuracy is the AUROC of the calls', () => {
    fc.assert(
      fc.property(examples, fc.double({ min: 0, max: 1, noNaN: true }), ({ scores, labels }, threshold) => {
        const calls: number[] = scores.map(score => (score >= threshold ? 1 : 0))
        const rates = ratesAt(tallyScores(scores, labels), threshold)
        expect(rates.balancedAccuracy).toBeCloseTo(aurocOf(tallyScores(calls, labels)), 12)
        const expected = correlation(calls, labels)
        if (expected === undefined) {
          expect(rates.matthews).toBeUndefined()
        } else {
          expect(rates.matthews).toBeCloseTo(expected, 10)
        }
      }),
    )
  })
})

function correlation(a: number[], b: number[]): number | undefined {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [ma, mb] = [mean(a), mean(b)]
  const both = mean(a.map((value, i) => (value - ma) * (b[i]! - mb)))
  const spread = Math.sqrt(mean(a.map(value => (value - ma) ** 2)) * mean(b.map(value => (value - mb) ** 2)))
  return new Set(a).size < 2 || new Set(b).size < 2 ? undefined : both / spread
}

function permutations<T>(items: T[]): T[][] {
  return items.length === 0
    ? [[]]
    : items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map(rest => [item, ...rest]))
}
