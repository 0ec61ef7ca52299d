import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escapeText, px, wrapText } from '../../../src/report/charts/svg-text.ts'
import { linearTicks, logTicks, roundRange } from '../../../src/report/charts/ticks.ts'

const texts = (ticks: { text: string }[]) => ticks.map(tick => tick.text)

describe('ticks', () => {
  it.each([
    [0, 1, 5, ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0']],
    [0, 7, 4, ['0', '2', '4', '6']],
    [-1, 1, 4, ['-1.0', '-0.5', '0.0', '0.5', '1.0']],
    [0, 12_000, 3, ['0', '5,000', '10,000']],
    [0.97, 1, 3, ['0.97', '0.98', '0.99', '1.00']],
    [-3000, 0, 3, ['-3,000', '-2,000', '-1,000', '0']],
    [0, 0.3, 3, ['0.0', '0.1', '0.2', '0.3']],
  ])('from %f to %f, about %i, are %j', (low, high, wanted, expected) => {
    expect(texts(linearTicks(low, high, wanted))).toEqual(expected)
  })

  it.each([
    [1, 1000, 8, ['1', '10', '100', '1,000']],
    [0.5, 60, 8, ['1', '10']],
    [1e-7, 1e-3, 3, ['1e-7', '1e-5', '1e-3']],
    [1, 1e12, 4, ['1', '10,000', '100,000,000', '1e12']],
  ])('of logarithms from %f to %f, at most %i, are %j', (low, high, most, expected) => {
    expect(texts(logTicks(low, high, most))).toEqual(expected)
  })

  it('lie inside, ascend by equal round steps, are about as many as wanted and read as they are', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    const span = fc.double({ min: 1e-3, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(number, span, fc.integer({ min: 2, max: 10 }), (low, width, wanted) => {
        const ticks = linearTicks(low, low + width, wanted)
        expect(ticks.length).toBeGreaterThanOrEqual(Math.floor(wanted / 2.5))
        expect(ticks.length).toBeLessThanOrEqual(wanted + 1)
        const slack = width * 1e-6
        for (const [i, { value, text }] of ticks.entries()) {
          expect(value).toBeGreaterThanOrEqual(low - slack)
          expect(value).toBeLessThanOrEqual(low + width + slack)
          expect(Number(text.replaceAll(',', ''))).toBe(value)
          if (i > 0) {
            const digits = (value - ticks[i - 1]!.value).toExponential(3)
            expect(digits).toMatch(/^[125]\.000e/)
          }
        }
      }),
    )
  })

  it('need an axis of some length', () => {
    expect(() => linearTicks(1, 1, 5)).toThrow(RangeError)
    expect(() => linearTicks(0, Number.NaN, 5)).toThrow('found 0 to NaN')
  })
})

describe('round ranges', () => {
  it.each([
    [0.12, 0.77, 5, [0, 0.8]],
    [3, 3, 5, [1, 5]],
    [0, 0, 5, [-1, 1]],
    [0, 1, 5, [0, 1]],
    [-7, 12, 4, [-10, 15]],
  ])('around %f to %f, with about %i steps, are %j', (low, high, wanted, expected) => {
    expect(roundRange(low, high, wanted)).toEqual(expected)
  })
})

describe('text', () => {
  it('is escaped, and characters that XML forbids are replaced', () => {
    expect(escapeText('a<b>&"c"\u0001\n')).toBe('a&lt;b&gt;&amp;&quot;c&quot;\ufffd\n')
  })

  it('has one decimal and no minus zero in coordinates', () => {
    expect([px(1), px(-0.01), px(1 / 3)]).toEqual(['1.0', '0.0', '0.3'])
  })

  it('breaks at spaces only', () => {
    const font = { size: 10, weight: 'regular' } as const
    expect(wrapText('one two three', font, 50)).toEqual(['one two', 'three'])
    expect(wrapText('unbreakable', font, 10)).toEqual(['unbreakable'])
  })
})
