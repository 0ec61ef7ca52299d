import { describe, expect, it } from 'vitest'
import { informationOf, type LogoRequest, sequenceLogos } from '../../../src/report/charts/sequence-logo.ts'
import { BASE_LOOKS } from '../../../src/report/charts/style.ts'
import { readMarks } from './svg-marks.ts'

const [A, C, G, T] = [0, 1, 2, 3]

/** Returns counts of positions, one list of A, C, G, T each. */
const counts = (...positions: number[][]) => positions.flat()

const DONOR = { label: 'Position from the donor (nt)', positions: [-2, -1, 1, 2] }
const ACCEPTOR = { label: 'Position from the acceptor (nt)', positions: [-2, -1, 1] }
const ONLY_T = [0, 0, 0, 400]

function logos(change: Partial<LogoRequest> = {}): string {
  return sequenceLogos({
    title: 'Bases: made',
    description: 'Logos of donors and acceptors.',
    sites: [DONOR, ACCEPTOR],
    rows: [
      {
        label: 'positive (400)',
        counts: [
          counts([100, 100, 100, 100], [300, 100, 0, 0], [0, 0, 400, 0], ONLY_T),
          counts(ONLY_T, ONLY_T, ONLY_T),
        ],
      },
      { label: 'negative (400)', counts: [undefined, counts(ONLY_T, ONLY_T, [0, 0, 0, 0])] },
    ],
    ...change,
  })
}

const letters = (svg: string) =>
  readMarks(svg)
    .paths.filter(path => path.classes.startsWith('splice-fill'))
    .map(({ classes, points }) => {
      const xs = points.map(([x]) => x)
      const ys = points.map(([, y]) => y)
      return {
        base: BASE_LOOKS.findIndex(look => classes === `splice-fill splice-s${look}`),
        left: Math.min(...xs),
        right: Math.max(...xs),
        top: Math.min(...ys),
        bottom: Math.max(...ys),
      }
    })

describe('the information of a position', () => {
  it.each([
    ['one base in 100', [100, 0, 0, 0], 2 - 3 / (200 * Math.LN2)],
    ['two bases alike', [50, 50, 0, 0], 1 - 3 / (200 * Math.LN2)],
    ['half, quarter, eighths', [400, 200, 100, 100], 0.25 - 3 / (1600 * Math.LN2)],
    ['all bases alike', [25, 25, 25, 25], 0],
    ['a single sequence', [1, 0, 0, 0], 0],
    ['no sequence', [0, 0, 0, 0], 0],
  ])('of %s', (_, bases, bits) => {
    expect(informationOf(bases)).toBeCloseTo(bits, 12)
  })
})

describe('sequence logos', () => {
  it('draw letters as tall as their share of the information', () => {
    const first = letters(logos()).slice(0, 4)
    // Position -2 has no information; -1 has C below A; then G, T.
    expect(first.map(({ base }) => base)).toEqual([C, A, G, T])
    const pxOf = (bits: number) => (bits / 2) * 76
    const [below, above] = [first[0]!, first[1]!]
    const bits = informationOf([300, 100, 0, 0])
    // Curves of C are taller than its corners; A and T have theirs at the ends.
    expect(above.bottom - above.top).toBeCloseTo(pxOf(0.75 * bits), 1)
    expect(below.bottom).toBeGreaterThan(above.bottom)
    expect(first[3]!.bottom - first[3]!.top).toBeCloseTo(pxOf(informationOf(ONLY_T)), 1)
  })

  it('put all bases in columns of one width, inside the picture', () => {
    const all = letters(logos())
    const ts = all.filter(({ base }) => base === T)
    expect(ts.length).toBe(1 + 3 + 2)
    expect(new Set(ts.map(({ left, right }) => (right - left).toFixed(1))).size).toBe(1)
    for (const { left, right } of all) {
      expect(left).toBeGreaterThanOrEqual(72)
      expect(right).toBeLessThanOrEqual(620)
    }
  })

  it('name positions without a 0 and mark the border between exon and intron', () => {
    const { texts, lines } = readMarks(logos())
    const names = texts.filter(({ classes }) => classes === 'splice-tick splice-middle').map(t => t.text)
    expect(names).toEqual(['-2', '-1', '+1', '+2', '-2', '-1', '+1', '-2', '-1', '+1'])
    const borders = lines.filter(line => line.classes === 'splice-line splice-reference')
    const donorT = letters(logos())[3]!
    expect(borders.length).toBe(3)
    expect(borders[0]!.from[0]).toBeLessThan(letters(logos())[2]!.left)
    expect(borders[0]!.from[0]).toBeLessThan(donorT.left)
  })

  it('leave out a site that a class has no sequences of', () => {
    const { texts } = readMarks(logos())
    const labels = texts.filter(({ classes }) => classes === 'splice-label').map(t => t.text)
    expect(labels).toEqual(['positive (400)', 'negative (400)'])
    expect(readMarks(logos({ rows: [] })).paths).toEqual([])
  })

  it('say what they show, in the same bytes every time', () => {
    expect(logos()).toMatch(/<title>Bases: made<\/title>\n<desc>Logos of donors and acceptors\.<\/desc>/)
    expect(logos()).toBe(logos())
  })
})
