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
const TAGS = 0
const REFERENCE = 2
const NO_FLAGS = 3

interface OracleAnswer {
  lines: string[]
  copies: number
  rf: [first: number, second: number]
  fr: [first: number, second: number]
}

interface Findings {
  found: ExtractResult[]
  names: OracleAnswer[]
  placements: OracleAnswer[]
}

const findings = new Map<string, Findings>()

async function findingsOf(name: string): Promise<Findings> {
  const set = alignmentSet(name)
  const found: ExtractResult[] = []
  for (const { settings, withReference } of SETTINGS) {
    found.push(await extractSet(set, { settings, withReference }))
  }
  const jobs = (fragments: string) =>
    SETTINGS.map(({ settings, withReference }, i) => {
      const library = found[i]!.library.type
      return { ...DEFAULT_SETTINGS, ...settings, withReference, library, fragments }
    })
  const request = { bam: set.bam, fasta: set.fasta, jobs: [...jobs('names'), ...jobs('placements')] }
  const answers = python === undefined ? [] : askOracle<OracleAnswer[]>('count_junctions.py', request)
  return { found, names: answers.slice(0, SETTINGS.length), placements: answers.slice(SETTINGS.length) }
}

for (const name of SET_NAMES) {
  const { isPresent } = alignmentSet(name)
  describe.skipIf(!isPresent)(`${name}${isPresent ? '' : dataReason}`, () => {
    beforeAll(async () => {
      findings.set(name, await findingsOf(name))
    }, 60_000)
    it('x', () => {
      const { found, names, placements } = findings.get(name)!
      const same = (a: OracleAnswer[], i: number) =>
        JSON.stringify(a[i]!.lines) === JSON.stringify(found[i]!.junctions.map(junctionLine))
      console.log(name, found[TAGS]!.junctions.length, found[REFERENCE]!.junctions.length, found[NO_FLAGS]!.junctions.length, JSON.stringify(found[REFERENCE]!.library), JSON.stringify([names[2]!.rf, names[2]!.fr]))
      console.log('N', SETTINGS.map((_, i) => (same(names, i) ? '.' : 'x')).join(''), 'P', SETTINGS.map((_, i) => (same(placements, i) ? '.' : 'x')).join(''), 'C', names.map(n => n.copies).join(' '))
      for (let i = 0; i < 10; i++) { if (!same(placements, i)) { const o = found[i]!.junctions.map(junctionLine); console.log(i, placements[i]!.lines.filter(l => !o.includes(l)).slice(0,8), o.filter(l => !placements[i]!.lines.includes(l)).slice(0,8)) } }
    })
  })
}
