import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { seededRandom } from '../../src/core/random.ts'
import { sigmoid } from '../../src/models/pwm.ts'
import { fitLogistic } from '../../src/training/logistic.ts'

describe('logistic regression', () => {
  it('solves a table by hand: one binary feature gives the log odds of its groups', () => {
    // x = 0: 1 positive, 3 negatives; x = 1: 3 positives, 1 negative. Classes are balanced already.
    const features = Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1)
    const labels = Uint8Array.of(1, 0, 0, 0, 1, 1, 1, 0)
    const fit = fitLogistic({ features, columns: 1, labels, ridge: 0 })
    expect(fit.intercept).toBeCloseTo(Math.log(1 / 3), 8)
    expect(fit.slopes[0]).toBeCloseTo(2 * Math.log(3), 8)
  })

  it('weighs both classes the same whatever their sizes', () => {
    const features = Float64Array.of(0, 0, 1, 1, 1, 1)
    const labels = Uint8Array.of(0, 1, 1, 0, 0, 0)
    // Positives: half at 0, half at 1. Negatives: a quarter at 0, three quarters at 1.
    const fit = fitLogistic({ features, columns: 1, labels, ridge: 0 })
    expect(fit.intercept).toBeCloseTo(Math.log(0.5 / 0.25), 8)
    expect(fit.intercept + fit.slopes[0]!).toBeCloseTo(Math.log(0.5 / 0.75), 8)
  })

  it('finds the parameters that made the data, whatever the units of the features', () => {
    const random = seededRandom(5)
    const count = 40_000
    const features = new Float64Array(count * 2)
    const labels = Uint8Array.from({ length: count }, (_, i) => {
      const [a, b] = [random.float() * 4 - 2, random.float() * 4 - 2]
      features[2 * i] = a
      features[2 * i + 1] = b * 1000 + 500
      return random.float() < sigmoid(1.5 * a - 0.5 * b) ? 1 : 0
    })
    const fit = fitLogistic({ features, columns: 2, labels, ridge: 0 })
    expect(fit.slopes[0]).toBeCloseTo(1.5, 1)
    expect(fit.slopes[1]! * 1000).toBeCloseTo(-0.5, 1)
    expect(fit.intercept + fit.slopes[1]! * 500).toBeCloseTo(0, 1)
    expect(fit.iterations).toBeLessThan(12)
    expect(fitLogistic({ features, columns: 2, labels, ridge: 0 })).toEqual(fit)
  })

  it('stays finite when the classes are separated, and at a feature that never changes', () => {
    const features = Float64Array.of(-3, 7, -2, 7, 2, 7, 3, 7)
    const fit = fitLogistic({ features, columns: 2, labels: Uint8Array.of(0, 0, 1, 1) })
    expect(fit.slopes[0]).toBeGreaterThan(1)
    expect(fit.slopes[0]).toBeLessThan(50)
    expect(fit.slopes[1]).toBe(0)
    expect(fit.intercept).toBeCloseTo(0, 6)
  })

  it('has its minimum where it stops: no small move lowers the penalised loss', () => {
    const random = seededRandom(9)
    const features = Float64Array.from({ length: 200 }, () => random.float())
    const labels = Uint8Array.from(features, x => (random.float() < x ? 1 : 0))
    const ridge = 0.01
    const fit = fitLogistic({ features, columns: 1, labels, ridge })
    const positives = labels.reduce((sum, label) => sum + label, 0)
    const mean = features.reduce((sum, x) => sum + x, 0) / 200
    const scale = Math.sqrt(features.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 200)
    const loss = (intercept: number, slope: number) =>
      features.reduce(
        (sum, x, i) => {
          const p = sigmoid(intercept + slope * x)
          return sum - (labels[i] === 1 ? Math.log(p) / positives : Math.log(1 - p) / (200 - positives)) / 2
        },
        (ridge / 2) * (slope * scale) ** 2,
      )
    const best = loss(fit.intercept, fit.slopes[0]!)
    for (const [a, b] of [
      [1e-3, 0],
      [-1e-3, 0],
      [0, 1e-3],
      [0, -1e-3],
    ] as const) {
      expect(loss(fit.intercept + a, fit.slopes[0]! + b)).toBeGreaterThan(best)
    }
  })

  it('needs both classes', () => {
    const one = { features: Float64Array.of(1, 2), columns: 1, labels: Uint8Array.of(1, 1) }
    expect(() => fitLogistic(one)).toThrow(InputDataError)
    expect(() => fitLogistic(one)).toThrow('2 positive and 0 negative')
  })
})
