import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Random, seededRandom } from '../../src/core/random.ts'
import { type Interval, mergeIntervals, overlaps } from '../../src/genome/interval.ts'
import type { JunctionEvidence } from '../../src/genome/junction.ts'
import type { ExtractResult } from '../../src/junctions/extract.ts'
import { DEFAULT_SETTINGS } from '../../src/junctions/settings.ts'
import {
  type AlignmentSet,
  alignmentSet,
  askOracle,
  dataReason,
  extractSet,
  hasSamtools,
  junctionLine,
  python,
  pythonReason,
  SET_NAMES,
} from '../support/real-data.ts'

/** By tags alone: a library type is inferred from the reads at hand, which are fewer in a region. */
const settings = { strandRules: ['tag' as const] }

/** Regions around junctions and at random: their edges on the intron's, one base in it, beside it, and wide ones. */
function randomRegions({ junctions, header }: ExtractResult, random: Random): Interval[] {
  const regions: Interval[] = []
  for (let i = 0; i < 4; i++) {
    const { contig, start, end } = junctions[random.int(junctions.length)]!
    const inside = start + random.int(end - start)
    regions.push(
      { contig, start, end },
      { contig, start: inside, end: inside + 1 },
      { contig, start: start - 1, end: start },
      { contig, start: end, end: end + 1 },
      { contig, start: Math.max(0, start - random.int(20_000)), end: end + random.int(20_000) },
    )
    const { name, length } = header.contigs[random.int(header.contigs.length)]!
    const at = random.int(length)
    regions.push({ contig: name, start: at, end: at + 1 + random.int(length - at) })
  }
  return regions
}

function restricted(junctions: readonly JunctionEvidence[], regions: readonly Interval[]): string[] {
  return junctions
    .filter(({ contig, start, end }) =>
      regions.some(region => region.contig === contig && overlaps(start, end, region.start, region.end)),
    )
    .map(junctionLine)
}

const folder = mkdtempSync(join(tmpdir(), 'splice-score-regions-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/**
 * Returns a path to the same alignments with a CSI index beside it, and no BAI. A CSI is made for the contig lengths of
 * the header, and alignments of mouse-chr15 run past them.
 */
function withCsi(set: AlignmentSet): string {
  const bam = join(mkdtempSync(join(folder, 'csi-')), basename(set.bam))
  if (set.name.startsWith('mouse-chr15')) {
    const longer = execFileSync('samtools', ['reheader', '-c', 'sed s/LN:1000000/LN:2000000/', set.bam], {
      maxBuffer: 1 << 28,
    })
    writeFileSync(bam, longer)
  } else {
    symlinkSync(set.bam, bam)
  }
  execFileSync('samtools', ['index', '-c', bam, `${bam}.csi`])
  return bam
}

describe.each(SET_NAMES.map((name, seed) => ({ name, seed })))('regions of $name', ({ name, seed }) => {
  const set = alignmentSet(name)
  describe.skipIf(!set.isPresent)(
    `give the whole file's junctions that overlap them${set.isPresent ? '' : dataReason}`,
    () => {
      let whole: JunctionEvidence[] = []
      let regions: Interval[] = []
      beforeAll(async () => {
        const result = await extractSet(set, { settings })
        whole = result.junctions
        regions = randomRegions(result, seededRandom(seed))
      })

      async function compare(bam: string): Promise<void> {
        let found = 0
        for (const region of regions) {
          const { junctions } = await extractSet(set, { settings, regions: [region], bam })
          expect(junctions.map(junctionLine), JSON.stringify(region)).toEqual(restricted(whole, [region]))
          found += junctions.length
        }
        expect(found).toBeGreaterThanOrEqual(12)
      }

      it('through the BAI index', async () => {
        await compare(set.bam)
      })

      it.skipIf(!hasSamtools)(
        `through a CSI index${hasSamtools ? '' : ' (skipped: no samtools)'}`,
        async () => {
          await compare(withCsi(set))
        },
      )

      it('when several are asked for at once', async () => {
        for (let first = 0; first < regions.length; first += 6) {
          const several = mergeIntervals(regions.slice(first, first + 6))
          const { junctions } = await extractSet(set, { settings, regions: several })
          expect(junctions.map(junctionLine)).toEqual(restricted(whole, several))
        }
      })

      it.skipIf(python === undefined)(`as pysam fetches them${pythonReason}`, () => {
        const jobs = regions.map(({ contig, start, end }) => {
          const region = [contig, start, end]
          return { ...DEFAULT_SETTINGS, ...settings, withReference: false, library: 'unstranded', region }
        })
        const request = { bam: set.bam, fasta: set.fasta, jobs }
        const answers = askOracle<{ lines: string[] }[]>('count_junctions.py', request)
        // Fragments of mates that do not state each other's start are compared, with a note, in counts.test.ts.
        const keyAndReads = (line: string) => line.replaceAll(/ (fragments|unique|multi)=\d+/g, '')
        for (const [i, region] of regions.entries()) {
          expect(answers[i]!.lines.map(keyAndReads)).toEqual(restricted(whole, [region]).map(keyAndReads))
        }
      })
    },
  )
})
