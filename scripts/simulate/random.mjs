// Seeded randomness for everything simulated here: the same seed gives the same files on every machine.

/** @typedef {() => number} Random draws from [0, 1) */

/**
 * Returns a generator of numbers in [0, 1) with 32 bits of state (the mulberry32 step: a Weyl sequence, mixed).
 * Integer arithmetic only, so it cannot differ between machines.
 * @param {number} seed
 * @returns {Random}
 */
export function mulberry32(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * Returns a whole number from `low` to `high`, both included.
 * @param {Random} random
 * @param {number} low
 * @param {number} high
 * @returns {number}
 */
export function between(random, low, high) {
  return low + Math.floor(random() * (high - low + 1))
}

/**
 * Returns one of the items.
 * @template T
 * @param {Random} random
 * @param {readonly T[]} items
 * @returns {T}
 */
export function pick(random, items) {
  return items[Math.floor(random() * items.length)]
}

/**
 * Returns the index of one weight, drawn in proportion to the weights.
 * @param {Random} random
 * @param {ArrayLike<number>} weights
 * @returns {number}
 */
export function pickWeighted(random, weights) {
  let total = 0
  for (let i = 0; i < weights.length; i++) {
    total += weights[i]
  }
  let left = random() * total
  for (let i = 0; i < weights.length - 1; i++) {
    left -= weights[i]
    if (left < 0) {
      return i
    }
  }
  return weights.length - 1
}
