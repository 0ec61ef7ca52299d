import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cutSiteWindow,
  type SiteKind,
  type SiteLayout,
  type SitePlace,
  sitePosition,
} from '../../src/curation/site-window.ts'
import { decodeText, encodeText, reverseComplement } from '../../src/genome/sequence.ts'
import { cutWindow, WINDOW_LENGTH } from '../../src/junctions/window.ts'

function cut(contig: Uint8Array, place: SitePlace, layout: SiteLayout) {
  const out = new Uint8Array(layout.length).fill(9)
  const facts = cutSiteWindow(contig, place, layout, out, 0)
  return { facts, text: decodeText(out) }
}

const otherStrand = { '+': '-', '-': '+' } as const
const anyStrand = fc.constantFrom<'+' | '-'>('+', '-')
const anyKind = fc.constantFrom<SiteKind>('donor', 'acceptor')
const anyLayout = fc
  .integer({ min: 1, max: 90 })
  .chain(length => fc.record({ length: fc.constant(length), site: fc.nat(length - 1) }))

describe('the position of a site', () => {
  it.each([
    ['+', 'donor', 10],
    ['+', 'acceptor', 30],
    ['-', 'donor', 29],
    ['-', 'acceptor', 9],
  ] as const)('on strand %s, of the %s, is %i for an intron [10, 30)', (strand, kind, position) => {
    expect(sitePosition({ start: 10, end: 30, strand }, kind)).toBe(position)
  })
})

describe('a window around a site', () => {
  const contig = encodeText('CCCCCGTAAAAAGGGGGG')
  //                         01234567890123456 7: an intron [5, 13) GTAAAAAG, of which AG are 11 and 12
  it.each([
    ['donor', { length: 5, site: 2 }, 'CCGTA'],
    ['donor', { length: 4, site: 0 }, 'GTAA'],
    ['donor', { length: 3, site: 2 }, 'CCG'],
    ['acceptor', { length: 5, site: 2 }, 'AGGGG'],
    ['acceptor', { length: 6, site: 5 }, 'AAAAGG'],
    ['acceptor', { length: 1, site: 0 }, 'G'],
  ] as const)('of a %s with the layout %j is %s, on either strand', (kind, layout, text) => {
    const intron = { start: 5, end: 13, strand: '+' } as const
    const mirrored = { start: contig.length - 13, end: contig.length - 5, strand: '-' } as const
    for (const [codes, where] of [
      [contig, intron],
      [reverseComplement(contig), mirrored],
    ] as const) {
      const place = { kind, position: sitePosition(where, kind), strand: where.strand }
      expect(cut(codes, place, layout)).toEqual({ text, facts: { padded: false, ambiguousSite: false } })
    }
  })

  it('is other where the contig ends, also where nothing of the contig is left', () => {
    const codes = encodeText('ACG')
    const layout = { length: 5, site: 2 }
    const texts = (strand: '+' | '-') =>
      [-9, -3, -1, 0, 1, 2, 3, 5, 9].map(
        position => cut(codes, { kind: 'donor', position, strand }, layout).text,
      )
    expect(texts('+')).toEqual([
      'NNNNN',
      'NNNNN',
      'NNNAC',
      'NNACG',
      'NACGN',
      'ACGNN',
      'CGNNN',
      'NNNNN',
      'NNNNN',
    ])
    expect(texts('-')).toEqual([
      'NNNNN',
      'NNNNN',
      'GTNNN',
      'CGTNN',
      'NCGTN',
      'NNCGT',
      'NNNCG',
      'NNNNN',
      'NNNNN',
    ])
    expect(cut(codes, { kind: 'donor', position: 1, strand: '+' }, layout).facts.padded).toBe(true)
    expect(cut(codes, { kind: 'donor', position: 1, strand: '+' }, { length: 3, site: 1 }).facts.padded).toBe(
      false,
    )
  })

  it.each([
    ['donor', [false, false, true, true, false]],
    ['acceptor', [true, true, false, false, false]],
  ] as const)('of a %s tells of unknown bases of the intron beside the site', (kind, expected) => {
    const found = [0, 1, 2, 3, 4].map(unknown => {
      const codes = encodeText('ACGTA')
      codes[unknown] = 4
      const { facts } = cut(codes, { kind, position: 2, strand: '+' }, { length: 5, site: 2 })
      return facts.ambiguousSite
    })
    expect(found).toEqual(expected)
  })

  it('looks at the bases inside the window only', () => {
    const codes = encodeText('NNNN')
    const facts = (kind: SiteKind, length: number, site: number) =>
      cut(codes, { kind, position: 2, strand: '+' }, { length, site }).facts.ambiguousSite
    expect(facts('acceptor', 2, 0)).toBe(false)
    expect(facts('acceptor', 2, 1)).toBe(true)
    expect(facts('donor', 1, 0)).toBe(true)
  })

  it('of a long intron is a slice of the window of its junction', () => {
    const cases = fc.record({
      contig: fc.uint8Array({ min: 0, max: 4, minLength: 500, maxLength: 1500 }),
      a: fc.nat(1000),
      b: fc.nat(1000),
      strand: anyStrand,
      kind: anyKind,
      layout: anyLayout,
    })
    fc.assert(
      fc.property(cases, ({ contig, a, b, strand, kind, layout }) => {
        const start = a % (contig.length - 400)
        const intron = { start, end: start + 400 + (b % (contig.length - start - 399)), strand }
        const window = new Uint8Array(WINDOW_LENGTH)
        cutWindow(contig, intron, window, 0)
        const from = (kind === 'donor' ? 200 : 600) - layout.site
        const place = { kind, position: sitePosition(intron, kind), strand }
        expect(cut(contig, place, layout).text).toBe(decodeText(window.subarray(from, from + layout.length)))
      }),
    )
  })

  it('is bit-identical for the mirrored twin', () => {
    const cases = fc.record({
      contig: fc.uint8Array({ min: 0, max: 4, minLength: 1, maxLength: 200 }),
      position: fc.integer({ min: -100, max: 300 }),
      strand: anyStrand,
      kind: anyKind,
      layout: anyLayout,
    })
    fc.assert(
      fc.property(cases, ({ contig, position, strand, kind, layout }) => {
        const twin = { kind, position: contig.length - 1 - position, strand: otherStrand[strand] }
        const found = cut(contig, { kind, position, strand }, layout)
        expect(cut(reverseComplement(contig), twin, layout)).toEqual(found)
        expect(found.facts.padded).toBe(
          Array.from(
            { length: layout.length },
            (_, i) => position + (strand === '+' ? 1 : -1) * (i - layout.site),
          ).some(base => base < 0 || base >= contig.length),
        )
      }),
    )
  })

  it('is written at the offset and nowhere else, and refused where it does not fit', () => {
    const out = new Uint8Array(12).fill(7)
    const place: SitePlace = { kind: 'donor', position: 1, strand: '-' }
    cutSiteWindow(contig, place, { length: 5, site: 3 }, out, 4)
    expect([...out].map(code => code === 7)).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1].map(Boolean))
    expect(() => cutSiteWindow(contig, place, { length: 5, site: 3 }, out, 8)).toThrow(RangeError)
    expect(() => cutSiteWindow(contig, place, { length: 5, site: 5 }, out, 0)).toThrow(
      'expected a site inside a window of 5, found 5',
    )
  })
})
