import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { decodeText, encodeText, reverseComplement } from '../../src/genome/sequence.ts'
import { cutWindow, type StrandedIntron, WINDOW_LENGTH, WindowList } from '../../src/junctions/window.ts'

/** A contig without period, so that a shifted window shows. */
function sequence(length: number, seed = 1): Uint8Array {
  let state = seed
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 16) % 4
  })
}

/** The definition once more, by text: pad the contig with N, cut the four pieces in transcript orientation. */
function expectedWindow(contig: Uint8Array, { start, end, strand }: StrandedIntron): string {
  const pad = 'N'.repeat(1000)
  const forward = strand === '+'
  const text = pad + decodeText(forward ? contig : reverseComplement(contig)) + pad
  const donor = 1000 + (forward ? start : contig.length - end)
  const acceptor = 1000 + (forward ? end : contig.length - start)
  const inside = Math.min(200, end - start)
  const gap = 'N'.repeat(200 - inside)
  return text.slice(donor - 200, donor + inside) + gap + gap + text.slice(acceptor - inside, acceptor + 200)
}

function cut(contig: Uint8Array, intron: StrandedIntron) {
  const out = new Uint8Array(WINDOW_LENGTH).fill(9)
  return { facts: cutWindow(contig, intron, out, 0), text: decodeText(out) }
}

const LENGTHS = [1, 2, 3, 4, 199, 200, 201, 399, 400]
const DISTANCES = [0, 1, 199, 200, 201]

describe.each(LENGTHS)('a window of an intron of %i nt', length => {
  describe.each(['+', '-'] as const)('on strand %s', strand => {
    const cases = DISTANCES.flatMap(left => DISTANCES.map(right => [left, right] as const))
    it.each(cases)(
      'with %i nt to the contig start and %i to its end follows the definition',
      (left, right) => {
        const contig = sequence(left + length + right)
        const intron = { start: left, end: left + length, strand }
        const { facts, text } = cut(contig, intron)
        expect(text).toBe(expectedWindow(contig, intron))
        expect(facts).toEqual({ padded: left < 200 || right < 200, ambiguousSite: length === 1 })
      },
    )
  })
})

describe('the layout', () => {
  const exon1 = 'C'.repeat(300)
  const exon2 = 'G'.repeat(300)
  it.each([
    ['GTAG', 4],
    [`GT${'A'.repeat(195)}AG`, 199],
    [`GT${'A'.repeat(997)}AG`, 1001],
  ])('puts GT at 200, AG at 598 and the next exon at 600: %#', (intron, length) => {
    const contig = encodeText(exon1 + intron + exon2)
    for (const [codes, start, strand] of [
      [contig, 300, '+'],
      [reverseComplement(contig), 300, '-'],
    ] as const) {
      const { text, facts } = cut(codes, { start, end: start + length, strand })
      expect(text.slice(199, 202)).toBe('CGT')
      expect(text.slice(598, 601)).toBe('AGG')
      expect(facts).toEqual({ padded: false, ambiguousSite: false })
    }
  })

  it('leaves the gap of a short intron in the middle and shows the overlap of a medium one twice', () => {
    const short = cut(encodeText(`${exon1}GTTTAG${exon2}`), { start: 300, end: 306, strand: '+' }).text
    expect(short.slice(200, 600)).toBe(`GTTTAG${'N'.repeat(388)}GTTTAG`)
    const body = decodeText(sequence(300))
    const medium = cut(encodeText(exon1 + body + exon2), { start: 300, end: 600, strand: '+' }).text
    expect(medium.slice(200, 400)).toBe(body.slice(0, 200))
    expect(medium.slice(400, 600)).toBe(body.slice(100))
  })

  it('writes introns of one, two and three bases as the arithmetic says', () => {
    const site = (intron: string) => {
      const contig = encodeText(exon1 + intron + exon2)
      const { text, facts } = cut(contig, { start: 300, end: 300 + intron.length, strand: '+' })
      return [text.slice(199, 204), text.slice(596, 601), facts.ambiguousSite]
    }
    expect(site('A')).toEqual(['CANNN', 'NNNAG', true])
    expect(site('AT')).toEqual(['CATNN', 'NNATG', false])
    expect(site('ACT')).toEqual(['CACTN', 'NACTG', false])
  })
})

describe('the facts', () => {
  it.each([
    [300, true],
    [301, true],
    [302, false],
    [1297, false],
    [1298, true],
    [1299, true],
  ])('an unknown base at contig position %i makes the site ambiguous: %s', (position, ambiguous) => {
    const contig = sequence(1600)
    contig[position] = 4
    const mirrored = reverseComplement(contig)
    expect(cut(contig, { start: 300, end: 1300, strand: '+' }).facts.ambiguousSite).toBe(ambiguous)
    expect(cut(mirrored, { start: 300, end: 1300, strand: '-' }).facts.ambiguousSite).toBe(ambiguous)
  })

  it('refuses an intron without a base and an output that is too short', () => {
    expect(() => cutWindow(sequence(10), { start: 5, end: 5, strand: '+' }, new Uint8Array(800), 0)).toThrow(
      InputDataError,
    )
    expect(() =>
      cutWindow(sequence(10), { start: 5, end: 6, strand: '+' }, new Uint8Array(1599), 800),
    ).toThrow(RangeError)
  })
})

describe('symmetry', () => {
  it('a junction and its mirrored twin give bit-identical windows and facts', () => {
    const cases = fc
      .record({
        contig: fc.uint8Array({ min: 0, max: 4, minLength: 1, maxLength: 1500 }),
        a: fc.nat(2000),
        b: fc.nat(2000),
        strand: fc.constantFrom<'+' | '-'>('+', '-'),
      })
      .map(({ contig, a, b, strand }) => {
        const start = a % contig.length
        return { contig, start, end: start + 1 + (b % (contig.length - start)), strand }
      })
    fc.assert(
      fc.property(cases, ({ contig, start, end, strand }) => {
        const twin = { start: contig.length - end, end: contig.length - start }
        const window = cut(contig, { start, end, strand })
        expect(window.text).toBe(expectedWindow(contig, { start, end, strand }))
        expect(cut(reverseComplement(contig), { ...twin, strand: strand === '+' ? '-' : '+' })).toEqual(
          window,
        )
      }),
    )
  })

  it('writes 800 codes at the offset and nothing else', () => {
    const out = new Uint8Array(1000).fill(7)
    cutWindow(sequence(50), { start: 10, end: 30, strand: '-' }, out, 100)
    expect(out.subarray(0, 100).every(code => code === 7)).toBe(true)
    expect(out.subarray(100, 900).every(code => code <= 4)).toBe(true)
    expect(out.subarray(900).every(code => code === 7)).toBe(true)
  })
})

describe('a window list', () => {
  it('grows, leaves out ambiguous sites and splits by group in order', () => {
    const contig = sequence(2000)
    const list = new WindowList()
    for (let i = 0; i < 600; i++) {
      expect(list.add(contig, { start: 300 + i, end: 900 + i, strand: '+' }, i % 3)).toBe(true)
    }
    expect(list.add(contig, { start: 300, end: 301, strand: '+' }, 0)).toBe(false)
    expect(list.count).toBe(600)
    const { chosen, rest } = list.split(new Set([1]))
    expect([chosen.length, rest.length]).toEqual([200 * 800, 400 * 800])
    expect(decodeText(chosen.subarray(800, 1600))).toBe(
      cut(contig, { start: 304, end: 904, strand: '+' }).text,
    )
    expect(decodeText(rest.subarray(1600, 2400))).toBe(
      cut(contig, { start: 303, end: 903, strand: '+' }).text,
    )
  })
})
