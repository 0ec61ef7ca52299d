import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { KnownSites } from '../../../src/curation/decoys/known-sites.ts'
import {
  drawNearMissDecoys,
  drawShiftedDecoys,
  LARGEST_SHIFT,
  NEAR,
  type NearMissRequest,
} from '../../../src/curation/decoys/near-miss-decoys.ts'
import { intronEnds, motifOfEnds, strandOfEnds } from '../../../src/genome/motif.ts'
import { ofClass } from '../example-list.ts'
import { curateMade, madeGenome, plantIntron, randomCodes } from '../made-genome.ts'

const decoys = { random: 0, nearMiss: 4, noncanonical: 4 }

describe('near-miss decoys', () => {
  it('have exactly one true site and one wrong GT or AG, and are no known pair', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(10_000), async seed => {
        const made = madeGenome({ seed })
        const { request, curated } = await curateMade(made, { decoys, seed })
        const { model, pool } = request
        const found = ofClass(curated.contigs, 'negative-near-miss')
        expect(found.length).toBeGreaterThan(50)
        const positives = ofClass(curated.contigs, 'positive')
        for (const { contig, start, end, strand, making, gene } of found) {
          const codes = made.genome.get(`c${contig + 1}`)!
          expect(motifOfEnds(intronEnds(codes, start, end), strand)).toBe('GT-AG')
          expect(model.genes[gene]).toMatchObject({ contig, strand })
          expect(model.find(contig, start, end, strand)).toBe(-1)
          expect(pool.find(contig, start, end, strand)).toBe(-1)
          const own = positives.filter(other => other.contig === contig && other.strand === strand)
          const sites = new KnownSites([
            ...model.introns.filter(other => other.contig === contig),
            ...Array.from({ length: pool.size }, (_, id) => id)
              .filter(id => pool.contig(id) === contig)
              .map(id => pool.intron(id)),
          ])
          const isKnown = [sites.has(strand, start), sites.has(strand, end - 2)]
          const wrongIsLeft = making.endsWith('donor') === (strand === '+')
          expect(isKnown).toEqual([!wrongIsLeft, wrongIsLeft])
          const models = own.filter(other => (wrongIsLeft ? other.end === end : other.start === start))
          expect(models.length).toBeGreaterThan(0)
          if (making.startsWith('near')) {
            const distance = models.map(other =>
              Math.abs(wrongIsLeft ? other.start - start : other.end - end),
            )
            expect(Math.min(...distance)).toBeLessThanOrEqual(NEAR)
          } else {
            const { spliced } = model.genes[gene]!
            expect(spliced!.start <= start && end <= spliced!.end).toBe(true)
          }
        }
        expect(new Set(found.map(row => row.making))).toEqual(
          new Set(['near-donor', 'near-acceptor', 'gene-donor', 'gene-acceptor']),
        )
        expect(
          new Set(found.map(({ contig, start, end, strand }) => `${contig}:${start}-${end}${strand}`)).size,
        ).toBe(found.length)
      }),
      { numRuns: 12 },
    )
  })
})

describe('shifted decoys', () => {
  it('are canonical on neither strand and end within 20 bases of a positive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(10_000), async seed => {
        const made = madeGenome({ seed })
        const { curated } = await curateMade(made, { decoys, seed })
        const found = ofClass(curated.contigs, 'negative-noncanonical')
        const positives = ofClass(curated.contigs, 'positive')
        expect(found.length).toBeGreaterThan(50)
        for (const { contig, start, end, strand, making } of found) {
          expect(making).toBe('shifted')
          expect(strandOfEnds(intronEnds(made.genome.get(`c${contig + 1}`)!, start, end))).toBe('.')
          const near = positives.some(
            other =>
              other.contig === contig &&
              other.strand === strand &&
              Math.abs(other.start - start) <= LARGEST_SHIFT &&
              Math.abs(other.end - end) <= LARGEST_SHIFT,
          )
          expect(near).toBe(true)
        }
      }),
      { numRuns: 10 },
    )
  })
})

describe('near-miss and shifted decoys', () => {
  const random = seededRandom(4)
  const codes = randomCodes(3000, random)
  plantIntron(codes, 1000, 1300, '+')
  plantIntron(codes, 2000, 2200, '-')
  const templates = [
    { start: 1000, end: 1300, strand: '+', gene: 7, spliced: { start: 1000, end: 1300 } },
    { start: 2000, end: 2200, strand: '-', gene: 8, spliced: { start: 1900, end: 2400 } },
  ] as const
  const request = (change: Partial<NearMissRequest> = {}): NearMissRequest => ({
    codes,
    templates,
    sites: new KnownSites(templates),
    count: 30,
    minIntron: 20,
    maxIntron: 1000,
    isForbidden: () => false,
    random: seededRandom(1),
    ...change,
  })
  const drawn = (change?: Partial<NearMissRequest>) => {
    const rows: string[] = []
    const count = drawNearMissDecoys(request(change), (start, end, strand, making, gene) =>
      rows.push(`${start}-${end}${strand} ${making} ${gene}`),
    )
    expect(rows.length).toBe(count)
    return rows
  }

  it('are as many as asked for, the same for the same seed', () => {
    expect(drawn()).toHaveLength(30)
    expect(drawn()).toEqual(drawn())
    expect(drawn({ random: seededRandom(2) })).not.toEqual(drawn())
    expect(drawn({ count: 0 })).toEqual([])
    expect(drawn({ templates: [] })).toEqual([])
  })

  it('are fewer where there is no room, and none where all is forbidden or too long', () => {
    expect(drawn({ count: 100_000 }).length).toBeLessThan(500)
    expect(drawn({ isForbidden: () => true })).toEqual([])
    expect(drawn({ maxIntron: 20, minIntron: 20 }).length).toBeLessThan(5)
    expect(drawn({ codes: new Uint8Array(3000).fill(4) })).toEqual([])
  })

  it('stay inside the contig', () => {
    const short = codes.slice(995, 1305)
    const template = { start: 5, end: 305, strand: '+', gene: 0, spliced: { start: 5, end: 305 } } as const
    const places: [number, number][] = []
    const edge = request({
      codes: short,
      templates: [template],
      sites: new KnownSites([template]),
      count: 500,
    })
    drawShiftedDecoys(
      edge,
      () => false,
      (start, end) => places.push([start, end]),
    )
    drawNearMissDecoys(edge, (start, end) => places.push([start, end]))
    expect(places.length).toBeGreaterThan(50)
    expect(places.every(([start, end]) => start >= 0 && end <= 310)).toBe(true)
    expect(Math.max(...places.map(([, end]) => end))).toBeGreaterThan(305)
  })
})
