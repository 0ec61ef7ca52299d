import { describe, expect, it } from 'vitest'
import { bootstrap, quantile } from '../../src/core/bootstrap.ts'
import { ratesAt } from '../../src/core/metrics/operating-points.ts'
import { auprcOf, aurocOf } from '../../src/core/metrics/ranking.ts'
import { seededRandom } from '../../src/core/random.ts'

const SETTINGS = { resamples: 200, confidence: 0.95, seed: 3 }
const AREAS = { auroc: aurocOf, auprc: auprcOf }

/** Scores of negatives are uniform, those of positives square roots of uniform numbers: the true AUROC is 2/3. */
function sample(size: number, seed: number) {
  const random = seededRandom(seed)
  const labels = Array.from({ length: size }, (_, i) => i % 2)
  return { labels, scores: labels.map(label => random.float() ** (label === 1 ? 0.5 : 1)) }
}

describe('the bootstrap', () => {
  it('gives the binomial interval for a sensitivity', () => {
    // 30 of 40 positives pass: a resample passes Binomial(40, 3/4) of them.
    const scores = [...Array(30).fill(0.9), ...Array(10).fill(0.1), ...Array(20).fill(0.5)]
    const labels = scores.map((_, i) => (i < 40 ? 1 : 0))
    const { sensitivity } = bootstrap(
      { scores, labels },
      { sensitivity: tally => ratesAt(tally, 0.7).sensitivity },
      { resamples: 20_000, confidence: 0.95, seed: 11 },
    )
    expect(sensitivity).toEqual({
      value: 0.75,
      low: binomialQuantile(40, 0.75, 0.025) / 40,
      high: binomialQuantile(40, 0.75, 0.975) / 40,
    })
  })

  it('covers the true AUROC about as often as it says', () => {
    let covered = 0
    for (let seed = 0; seed < 200; seed++) {
      const { auroc } = bootstrap(sample(100, seed), { auroc: aurocOf }, { ...SETTINGS, seed })
      covered += auroc.low! <= 2 / 3 && auroc.high! >= 2 / 3 ? 1 : 0
    }
    expect(covered / 200).toBeGreaterThan(0.9)
    expect(covered / 200).toBeLessThan(0.99)
  })

  it('is the same for the same seed and another for another', () => {
    const first = bootstrap(sample(60, 1), AREAS, SETTINGS)
    expect(bootstrap(sample(60, 1), AREAS, SETTINGS)).toEqual(first)
    expect(bootstrap(sample(60, 1), AREAS, { ...SETTINGS, seed: 4 }).auroc.low).not.toBe(first.auroc.low)
  })

  it('is wider for more confidence and contains the value', () => {
    const examples = sample(300, 5)
    const [narrow, wide] = [0.5, 0.99].map(confidence =>
      bootstrap(examples, AREAS, { ...SETTINGS, confidence }),
    )
    for (const name of ['auroc', 'auprc'] as const) {
      const values = [wide![name].low, narrow![name].low, narrow![name].high, wide![name].high]
      expect(values).toEqual(values.toSorted((a, b) => a! - b!))
      expect(narrow![name].value).toBe(wide![name].value)
    }
  })

  it('keeps both classes in every resample, also of one positive', () => {
    const sizes: number[][] = []
    bootstrap(
      { scores: [0.9, 0.8, 0.2, 0.1], labels: [0, 1, 0, 0] },
      { sizes: tally => sizes.push([tally.positiveTotal, tally.negativeTotal]) },
      SETTINGS,
    )
    expect(sizes.length).toBe(201)
    expect(new Set(sizes.map(String))).toEqual(new Set(['1,3']))
  })

  it('draws clusters whole: ten copies of every example change nothing, and alone they feign precision', () => {
    const { scores, labels } = sample(80, 9)
    const copy = <T>(values: T[]) => values.flatMap(value => Array<T>(10).fill(value))
    const clusters = copy(scores.map((_, i) => `gene${i}`))
    const single = bootstrap({ scores, labels }, { auroc: aurocOf }, SETTINGS).auroc
    const copies = { scores: copy(scores), labels: copy(labels) }
    const clustered = bootstrap({ ...copies, clusters }, { auroc: aurocOf }, SETTINGS).auroc
    expect(clustered.low).toBeCloseTo(single.low!, 12)
    expect(clustered.high).toBeCloseTo(single.high!, 12)
    const naive = bootstrap(copies, { auroc: aurocOf }, SETTINGS).auroc
    expect((naive.high! - naive.low!) * Math.sqrt(10)).toBeCloseTo(single.high! - single.low!, 1)
  })

  it('draws as many clusters as there are of each kind: positive, negative and both', () => {
    const clusters = ['p', 'p', 'n', 'n', 'n', 'both', 'both']
    const totals: string[] = []
    bootstrap(
      { scores: clusters.map((_, i) => i / 10), labels: [1, 1, 0, 0, 0, 1, 0], clusters },
      { size: tally => totals.push(`${tally.positiveTotal} ${tally.negativeTotal}`) },
      SETTINGS,
    )
    expect(new Set(totals)).toEqual(new Set(['3 4']))
  })

  it('counts an example by its weight', () => {
    const examples = { scores: [0.9, 0.5, 0.4, 0.1], labels: [1, 0, 1, 0], weights: [2.5, 1, 0.5, 3] }
    const { auroc } = bootstrap(examples, { auroc: aurocOf }, { ...SETTINGS, resamples: 0 })
    expect(auroc).toEqual({
      value: expect.closeTo(1 - (0.5 * 1) / (3 * 4), 12),
      low: undefined,
      high: undefined,
    })
  })

  it('has no interval for what resamples mostly lack', () => {
    let call = 0
    const { rare, common } = bootstrap(
      sample(20, 1),
      { rare: () => (call++ === 0 ? 1 : undefined), common: () => 2 },
      SETTINGS,
    )
    expect(rare).toEqual({ value: 1, low: undefined, high: undefined })
    expect(common).toEqual({ value: 2, low: 2, high: 2 })
  })

  it('refuses settings out of range', () => {
    const examples = sample(20, 1)
    expect(() => bootstrap(examples, AREAS, { ...SETTINGS, resamples: 1.5 })).toThrow(RangeError)
    expect(() => bootstrap(examples, AREAS, { ...SETTINGS, confidence: 95 })).toThrow('found 95')
    expect(() => bootstrap({ ...examples, clusters: ['a'] }, AREAS, SETTINGS)).toThrow('found 1 for 20')
  })
})

describe('quantiles', () => {
  it.each([
    [[5], 0.3, 5],
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4], 0, 1],
    [[1, 2, 3, 4], 1, 4],
    [[0, 10], 0.025, 0.25],
  ])('of %j at %f is %f', (values, fraction, expected) => {
    expect(quantile(values, fraction)).toBeCloseTo(expected, 12)
  })
})

function binomialQuantile(n: number, p: number, fraction: number): number {
  let mass = (1 - p) ** n
  let cumulative = mass
  let k = 0
  while (cumulative < fraction) {
    mass *= ((n - k) / (k + 1)) * (p / (1 - p))
    k++
    cumulative += mass
  }
  return k
}
