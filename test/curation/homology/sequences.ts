import type { Random } from '../../../src/core/random.ts'
import { KmerIndexBuilder, type KmerIndexOptions } from '../../../src/curation/homology/kmer-index-builder.ts'

/** Returns random bases. */
export function randomBases(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random.int(4))
}

/** Returns a copy in which each base has become another one with this probability. */
export function substituted(codes: Uint8Array, share: number, random: Random): Uint8Array {
  return codes.map(code => (random.float() < share ? (code + 1 + random.int(3)) % 4 : code))
}

/** Returns the parts as one sequence. */
export function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap(part => [...part]))
}

/** Returns an index of whole stretches. */
export function indexOf(stretches: readonly Uint8Array[], options: KmerIndexOptions = {}) {
  const builder = new KmerIndexBuilder(options)
  for (const stretch of stretches) {
    builder.add(stretch, 0, stretch.length)
  }
  return builder.finish()
}
