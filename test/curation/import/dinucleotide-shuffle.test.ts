import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { dinucleotideShuffle } from '../../../src/curation/dinucleotide-shuffle.ts'
import { decodeText, encodeText } from '../../../src/genome/sequence.ts'

const anySequence = fc.uint8Array({ max: 4, maxLength: 300 })
const anySeed = fc.integer({ min: 0, max: 1000 })

/** Counts of neighbouring pairs, as text that can be compared. */
function pairs(codes: Uint8Array): string {
  const counts = new Uint32Array(25)
  for (let i = 1; i < codes.length; i++) {
    counts[codes[i - 1]! * 5 + codes[i]!]!++
  }
  return counts.join()
}

/** Every sequence with the same first letter and the same pairs, by trying all orders. */
function allShuffles(text: string): Set<string> {
  const wanted = pairs(encodeText(text))
  const found = new Set<string>()
  const extend = (made: string, left: string[]) => {
    if (left.length === 0 && pairs(encodeText(made)) === wanted) {
      found.add(made)
    }
    for (const letter of new Set(left)) {
      extend(made + letter, left.toSpliced(left.indexOf(letter), 1))
    }
  }
  extend(text[0]!, [...text.slice(1)])
  return found
}

describe('a dinucleotide shuffle', () => {
  it('keeps every count of pairs, the first and the last base, and leaves its input alone', () => {
    fc.assert(
      fc.property(anySequence, anySeed, (codes, seed) => {
        const before = codes.slice()
        const shuffled = dinucleotideShuffle(codes, seededRandom(seed))
        expect(codes).toEqual(before)
        expect(shuffled.length).toBe(codes.length)
        expect(pairs(shuffled)).toBe(pairs(codes))
        expect([shuffled[0], shuffled.at(-1)]).toEqual([codes[0], codes.at(-1)])
      }),
    )
  })

  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(anySequence, anySeed, (codes, seed) => {
        const again = dinucleotideShuffle(codes, seededRandom(seed))
        expect(dinucleotideShuffle(codes, seededRandom(seed))).toEqual(again)
      }),
    )
  })

  it.each([['ACAGATAC'], ['AACCAACAG'], ['ATGATTGCAN']])(
    'of %s is any of those there are, equally often',
    text => {
      const expected = allShuffles(text)
      const random = seededRandom(7)
      const codes = encodeText(text)
      const counts = new Map<string, number>()
      const draws = 400 * expected.size
      for (let i = 0; i < draws; i++) {
        const shuffled = decodeText(dinucleotideShuffle(codes, random))
        counts.set(shuffled, (counts.get(shuffled) ?? 0) + 1)
      }
      expect(expected.size).toBeGreaterThan(3)
      expect([...counts.keys()].sort()).toEqual([...expected].sort())
      // Chi-square with n - 1 degrees of freedom stays below n - 1 + 5 sqrt(2 (n - 1)) but for one seed in some million.
      const chi = [...counts.values()].reduce((sum, count) => sum + (count - 400) ** 2 / 400, 0)
      const freedom = expected.size - 1
      expect(chi).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom))
    },
  )

  it.each([['A'], ['AC'], ['AAAAA'], ['ACACAC'], ['']])('of %s is itself: there is no other', text => {
    expect(decodeText(dinucleotideShuffle(encodeText(text), seededRandom(1)))).toBe(text)
  })

  it('moves most bases of a real sequence', () => {
    const text =
      'TGCCATAATGCCTCTGTGCTAAAAGCTTATCTTGTTTACTTAAATAAAGGGAGTGCCCCTCAGGTCTTGAGTAAGAGCTTGCTGACATCACCCTCACACAG'
    const shuffled = decodeText(dinucleotideShuffle(encodeText(text), seededRandom(1)))
    expect([...text].filter((letter, i) => letter !== shuffled[i]).length).toBeGreaterThan(50)
  })
})
