import { describe, expect, it } from 'vitest'
import { type BamRecordSpec, encodeBam } from '../../scripts/simulate/bam-writer.mjs'
import { extractJunctions, openAlignments } from '../../src/junctions/extract.ts'
import { IntronIndex } from '../../src/junctions/intron-index.ts'
import { JunctionExtractor } from '../../src/junctions/junction-extractor.ts'
import { DEFAULT_SETTINGS, profileSettings } from '../../src/junctions/settings.ts'
import { brief, bytesSource, extract, read } from '../support/alignments.ts'
import { alignmentSet, extractSet, FIXTURE } from '../support/real-data.ts'

// Minimal cases of differences that the comparison with other counts on real data has shown.

const R1 = 0x1 | 0x40
const R2 = 0x1 | 0x80
const SECONDARY = 0x100

/** A mate of the fragment `p` across chr1:1020-1120. */
function mate(overrides: Partial<BamRecordSpec>): BamRecordSpec {
  return read({ name: 'p', mateContig: 'chr1', ...overrides })
}

describe('a fragment counts once per junction', () => {
  const all = { settings: { excludeFlags: 0 } }

  it('when its mates do not state where the other is', async () => {
    const records = [
      read({ name: 'p', flag: R1, start: 1000 }),
      read({ name: 'p', flag: R2, start: 1005, cigar: '15M100N25M' }),
    ]
    expect(brief(await extract(records), 'fragments', 'reads')).toEqual(['1020-1120:. 1 2'])
  })

  it('when one mate crosses it in two primary alignments, beside two places of the other', async () => {
    const records = [
      mate({ flag: R1, mateStart: 3000 }),
      mate({ flag: R1, mateStart: 4000 }),
      mate({ flag: R2, start: 3000, cigar: '40M', mateStart: 1000 }),
      mate({ flag: R2, start: 4000, cigar: '40M', mateStart: 1000 }),
    ]
    expect(brief(await extract(records), 'fragments', 'reads')).toEqual(['1020-1120:. 1 2'])
  })

  it('when a secondary alignment of a mate crosses it, too, and counts', async () => {
    const records = [
      mate({ flag: R1, mateStart: 3000 }),
      mate({ flag: R1 | SECONDARY, mateStart: 4000 }),
      mate({ flag: R2, start: 3000, cigar: '40M', mateStart: 1000 }),
    ]
    expect(brief(await extract(records, all), 'fragments', 'reads')).toEqual(['1020-1120:. 1 2'])
  })

  it('when a primary and a secondary pair lie at the same two starts', async () => {
    const second = { start: 1005, cigar: '15M100N25M', mateStart: 1000 }
    const records = [
      mate({ flag: R1, mateStart: 1005 }),
      mate({ flag: R1 | SECONDARY, cigar: '20M100N18M2S', mateStart: 1005 }),
      mate({ flag: R2, ...second }),
      mate({ flag: R2 | SECONDARY, ...second }),
    ]
    expect(brief(await extract(records, all), 'fragments', 'reads')).toEqual(['1020-1120:. 1 4'])
  })
})

describe('a fragment on both strands of an intron', () => {
  it('counts once for each, however many alignments of it there are', async () => {
    const settings = { strandness: 'FF' as const }
    const records = [
      read({ name: 'p', flag: R1 }),
      read({ name: 'p', flag: R2 | 0x10, start: 1001, cigar: '19M100N21M' }),
      read({ name: 'p', flag: R1 | 0x10, start: 1002, cigar: '18M100N22M' }),
      read({ name: 'p', flag: R2 | 0x10, start: 1003, cigar: '17M100N23M' }),
    ]
    const found = await extract(records, { settings })
    expect(brief(found, 'fragments', 'reads', 'unique')).toEqual(['1020-1120:+ 1 1 1', '1020-1120:- 1 3 1'])
  })
})

describe('regtools', () => {
  const settings = profileSettings('regtools')

  it('knows no ts tag', async () => {
    const record = read({ tags: { ts: ['A', '+'] } })
    expect(brief(await extract([record], { settings }))).toEqual(['1020-1120:.'])
  })

  it('does not look at XS when it is given a library', async () => {
    const record = read({ flag: R1 | 0x20, tags: { XS: ['A', '+'] } })
    const found = await extract([record], { settings: profileSettings('regtools', 'RF') })
    expect(brief(found)).toEqual(['1020-1120:-'])
  })
})

describe('STAR', () => {
  it('drops an unannotated non-canonical junction that shares a site with another junction', async () => {
    // GT..AG at [1040, 1140) and no motif at [1040, 1240).
    const reference = { chr1: `${'A'.repeat(1040)}GT${'A'.repeat(96)}AG${'A'.repeat(1860)}` }
    const records = [1, 2, 3].flatMap(i => [
      read({ name: `good${i}`, cigar: '40M100N40M' }),
      read({ name: `odd${i}`, cigar: '40M200N40M' }),
    ])
    const contigs = [{ name: 'chr1', length: 3000 }]
    const found = await extract(records, { reference, contigs, settings: profileSettings('star') })
    expect(brief(found)).toEqual(['1040-1140:+'])
  })
})

describe('regions', () => {
  // The command line merges regions before; the library's callers need not know to.
  it('lose nothing when one lies inside another', async () => {
    const wide = { contig: 'chr1', start: 0, end: 20_000 }
    const inside = { contig: 'chr1', start: 100, end: 110 }
    const set = alignmentSet(FIXTURE)
    const one = await extractSet(set, { regions: [wide] })
    const both = await extractSet(set, { regions: [wide, inside] })
    expect(both.junctions).toEqual(one.junctions)
  })
})

describe('unsorted input', () => {
  const contigs = [
    { name: 'chr1', length: 2_000_000 },
    { name: 'chr2', length: 2_000_000 },
  ]

  it('gives the same fragments in every order of the records, over contigs too', async () => {
    const first = mate({ flag: R1, mateStart: 1005 })
    const second = mate({ flag: R2, start: 1005, cigar: '15M100N25M', mateStart: 1000 })
    const other = read({ name: 'o', contig: 'chr2' })
    for (const records of [
      [first, second, other],
      [first, other, second],
      [other, first, second],
      [second, other, first],
      [other, second, first],
      [second, first, other],
    ]) {
      const found = await extract(records, { contigs })
      expect(found.junctions.map(({ contig, fragments, reads }) => [contig, fragments, reads])).toEqual([
        ['chr1', 1, 2],
        ['chr2', 1, 1],
      ])
    }
  })

  it('collated by name holds no fragment whose mates have both gone by', async () => {
    const pairs = 2000
    const records = Array.from({ length: pairs }, (_, i) => {
      const start = 1000 + ((i * 7919) % 50_000)
      return [
        read({ name: `p${i}`, flag: R1, start, cigar: '40M', mateContig: 'chr1', mateStart: start + 50 }),
        read({ name: `p${i}`, flag: R2, start: start + 50, mateContig: 'chr1', mateStart: start }),
      ]
    }).flat()
    const bytes = encodeBam({ contigs, records })
    const { reader } = await openAlignments(bytesSource(bytes))
    const extractor = new JunctionExtractor('in-memory.bam', reader.header, DEFAULT_SETTINGS, undefined)
    for await (const batch of reader.batches) {
      extractor.add(batch)
    }
    expect(extractor.isSorted).toBe(false)
    expect(extractor.tally.supporting).toBe(pairs)
    expect(extractor.fragments.ledger.size).toBeLessThan(10)
  })

  it('keeps a fragment although a secondary alignment of its name stands between the mates', async () => {
    const records = [
      read({ name: 'z', start: 90_000, cigar: '40M' }),
      mate({ flag: R1, mateStart: 1005 }),
      mate({ flag: R1 | SECONDARY, start: 5000, cigar: '40M', mateStart: 1005 }),
      mate({ flag: R2, start: 1005, cigar: '15M100N25M', mateStart: 1000 }),
    ]
    expect(brief(await extract(records), 'fragments', 'reads')).toEqual(['1020-1120:. 1 2'])
  })
})

describe('input that its header calls grouped by name', () => {
  it('holds no fragment of an earlier name, though secondary alignments count', async () => {
    const contigs = [{ name: 'chr1', length: 2_000_000 }]
    const headerText = '@HD\tVN:1.6\tSO:unsorted\tGO:query\n@SQ\tSN:chr1\tLN:2000000\n'
    const records = Array.from({ length: 500 }, (_, i) => {
      const start = 1000 + ((i * 7919) % 50_000)
      return [read({ name: `r${i}`, start }), read({ name: `r${i}`, flag: SECONDARY, start })]
    }).flat()
    const { reader } = await openAlignments(bytesSource(encodeBam({ contigs, records, headerText })))
    const settings = { ...DEFAULT_SETTINGS, excludeFlags: 0 }
    const extractor = new JunctionExtractor('in-memory.bam', reader.header, settings, undefined)
    for await (const batch of reader.batches) {
      extractor.add(batch)
    }
    expect(extractor.fragments.ledger.size).toBeLessThan(10)
    const total = extractor.support.fragments.reduce((sum, fragments) => sum + fragments, 0)
    expect(total).toBe(500)
  })
})

describe('a CIGAR', () => {
  it('of an unspliced record that takes more bases than the sequence has is refused', async () => {
    await expect(extract([read({ cigar: '100M', sequence: 'A'.repeat(40) })])).rejects.toThrow(
      /record r1: its CIGAR takes 100 bases, but the sequence has 40/,
    )
  })

  it('that starts past the end of its contig is refused', async () => {
    await expect(extract([read({ start: 2_000_000 })])).rejects.toThrow(
      /it starts at base 2000001, past the end of chr1 \(2000000 bases\)/,
    )
  })

  it('with an N of no length has no intron there', async () => {
    const settings = profileSettings('splam')
    expect(brief(await extract([read({ cigar: '20M0N20M100N20M' })], { settings }), 'maxAnchor')).toEqual([
      '1040-1140:. 20',
    ])
  })
})

describe('STAR', () => {
  it('takes an anchor of 3 for an annotated intron, of 5 for others', async () => {
    const annotation = new IntronIndex([{ contig: 'chr1', start: 1020, end: 1120, strand: '+' }])
    const alignments = (anchor: number) =>
      openAlignments(
        bytesSource(
          encodeBam({ contigs: [contigOf(3000)], records: [read({ cigar: `20M100N${anchor}M` })] }),
        ),
      )
    const kept = async (anchor: number, known: IntronIndex | undefined) => {
      const settings = { ...profileSettings('star'), starFilters: false }
      const request = { alignments: await alignments(anchor), settings, annotation: known }
      return (await extractJunctions(request)).junctions.length
    }
    expect([await kept(3, annotation), await kept(2, annotation), await kept(4, undefined)]).toEqual([
      1, 0, 0,
    ])
  })
})

const contigOf = (length: number) => ({ name: 'chr1', length })
