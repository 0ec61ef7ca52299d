import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError, ReferenceMismatchError } from '../../src/core/errors.ts'
import { seededRandom } from '../../src/core/random.ts'
import type { CurateRules } from '../../src/curation/curate.ts'
import { KnownSites } from '../../src/curation/decoys/known-sites.ts'
import { examplesOf, ofClass } from './example-list.ts'
import { indexOf } from './homology/sequences.ts'
import { curateMade, LABELS, madeGenome, modelOf, noPart, randomCodes, referenceOf } from './made-genome.ts'

const made = madeGenome()
const decoys = { random: 2, nearMiss: 1, noncanonical: 1 }
const labels = (change: Partial<CurateRules['labels']>) => ({ ...LABELS, ...change })
const failure = (...args: Parameters<typeof curateMade>) =>
  curateMade(...args).then(
    () => undefined,
    error => error,
  )

describe('curated examples', () => {
  it('have no negative at a known site but the true one of a near miss, and no known intron', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(10_000), async seed => {
        const { curated, request } = await curateMade(madeGenome({ seed }), { decoys, seed })
        const { model, pool } = request
        const negatives = ofClass(curated.contigs, 'negative')
        expect(negatives.length).toBeGreaterThan(100)
        for (const { contig, start, end, strand, className } of negatives) {
          expect(model.find(contig, start, end, '+')).toBe(-1)
          expect(model.find(contig, start, end, '-')).toBe(-1)
          expect(pool.supportAt(contig, start, end, strand)).toBe(className === 'negative-1' ? 1 : 0)
          const sites = new KnownSites(model.introns.filter(intron => intron.contig === contig))
          const known = [start, end - 2].filter(site => sites.has(strand, site)).length
          // A shifted intron may end at one true site and be non-canonical for the other.
          const most = { 'negative-near-miss': 1, 'negative-noncanonical': 1 }[className] ?? 0
          expect(known).toBeLessThanOrEqual(most)
        }
      }),
      { numRuns: 12 },
    )
  })

  it('have as positives the annotated introns with support, and as unknown the others with support', async () => {
    const { curated, request } = await curateMade(made)
    expect(ofClass(curated.contigs, 'positive').length).toBe(request.model.introns.length)
    expect(ofClass(curated.contigs, 'unknown').length).toBe(12)
    expect(curated.observed).toMatchObject({
      junctions: request.pool.size,
      annotatedSupported: request.model.introns.length,
    })
    const bare = await curateMade(made, { labels: labels({ keepUnknown: false }) })
    expect(ofClass(bare.curated.contigs, 'unknown')).toEqual([])
    expect(bare.curated.leftOut.count('not-annotated', 'unknown')).toBe(12)
  })

  it('are the same for the same seed', async () => {
    const splits = { test: { ...noPart(), share: 0.3 }, validation: { ...noPart(), share: 0.2 } }
    const rows = async (seed: number) =>
      examplesOf((await curateMade(made, { decoys, splits, seed })).curated.contigs)
    const first = await rows(1)
    expect(await rows(1)).toEqual(first)
    expect(await rows(2)).not.toEqual(first)
  })

  it('leave out what is alike to excluded sequences, decoys as well', async () => {
    const copied = made.genome.get('c2')!.slice(0, 4000)
    const { curated } = await curateMade(made, { decoys }, { excludedSequences: indexOf([copied]) })
    expect(curated.leftOut.count('like-excluded-sequence')).toBeGreaterThan(20)
    const inside = examplesOf(curated.contigs).filter(({ contig, end }) => contig === 1 && end < 3700)
    expect(inside).toEqual([])
    expect(examplesOf(curated.contigs).some(({ contig }) => contig === 1)).toBe(true)
  })

  it('leave out what shows a base of an excluded region', async () => {
    const { curated } = await curateMade(made, {}, { excluded: [{ contig: 'c2', start: 0, end: 1_000_000 }] })
    expect(new Set(examplesOf(curated.contigs).map(row => row.contig))).toEqual(new Set([0]))
    expect(curated.leftOut.count('excluded-region', 'positive')).toBe(
      modelOf(made.transcripts).introns.filter(intron => intron.contig === 1).length,
    )
  })

  it('of sites are never negative where an unknown junction that is not kept has its site', async () => {
    const layout = { kind: 'donor', length: 141, site: 61 } as const
    // A stray junction opposite a gene, at the donor of a well supported one that is not annotated.
    const plus = made.transcripts.find(({ strand, contig }) => strand === '+' && contig === 'c1')!
    const [from, to] = plus.exons[3]!
    const junctions = [
      ...made.junctions,
      [from + 10, to - 4, '-', 1, 0],
      [from + 14, to - 4, '-', 500, 0],
    ] as typeof made.junctions
    for (const keepUnknown of [true, false]) {
      const { curated } = await curateMade(
        { ...made, junctions },
        { layout, labels: labels({ keepUnknown }) },
      )
      const there = examplesOf(curated.contigs).filter(row => row.contig === 0 && row.end === to - 4)
      expect(there.map(row => row.className).filter(name => name.startsWith('negative'))).toEqual([])
      expect(curated.leftOut.count('site-known', 'negative-1')).toBe(keepUnknown ? 0 : 1)
    }
  })

  it('warn of a part that cannot be drawn', async () => {
    const one = madeGenome({ contigs: 1, genesPerContig: 1 })
    const { curated } = await curateMade(one, {
      splits: { test: noPart(), validation: { ...noPart(), share: 0.1 } },
    })
    expect(curated.warnings).toContain(
      'no validation part was drawn: all positives belong to one group of genes whose windows overlap, and a group is kept whole',
    )
  })
})

describe('a curation fails', () => {
  it.each<[string, Partial<CurateRules>, string, string]>([
    [
      'without support enough',
      { labels: labels({ minSupport: 1000 }) },
      '0 have a support of 1000 or more',
      '--min-support',
    ],
    [
      'without introns of the length',
      { labels: labels({ minIntron: 5000 }) },
      'expected annotated introns to take as positives, found none',
      '--min-intron',
    ],
  ])('%s', async (_, rules, message, hint) => {
    const error = await failure(made, rules)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toContain(message)
    expect(error.hint).toContain(hint)
  })

  it('without genes of the biotype', async () => {
    const error = await failure(made, {}, { model: modelOf(made.transcripts, new Set(['lncRNA'])) })
    expect(error.message).toContain('0 of them in genes of the wanted biotypes')
    expect(error.hint).toContain('--biotypes')
  })

  it('on another assembly, with the figure', async () => {
    const random = seededRandom(77)
    const other = new Map(
      Array.from(made.genome, ([name, codes]) => [name, randomCodes(codes.length, random)]),
    )
    const error = await failure(made, {}, { reference: referenceOf(other) })
    expect(error).toBeInstanceOf(ReferenceMismatchError)
    expect(error.message).toMatch(
      /^only \d\.\d % of \d+ annotated introns are GT-AG, GC-AG or AT-AC in the reference/,
    )
  })

  it('without positives in a named part, or to train on', async () => {
    const all = { ...noPart(), contigs: new Set([0, 1]) }
    const train = await failure(made, { splits: { test: all, validation: noPart() } })
    expect(train).toBeInstanceOf(InputDataError)
    expect(train.message).toContain('expected positives in the train part, found none')
    const none = { ...noPart(), genes: new Set([9999]) }
    const test = await failure(made, { splits: { test: none, validation: noPart() } })
    expect(test.message).toContain('expected positives in the test part, found none')
    // A set for testing only is asked for by a share of 1.
    const { curated } = await curateMade(made, {
      splits: { test: { ...noPart(), share: 1 }, validation: noPart() },
    })
    expect(new Set(examplesOf(curated.contigs).map(row => row.split))).toEqual(new Set(['test']))
  })

  it('without a negative, when some were asked for', async () => {
    const shadows = made.transcripts.map(transcript => ({
      ...transcript,
      id: `${transcript.id}-shadow`,
      strand: transcript.strand === '+' ? ('-' as const) : ('+' as const),
      exons: [[transcript.exons[0]![0], transcript.exons.at(-1)![1]]] as [number, number][],
    }))
    const model = modelOf([...made.transcripts, ...shadows])
    const error = await failure(made, {}, { model })
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toMatch(/^expected negatives in the train part beside \d+ positives, found none/)
    const { curated } = await curateMade(
      made,
      { decoys: { random: 0, nearMiss: 0, noncanonical: 0 } },
      { model },
    )
    expect(ofClass(curated.contigs, 'negative')).toEqual([])
  })

  it('when it is interrupted', async () => {
    const error = await failure(made, {}, { signal: AbortSignal.abort() })
    expect(error).toMatchObject({ exitCode: 130 })
  })
})
