import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IntronSet } from '../../src/curation/intron-set.ts'

describe('a set of introns', () => {
  it('holds what was added since it was cleared, as a set of texts does', () => {
    const position = fc.oneof(fc.nat(50), fc.integer({ min: 2 ** 31 - 60, max: 2 ** 31 - 1 }))
    const length = fc.oneof(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 2 ** 22 - 3, max: 2 ** 22 + 3 }),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(40), position, length), { maxLength: 300 }), steps => {
        const introns = new IntronSet()
        const texts = new Set<string>()
        for (const [step, start, bases] of steps) {
          const end = start + bases
          if (step === 0) {
            introns.clear()
            texts.clear()
          } else if (step < 25) {
            introns.add(start, end)
            texts.add(`${start}-${end}`)
          }
          expect(introns.has(start, end)).toBe(texts.has(`${start}-${end}`))
        }
      }),
    )
  })

  it('grows, and is small again for a small contig', () => {
    const introns = new IntronSet()
    for (const count of [20_000, 10, 20_000]) {
      introns.clear()
      for (let i = 0; i < count; i++) {
        introns.add(3 * i, 3 * i + 100)
      }
      expect(
        Array.from({ length: count + 5 }, (_, i) => introns.has(3 * i, 3 * i + 100)).filter(Boolean).length,
      ).toBe(count)
      expect(introns.has(1, 101)).toBe(false)
    }
  })
})
