import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeText } from '../../../src/genome/sequence.ts'
import {
  blockValues,
  degreeWeights,
  startValues,
  weightedDegreeKernel,
} from '../../../src/models/asp-svm/weighted-degree-kernel.ts'

/** Returns the kernel as it is defined: every place, every length, every base looked at. */
function naiveKernel(x: Uint8Array, y: Uint8Array, degree: number): number {
  const common = (a: Uint8Array, b: Uint8Array, hasUnknown: boolean) => {
    let sum = 0
    for (let d = 1; d <= degree; d++) {
      for (let place = 0; place + d <= a.length; place++) {
        const bases = Array.from({ length: d }, (_, k) => place + k)
        if (bases.every(at => a[at] === b[at] && (!hasUnknown || a[at] !== 4))) {
          sum += (2 * (degree - d + 1)) / (degree * (degree + 1))
        }
      }
    }
    return sum
  }
  const known = new Uint8Array(x.length)
  return common(x, y, true) / common(known, known, false)
}

/** Two windows of one length that agree here and there, N among the bases. */
const pairs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }), fc.boolean()), {
    minLength: 1,
    maxLength: 40,
  })
  .map(bases => [
    Uint8Array.from(bases, ([a]) => a),
    Uint8Array.from(bases, ([a, b, same]) => (same ? a : b)),
  ])

describe('the weighted degree kernel', () => {
  it('weighs the lengths 2(D - d + 1) / (D(D + 1)), which sum to 1', () => {
    expect([...degreeWeights(3)]).toEqual([0, 3 / 6, 2 / 6, 1 / 6])
    expect(degreeWeights(20).reduce((a, b) => a + b)).toBeCloseTo(1, 12)
    expect(startValues(20)[20]).toBeCloseTo(1, 12)
    expect([...blockValues(1, 4)]).toEqual([0, 1, 2, 3, 4])
  })

  it.each([
    ['ACG', 'ACT', 2, (2 * (2 / 3) + 1 / 3) / (3 * (2 / 3) + 2 / 3)],
    ['ACGT', 'ACGT', 20, 1],
    ['ACGT', 'TGCA', 20, 0],
    ['ACGT', 'AGGA', 1, 2 / 4],
    ['NNNN', 'NNNN', 3, 0],
    ['ANGT', 'ANGT', 1, 3 / 4],
  ])('of %s and %s with degree %i is as by hand', (x, y, degree, expected) => {
    expect(weightedDegreeKernel(encodeText(x), encodeText(y), degree)).toBeCloseTo(expected, 12)
  })

  it('is that of the definition for any two windows and degree, and symmetric', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 25 }), ([x, y], degree) => {
        const found = weightedDegreeKernel(x!, y!, degree)
        expect(found).toBeCloseTo(naiveKernel(x!, y!, degree), 10)
        expect(weightedDegreeKernel(y!, x!, degree)).toBe(found)
      }),
    )
  })

  it('is 1 of a window without N with itself', () => {
    const windows = fc.uint8Array({ minLength: 1, maxLength: 150, max: 3 })
    fc.assert(
      fc.property(windows, fc.integer({ min: 1, max: 25 }), (x, degree) => {
        expect(weightedDegreeKernel(x, x, degree)).toBe(1)
      }),
    )
  })

  it('refuses windows of different lengths and a degree below 1', () => {
    const [x, y] = [new Uint8Array(3), new Uint8Array(4)]
    expect(() => weightedDegreeKernel(x, y, 2)).toThrow(
      new RangeError('expected two windows of one length, found 3 and 4'),
    )
    expect(() => weightedDegreeKernel(x, x, 0)).toThrow(RangeError)
  })
})
