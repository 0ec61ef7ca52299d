import { describe, expect, it } from 'vitest'
import { derivedSeed } from '../../../src/core/derived-seed.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { MASK_STREAM, ORDER_STREAM } from '../../../src/training/data/seeds.ts'

describe('a derived seed', () => {
  it('is one that a random stream takes, and its own for every epoch', () => {
    const seeds = new Set<number>()
    for (let epoch = 0; epoch < 20_000; epoch++) {
      seeds.add(derivedSeed(0, ORDER_STREAM, epoch))
    }
    expect(seeds.size).toBe(20_000)
    expect(() => [...seeds].map(seededRandom)).not.toThrow()
  })

  it('differs by run, purpose, epoch and batch', () => {
    const seeds = [
      derivedSeed(1, MASK_STREAM, 2, 3),
      derivedSeed(2, MASK_STREAM, 2, 3),
      derivedSeed(1, ORDER_STREAM, 2, 3),
      derivedSeed(1, MASK_STREAM, 3, 2),
      derivedSeed(1, MASK_STREAM, 2),
    ]
    expect(new Set(seeds).size).toBe(5)
  })
})
