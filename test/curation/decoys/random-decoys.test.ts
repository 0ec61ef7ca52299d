import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecoyQuota } from '../../../src/curation/contig-examples.ts'
import { lengthBin } from '../../../src/curation/opposite-strand-decoys.ts'
import { intronEnds, motifOfEnds } from '../../../src/genome/motif.ts'
import { ofClass } from '../example-list.ts'
import { curateMade, madeGenome, modelOf, referenceOf } from '../made-genome.ts'

const decoys = { random: 3, nearMiss: 0, noncanonical: 0 }

describe('random decoys', () => {
  it('are GT-AG opposite their host, away from what is known, of the lengths of positives, each once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(10_000), async seed => {
        const made = madeGenome({ seed })
        const { request, curated } = await curateMade(made, { decoys, seed })
        const { model, pool } = request
        const random = ofClass(curated.contigs, 'negative-random')
        expect(random.length).toBeGreaterThan(0)
        const positives = ofClass(curated.contigs, 'positive')
        const bins = positives.map(({ start, end }) => lengthBin(end - start))
        const observed = Array.from({ length: pool.size }, (_, id) => ({
          contig: pool.contig(id),
          ...pool.intron(id),
        }))
        const sites = [0, 1].map(contig =>
          [...model.introns, ...observed].flatMap(intron =>
            intron.contig === contig ? [intron.start, intron.end - 2] : [],
          ),
        )
        for (const { contig, start, end, strand, making, gene } of random) {
          const codes = made.genome.get(`c${contig + 1}`)!
          expect(making).toBe('random')
          expect(motifOfEnds(intronEnds(codes, start, end), strand)).toBe('GT-AG')
          const host = model.genes[gene]!
          expect([host.contig, host.strand, host.isCoding]).toEqual([
            contig,
            strand === '+' ? '-' : '+',
            true,
          ])
          expect(host.spliced!.start <= start && end <= host.spliced!.end).toBe(true)
          const length = end - start
          expect(bins.some(({ shortest, longest }) => shortest <= length && length <= longest)).toBe(true)
          const onOwnStrand = model.genes.filter(other => other.contig === contig && other.strand === strand)
          expect(onOwnStrand.some(other => other.start < end && start < other.end)).toBe(false)
          for (const one of ['+', '-', '.'] as const) {
            expect(pool.supportAt(contig, start, end, one)).toBe(0)
          }
          const near = sites[contig]!.filter(
            site => Math.abs(site - start) <= 1 || Math.abs(site - end + 2) <= 1,
          )
          expect(near).toEqual([])
        }
        expect(new Set(random.map(({ contig, start, end }) => `${contig}:${start}-${end}`)).size).toBe(
          random.length,
        )
      }),
      { numRuns: 10 },
    )
  })

  it('are as many as asked for where there is room, in fractions over all contigs', async () => {
    const made = madeGenome({ contigs: 3, introns: 5, nested: 0 })
    for (const [random, expected] of [
      [1, 90],
      [0.5, 45],
      [0, 0],
    ] as const) {
      const { curated } = await curateMade(made, { decoys: { ...decoys, random } })
      expect(ofClass(curated.contigs, 'positive').length).toBe(90)
      expect(ofClass(curated.contigs, 'negative-random').length).toBe(expected)
    }
  })

  it('are the same for the same seed, and others for another', async () => {
    const made = madeGenome()
    const draw = async (seed: number) =>
      ofClass((await curateMade(made, { decoys, seed })).curated.contigs, 'negative-random')
    const first = await draw(1)
    expect(await draw(1)).toEqual(first)
    expect(await draw(2)).not.toEqual(first)
  })

  it('of a contig are the same whatever its number and whatever is on contigs without positives', async () => {
    const made = madeGenome({ contigs: 1 })
    const other = madeGenome({ contigs: 1, seed: 9 }).genome.get('c1')!
    const alone = await curateMade(made, { decoys })
    const transcripts = [
      ...made.transcripts.map(transcript => ({ ...transcript, contig: 'c2' })),
      // An annotated intron without support.
      {
        id: 'other',
        contig: 'c1',
        exons: [
          [100, 200],
          [300, 400],
        ] as [number, number][],
        biotype: 'protein_coding',
      },
    ]
    const moved = await curateMade(
      {
        genome: new Map(),
        transcripts: [],
        junctions: made.junctions.map(([s, e, strand, n]) => [s, e, strand, n, 1]),
      },
      { decoys },
      {
        // The contig keeps its name, which its stream is drawn by.
        reference: referenceOf(
          new Map([
            ['other', other],
            ['c1', made.genome.get('c1')!],
          ]),
        ),
        model: modelOf(transcripts),
      },
    )
    const places = (curated: typeof alone.curated) =>
      ofClass(curated.contigs, 'negative-random').map(({ start, end, strand }) => `${start}-${end}${strand}`)
    expect(places(moved.curated)).toEqual(places(alone.curated))
    expect(places(alone.curated).length).toBeGreaterThan(20)
  })

  it('keep off excluded regions', async () => {
    const made = madeGenome()
    const excluded = [
      { contig: 'c1', start: 1000, end: 1200 },
      { contig: 'c2', start: 0, end: 3000 },
    ]
    const { curated } = await curateMade(
      made,
      { decoys: { random: 3, nearMiss: 3, noncanonical: 3 } },
      { excluded },
    )
    expect(curated.leftOut.count('excluded-region')).toBeGreaterThan(0)
    const negatives = ofClass(curated.contigs, '')
    for (const { contig, start, end } of negatives) {
      for (const region of excluded.filter(({ contig: name }) => name === `c${contig + 1}`)) {
        const inside = Math.min(200, end - start)
        const shown = [
          [start - 200, start + inside],
          [end - inside, end + 200],
        ] as const
        expect(shown.some(([from, to]) => from < region.end && region.start < to)).toBe(false)
      }
    }
  })

  it('are warned of where there is none', async () => {
    const made = madeGenome({ nested: 0 })
    // Every position of the genes is a gene of the other strand.
    const shadows = made.transcripts.map(({ exons, ...rest }) => ({
      ...rest,
      id: `${rest.id}-shadow`,
      strand: rest.strand === '+' ? ('-' as const) : ('+' as const),
      exons: [[exons[0]![0], exons.at(-1)![1]]] as [number, number][],
    }))
    const { curated } = await curateMade(
      { ...made, transcripts: [...made.transcripts, ...shadows] },
      { decoys: { random: 1, nearMiss: 1, noncanonical: 0 } },
    )
    const { asked, made: found } = curated.decoys.random
    expect([asked > 10, found]).toEqual([true, 0])
    expect(curated.warnings).toEqual([
      `${asked} of ${asked} negative-random could not be made: the genes have no more room for them`,
      'there is no example of class negative-1',
      'there is no example of class negative-random',
    ])
  })
})

describe('a decoy quota', () => {
  it('adds up to the share of all positives, whatever the contigs', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), fc.constantFrom(0, 0.3, 1, 2.5), (positives, each) => {
        const quota = new DecoyQuota(each)
        const counts = positives.map(n => quota.next(n))
        expect(Math.min(0, ...counts)).toBe(0)
        const all = positives.reduce((sum, n) => sum + n * each, 0)
        expect(Math.abs(counts.reduce((sum, n) => sum + n, 0) - all)).toBeLessThanOrEqual(0.5 + 1e-9)
      }),
    )
  })
})
