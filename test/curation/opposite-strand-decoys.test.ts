import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import {
  groupLoci,
  lengthBin,
  oppositeStrandDecoys,
  type TranscriptIntron,
} from '../../src/curation/opposite-strand-decoys.ts'
import { intronEnds, motifOfEnds } from '../../src/genome/motif.ts'
import type { Strand } from '../../src/genome/strand.ts'

const intron = (
  contig: string,
  start: number,
  end: number,
  strand: Strand,
  ...transcripts: string[]
): TranscriptIntron => ({ contig, start, end, strand, transcripts })

describe('loci', () => {
  it('join introns that share a transcript, and spans that overlap on either strand', () => {
    const loci = groupLoci([
      intron('c', 100, 200, '+', 't1'),
      intron('c', 500, 600, '+', 't1', 't2'),
      intron('c', 900, 950, '+', 't2'),
      intron('c', 250, 300, '-', 'nested'),
      intron('c', 950, 990, '+', 'next'),
      intron('d', 100, 200, '+', 'other'),
    ])
    expect([...loci.locusOf]).toEqual([0, 0, 0, 0, 1, 2])
    expect(loci.locusCount).toBe(3)
    expect([...loci.spanOf]).toEqual([0, 0, 0, 1, 2, 3])
    expect(loci.spans).toEqual([
      { contig: 'c', start: 100, end: 950, strand: '+', locus: 0 },
      { contig: 'c', start: 250, end: 300, strand: '-', locus: 0 },
      { contig: 'c', start: 950, end: 990, strand: '+', locus: 1 },
      { contig: 'd', start: 100, end: 200, strand: '+', locus: 2 },
    ])
  })

  it('of the same transcript on two contigs are one', () => {
    const loci = groupLoci([
      intron('X', 100, 200, '+', 'par'),
      intron('Y', 100, 200, '+', 'par'),
      intron('Y', 150, 300, '-', 'anti'),
    ])
    expect([...loci.locusOf]).toEqual([0, 0, 0])
    expect(loci.spans.length).toBe(3)
  })

  it('never part introns that overlap or share a transcript, and never overlap each other', () => {
    const introns = fc.array(
      fc
        .record({
          contig: fc.constantFrom('a', 'b'),
          start: fc.nat(400),
          length: fc.integer({ min: 1, max: 60 }),
          strand: fc.constantFrom<Strand>('+', '-'),
          transcript: fc.nat(12),
        })
        .map(i => intron(i.contig, i.start, i.start + i.length, i.strand, `t${i.transcript}`)),
      { maxLength: 25 },
    )
    fc.assert(
      fc.property(introns, list => {
        const { locusOf, locusCount, spans, spanOf } = groupLoci(list)
        for (const [i, a] of list.entries()) {
          for (const [j, b] of list.entries()) {
            const overlap = a.contig === b.contig && a.start < b.end && b.start < a.end
            if (overlap || a.transcripts[0] === b.transcripts[0]) {
              expect(locusOf[i]).toBe(locusOf[j])
            }
          }
          expect(spans[spanOf[i]!]!.locus).toBe(locusOf[i])
        }
        expect(new Set(locusOf).size).toBe(locusCount)
        for (const a of spans) {
          for (const b of spans) {
            if (a.locus !== b.locus && a.contig === b.contig) {
              expect(a.end <= b.start || b.end <= a.start).toBe(true)
            }
          }
        }
      }),
    )
  })
})

describe('length bins', () => {
  it('hold the length they are made for and are a quarter octave wide', () => {
    for (let length = 4; length < 5000; length++) {
      const { shortest, longest } = lengthBin(length)
      expect(shortest).toBeLessThanOrEqual(length)
      expect(longest).toBeGreaterThanOrEqual(length)
      expect(longest / shortest).toBeLessThanOrEqual(2 ** 0.25)
    }
    expect(lengthBin(1024)).toEqual({ shortest: 1024, longest: 1217 })
    expect(lengthBin(1)).toEqual({ shortest: 4, longest: 4 })
  })
})

describe('opposite-strand decoys', () => {
  const bases = seededRandom(2)
  const contig = Uint8Array.from({ length: 60_000 }, () => bases.int(4))
  contig.fill(4, 20_000, 21_000)
  const hosts = [
    { start: 1000, end: 9000, strand: '+', weight: 3 },
    { start: 12_000, end: 30_000, strand: '-', weight: 5 },
    { start: 40_000, end: 40_500, strand: '+', weight: 2 },
    { start: 50_000, end: 59_000, strand: '.', weight: 9 },
  ] as const
  const annotated = [
    { start: 3000, end: 3500, strand: '-' },
    { start: 15_000, end: 17_000, strand: '+' },
    { start: 2000, end: 2600, strand: '+' },
  ] as const
  const lengths = [80, 85, 90, 100, 400, 420, 3000, 5000]
  const draw = (seed: number, count = 400) =>
    oppositeStrandDecoys({ contig, hosts, annotated, lengths, count, random: seededRandom(seed) })
  const decoys = draw(1)

  it('are GT-AG on the other strand of their host, and lie inside it', () => {
    expect(decoys.length).toBe(400)
    for (const { start, end, strand, host } of decoys) {
      expect(motifOfEnds(intronEnds(contig, start, end), strand)).toBe('GT-AG')
      expect(strand).toBe(hosts[host]!.strand === '+' ? '-' : '+')
      expect(start).toBeGreaterThanOrEqual(hosts[host]!.start)
      expect(end).toBeLessThanOrEqual(hosts[host]!.end)
    }
    const used = [0, 1, 2, 3].map(host => decoys.filter(decoy => decoy.host === host).length)
    expect(used[3]).toBe(0)
    expect(Math.min(...used.slice(0, 3))).toBeGreaterThan(20)
    expect(used[1]).toBeGreaterThan(used[2]!)
  })

  it('touch no annotated site of their own strand, and are all different', () => {
    for (const { start, end, strand } of decoys) {
      for (const site of annotated.flatMap(a => (a.strand === strand ? [a.start, a.end - 2] : []))) {
        expect(end <= site || start >= site + 2).toBe(true)
      }
    }
    expect(new Set(decoys.map(({ start, end, strand }) => `${start}-${end}${strand}`)).size).toBe(400)
  })

  it('follow the length distribution of the positives by bins', () => {
    const bins = lengths.map(lengthBin)
    const inBin = (decoy: { start: number; end: number }, { shortest, longest }: (typeof bins)[number]) =>
      decoy.end - decoy.start >= shortest && decoy.end - decoy.start <= longest
    for (const decoy of decoys) {
      expect(bins.some(bin => inBin(decoy, bin))).toBe(true)
    }
    const share = (low: number, high: number) =>
      decoys.filter(({ start, end }) => end - start >= low && end - start < high).length / 400
    expect(share(0, 200)).toBeCloseTo(0.5, 0.7)
    expect(share(200, 1000)).toBeGreaterThan(0.15)
    expect(share(1000, 9000)).toBeGreaterThan(0.15)
  })

  it('are the same for the same seed and differ for another', () => {
    expect(draw(1)).toEqual(decoys)
    expect(draw(2)).not.toEqual(decoys)
  })

  it('are fewer than asked for where there is no room, and none without hosts', () => {
    const small = { contig, annotated: [], random: seededRandom(1), lengths: [300], count: 50 }
    const room = oppositeStrandDecoys({
      ...small,
      hosts: [{ start: 100, end: 420, strand: '+', weight: 1 }],
    })
    expect(room.length).toBeLessThan(50)
    expect(
      oppositeStrandDecoys({ ...small, hosts: [{ start: 100, end: 200, strand: '+', weight: 1 }] }),
    ).toEqual([])
    expect(oppositeStrandDecoys({ ...small, hosts: [] })).toEqual([])
    expect(oppositeStrandDecoys({ ...small, lengths: [], hosts })).toEqual([])
  })

  it('are never placed in unknown sequence', () => {
    const unknown = { contig: new Uint8Array(5000).fill(4), annotated: [], random: seededRandom(1) }
    const hosts = [{ start: 0, end: 5000, strand: '+' as const, weight: 1 }]
    expect(oppositeStrandDecoys({ ...unknown, hosts, lengths: [100], count: 5 })).toEqual([])
  })
})
