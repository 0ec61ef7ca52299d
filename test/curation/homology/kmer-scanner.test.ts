import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { hashLimit, KmerScanner, SCAN_STARTS } from '../../../src/curation/homology/kmer-scanner.ts'
import { decodeText, encodeText, reverseComplement } from '../../../src/genome/sequence.ts'
import { randomBases } from './sequences.ts'

const ALL = hashLimit(1)
const anyK = fc.integer({ min: 7, max: 15 }).map(half => 2 * half + 1)

function kmersOf(codes: Uint8Array, k: number, limit = ALL): string[] {
  const scanner = new KmerScanner(k)
  const kmers: string[] = []
  for (let at = 0; at < codes.length; at += SCAN_STARTS) {
    const found = scanner.scan(codes, at, codes.length, limit)
    for (let i = 0; i < found; i++) {
      const { starts, fronts, backs, hashes } = scanner
      kmers.push([starts[i], fronts[i], backs[i], hashes[i]].join())
    }
  }
  return kmers
}

const withoutStart = (kmer: string) => kmer.slice(kmer.indexOf(',') + 1)

describe('the scan for k-mers', () => {
  it('gives equal numbers exactly to equal k-mers and their reverse complements', () => {
    fc.assert(
      fc.property(
        anyK,
        fc.uint8Array({ max: 3, minLength: 15, maxLength: 31 }),
        fc.nat(30),
        (k, codes, at) => {
          fc.pre(codes.length >= k)
          const kmer = codes.subarray(0, k)
          const numbers = withoutStart(kmersOf(kmer, k)[0]!)
          expect(withoutStart(kmersOf(reverseComplement(kmer), k)[0]!)).toBe(numbers)
          const other = kmer.slice()
          other[at % k] = (other[at % k]! + 1) % 4
          const isMirrored = decodeText(reverseComplement(other)) === decodeText(kmer)
          expect(withoutStart(kmersOf(other, k)[0]!) === numbers).toBe(isMirrored)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('finds every k-mer once, at its first base, also over the border of a scan', () => {
    const codes = randomBases(3 * SCAN_STARTS + 17, seededRandom(1))
    const starts = kmersOf(codes, 31).map(kmer => Number.parseInt(kmer, 10))
    expect(starts).toEqual(Array.from({ length: codes.length - 30 }, (_, i) => i))
  })

  it('passes over k-mers with another base and places outside the codes', () => {
    const codes = randomBases(100, seededRandom(2))
    codes[40] = 4
    const starts = kmersOf(codes, 15).map(kmer => Number.parseInt(kmer, 10))
    expect(starts).toEqual([...Array(86).keys()].filter(start => !(start <= 40 && 40 < start + 15)))
    const scanner = new KmerScanner(15)
    expect(scanner.scan(codes, -50, 20, ALL)).toBe(6)
    expect(scanner.starts[0]).toBe(0)
    expect(scanner.scan(codes, 90, 200, ALL)).toBe(0)
    expect(scanner.scan(encodeText('ACGTACGTACGTAC'), 0, 14, ALL)).toBe(0)
  })

  it('samples the same k-mers wherever they are, a part of those of a closer sampling', () => {
    const codes = randomBases(20_000, seededRandom(3))
    const every = kmersOf(codes, 31)
    const fourth = kmersOf(codes, 31, hashLimit(4))
    const fifth = new Set(kmersOf(codes, 31, hashLimit(5)))
    expect(fourth.length / every.length).toBeCloseTo(0.25, 1)
    expect(fourth.filter(kmer => fifth.has(kmer)).length).toBe(fifth.size)
    const mirrored = kmersOf(reverseComplement(codes), 31, hashLimit(4)).map(withoutStart)
    expect(mirrored.reverse()).toEqual(fourth.map(withoutStart))
  })

  it.each([13, 14, 16, 33, 15.5, Number.NaN])('refuses k = %s', k => {
    expect(() => new KmerScanner(k)).toThrow('expected k-mers of an odd length from 15 to 31')
  })
})
