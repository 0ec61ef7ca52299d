import { OTHER } from '../../genome/sequence.ts'

/**
 * Returns what a common k-mer of each length counts: 2(D - d + 1) / (D(D + 1)) for length d, which sum to 1.
 * Shape: [degree + 1]; the first is 0.
 * Source: Sonnenburg et al., BMC Bioinformatics 8(Suppl 10):S7, 2007.
 */
export const degreeWeights = (degree: number): Float64Array =>
  Float64Array.from({ length: degree + 1 }, (_, d) =>
    d === 0 ? 0 : (2 * (degree - d + 1)) / (degree * (degree + 1)),
  )

/**
 * Returns what all common k-mers that start at one place count when `b` bases agree from there on: the weights of
 * the lengths 1 to b.
 * Shape: [degree + 1], for b = 0..degree.
 */
export function startValues(degree: number): Float64Array {
  const values = degreeWeights(degree)
  for (let b = 1; b <= degree; b++) {
    values[b]! += values[b - 1]!
  }
  return values
}

/**
 * Returns what a stretch of agreeing bases counts that has a mismatch, or an end of the windows, on either side: all k-mers up to
 * the degree that lie in it.
 * Shape: [length + 1], for stretches of 0..length bases.
 */
export function blockValues(degree: number, length: number): Float64Array {
  const starts = startValues(degree)
  const values = new Float64Array(length + 1)
  // One base more: what starts at the first one, and all that starts behind it, as in the shorter stretch.
  for (let bases = 1; bases <= length; bases++) {
    values[bases] = values[bases - 1]! + starts[Math.min(bases, degree)]!
  }
  return values
}

/** Returns k(x, x) of windows without N before it is divided by: the whole window agrees. */
export const selfValue = (degree: number, length: number): number => blockValues(degree, length)[length]!

/**
 * Returns the weighted degree kernel of two windows: common k-mers of 1 to `degree` bases at the same place, weighed by length,
 * as a share of what a window has in common with itself. Other bases (N) agree with nothing.
 * Shape: x and y of one length, codes 0..4. Units: 0 to 1; 1 for equal windows without N.
 * Throws: RangeError for windows of different lengths and a degree that is not a whole number of at least 1.
 */
export function weightedDegreeKernel(x: Uint8Array, y: Uint8Array, degree: number): number {
  if (x.length !== y.length) {
    throw new RangeError(`expected two windows of one length, found ${x.length} and ${y.length}`)
  }
  if (!Number.isInteger(degree) || degree < 1) {
    throw new RangeError(`expected a degree of at least 1, found ${degree}`)
  }
  const values = blockValues(degree, x.length)
  let sum = 0
  let block = 0
  for (let i = 0; i < x.length; i++) {
    if (x[i] === y[i] && x[i] !== OTHER) {
      block++
    } else {
      sum += values[block]!
      block = 0
    }
  }
  return (sum + values[block]!) / values[x.length]!
}
