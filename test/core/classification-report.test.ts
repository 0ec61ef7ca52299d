import { describe, expect, it } from 'vitest'
import { classificationReport, reportAgainst, reportWithin } from '../../src/core/classification-report.ts'
import { InputDataError } from '../../src/core/errors.ts'
import { auprc, auroc } from '../../src/core/metrics.ts'

const EXAMPLES = {
  scores: [0.9, 0.8, 0.6, 0.3, 0.7, 0.4, 0.2, 0.1],
  labels: [1, 1, 1, 1, 0, 0, 0, 0],
}
const SETTINGS = { threshold: 0.5, resamples: 100, confidence: 0.95, seed: 1 }

describe('the classification report', () => {
  const report = classificationReport(EXAMPLES, SETTINGS)

  it('counts examples and calls', () => {
    expect(report).toMatchObject({ examples: 8, positives: 4, negatives: 4, prevalence: 0.5 })
    expect(report.confusion).toEqual({
      threshold: 0.5,
      truePositives: 3,
      falsePositives: 1,
      trueNegatives: 3,
      falseNegatives: 1,
    })
  })

  it('has every number with an interval around it', () => {
    const { scores, labels } = EXAMPLES
    const negativesTimes100 = labels.map(label => (label === 1 ? 1 : 100))
    const expected = {
      auroc: auroc(scores, labels),
      auprc: auprc(scores, labels),
      auprcAt1To10: auprc(
        scores,
        labels,
        labels.map(label => (label === 1 ? 1 : 10)),
      ),
      auprcAt1To100: auprc(scores, labels, negativesTimes100),
      topKAccuracy: 0.75,
      'precisionAtRecall0.5': 1,
      'precisionAtRecall0.8': 4 / 6,
      'precisionAtRecall0.9': 4 / 6,
      'precisionAtRecall0.95': 4 / 6,
      'precisionAtRecall0.99': 4 / 6,
      'sensitivityAtPrecision0.9': 0.5,
      'sensitivityAtPrecision0.95': 0.5,
      'sensitivityAtPrecision0.99': 0.5,
      sensitivity: 0.75,
      specificity: 0.75,
      precision: 0.75,
      accuracy: 0.75,
      balancedAccuracy: 0.75,
      f1: 0.75,
      matthews: 0.5,
    }
    const { brier, logLoss, eceEqualMass, eceEqualWidth, ...rest } = report.estimates
    const values = Object.fromEntries(Object.entries(rest).map(([name, { value }]) => [name, value]))
    expect(values).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, expect.closeTo(value, 12)])),
    )
    expect(brier!.value).toBeCloseTo((0.01 + 0.04 + 0.16 + 0.49 + 0.49 + 0.16 + 0.04 + 0.01) / 8, 12)
    for (const { value, low, high } of Object.values(report.estimates)) {
      expect(low).toBeLessThanOrEqual(high!)
      expect(value).toBeGreaterThanOrEqual(0)
    }
    expect([logLoss, eceEqualMass, eceEqualWidth].every(e => e!.value! > 0)).toBe(true)
  })

  it('leaves out what needs both classes when one is absent', () => {
    const only = classificationReport({ scores: [0.9, 0.2], labels: [1, 1] }, SETTINGS)
    expect(only.estimates.auroc).toBeUndefined()
    expect(only.estimates.sensitivity).toMatchObject({ value: 0.5 })
    expect(only.estimates.specificity).toEqual({ value: undefined, low: undefined, high: undefined })
    expect(classificationReport({ scores: [], labels: [] }, SETTINGS)).toMatchObject({
      examples: 0,
      prevalence: undefined,
      estimates: {},
    })
  })

  it('refuses scores that are no probabilities', () => {
    expect(() => classificationReport({ scores: [3, 0.1], labels: [1, 0] }, SETTINGS)).toThrow(InputDataError)
  })
})

describe('reports of parts', () => {
  const keys = ['GT-AG', 'GT-AG', 'GC-AG', undefined, 'GT-AG', 'GC-AG', 'GC-AG', 'AT-AC']

  it('within a key hold the examples with it', () => {
    const reports = reportWithin(EXAMPLES, keys, SETTINGS)
    expect([...reports.keys()]).toEqual(['AT-AC', 'GC-AG', 'GT-AG'])
    expect(reports.get('GT-AG')).toEqual(
      classificationReport({ scores: [0.9, 0.8, 0.7], labels: [1, 1, 0] }, SETTINGS),
    )
    expect(reports.get('AT-AC')).toMatchObject({ positives: 0, negatives: 1 })
  })

  it('against a key hold all positives and the negatives with it', () => {
    const reports = reportAgainst({ ...EXAMPLES, clusters: [1, 1, 2, 2, 3, 3, 4, 4] }, keys, SETTINGS)
    expect([...reports.keys()]).toEqual(['AT-AC', 'GC-AG', 'GT-AG'])
    expect(reports.get('GC-AG')).toEqual(
      classificationReport(
        { scores: [0.9, 0.8, 0.6, 0.3, 0.4, 0.2], labels: [1, 1, 1, 1, 0, 0], clusters: [1, 1, 2, 2, 3, 4] },
        SETTINGS,
      ),
    )
  })

  it('refuse keys of another number', () => {
    expect(() => reportWithin(EXAMPLES, ['a'], SETTINGS)).toThrow('found 1 for 8')
  })
})
