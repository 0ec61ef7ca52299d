import { beforeAll, describe, expect, it } from 'vitest'
import type { ExtractResult } from '../../src/junctions/extract.ts'
import { DEFAULT_SETTINGS, type ExtractSettings } from '../../src/junctions/settings.ts'
import {
  alignmentSet,
  askOracle,
  dataBams,
  dataReason,
  extractSet,
  hasData,
  junctionLine,
  python,
  pythonReason,
} from '../support/real-data.ts'

const FIXTURE = 'fixtures/sample.bam'

interface Pin {
  name: string
  /** Junctions with default settings: strands from tags alone, and with the reference. */
  tags: number
  reference: number
  library: 'RF' | 'FR' | 'unstranded'
}

const PINS: Pin[] = [
  { name: FIXTURE, tags: 139, reference: 139, library: 'RF' },
  { name: 'fly-dm6-2l-2r/sample1.paired.bam', tags: 0, reference: 0, library: 'unstranded' },
  { name: 'fly-dm6-2l-2r/sample2.paired.bam', tags: 0, reference: 0, library: 'unstranded' },
  { name: 'fly-dm6-2l-2r/sample3.paired.bam', tags: 0, reference: 0, library: 'unstranded' },
  { name: 'fly-dm6-2l-2r/sample4.paired.bam', tags: 0, reference: 0, library: 'unstranded' },
  { name: 'human-chr9-0m/sgnex-a549-directrna-rep5.chr9.bam', tags: 0, reference: 0, library: 'FR' },
  { name: 'human-chrx-minigenome/geuvadis-lcl.minigenome.bam', tags: 0, reference: 0, library: 'unstranded' },
  { name: 'mouse-chr15-1m/e14-rep1.bam', tags: 0, reference: 0, library: 'RF' },
  { name: 'mouse-chr15-1m/e14-rep2.bam', tags: 0, reference: 0, library: 'RF' },
  { name: 'mouse-chr15-1m/e18-rep1.bam', tags: 0, reference: 0, library: 'RF' },
  { name: 'mouse-chr15-1m/e18-rep2.bam', tags: 0, reference: 0, library: 'RF' },
  { name: 'mouse-chr9-3m/illumina.chr9.bam', tags: 0, reference: 0, library: 'unstranded' },
  { name: 'mouse-chr9-3m/ont-simulated.chr9.bam', tags: 0, reference: 0, library: 'unstranded' },
  { name: 'pombe-mini/sp-log.bam', tags: 0, reference: 0, library: 'RF' },
]

const SETTINGS: { title: string; settings: Partial<ExtractSettings>; withReference: boolean }[] = [
  { title: 'default settings, strand by tags', settings: { strandRules: ['tag'] }, withReference: false },
  { title: 'default settings, no reference', settings: {}, withReference: false },
  { title: 'default settings, with the reference', settings: {}, withReference: true },
  { title: 'no flag excluded', settings: { excludeFlags: 0 }, withReference: true },
  { title: 'a smallest mapping quality of 30', settings: { minMapq: 30 }, withReference: true },
  { title: 'no smallest anchor', settings: { minAnchor: 0 }, withReference: true },
  { title: 'a smallest anchor of 1', settings: { minAnchor: 1 }, withReference: true },
  { title: 'a smallest anchor of 20', settings: { minAnchor: 20 }, withReference: true },
  { title: 'introns of any length', settings: { minIntron: 0, maxIntron: 1e9 }, withReference: true },
  { title: 'reads as the unit', settings: { countUnit: 'read' }, withReference: true },
]

interface OracleAnswer {
  lines: string[]
  rf: number
  fr: number
}

describe.skipIf(!hasData)(`the data folder${dataReason}`, () => {
  it('holds no BAM that these tests do not know', () => {
    expect(dataBams()).toEqual(PINS.map(pin => pin.name).filter(name => name !== FIXTURE))
  })
})

describe.each(PINS)('$name', ({ name, tags, reference, library }) => {
  const set = alignmentSet(name)
  describe.skipIf(!set.isPresent)(`junctions${set.isPresent ? '' : dataReason}`, () => {
    const found: ExtractResult[] = []
    let expected: OracleAnswer[] = []

    beforeAll(async () => {
      for (const { settings, withReference } of SETTINGS) {
        found.push(await extractSet(set, { settings, withReference }))
      }
      if (python !== undefined) {
        const jobs = SETTINGS.map(({ settings, withReference }, i) => {
          return { ...DEFAULT_SETTINGS, ...settings, withReference, library: found[i]!.library.type }
        })
        expected = askOracle('count_junctions.py', { bam: set.bam, fasta: set.fasta, jobs })
      }
    }, 60_000)

    it(`are ${tags} by tags alone and ${reference} with the reference`, () => {
      expect([found[0]!.junctions.length, found[2]!.junctions.length]).toEqual([tags, reference])
    })

    it(`are of a library taken as ${library}`, () => {
      expect(found[2]!.library).toMatchObject({ type: library, inferred: true })
    })

    it.skipIf(python === undefined).each(SETTINGS.map(({ title }, i) => ({ title, i })))(
      `with $title are those pysam counts${pythonReason}`,
      ({ i }) => {
        expect(found[i]!.junctions.map(junctionLine)).toEqual(expected[i]!.lines)
      },
    )

    it.skipIf(python === undefined)(`are mostly where flags and motifs say ${library}${pythonReason}`, () => {
      const { rf, fr } = expected[2]!
      const share = rf / (rf + fr)
      console.log(name, rf, fr, share, found[2]!.library, found[0]!.library, found[0]!.junctions.length, found[2]!.junctions.length, expected[0]!.lines.length)
      expect(share >= 0.8 ? 'RF' : share <= 0.2 ? 'FR' : 'unstranded').toBe(library)
    })
  })
})
