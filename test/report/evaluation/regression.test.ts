import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { regressionReport } from '../../../src/report/evaluation/regression.ts'

const NONE = { resamples: 0, confidence: 0.95, seed: 1 }
const SETTINGS = { resamples: 400, confidence: 0.95, seed: 1 }
const values = (predicted: number[], targets: number[]) => {
  const { estimates } = regressionReport({ column: 'x', predicted, targets }, NONE)
  return [estimates.mse.value, estimates.pearson.value, estimates.spearman.value]
}

/** Average ranks, counted by comparing each with all. */
function naiveRanks(numbers: readonly number[]): number[] {
  return numbers.map(x => numbers.filter(y => y < x).length + (numbers.filter(y => y === x).length + 1) / 2)
}

function naiveCorrelation(a: readonly number[], b: readonly number[]): number | undefined {
  const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / x.length
  const [meanA, meanB] = [mean(a), mean(b)]
  const product = (x: readonly number[], y: readonly number[], mx: number, my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0)
  const spread = product(a, a, meanA, meanA) * product(b, b, meanB, meanB)
  return spread === 0 ? undefined : product(a, b, meanA, meanB) / Math.sqrt(spread)
}

describe('the numbers of a regression', () => {
  it.each([
    ['a perfect prediction', [1, 2, 3], [1, 2, 3], [0, 1, 1]],
    ['a reversed one', [3, 2, 1], [1, 2, 3], [8 / 3, -1, -1]],
    ['a bent one', [1, 4, 9, 16], [1, 2, 3, 4], [46, 0.984374, 1]],
    ['a constant one', [2, 2, 2], [1, 2, 3], [2 / 3, undefined, undefined]],
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    ['one with ties', [0, 5, 5, 9], [1, 2, 3, 4], [9.75, 0.945769, 0.948683]],
  ])('are right for %s', (_what, predicted, targets, wanted) => {
    expect(values(predicted, targets)).toEqual(
      wanted.map(value => (value === undefined ? undefined : expect.closeTo(value, 6))),
    )
  })

  it('are those of the definitions', () => {
    const numbers = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), {
      minLength: 1,
      maxLength: 30,
    })
    fc.assert(
      fc.property(numbers, pairs => {
        const [a, b] = [pairs.map(pair => pair[0]), pairs.map(pair => pair[1])]
        const close = (value: number | undefined) =>
          value === undefined ? undefined : expect.closeTo(value, 9)
        const mse = a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0) / a.length
        expect(values(a, b)).toEqual([
          close(mse),
          close(naiveCorrelation(a, b)),
          close(naiveCorrelation(naiveRanks(a), naiveRanks(b))),
        ])
      }),
    )
  })

  it('do not exist without examples', () => {
    expect(() => values([], [])).toThrow(InputDataError)
    expect(() => values([1], [])).toThrow('expected as many predictions as targets')
  })
})

describe('the intervals of a regression', () => {
  const random = seededRandom(4)
  const targets = Array.from({ length: 300 }, () => random.float())
  const predicted = targets.map(target => target + 0.5 * random.float())
  const report = regressionReport({ column: 'x', predicted, targets }, SETTINGS)

  it('hold the value and are about as wide as theory says', () => {
    for (const { value, low, high } of Object.values(report.estimates)) {
      expect(low!).toBeLessThan(value!)
      expect(high!).toBeGreaterThan(value!)
    }
    // Fisher: r's z is normal with a spread of 1 / sqrt(n - 3).
    const { low, high } = report.estimates.pearson
    const width = (Math.atanh(high!) - Math.atanh(low!)) / ((2 * 1.96) / Math.sqrt(297))
    expect(width).toBeGreaterThan(0.75)
    expect(width).toBeLessThan(1.25)
  })

  it('are the same for the same seed, others for another', () => {
    const again = (seed: number) =>
      regressionReport({ column: 'x', predicted, targets }, { ...SETTINGS, seed })
    expect(again(1)).toEqual(report)
    expect(again(2)).not.toEqual(report)
  })

  it('are wider when whole clusters are drawn', () => {
    const copies = (numbers: number[]) => numbers.flatMap(number => Array<number>(10).fill(number))
    const examples = { column: 'x', predicted: copies(predicted), targets: copies(targets) }
    const clusters = Int32Array.from({ length: 3000 }, (_, i) => Math.floor(i / 10))
    const settings = { ...SETTINGS, resamples: 200 }
    const width = ({ low, high }: { low: number | undefined; high: number | undefined }) => high! - low!
    const alone = regressionReport(examples, settings).estimates.mse
    const together = regressionReport({ ...examples, clusters }, settings).estimates.mse
    expect(width(together)).toBeGreaterThan(2 * width(alone))
    expect(together.value).toBeCloseTo(alone.value!, 12)
  })

  it('do not exist where too many resamples have no number', () => {
    const { pearson, mse } = regressionReport(
      { column: 'x', predicted: [1, 1, 1, 2], targets: [1, 2, 3, 4] },
      SETTINGS,
    ).estimates
    expect([pearson.low, pearson.high]).toEqual([undefined, undefined])
    expect(pearson.value).toBeGreaterThan(0)
    expect(mse.low).toBeDefined()
  })
})
