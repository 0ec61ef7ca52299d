import { describe, expect, it } from 'vitest'
import { derivedSeed, nameCounter } from '../../src/core/derived-seed.ts'
import { seededRandom } from '../../src/core/random.ts'

describe('a derived seed', () => {
  it('is a 32-bit integer that a random stream takes', () => {
    for (const seed of [0, 1, -1, 2 ** 32 - 1, -(2 ** 31)]) {
      const derived = derivedSeed(seed, 1, nameCounter('chr1'))
      expect(Number.isInteger(derived) && derived >= 0 && derived < 2 ** 32).toBe(true)
      expect(() => seededRandom(derived)).not.toThrow()
    }
  })

  it('differs with the seed, each counter, their order and their number', () => {
    const seeds = [
      derivedSeed(1),
      derivedSeed(1, 0),
      derivedSeed(1, 0, 0),
      derivedSeed(1, 2, 3),
      derivedSeed(1, 3, 2),
      derivedSeed(2, 2, 3),
    ]
    expect(new Set(seeds).size).toBe(seeds.length)
  })

  it('stays what it is: other values would make other datasets and models of old seeds', () => {
    expect([derivedSeed(1, 1, nameCounter('chr1')), derivedSeed(1, 2)]).toMatchInlineSnapshot(`
      [
        512601659,
        2619843511,
      ]
    `)
  })
})

describe('the counter of a name', () => {
  it('is its own for every contig of a genome', () => {
    const names = Array.from({ length: 50_000 }, (_, i) => `scaffold_${i}`)
    // Of 50,000 numbers of 32 bits 0.3 pairs are the same by chance.
    expect(new Set(names.map(nameCounter)).size).toBeGreaterThan(49_995)
    expect(nameCounter('chr1')).not.toBe(nameCounter('chr2'))
    expect(nameCounter('')).toBe(0x811c9dc5)
  })

  // Published test values of FNV-1a with 32 bits.
  it.each([
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('of %s is its FNV-1a hash', (name, expected) => {
    expect(nameCounter(name)).toBe(expected)
  })
})
