import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import type { CurateRules } from '../../../src/curation/curate.ts'
import { type Dataset, readDataset } from '../../../src/curation/dataset.ts'
import { shownStretches } from '../../../src/curation/example-layout.ts'
import { strandlessKey } from '../../../src/curation/window-duplicates.ts'
import { reverseComplement } from '../../../src/genome/sequence.ts'
import { strandOfSign } from '../../../src/genome/strand.ts'
import { substituted } from '../homology/sequences.ts'
import { writtenFolder } from '../made-folder.ts'
import { type MadeGenome, madeGenome, noPart } from '../made-genome.ts'

/** Returns the genome with its first contig again, reverse complemented and with a few bases changed, under another name. */
function withParalogues(made: MadeGenome, share: number, seed: number): MadeGenome {
  const copied = made.genome.get('c1')!
  const name = `c${made.genome.size + 1}`
  const end = copied.length
  const flipped = { '+': '-', '-': '+', '.': '.' } as const
  return {
    genome: new Map([
      ...made.genome,
      [name, substituted(reverseComplement(copied), share, seededRandom(seed))],
    ]),
    transcripts: [
      ...made.transcripts,
      ...made.transcripts
        .filter(transcript => transcript.contig === 'c1')
        .map(({ id, exons, strand, ...rest }) => ({
          ...rest,
          id: `${id}copy`,
          contig: name,
          strand: flipped[strand!],
          exons: exons.map(([from, to]) => [end - to, end - from] as [number, number]).reverse(),
        })),
    ],
    junctions: [
      ...made.junctions,
      ...made.junctions
        .filter(([, , , , contig]) => contig === 0)
        .map(
          ([from, to, strand, support]) =>
            [end - to, end - from, flipped[strand], support, made.genome.size] as const,
        ),
    ].map(row => [...row]),
  }
}

/** Returns the part of each row of a dataset. */
function partsOf({ splits, windows }: Dataset): string[] {
  const parts = new Array<string>(windows.count)
  for (const [name, rows] of Object.entries(splits)) {
    for (const row of rows) {
      parts[row] = name
    }
  }
  return parts
}

/** Returns how many bases of the genome, and how many windows on either strand, are in two parts. */
async function shared(
  folder: string,
  layout: CurateRules['layout'],
): Promise<{ bases: number; windows: number; parts: Set<string> }> {
  const dataset = await readDataset(folder, {
    scratchFolder: folder,
    keepUnknown: true,
    validationFraction: 0,
  })
  const parts = partsOf(dataset)
  const { contigs, starts, ends, strands } = dataset.places!
  const { count, length } = dataset.windows
  const codes = new Uint8Array(count * length)
  await dataset.windows.read(
    Uint32Array.from({ length: count }, (_, row) => row),
    codes,
  )
  await dataset.close()
  const partOfBase = new Map<string, string>()
  const partOfWindow = new Map<number, string>()
  const found = { bases: 0, windows: 0, parts: new Set(parts) }
  for (let row = 0; row < count; row++) {
    const strand = strandOfSign(strands[row]!) as '+' | '-'
    const shown = shownStretches({ start: starts[row]!, end: ends[row]!, strand }, layout)
    for (let i = 0; i < shown.length; i += 2) {
      for (let at = shown[i]!; at < shown[i + 1]!; at++) {
        const base = `${contigs.ids[row]}:${at}`
        found.bases += (partOfBase.get(base) ?? parts[row]) === parts[row] ? 0 : 1
        partOfBase.set(base, parts[row]!)
      }
    }
    const key = strandlessKey(codes.subarray(row * length, (row + 1) * length))
    found.windows += (partOfWindow.get(key) ?? parts[row]) === parts[row] ? 0 : 1
    partOfWindow.set(key, parts[row]!)
  }
  return found
}

const decoys = { random: 2, nearMiss: 1, noncanonical: 1 }

describe('no two parts', () => {
  const layouts: CurateRules['layout'][] = [
    { kind: 'junction' },
    { kind: 'donor', length: 400, site: 200 },
    { kind: 'acceptor', length: 141, site: 58 },
  ]

  it('share a base of the genome, or a window on either strand, however they are split', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(10_000),
        fc.constantFrom(...layouts),
        fc.constantFrom('share', 'contig', 'gene'),
        async (seed, layout, way) => {
          const made = withParalogues(madeGenome({ contigs: 3, genesPerContig: 6, seed }), 0.01, seed)
          const part = (number: number) =>
            way === 'share'
              ? { ...noPart(), share: 0.25 }
              : way === 'contig'
                ? { ...noPart(), contigs: new Set([number]) }
                : { ...noPart(), genes: new Set([number, number + 2, number + 9]) }
          const splits = { test: part(0), validation: part(1) }
          // Genes named for both parts may overlap, which is refused.
          const written = await writtenFolder(made, { decoys, splits, layout, seed }).catch(error => {
            fc.pre(!(error instanceof UsageError))
            throw error
          })
          const { folder } = written
          const { bases, windows, parts } = await shared(folder, layout)
          expect({ bases, windows }).toEqual({ bases: 0, windows: 0 })
          expect(parts.has('train') && parts.has('test')).toBe(true)
        },
      ),
      { numRuns: 9 },
    )
  })

  it('share a paralogue: those of the test contig are gone from training', async () => {
    const made = withParalogues(madeGenome({ contigs: 2 }), 0.02, 3)
    const splits = { test: { ...noPart(), contigs: new Set([0]) }, validation: noPart() }
    const { curated, tally } = await writtenFolder(made, { splits })
    const [report] = curated.leaks
    expect(report).toMatchObject({ held: 'test', cleaned: ['validation', 'train'], overlapping: 0 })
    expect(report!.alike).toBeGreaterThan(30)
    expect(curated.leftOut.count('like-test')).toBe(report!.alike + report!.sameBases)
    expect(tally.contigs.c3 ?? 0).toBeLessThan(5)
    // Exact copies go from the training side too, and the test side keeps its own.
    const exact = await writtenFolder(withParalogues(madeGenome({ contigs: 2 }), 0, 3), {
      splits: { test: { ...noPart(), contigs: new Set([2]) }, validation: noPart() },
    })
    expect(exact.curated.leaks[0]!.sameBases).toBeGreaterThan(25)
    expect(exact.tally.contigs.c1 ?? 0).toBeLessThan(5)
    expect(exact.tally.classesBySplit.test!.positive).toBeGreaterThan(25)
  })
})
