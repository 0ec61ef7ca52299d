import { lowerBound } from '../core/lower-bound.ts'
import { complement } from '../genome/sequence.ts'

const FIRST = 0x9e3779b1
const SECOND = 0x85ebca77

/**
 * Returns a number for a window's bases, the same for its reverse complement. Different windows share a number with a
 * chance of 2^-53 per pair: fit for counting, not for proof.
 */
export function strandlessKey(codes: Uint8Array): number {
  const last = codes.length - 1
  let turn = 0
  while (turn <= last && codes[turn] === complement(codes[last - turn]!)) {
    turn++
  }
  const isForward = turn > last || codes[turn]! < complement(codes[last - turn]!)
  let first = 1
  let second = 2
  // Ten codes of three bits at a time.
  for (let i = 0; i <= last; i += 10) {
    const end = Math.min(i + 10, last + 1)
    let word = 0
    if (isForward) {
      for (let j = i; j < end; j++) {
        word = (word << 3) | codes[j]!
      }
    } else {
      for (let j = i; j < end; j++) {
        word = (word << 3) | complement(codes[last - j]!)
      }
    }
    first = step(first, word, FIRST)
    second = step(second, word, SECOND)
  }
  return joined(first, second)
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
  return sorted[lowerBound(sorted, wanted)] === wanted
}
