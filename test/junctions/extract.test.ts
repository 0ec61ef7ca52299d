import { describe, expect, it } from 'vitest'
import type { BamRecordSpec } from '../../scripts/simulate/bam-writer.mjs'
import { profileSettings } from '../../src/junctions/settings.ts'
import { brief, extract, read } from '../support/alignments.ts'

const anyAnchor = { minAnchor: 0, minIntron: 0 }

describe('introns in a CIGAR', () => {
  it.each<[cigar: string, introns: string[]]>([
    ['20M100N20M', ['1020-1120:.']],
    ['20=100N20X', ['1020-1120:.']],
    ['5S20M100N20M3H', ['1020-1120:.']],
    ['10M5I10M100N20M', ['1020-1120:.']],
    ['10M5D10M100N20M', ['1025-1125:.']],
    ['10M5D10M', []],
    ['40M', []],
    ['20M100N20M200N20M', ['1020-1120:.', '1140-1340:.']],
    ['20M100N8M2D12M50N20M', ['1020-1120:.', '1142-1192:.']],
    ['20M2P100N3P20M', ['1020-1120:.']],
  ])('of %s are %j', async (cigar, introns) => {
    expect(brief(await extract([read({ cigar })]))).toEqual(introns)
  })

  it.each<[cigar: string, anchors: string[]]>([
    ['20M100N30M', ['1020-1120:. 20']],
    ['10=5X5=100N30M', ['1020-1120:. 20']],
    ['12M3I10M100N30M', ['1022-1122:. 10']],
    ['12M3D10M100N30M', ['1025-1125:. 10']],
    ['20M100N9M1I20M', ['1020-1120:. 9']],
    ['20M100N9M4S', ['1020-1120:. 9']],
    ['10M1P10M100N30M', ['1020-1120:. 20']],
    ['20M2I100N30M', ['1020-1120:. 0']],
    ['20M100N2D30M', ['1020-1120:. 0']],
    ['20M100N50N30M', ['1020-1120:. 0', '1120-1170:. 0']],
    ['100N30M', ['1000-1100:. 0']],
    ['30M100N', ['1030-1130:. 0']],
  ])('with anchors as in %s have the smaller anchor %j', async (cigar, anchors) => {
    expect(brief(await extract([read({ cigar })], { settings: anyAnchor }), 'maxAnchor')).toEqual(anchors)
  })

  it('longer than 65,535 operations are read from the CG tag, and the placeholder is no intron', async () => {
    const cigar = `${'1M1I'.repeat(40_000)}20M100N20M`
    const record = read({ start: 1000, cigar })
    expect(brief(await extract([record]))).toEqual(['41020-41120:.'])
  })
})

describe('filters', () => {
  it.each<[name: string, record: Partial<BamRecordSpec>, kept: boolean]>([
    ['secondary', { flag: 0x100 }, false],
    ['supplementary', { flag: 0x800 }, false],
    ['QC-fail', { flag: 0x200 }, false],
    ['duplicate', { flag: 0x400 }, true],
    ['unmapped with a CIGAR', { flag: 0x4 }, false],
    ['reverse', { flag: 0x10 }, true],
  ])('by default keep a %s record: %j -> %s', async (_name, record, kept) => {
    expect((await extract([read(record)])).junctions).toHaveLength(kept ? 1 : 0)
  })

  it('never count an unmapped record, even with no flag excluded', async () => {
    const result = await extract([read({ flag: 0x4 })], { settings: { excludeFlags: 0 } })
    expect(result.junctions).toEqual([])
    expect(result.tally.unmapped).toBe(1)
  })

  it.each([
    [0, 10, 1],
    [9, 10, 0],
    [10, 10, 1],
    [255, 10, 1],
    [255, 254, 1],
  ])(
    'with MAPQ %i and --min-mapq %i keep %i junctions; 255 means not available',
    async (mapq, minMapq, kept) => {
      const settings = { minMapq: mapq === 0 ? 0 : minMapq }
      expect((await extract([read({ mapq })], { settings })).junctions).toHaveLength(kept)
    },
  )

  it.each([
    [1, false],
    [19, false],
    [20, true],
    [21, true],
    [1_000_000, true],
    [1_000_001, false],
  ])('by default judge an intron of %i bases as kept: %s', async (length, kept) => {
    expect((await extract([read({ cigar: `20M${length}N20M` })])).junctions).toHaveLength(kept ? 1 : 0)
  })

  it('want the anchor on both sides of the same read', async () => {
    const left = read({ name: 'a', start: 980, cigar: '40M100N7M' })
    const right = read({ name: 'b', start: 1013, cigar: '7M100N40M' })
    expect((await extract([left, right])).junctions).toEqual([])
    expect(
      (await extract([left, right, read({ name: 'c', start: 1012, cigar: '8M100N8M' })])).junctions,
    ).toMatchObject([{ start: 1020, end: 1120, reads: 1, fragments: 1, maxAnchor: 8, distinctStarts: 1 }])
  })

  it('count every record once and every intron seen once', async () => {
    const { tally, junctions } = await extract(
      [
        read({ name: 'flag', flag: 0x100, cigar: '20M101N20M' }),
        read({ name: 'mapq', mapq: 3, cigar: '20M102N20M' }),
        read({ name: 'short', cigar: '20M10N20M' }),
        read({ name: 'long', cigar: '20M1000001N20M' }),
        read({ name: 'anchor', cigar: '20M104N3M' }),
        read({ name: 'both', cigar: '20M104N3M' }),
        read({ name: 'kept', cigar: '20M105N20M' }),
        read({ name: 'kept-elsewhere', flag: 0x100, cigar: '20M105N20M' }),
        read({ name: 'plain', cigar: '40M' }),
        read({ name: 'unmapped', flag: 4, cigar: '*' }),
      ],
      { settings: { minMapq: 5 } },
    )
    expect(tally).toEqual({
      records: 10,
      unmapped: 1,
      unspliced: 1,
      supporting: 1,
      removedReads: { flags: 2, mapq: 1, minIntron: 1, maxIntron: 1, minAnchor: 2 },
      removedJunctions: { flags: 1, mapq: 1, minIntron: 1, maxIntron: 1, minAnchor: 1, starFilters: 0 },
    })
    expect(junctions).toHaveLength(1)
  })
})

const R1 = 0x1 | 0x2 | 0x40
const R2 = 0x1 | 0x2 | 0x80

/** The two records of a pair that state each other's place. */
function pair(name: string, first: Partial<BamRecordSpec>, second: Partial<BamRecordSpec>): BamRecordSpec[] {
  const a = read({ name, flag: R1 | 0x20, mateContig: 'chr1', mateStart: second.start ?? 1000, ...first })
  const b = read({ name, flag: R2 | 0x10, mateContig: 'chr1', mateStart: first.start ?? 1000, ...second })
  return [a, b]
}

describe('fragments', () => {
  it('with both mates across an intron count once', async () => {
    const mates = pair('p', { start: 1000, cigar: '20M100N20M' }, { start: 1005, cigar: '15M100N25M' })
    expect(brief(await extract(mates), 'fragments', 'reads', 'unique', 'multi')).toEqual([
      '1020-1120:. 1 2 1 0',
    ])
  })

  it('count once when the mates come in the other order, far apart in an unsorted file', async () => {
    const [a, b] = pair('p', { start: 1000 }, { start: 1005, cigar: '15M100N25M' })
    const between = [5000, 400, 9000, 200].map((start, i) => read({ name: `x${i}`, start, cigar: '40M' }))
    const result = await extract([b!, ...between, a!])
    expect(result.sorted).toBe(false)
    expect(brief(result, 'fragments', 'reads')).toEqual(['1020-1120:. 1 2'])
  })

  it('whose mates disagree count once for each intron', async () => {
    const mates = pair('p', { start: 1000 }, { start: 1005, cigar: '15M103N25M' })
    expect(brief(await extract(mates), 'fragments')).toEqual(['1020-1120:. 1', '1020-1123:. 1'])
  })

  it('with mates on different contigs are not joined', async () => {
    const contigs = [
      { name: 'chr1', length: 5000 },
      { name: 'chr2', length: 5000 },
    ]
    const a = read({ name: 'p', flag: R1, mateContig: 'chr2', mateStart: 1000 })
    const b = read({ name: 'p', flag: R2, contig: 'chr2', mateContig: 'chr1', mateStart: 1000 })
    const { junctions } = await extract([a, b], { contigs })
    expect(junctions.map(j => [j.contig, j.fragments])).toEqual([
      ['chr1', 1],
      ['chr2', 1],
    ])
  })

  it('are known by their name, though both records say they are the first mate', async () => {
    const twins = [1, 2].map(() => read({ name: 'p', flag: R1, mateContig: 'chr1', mateStart: 1000 }))
    expect(brief(await extract(twins), 'fragments', 'reads')).toEqual(['1020-1120:. 1 2'])
  })

  it('are unique when either mate is, in whatever order they come', async () => {
    for (const [nh1, nh2] of [
      [1, 3],
      [3, 1],
    ]) {
      const mates = pair(
        'p',
        { tags: { NH: ['C', nh1!] } },
        { start: 1001, cigar: '19M100N21M', tags: { NH: ['C', nh2!] } },
      )
      expect(brief(await extract(mates), 'fragments', 'unique', 'multi')).toEqual(['1020-1120:. 1 1 0'])
    }
  })

  it('whose mates carry and lack XS are one fragment once both are on the same strand', async () => {
    const reference = { chr1: `${'A'.repeat(1020)}GT${'A'.repeat(96)}AG${'A'.repeat(1000)}` }
    const mates = pair('p', { tags: { XS: ['A', '+'] } }, { start: 1005, cigar: '15M100N25M' })
    const result = await extract(mates, { reference, contigs: [{ name: 'chr1', length: 2120 }] })
    expect(result.junctions).toMatchObject([
      { strand: '+', strandSource: 'XS', fragments: 1, reads: 2, unique: 1, distinctStarts: 2 },
    ])
  })

  it('keep the counts when many fragments are open at once', async () => {
    const records: BamRecordSpec[] = []
    for (let i = 0; i < 300; i++) {
      records.push(...pair(`p${i}`, { start: 1000 }, { start: 1010, cigar: '10M100N30M' }))
    }
    records.sort((a, b) => a.start! - b.start!)
    expect(brief(await extract(records), 'fragments', 'reads', 'unique')).toEqual(['1020-1120:. 300 600 300'])
  })
})

describe('unique and multi', () => {
  it.each<[mapq: number, nh: number | undefined, unique: number]>([
    [60, 1, 1],
    [0, 1, 1],
    [60, 2, 0],
    [255, 4, 0],
    [60, undefined, 1],
    [30, undefined, 1],
    [29, undefined, 0],
    [255, undefined, 1],
  ])('with MAPQ %i and NH %s give %i unique', async (mapq, nh, unique) => {
    const tags: BamRecordSpec['tags'] = nh === undefined ? {} : { NH: ['i', nh] }
    expect(brief(await extract([read({ mapq, tags })]), 'unique', 'multi')).toEqual([
      `1020-1120:. ${unique} ${1 - unique}`,
    ])
  })

  it('count reads where the unit is reads', async () => {
    const mates = pair('p', {}, { start: 1001, cigar: '19M100N21M' })
    expect(
      brief(await extract(mates, { settings: { countUnit: 'read' } }), 'fragments', 'reads', 'unique'),
    ).toEqual(['1020-1120:. 1 2 2'])
  })
})

describe('strand', () => {
  /** GT..AG at [1020, 1120) on the forward strand, CT..AC at [2020, 2120). */
  const reference = {
    chr1: `${'A'.repeat(1020)}GT${'A'.repeat(96)}AG${'A'.repeat(900)}CT${'A'.repeat(96)}AC${'A'.repeat(900)}`,
  }
  const contigs = [{ name: 'chr1', length: reference.chr1.length }]

  it.each<[name: string, record: Partial<BamRecordSpec>, strand: string, source: string]>([
    ['XS:A:+', { tags: { XS: ['A', '+'] } }, '+', 'XS'],
    ['XS:A:- on a reverse read, not flipped', { flag: 0x10, tags: { XS: ['A', '-'] } }, '-', 'XS'],
    ['XS of bwa, a score, is no strand', { tags: { XS: ['i', 43] } }, '+', 'motif'],
    ['ts:A:+ forward', { tags: { ts: ['A', '+'] } }, '+', 'ts'],
    ['ts:A:+ reverse, flipped', { flag: 0x10, tags: { ts: ['A', '+'] } }, '-', 'ts'],
    ['ts:A:- reverse, flipped', { flag: 0x10, tags: { ts: ['A', '-'] } }, '+', 'ts'],
    ['XS before a conflicting ts', { tags: { ts: ['A', '-'], XS: ['A', '+'] } }, '+', 'XS'],
    ['the motif forward', {}, '+', 'motif'],
    ['the motif reverse', { start: 2000 }, '-', 'motif'],
    ['no tag and no canonical motif', { cigar: '20M99N20M' }, '.', '.'],
  ])('from %s', async (_name, record, strand, source) => {
    const { junctions } = await extract([read(record)], { reference, contigs })
    expect(junctions).toMatchObject([{ strand, strandSource: source }])
  })

  const orientations: [string, number][] = [
    ['R1 forward', 0x1 | 0x40],
    ['R1 reverse', 0x1 | 0x40 | 0x10],
    ['R2 forward', 0x1 | 0x80],
    ['R2 reverse', 0x1 | 0x80 | 0x10],
    ['single-end forward', 0],
    ['single-end reverse', 0x10],
  ]
  it.each(
    orientations.flatMap(([name, flag], i) => [
      { name, flag, strandness: 'RF' as const, strand: '-++--+'[i]! },
      { name, flag, strandness: 'FR' as const, strand: '+--++-'[i]! },
      { name, flag, strandness: 'FF' as const, strand: '+-+-+-'[i]! },
      { name, flag, strandness: 'RR' as const, strand: '-+-+-+'[i]! },
    ]),
  )('of $name in a $strandness library is $strand', async ({ flag, strandness, strand }) => {
    const { junctions } = await extract([read({ flag, cigar: '20M99N20M' })], { settings: { strandness } })
    expect(junctions).toMatchObject([{ strand, strandSource: 'library' }])
  })

  it('of an RF library is inferred from canonical motifs and then rules where there is none', async () => {
    const records = Array.from({ length: 30 }, (_, i) => read({ name: `r${i}`, flag: 0x10 }))
    const odd = read({ name: 'odd', flag: 0x10, cigar: '20M99N20M' })
    const { junctions, library } = await extract([...records, odd], { reference, contigs })
    expect(library).toEqual({
      type: 'RF',
      inferred: true,
      first: { sense: 0, antisense: 30 },
      second: { sense: 0, antisense: 0 },
    })
    expect(junctions.map(j => [j.end, j.strand, j.strandSource])).toEqual([
      [1119, '+', 'library'],
      [1120, '+', 'library'],
    ])
  })

  it('stays the motif when the reads agree with neither library type', async () => {
    const records = Array.from({ length: 30 }, (_, i) => read({ name: `r${i}`, flag: i % 2 ? 0x10 : 0 }))
    const { junctions, library } = await extract(records, { reference, contigs })
    expect(library).toMatchObject({ type: 'unstranded', first: { sense: 15, antisense: 15 } })
    expect(junctions).toMatchObject([{ strand: '+', strandSource: 'motif', fragments: 30 }])
  })

  it('against a canonical motif is kept and counted', async () => {
    const { junctions, strandConflicts } = await extract([read({ tags: { XS: ['A', '-'] } })], {
      reference,
      contigs,
    })
    expect(junctions).toMatchObject([{ strand: '-', strandSource: 'XS', motif: 'CT-AC' }])
    expect(strandConflicts).toEqual({ junctions: 1, reads: 1 })
  })

  it('said differently by different reads gives one junction per strand', async () => {
    const records = [
      read({ name: 'a', tags: { XS: ['A', '+'] } }),
      read({ name: 'b', tags: { XS: ['A', '-'] } }),
      read({ name: 'c' }),
    ]
    expect(brief(await extract(records), 'reads')).toEqual([
      '1020-1120:+ 1',
      '1020-1120:- 1',
      '1020-1120:. 1',
    ])
  })
})

describe('profiles', () => {
  it('splam counts every mapped record, by its YC tag, with its own longest intron', async () => {
    const records = [
      read({ name: 'a', flag: 0x100, tags: { YC: ['i', 5] } }),
      read({ name: 'b', flag: 0x800, cigar: '3M100N37M', start: 1017 }),
      read({ name: 'c', cigar: '20M99998N20M' }),
      read({ name: 'd', cigar: '20M99999N20M' }),
      read({ name: 'e', cigar: '20M1N20M' }),
    ]
    const result = await extract(records, { settings: profileSettings('splam') })
    expect(brief(result, 'reads')).toEqual(['1020-1021:. 1', '1020-1120:. 6', '1020-101018:. 1'])
  })

  it('regtools pools anchors over reads and lets X end them', async () => {
    const left = read({ name: 'a', start: 980, cigar: '40M100N7M' })
    const right = read({ name: 'b', start: 1013, cigar: '7M100N40M' })
    const mismatch = read({ name: 'c', cigar: '15M2X3M200N20M' })
    const result = await extract([left, right, mismatch], { settings: profileSettings('regtools') })
    expect(result.junctions).toMatchObject([
      { start: 1020, end: 1120, reads: 2, leftAnchor: 40, rightAnchor: 40 },
    ])
    expect(result.tally.removedJunctions.minAnchor).toBe(1)
  })

  it.each([
    [69, 0],
    [70, 1],
    [500_000, 1],
    [500_001, 0],
  ])('regtools with an intron of %i bases keeps %i', async (length, kept) => {
    const settings = profileSettings('regtools')
    expect((await extract([read({ cigar: `20M${length}N20M` })], { settings })).junctions).toHaveLength(kept)
  })

  it('regtools gives a pair on the same strand no library strand', async () => {
    const settings = profileSettings('regtools', 'RF')
    const facing = read({ name: 'a', flag: R1 | 0x20 })
    const parallel = read({ name: 'b', flag: R1, cigar: '20M101N20M' })
    expect(brief(await extract([facing, parallel], { settings }))).toEqual(['1020-1120:-', '1020-1121:.'])
  })

  it('star keeps a canonical junction with one unique read and 12 bases overhang, not one with 11', async () => {
    const reference = { chr1: `${'A'.repeat(1020)}GT${'A'.repeat(96)}AG${'A'.repeat(900)}` }
    const contigs = [{ name: 'chr1', length: 2020 }]
    const settings = profileSettings('star')
    const good = read({ start: 1008, cigar: '12M100N20M' })
    const short = read({ start: 1009, cigar: '11M100N20M' })
    expect((await extract([good], { reference, contigs, settings })).junctions).toHaveLength(1)
    const refused = await extract([short], { reference, contigs, settings })
    expect(refused.junctions).toEqual([])
    expect(refused.tally.removedJunctions.starFilters).toBe(1)
  })

  it('star wants three unique reads and 30 bases overhang of a non-canonical junction', async () => {
    const reference = { chr1: 'A'.repeat(3000) }
    const contigs = [{ name: 'chr1', length: 3000 }]
    const settings = profileSettings('star')
    const reads = (n: number, anchor: number) =>
      Array.from({ length: n }, (_, i) => read({ name: `r${i}`, start: 1000, cigar: `${anchor}M100N40M` }))
    const kept = async (n: number, anchor: number) =>
      (await extract(reads(n, anchor), { reference, contigs, settings })).junctions.length
    expect([await kept(3, 30), await kept(2, 30), await kept(3, 29)]).toEqual([1, 0, 0])
  })
})

describe('broken records', () => {
  it('whose CIGAR takes more bases than the sequence has are named with their place', async () => {
    await expect(extract([read({ name: 'bad', sequence: 'ACGT', cigar: '20M100N20M' })])).rejects.toThrow(
      /in-memory\.bam: byte 0 \(\+\d+ inflated\): record bad: its CIGAR takes 40 bases, but the sequence has 4/,
    )
  })
})

describe('block borders', () => {
  it('anywhere in a record change nothing', async () => {
    const records = Array.from({ length: 50 }, (_, i) =>
      read({ name: `read${i}`, start: 1000 + i, cigar: '20M100N20M', tags: { NH: ['C', 1 + (i % 2)] } }),
    )
    const whole = await extract(records)
    for (const blockSize of [1, 7, 36, 64, 1000]) {
      expect((await extract(records, { blockSize })).junctions).toEqual(whole.junctions)
    }
  })
})
