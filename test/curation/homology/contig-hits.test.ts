import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { ContigHits } from '../../../src/curation/homology/contig-hits.ts'
import { OTHER, reverseComplement } from '../../../src/genome/sequence.ts'
import { indexOf, joined, randomBases, substituted } from './sequences.ts'

describe('the hits of a contig', () => {
  it('never deny a segment that is alike', () => {
    let denied = 0
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.float({ min: 0, max: Math.fround(0.2) }),
        fc.constantFrom(15, 21, 31),
        fc.constantFrom(1, 4),
        (seed, share, k, oneIn) => {
          const random = seededRandom(seed)
          const held = randomBases(1200, random)
          const copies = joined(
            randomBases(700, random),
            substituted(held.subarray(0, 500), share, random),
            randomBases(300, random).fill(OTHER, 50, 120),
            substituted(reverseComplement(held.subarray(400)), share, random),
          )
          // A stretch of few k-mers is where bounds are loosest.
          const stretches = [held.subarray(0, 700), held.subarray(700), copies.subarray(300, 360)]
          const index = indexOf(stretches, { k, maxEntries: Math.floor(1200 / oneIn) })
          const hits = new ContigHits(index, copies)
          for (let i = 0; i < 40; i++) {
            const from = random.int(copies.length + 100) - 100
            const to = from + random.int(450)
            const identity = index.identity(copies, from, to)
            for (const maxIdentity of [0.8, 0.9, 0.95, identity || 1]) {
              const mayReach = hits.mayReach(from, to, maxIdentity)
              denied += mayReach ? 0 : 1
              expect(mayReach || identity < maxIdentity).toBe(true)
            }
          }
        },
      ),
      { numRuns: 60 },
    )
    expect(denied).toBeGreaterThan(2000)
  })

  it('are counted inside a segment, place by place', () => {
    const random = seededRandom(1)
    const contig = randomBases(5000, random)
    const hits = new ContigHits(indexOf([contig.subarray(1000, 1100), contig.subarray(2040, 2090)]), contig)
    const isHit = (at: number) => (at >= 1000 && at < 1070) || (at >= 2040 && at < 2060)
    for (let i = 0; i < 2000; i++) {
      const from = random.int(2500)
      const to = from + random.int(1000)
      let expected = 0
      for (let at = from; at + 31 <= to; at++) {
        expected += isHit(at) ? 1 : 0
      }
      expect(hits.count(from, to)).toBe(expected)
    }
  })

  it('deny everything where nothing is held out, and what lies outside the contig', () => {
    const contig = randomBases(500, seededRandom(2))
    expect(new ContigHits(indexOf([]), contig).mayReach(0, 500, 0.01)).toBe(false)
    const hits = new ContigHits(indexOf([contig]), contig)
    expect(hits.mayReach(500, 900, 0.5)).toBe(false)
    expect(hits.mayReach(-400, 0, 0.5)).toBe(false)
    expect(hits.mayReach(10, 40, 0.5)).toBe(false)
    expect(hits.mayReach(-100, 40, 1)).toBe(true)
    expect(hits.count(-100, 1000)).toBe(470)
    expect(new ContigHits(indexOf([contig]), new Uint8Array(0)).mayReach(0, 400, 0.5)).toBe(false)
  })
})
