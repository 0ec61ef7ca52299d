import { complement } from '../genome/sequence.ts'

const FIRST = 0x9e3779b1
const SECOND = 0x85ebca77

/**
 * Returns a number for a window's bases, the same for its reverse complement. Different windows share a number with a
 * chance of 2^-53 per pair: fit for counting, not for proof.
 */
export function strandlessKey(codes: Uint8Array): number {
  let [f1, f2, r1, r2] = [1, 2, 1, 2]
  for (let i = 0, j = codes.length - 1; j >= 0; i++, j--) {
    f1 = step(f1, codes[i]!, FIRST)
    f2 = step(f2, codes[i]!, SECOND)
    r1 = step(r1, complement(codes[j]!), FIRST)
    r2 = step(r2, complement(codes[j]!), SECOND)
  }
  return Math.min(joined(f1, f2), joined(r1, r2))
}

function step(hash: number, code: number, factor: number): number {
  const mixed = Math.imul(hash ^ (code + 1), factor)
  return mixed ^ (mixed >>> 15)
}

/** Returns 53 bits of the two, the most a number holds exactly. */
function joined(high: number, low: number): number {
  return (high >>> 0) * 2 ** 21 + (low >>> 11)
}

/** Returns how many rows of `rows` have the key of a row of `others`. */
export function countShared(keys: Float64Array, rows: Uint32Array, others: Uint32Array): number {
  const known = Float64Array.from(others, row => keys[row]!).sort()
  let shared = 0
  for (const row of rows) {
    shared += contains(known, keys[row]!) ? 1 : 0
  }
  return shared
}

/** Returns whether a value is among ascending ones. A Set of a million numbers takes five times the memory. */
export function contains(sorted: Float64Array, wanted: number): boolean {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < wanted) {
      low = middle + 1
    } else {
      high = middle
    }
  }
  return sorted[low] === wanted
}
