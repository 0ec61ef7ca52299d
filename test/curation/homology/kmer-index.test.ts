import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { identityOfShare, shareOfIdentity } from '../../../src/curation/homology/identity.ts'
import type { KmerIndex } from '../../../src/curation/homology/kmer-index.ts'
import { KmerIndexBuilder } from '../../../src/curation/homology/kmer-index-builder.ts'
import { decodeText, encodeText, OTHER, reverseComplement } from '../../../src/genome/sequence.ts'
import { indexOf, joined, randomBases, substituted } from './sequences.ts'

const whole = (index: KmerIndex, codes: Uint8Array) => index.identity(codes, 0, codes.length)

/** Returns the k-mers as text, the smaller of the two strands, by first base; undefined with another base. */
function textKmers(codes: Uint8Array, k: number): (string | undefined)[] {
  return Array.from({ length: Math.max(0, codes.length - k + 1) }, (_, i) => {
    const kmer = codes.subarray(i, i + k)
    const texts = [decodeText(kmer), decodeText(reverseComplement(kmer))].sort()
    return kmer.includes(OTHER) ? undefined : texts[0]
  })
}

/** Returns the identity by its definition, piece by piece. */
function plainIdentity(stretches: readonly Uint8Array[], segment: Uint8Array, k: number): number {
  const wanted = textKmers(segment, k).filter(kmer => kmer !== undefined)
  const reach = segment.length - k + (segment.length >> 3)
  let best = 0
  for (const stretch of stretches) {
    const kmers = textKmers(stretch, k)
    const possible = Math.min(wanted.length, kmers.filter(kmer => kmer !== undefined).length)
    for (let from = 0; from < kmers.length; from++) {
      const piece = kmers.slice(from, from + reach + 1)
      let shared = 0
      for (const kmer of wanted) {
        const at = piece.indexOf(kmer)
        if (at >= 0) {
          shared++
          piece[at] = undefined
        }
      }
      best = Math.max(best, possible === 0 ? 0 : shared / possible)
    }
  }
  return identityOfShare(best, k)
}

// Few different pieces, put together at random: repeats, both strands, other bases and short ends come often.
const PIECES = ['ACGTTGCATTAGCCAGT', 'CACACACACACACACA', 'AAAAAAAAAAAA', 'N', 'TTGACCATGCCTA', 'GG', 'C']
const patchwork = fc.array(fc.tuple(fc.constantFrom(...PIECES), fc.boolean()), { maxLength: 7 }).map(parts =>
  joined(
    ...parts.map(([text, mirrored]) => {
      const codes = encodeText(text)
      return mirrored ? reverseComplement(codes) : codes
    }),
  ),
)

describe('identity', () => {
  it('is what its definition says, piece by piece', () => {
    fc.assert(
      fc.property(
        fc.array(patchwork, { maxLength: 4 }),
        patchwork,
        fc.constantFrom(15, 17, 21),
        (stretches, segment, k) => {
          const index = indexOf(stretches, { k, maxOccurrences: 10_000 })
          expect(whole(index, segment)).toBeCloseTo(plainIdentity(stretches, segment, k), 12)
        },
      ),
      { numRuns: 400 },
    )
  })

  it('is 1 for a held-out segment on either strand, and 0 for unrelated ones', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.constantFrom(19, 21, 31),
        fc.integer({ min: 31, max: 500 }),
        (seed, k, length) => {
          const random = seededRandom(seed)
          const genome = randomBases(3000, random)
          const index = indexOf([genome.subarray(0, 1500), genome.subarray(1500)], { k })
          const at = random.int(1500 - length)
          const segment = genome.slice(at, at + length)
          expect(whole(index, segment)).toBe(1)
          expect(whole(index, reverseComplement(segment))).toBe(1)
          expect(index.identity(genome, 1500 + at, 1500 + at + length)).toBe(1)
          expect(whole(index, randomBases(length, random))).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is the same for the reverse complement, also where segments only resemble each other', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.float({ min: 0, max: Math.fround(0.15) }), (seed, share) => {
        const random = seededRandom(seed)
        const held = randomBases(600, random)
        const index = indexOf([held], { k: 17 })
        const segment = substituted(held.subarray(100, 500), share, random)
        expect(whole(index, reverseComplement(segment))).toBe(whole(index, segment))
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    [0.02, 31],
    [0.05, 31],
    [0.1, 31],
    [0.02, 15],
    [0.05, 15],
    [0.1, 15],
  ])('of copies with %s of the bases replaced is right on average, with %s-mers', (share, k) => {
    const random = seededRandom(5)
    const segments = Array.from({ length: 300 }, () => randomBases(400, random))
    const index = indexOf(segments, { k })
    let shared = 0
    for (const segment of segments) {
      shared += shareOfIdentity(whole(index, substituted(segment, share, random)), k)
    }
    expect(Math.abs(identityOfShare(shared / segments.length, k) - (1 - share))).toBeLessThan(0.006)
  })

  it('of a long copy comes out within 0.005', () => {
    const random = seededRandom(6)
    const held = randomBases(20_000, random)
    for (const share of [0.02, 0.05, 0.1]) {
      const found = whole(indexOf([held]), substituted(held, share, random))
      expect(Math.abs(found - (1 - share))).toBeLessThan(0.005)
    }
  })

  it('bears an insertion and a deletion', () => {
    const random = seededRandom(7)
    const [left, right] = [randomBases(200, random), randomBases(200, random)]
    const index = indexOf([joined(left, right)])
    // A base that differs from both neighbours: of 370 k-mers the 30 over the place of the change are lost, not one fewer.
    const foreign = [0, 1, 2, 3].find(base => base !== left[199] && base !== right[0])!
    const inserted = joined(left, new Uint8Array(25).fill(foreign), right)
    expect(whole(index, inserted)).toBeCloseTo((340 / 370) ** (1 / 31), 12)
    expect(whole(indexOf([inserted]), joined(left, right))).toBeCloseTo((340 / 370) ** (1 / 31), 12)
    const deleted = joined(left.subarray(0, 180), right)
    expect(whole(index, deleted)).toBeCloseTo((320 / 350) ** (1 / 31), 3)
  })

  it('finds a short segment in a long one and a long one by a short one', () => {
    const random = seededRandom(8)
    const long = randomBases(400, random)
    const short = long.slice(139, 280)
    expect(whole(indexOf([long]), short)).toBe(1)
    expect(whole(indexOf([short]), long)).toBe(1)
    expect(whole(indexOf([reverseComplement(short)]), long)).toBe(1)
  })

  it('is not joined over the border of two stretches', () => {
    const random = seededRandom(9)
    const segment = randomBases(400, random)
    const halves = [segment.slice(0, 200), segment.slice(200)]
    expect(whole(indexOf([segment]), segment)).toBe(1)
    // Each half has 170 k-mers, all of them in the segment.
    expect(whole(indexOf(halves), segment)).toBe(1)
    const filler = () => randomBases(300, random)
    const apart = indexOf([joined(filler(), halves[0]!), joined(halves[1]!, filler())])
    expect(whole(apart, segment)).toBeCloseTo((170 / 370) ** (1 / 31), 12)
  })

  it('does not join what lies further apart than the segment is long', () => {
    const random = seededRandom(10)
    const segment = randomBases(400, random)
    const far = joined(segment.subarray(0, 200), randomBases(400, random), segment.subarray(200))
    expect(whole(indexOf([far]), segment)).toBeCloseTo((170 / 370) ** (1 / 31), 12)
  })

  it('is not raised by low complexity', () => {
    const random = seededRandom(11)
    const repeat = (unit: string, length: number) => encodeText(unit.repeat(length)).subarray(0, length)
    const withRepeat = (unit: string, length: number) =>
      joined(randomBases(180, random), repeat(unit, length), randomBases(220 - length, random))
    for (const unit of ['CA', 'A', 'GGC']) {
      const held = Array.from({ length: 30 }, () => withRepeat(unit, 40))
      expect(whole(indexOf(held), withRepeat(unit, 40))).toBeLessThan(0.9)
      expect(whole(indexOf(held), repeat(unit, 400))).toBeLessThan(0.9)
      expect(whole(indexOf([repeat(unit, 400)]), withRepeat(unit, 40))).toBeLessThan(0.9)
      expect(whole(indexOf([repeat(unit, 400)], { maxOccurrences: 400 }), repeat(unit, 400))).toBe(1)
    }
  })

  it('looks past other bases on either side', () => {
    const random = seededRandom(12)
    const held = randomBases(400, random)
    const masked = held.slice().fill(OTHER, 150, 250)
    expect(whole(indexOf([held]), masked)).toBe(1)
    expect(whole(indexOf([masked]), held)).toBe(1)
    expect(whole(indexOf([held]), held.slice().fill(OTHER))).toBe(0)
    expect(whole(indexOf([held.slice().fill(OTHER)]), held)).toBe(0)
  })

  it('is 0 for segments without a k-mer and in an empty index', () => {
    const random = seededRandom(13)
    const held = randomBases(400, random)
    expect(indexOf([held]).identity(held, 0, 30)).toBe(0)
    expect(indexOf([held]).identity(held, 0, 0)).toBe(0)
    expect(indexOf([held]).identity(held, 0, 31)).toBe(1)
    expect(whole(indexOf([]), held)).toBe(0)
    expect(whole(indexOf([held.subarray(0, 30)]), held)).toBe(0)
  })

  it('reaches beyond the codes as over other bases', () => {
    const held = randomBases(400, seededRandom(14))
    const builder = new KmerIndexBuilder()
    builder.add(held, -100, 250)
    builder.add(held, 300, 700)
    const index = builder.finish()
    expect(index.identity(held, -30, 200)).toBe(1)
    expect(index.identity(held, 300, 450)).toBe(1)
    expect(index.entries).toBe(220 + 70)
  })

  it('knows identical segments also when there are more than places kept', () => {
    const segment = randomBases(400, seededRandom(15))
    const index = indexOf(Array.from({ length: 100 }, () => segment))
    expect([index.entries, index.repeated]).toEqual([64 * 370, 370])
    expect(whole(index, segment)).toBe(1)
  })
})

describe('being alike', () => {
  it('is an identity of at least the threshold', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.float({ min: 0, max: Math.fround(0.12) }),
        fc.float({ min: Math.fround(0.7), max: 1 }),
        fc.constantFrom(1, 3),
        (seed, share, maxIdentity, oneIn) => {
          const random = seededRandom(seed)
          const held = randomBases(500, random)
          const index = indexOf([held, randomBases(60, random)], { maxEntries: 510 / oneIn })
          const segment = substituted(held.subarray(50, 450), share, random)
          const identity = whole(index, segment)
          expect(index.isAlike(segment, 0, 400, maxIdentity)).toBe(identity >= maxIdentity)
          expect(index.isAlike(segment, 0, 400, identity)).toBe(true)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('at identity 1 means that all k-mers are shared', () => {
    const segment = randomBases(400, seededRandom(16))
    const index = indexOf([segment])
    expect(index.isAlike(segment, 0, 400, 1)).toBe(true)
    const changed = segment.slice()
    changed[200] = (changed[200]! + 1) % 4
    expect(index.isAlike(changed, 0, 400, 1)).toBe(false)
    expect(index.isAlike(changed, 0, 400, 0.99)).toBe(true)
  })

  it('has the share of k-mers that the identity leads to', () => {
    expect(shareOfIdentity(0.9, 31)).toBeCloseTo(0.0382, 4)
    expect(identityOfShare(shareOfIdentity(0.93, 21), 21)).toBeCloseTo(0.93, 12)
    expect([identityOfShare(0, 31), identityOfShare(1, 31)]).toEqual([0, 1])
  })
})

describe('sampling', () => {
  it('with one k-mer in four agrees with all of them', () => {
    const random = seededRandom(17)
    const held = Array.from({ length: 100 }, () => randomBases(2000, random))
    const exact = indexOf(held)
    const sampled = indexOf(held, { expectedBases: 200_000, maxEntries: 50_000 })
    expect([exact.oneIn, sampled.oneIn]).toEqual([1, 4])
    for (const share of [0, 0.01, 0.03, 0.05]) {
      for (const stretch of held.slice(0, 20)) {
        const segment = substituted(stretch, share, random)
        expect(Math.abs(whole(sampled, segment) - whole(exact, segment))).toBeLessThan(0.015)
      }
    }
  })

  it('sets itself so that the entries fit, and keeps the same k-mers when told beforehand', () => {
    const random = seededRandom(18)
    const held = randomBases(40_000, random)
    const grown = indexOf([held], { maxEntries: 3000 })
    expect(grown.entries).toBeLessThanOrEqual(3000)
    expect(grown.entries).toBeGreaterThan(1500)
    const told = indexOf([held], { maxEntries: 3000, expectedBases: 3000 * grown.oneIn })
    expect([told.oneIn, told.entries]).toEqual([grown.oneIn, grown.entries])
    expect(whole(grown, held.slice(1000, 3000))).toBe(1)
  })

  it('counts all k-mers that were added, kept or not', () => {
    const random = seededRandom(19)
    const builder = new KmerIndexBuilder({ k: 31, maxEntries: 100, expectedBases: 10_000 })
    builder.add(randomBases(5000, random), 0, 5000)
    expect(builder.kmers).toBe(4970)
    builder.add(randomBases(400, random).fill(OTHER, 100, 200), -50, 450)
    expect(builder.kmers).toBe(4970 + 70 + 170)
    builder.add(randomBases(30, random), 0, 30)
    expect(builder.kmers).toBe(4970 + 70 + 170)
    expect(builder.finish().entries).toBeLessThanOrEqual(100)
  })

  it('ends also when one k-mer is all there is', () => {
    const index = indexOf([new Uint8Array(5000)], { maxEntries: 10 })
    expect(index.entries).toBeLessThanOrEqual(10)
  })

  it.each([
    ['maxEntries', 0],
    ['maxEntries', 1.5],
    ['maxOccurrences', 0],
    ['expectedBases', Number.NaN],
  ])('refuses %s = %s', (name, value) => {
    expect(() => new KmerIndexBuilder({ [name]: value })).toThrow(`expected ${name} from`)
  })
})
