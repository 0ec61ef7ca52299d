import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countSorted, evenEdges, roundEdges, spreadOf } from '../../../src/report/dataset/spread.ts'

describe('the spread of numbers', () => {
  it('has quartiles that occur', () => {
    expect(spreadOf(Int32Array.of(9, 1, 5, 3, 7))).toEqual({
      count: 5,
      min: 1,
      lowerQuartile: 3,
      median: 5,
      upperQuartile: 7,
      max: 9,
    })
    expect(spreadOf(Int32Array.of(4))).toMatchObject({ min: 4, median: 4, max: 4 })
    expect(spreadOf(new Int32Array(0))).toBeUndefined()
  })
})

describe('bins', () => {
  it.each([
    [60, 3000, [50, 100, 200, 500, 1000, 2000, 5000]],
    [50, 50, [50, 100]],
    [1, 1, [1, 2]],
    [0.3, 0.9, [0.2, 0.5, 1]],
    [99, 100, [50, 100, 200]],
  ])('from %f to %f have edges at 1, 2 and 5', (low, high, edges) => {
    expect(roundEdges(low, high)).toEqual(edges)
  })

  it('hold every value once', () => {
    const values = fc.array(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(values, numbers => {
        const sorted = Int32Array.from(numbers).sort()
        for (const edges of [
          roundEdges(sorted[0]!, sorted.at(-1)!),
          evenEdges(sorted[0]!, sorted.at(-1)!, 10),
        ]) {
          const counts = countSorted(sorted, edges)
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(numbers.length)
          counts.forEach((count, i) => {
            const isLast = i === counts.length - 1
            const inside = numbers.filter(n => n >= edges[i]! && (n < edges[i + 1]! || isLast))
            expect(count).toBe(inside.length)
          })
        }
      }),
    )
  })
})
