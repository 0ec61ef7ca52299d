import { beforeAll, describe, expect, it } from 'vitest'
import type { ExtractResult } from '../../src/junctions/extract.ts'
import { DEFAULT_SETTINGS, type ExtractSettings } from '../../src/junctions/settings.ts'
import {
  alignmentSet,
  askOracle,
  dataBams,
  dataReason,
  extractSet,
  FIXTURE,
  hasData,
  junctionLine,
  python,
  pythonReason,
  SET_NAMES,
} from '../support/real-data.ts'

interface Variant {
  title: string
  settings: Partial<ExtractSettings>
  withReference: boolean
}

const BY_TAGS = { title: 'strands by tags alone', settings: { strandRules: ['tag'] }, withReference: false }
const DEFAULT = { title: 'default settings and the reference', settings: {}, withReference: true }
const ALL_FLAGS = { title: 'no flag excluded', settings: { excludeFlags: 0 }, withReference: true }
const SHORT = {
  title: 'introns from 60 to 500 bases',
  settings: { minIntron: 60, maxIntron: 500 },
  withReference: true,
}

const VARIANTS = [
  BY_TAGS,
  { title: 'default settings and no reference', settings: {}, withReference: false },
  DEFAULT,
  ALL_FLAGS,
  { title: 'a smallest mapping quality of 30', settings: { minMapq: 30 }, withReference: true },
  { title: 'no smallest anchor', settings: { minAnchor: 0 }, withReference: true },
  { title: 'a smallest anchor of 1', settings: { minAnchor: 1 }, withReference: true },
  { title: 'a smallest anchor of 20', settings: { minAnchor: 20 }, withReference: true },
  { title: 'introns of any length', settings: { minIntron: 0, maxIntron: 1e9 }, withReference: true },
  SHORT,
  { title: 'reads as the unit', settings: { countUnit: 'read' }, withReference: true },
] satisfies Variant[]

interface Pin {
  /** Junctions with strands by tags alone, with default settings and the reference, and with no flag excluded. */
  junctions: [byTags: number, byDefault: number, allFlags: number]
  library: 'RF' | 'FR' | 'FF' | 'unstranded'
}

const PINS: Record<string, Pin> = {
  [FIXTURE]: { junctions: [139, 139, 139], library: 'RF' },
  'fly-dm6-2l-2r/sample1.paired.bam': { junctions: [56, 56, 60], library: 'unstranded' },
  'fly-dm6-2l-2r/sample2.paired.bam': { junctions: [82, 82, 86], library: 'unstranded' },
  'fly-dm6-2l-2r/sample3.paired.bam': { junctions: [185, 185, 191], library: 'unstranded' },
  'fly-dm6-2l-2r/sample4.paired.bam': { junctions: [167, 167, 176], library: 'unstranded' },
  'human-chr9-0m/sgnex-a549-directrna-rep5.chr9.bam': { junctions: [50, 50, 66], library: 'FR' },
  'human-chrx-minigenome/geuvadis-lcl.minigenome.bam': { junctions: [913, 913, 922], library: 'unstranded' },
  'mouse-chr15-1m/e14-rep1.bam': { junctions: [132, 138, 138], library: 'FF' },
  'mouse-chr15-1m/e14-rep2.bam': { junctions: [143, 151, 151], library: 'FF' },
  'mouse-chr15-1m/e18-rep1.bam': { junctions: [133, 148, 148], library: 'FF' },
  'mouse-chr15-1m/e18-rep2.bam': { junctions: [151, 168, 168], library: 'FF' },
  'mouse-chr9-3m/illumina.chr9.bam': { junctions: [66, 66, 206], library: 'unstranded' },
  'mouse-chr9-3m/ont-simulated.chr9.bam': { junctions: [90, 90, 90], library: 'unstranded' },
  'pombe-mini/sp-log.bam': { junctions: [128, 128, 128], library: 'RF' },
}

interface OracleAnswer {
  lines: string[]
  rf: [first: number, second: number]
  fr: [first: number, second: number]
}

/** The type that RF and FR reads among first and second mates speak for. */
function libraryOf({ rf, fr }: OracleAnswer): string {
  const [first, second] = [0, 1].map(mate => {
    const total = rf[mate]! + fr[mate]!
    const share = rf[mate]! / total
    return total < 20 ? undefined : share >= 0.8 ? 'RF' : share <= 0.2 ? 'FR' : 'unstranded'
  })
  if (first === 'FR' && second === 'RF') {
    return 'FF'
  }
  return first === second || second === undefined ? first! : 'unstranded'
}

describe.skipIf(!hasData)(`the data folder${dataReason}`, () => {
  it('holds the BAM files that these tests know, and no other', () => {
    expect([FIXTURE, ...dataBams()]).toEqual(SET_NAMES)
    expect(Object.keys(PINS)).toEqual(SET_NAMES)
  })
})

describe.each(SET_NAMES)('%s', name => {
  const set = alignmentSet(name)
  const { junctions, library } = PINS[name]!

  describe.skipIf(!set.isPresent)(`junctions${set.isPresent ? '' : dataReason}`, () => {
    const found = new Map<Variant, ExtractResult>()
    const expected = new Map<Variant, OracleAnswer>()

    beforeAll(async () => {
      for (const variant of VARIANTS) {
        found.set(variant, await extractSet(set, variant))
      }
      if (python !== undefined) {
        const jobs = VARIANTS.map(variant => {
          const { settings, withReference } = variant
          return {
            ...DEFAULT_SETTINGS,
            ...settings,
            withReference,
            library: found.get(variant)!.library.type,
          }
        })
        const answers = askOracle<OracleAnswer[]>('count_junctions.py', {
          bam: set.bam,
          fasta: set.fasta,
          jobs,
        })
        for (const [i, variant] of VARIANTS.entries()) {
          expected.set(variant, answers[i]!)
        }
      }
    }, 60_000)

    it(`are ${junctions.join(', ')} by tags, by default and with no flag excluded`, () => {
      expect([BY_TAGS, DEFAULT, ALL_FLAGS].map(variant => found.get(variant)!.junctions.length)).toEqual(
        junctions,
      )
    })

    it(`are of a library taken as ${library}`, () => {
      expect(found.get(DEFAULT)!.library).toMatchObject({ type: library, inferred: true })
    })

    describe.skipIf(python === undefined)(`beside those pysam counts${pythonReason}`, () => {
      for (const variant of VARIANTS) {
        it(`are the same with ${variant.title}`, () => {
          expect(found.get(variant)!.junctions.map(junctionLine)).toEqual(expected.get(variant)!.lines)
        })
      }

      it(`have reads whose flags and motifs say ${library}`, () => {
        expect(libraryOf(expected.get(DEFAULT)!)).toBe(library)
      })

      it.skipIf(library !== 'FF')('without tags lie to their transcripts as the flags say', () => {
        const { rf, fr } = expected.get(DEFAULT)!
        const { first, second } = found.get(DEFAULT)!.library
        expect([first, second]).toEqual([
          { sense: fr[0], antisense: rf[0] },
          { sense: rf[1], antisense: fr[1] },
        ])
      })
    })
  })
})
