/**
 * Returns the number of bits set in a 32-bit word.
 * Source: the usual parallel sum of bits (Hacker's Delight, section 5-1).
 */
export function bitCount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
