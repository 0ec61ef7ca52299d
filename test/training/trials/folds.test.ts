import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { type FoldSource, foldsOf } from '../../../src/training/trials/folds.ts'

/** Every second example is positive; only every third is for training where `sparse` is set. */
function source(count: number, genes?: readonly number[], sparse = false): FoldSource {
  const all = Array.from({ length: count }, (_, i) => i)
  const none = new Uint32Array(0)
  return {
    name: 'made',
    labels: Uint8Array.from(all, i => i % 2),
    genes: genes && { texts: [], ids: Int32Array.from(genes) },
    places: undefined,
    splits: {
      train: Uint32Array.from(all.filter(i => !sparse || i % 3 === 0)),
      validation: none,
      test: none,
    },
  }
}

const parts = (dataset: FoldSource, count: number, seed = 1) =>
  foldsOf(dataset, count, seededRandom(seed)).map(part => [...part])

describe('the parts of the training examples', () => {
  it('hold each of them once, and no others', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 80 }),
        fc.integer({ min: 2, max: 3 }),
        fc.nat(),
        (size, count, seed) => {
          const dataset = source(size, undefined, true)
          const found = parts(dataset, count, seed)
          expect(found.flat().sort((a, b) => a - b)).toEqual([...dataset.splits.train])
          expect(found.every(part => part.every((example, i) => i === 0 || example > part[i - 1]!))).toBe(
            true,
          )
        },
      ),
    )
  })

  it('have as many positives each, and about the same size', () => {
    const found = parts(source(60), 3)
    expect(found.map(part => part.length)).toEqual([20, 20, 20])
    expect(found.map(part => part.filter(i => i % 2 === 1).length)).toEqual([10, 10, 10])
  })

  it('hold genes whole, and an example without one alone', () => {
    const genes = Array.from({ length: 60 }, (_, i) => (i < 6 ? -1 : i >> 2))
    const found = parts(source(60, genes), 3)
    const partOf = new Map(found.flatMap((part, p) => part.map(example => [example, p])))
    for (let i = 6; i < 60; i++) {
      const first = genes.indexOf(genes[i]!)
      expect(partOf.get(i)).toBe(partOf.get(first))
    }
    expect(Math.max(...found.map(part => part.length))).toBeLessThan(28)
  })

  it.each([
    ['fewer genes than parts', Array.from({ length: 60 }, (_, i) => i % 2)],
    ['no gene known', Array.from({ length: 60 }, () => -1)],
  ])('are of single examples with %s', (_, genes) => {
    expect(parts(source(60, genes), 3).map(part => part.length)).toEqual([20, 20, 20])
  })

  it('are the same by the same seed, and others by another', () => {
    expect(parts(source(40), 3, 5)).toEqual(parts(source(40), 3, 5))
    expect(parts(source(40), 3, 5)).not.toEqual(parts(source(40), 3, 6))
  })

  it('need as many examples', () => {
    expect(() => parts(source(2), 3)).toThrow(
      'expected at least 3 training examples for as many parts, found 2',
    )
  })
})
