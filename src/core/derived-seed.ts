/**
 * Returns the seed of one random stream out of many under a run's seed, told apart by counters such as purpose, epoch
 * and batch. Streams that are derived, not continued, are what lets a run go on from any batch.
 * Units: a 32-bit unsigned integer.
 * Source: the finishing steps of MurmurHash3 between the numbers.
 */
export function derivedSeed(seed: number, ...counters: readonly number[]): number {
  let state = mixed(seed | 0)
  for (const counter of counters) {
    state = mixed(Math.imul(state, 0x9e3779b1) ^ mixed(counter + 0x2545f491))
  }
  return state >>> 0
}

/** Returns a counter for a name, such as a contig's: its stream is then its own, whatever other contigs there are. */
export function nameCounter(name: string): number {
  let state = 0x811c9dc5
  for (const byte of Buffer.from(name)) {
    state = Math.imul(state ^ byte, 0x01000193)
  }
  return state >>> 0
}

function mixed(value: number): number {
  let h = value ^ (value >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
