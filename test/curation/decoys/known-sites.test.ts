import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KnownSites } from '../../../src/curation/decoys/known-sites.ts'

describe('known sites', () => {
  it('are the first and the last dinucleotide of introns, on their strand', () => {
    const sites = new KnownSites([
      { start: 100, end: 200, strand: '+' },
      { start: 300, end: 400, strand: '-' },
      { start: 500, end: 600, strand: '.' },
    ])
    const found = (strand: '+' | '-') =>
      Array.from({ length: 700 }, (_, i) => i).filter(i => sites.has(strand, i))
    expect(found('+')).toEqual([100, 198, 500, 598])
    expect(found('-')).toEqual([300, 398, 500, 598])
  })

  it('are touched by every dinucleotide that shares a base with one, on either strand', () => {
    const intron = fc
      .record({
        start: fc.nat(50),
        length: fc.integer({ min: 4, max: 30 }),
        strand: fc.constantFrom('+', '-', '.'),
      })
      .map(({ start, length, strand }) => ({ start, end: start + length, strand: strand as '+' | '-' | '.' }))
    fc.assert(
      fc.property(fc.array(intron, { maxLength: 6 }), fc.nat(90), (introns, position) => {
        const near = introns
          .flatMap(({ start, end }) => [start, end - 2])
          .some(at => Math.abs(at - position) <= 1)
        expect(new KnownSites(introns).touches(position)).toBe(near)
      }),
    )
  })
})
