import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { binTable } from '../../src/trees/binned-table.ts'

const table = (values: readonly number[], bins?: number) =>
  binTable({ values: Float32Array.from(values), columns: 1, ...(bins && { bins }) })

describe('binning', () => {
  it.each([
    ['a bin for each value', [3, 1, 2, 1], undefined, [1.5, 2.5], [2, 0, 1, 0]],
    ['one bin of a constant', [7, 7, 7], undefined, [], [0, 0, 0]],
    ['equal counts', [1, 2, 3, 4, 5, 6], 3, [2.5, 4.5], [0, 0, 1, 1, 2, 2]],
    [
      'a bin of its own for a frequent value',
      [0, 1, 2, 2, 2, 2, 2, 3],
      3,
      [1.5, 2.5],
      [0, 0, 1, 1, 1, 1, 1, 2],
    ],
    ['zero of both signs as one', [-0, 0, 1], undefined, [0.5], [0, 0, 1]],
  ])('gives %s', (_, values, bins, edges, expected) => {
    const found = table(values, bins)
    expect([...found.edges[0]!]).toEqual(edges)
    expect([...found.bins]).toEqual(expected)
  })

  it('puts an edge between neighbours among float32 numbers', () => {
    const next = new Float32Array(Uint32Array.of(0x3f800001).buffer)[0]!
    const { edges, bins } = table([1, next])
    expect([...edges[0]!, ...bins]).toEqual([1, 0, 1])
  })

  it('has at most 256 bins of more values, none of them empty', () => {
    const { edges, bins } = table(Array.from({ length: 1000 }, (_, i) => Math.sin(i)))
    expect(edges[0]!.length).toBe(255)
    const counts = new Uint32Array(256)
    for (const bin of bins) {
      counts[bin]!++
    }
    expect(Math.min(...counts)).toBeGreaterThan(2)
    expect(Math.max(...counts)).toBeLessThan(6)
  })

  it('keeps columns apart', () => {
    const found = binTable({ values: Float32Array.of(1, 10, 2, 10, 3, 30), columns: 2 })
    expect([found.rows, found.columns]).toEqual([3, 2])
    expect([...found.bins]).toEqual([0, 1, 2, 0, 0, 1])
  })

  it('says by edges what it says by bins', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 2, max: 20 }),
        (values, bins) => {
          const { edges, bins: found } = table(values, bins)
          expect(edges[0]!.length).toBeLessThan(bins)
          for (const [i, value] of values.entries()) {
            for (const [e, edge] of edges[0]!.entries()) {
              expect(Math.fround(value) <= edge).toBe(found[i]! <= e)
            }
          }
        },
      ),
    )
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s', number => {
    const run = () => binTable({ values: Float32Array.of(1, 2, 3, number), columns: 2 })
    expect(run).toThrow(InputDataError)
    expect(run).toThrow(`row 1, column 1: expected a finite number, found ${number}`)
  })

  it('refuses rows that are not whole, and counts of bins that a byte does not hold', () => {
    expect(() => binTable({ values: Float32Array.of(1, 2, 3), columns: 2 })).toThrow('whole rows of 2')
    expect(() => table([1], 257)).toThrow('expected 2 to 256 bins, found 257')
    expect(() => table([1], 1)).toThrow('found 1')
  })
})
