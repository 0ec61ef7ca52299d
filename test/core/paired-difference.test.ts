import { describe, expect, it } from 'vitest'
import { bootstrap } from '../../src/core/bootstrap.ts'
import { aurocOf } from '../../src/core/metrics/ranking.ts'
import { pairedDifference } from '../../src/core/paired-difference.ts'
import { seededRandom } from '../../src/core/random.ts'

const settings = { resamples: 200, confidence: 0.95, seed: 1 }

/** Returns scores that tell the labels apart with some noise, and a second set a little worse on the same examples. */
function madeScores(): { first: number[]; second: number[]; labels: number[] } {
  const random = seededRandom(3)
  const labels = Array.from({ length: 400 }, (_, i) => i % 2)
  const first = labels.map(label => label + 2 * random.float())
  return { first, second: first.map(score => score + 0.5 * random.float()), labels }
}

describe('paired difference', () => {
  it('is that of the two values on all examples', () => {
    const { first, second, labels } = madeScores()
    const value = (scores: number[]) =>
      bootstrap({ scores, labels }, { aurocOf }, { ...settings, resamples: 0 }).aurocOf.value!
    const { value: difference } = pairedDifference({ first, second, labels }, aurocOf, settings)
    expect(difference).toBeCloseTo(value(first) - value(second), 12)
  })

  it('has a narrower interval than the scores by themselves', () => {
    const { first, second, labels } = madeScores()
    const { low, high } = pairedDifference({ first, second, labels }, aurocOf, settings)
    const alone = bootstrap({ scores: first, labels }, { aurocOf }, settings).aurocOf
    expect(high! - low!).toBeLessThan(0.6 * (alone.high! - alone.low!))
  })

  it('is 0 in every resample for scores of the same order', () => {
    const { first, labels } = madeScores()
    const second = first.map(score => score ** 3)
    expect(pairedDifference({ first, second, labels }, aurocOf, settings)).toEqual({
      value: 0,
      low: 0,
      high: 0,
    })
  })

  it('draws clusters whole', () => {
    const { first, second, labels } = madeScores()
    const wide = pairedDifference(
      { first, second, labels, clusters: labels.map((_, i) => (i - (i % 2)) % 8) },
      aurocOf,
      settings,
    )
    const narrow = pairedDifference({ first, second, labels }, aurocOf, settings)
    expect(wide.value).toBe(narrow.value)
    expect([wide.low, wide.high]).not.toEqual([narrow.low, narrow.high])
  })

  it('has no interval where the statistic is undefined in the resamples of one', () => {
    const { first, second, labels } = madeScores()
    const top = Math.max(...second)
    const { value, low, high } = pairedDifference(
      { first, second, labels },
      tally => (tally.scores[0] === top ? undefined : 1),
      settings,
    )
    expect([value, low, high]).toEqual([undefined, undefined, undefined])
  })
})
