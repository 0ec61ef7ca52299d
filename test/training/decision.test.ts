import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import { calibratedColumn, decide, labelledExamples } from '../../src/training/decision.ts'
import { resolveConfig } from '../../src/training/run-config.ts'

const settings = (over: Record<string, unknown> = {}) =>
  resolveConfig([{ model: 'splam', ...over }], { cores: 1 })

/** 100 positives around 0.7 and 900 negatives around 0.3. */
function examples(): { scores: Float64Array; labels: Uint8Array } {
  const random = seededRandom(3)
  const labels = Uint8Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 1 : 0))
  const scores = Float64Array.from(labels, label =>
    Math.min(Math.max((label === 1 ? 0.7 : 0.3) + (random.float() - 0.5) * 0.8, 0.001), 0.999),
  )
  return { scores, labels }
}

describe('a threshold', () => {
  it('lets 97 % of the positives pass unless told otherwise', () => {
    const { scores, labels } = examples()
    const { rates } = decide(settings(), scores, labels)
    expect(rates.truePositives).toBe(97)
  })

  it('for a sensitivity is the largest that reaches it', () => {
    const { scores, labels } = examples()
    const { rates } = decide(
      settings({ operatingPoint: { kind: 'sensitivity', value: 0.5 } }),
      scores,
      labels,
    )
    expect(rates.truePositives).toBe(50)
  })

  it('for a precision is the smallest that reaches it, at the class ratio asked for', () => {
    const { scores, labels } = examples()
    const point = { kind: 'precision', value: 0.9 }
    const asFound = decide(settings({ operatingPoint: point }), scores, labels)
    const balanced = decide(settings({ operatingPoint: point, classRatio: 1 }), scores, labels)
    expect(asFound.rates.precision).toBeGreaterThanOrEqual(0.9)
    expect(balanced.rates.precision).toBeGreaterThanOrEqual(0.9)
    expect(balanced.rawThreshold).toBeLessThan(asFound.rawThreshold)
    // 900 negatives count as 100.
    expect(balanced.rates.trueNegatives + balanced.rates.falsePositives).toBeCloseTo(100, 9)
  })

  it('for a precision that none has is an error', () => {
    expect(() =>
      decide(
        settings({ operatingPoint: { kind: 'precision', value: 1 } }),
        Float64Array.of(0.9, 0.5, 0.2),
        Uint8Array.of(0, 1, 0),
      ),
    ).toThrow(/100 % of the validation examples called positive are, found none/)
  })
})

describe('calibrated probabilities', () => {
  it('are as often true as they say at the class ratio asked for', () => {
    const { scores, labels } = examples()
    const asFound = decide(settings(), scores, labels)
    const balanced = decide(settings({ classRatio: 1 }), scores, labels)
    const mean = (decision: typeof asFound) => {
      const total = decision.bins.reduce((sum, bin) => sum + bin.count, 0)
      return decision.bins.reduce((sum, bin) => sum + bin.meanScore * bin.count, 0) / total
    }
    expect(mean(asFound)).toBeCloseTo(0.1, 2)
    expect(mean(balanced)).toBeCloseTo(0.5, 2)
    expect(balanced.reliability.after!.eceEqualMass).toBeLessThan(balanced.reliability.before.eceEqualMass)
  })

  it('of a site are fit to the examples where the site is known', () => {
    const scores = Float64Array.of(0.9, 0.8, 0.1, 0.2, 0.5)
    const known = labelledExamples(scores, Uint8Array.of(1, 1, 0, 0, 2))
    expect([...known.scores]).toEqual([0.9, 0.8, 0.1, 0.2])
    expect(calibratedColumn(settings(), known)?.calibrator?.method).toBe('platt')
  })

  it('of a site do not exist where only one label is known', () => {
    const known = labelledExamples(Float64Array.of(0.9, 0.1), Uint8Array.of(1, 2))
    expect(calibratedColumn(settings(), known)).toBeUndefined()
  })
})
