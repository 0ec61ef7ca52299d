import { describe, expect, it } from 'vitest'
import type { BamRecordSpec } from '../../scripts/simulate/bam-writer.mjs'
import { profileSettings } from '../../src/junctions/settings.ts'
import { brief, extract, read } from '../support/alignments.ts'
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
