import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { readDataset } from '../../../src/curation/dataset.ts'
import { ImportTally } from '../../../src/curation/import/import-tally.ts'
import { importLines } from '../../../src/curation/import/lines.ts'
import { decoyShifts, withNearMisses } from '../../../src/curation/import/near-miss-windows.ts'
import type { ImportedRow, WindowImport } from '../../../src/curation/import/window-import.ts'
import type { SiteKind } from '../../../src/curation/site-window.ts'
import type { Split } from '../../../src/curation/window-table.ts'
import { decodeText, encodeText } from '../../../src/genome/sequence.ts'
import { fileOf, imported, refusal } from './import-folder.ts'

const MOTIF = { donor: 'GT', acceptor: 'AG' }

interface MadeRow {
  bases: string
  className: string
  split?: Split
}

/** An import of these windows, two rows at a time. */
function importOf(rows: readonly MadeRow[], kind: SiteKind, position: number): WindowImport {
  return {
    source: 'Made up.',
    layout: { site: kind, position },
    answers: 'class',
    files: [],
    settings: { reader: 'made' },
    async *rows(tally) {
      for (let i = 0; i < rows.length; i += 2) {
        const some = rows.slice(i, i + 2)
        tally.rows += some.length
        yield some.map(({ bases, className, split = 'train' }) => ({
          codes: encodeText(bases),
          className,
          split,
          known: { site: kind },
        }))
      }
    },
  }
}

async function rowsOf(source: WindowImport, tally = new ImportTally()): Promise<ImportedRow[]> {
  const all: ImportedRow[] = []
  for await (const rows of source.rows(tally)) {
    all.push(...rows)
  }
  return all
}

/** Random windows of which a third have the site's dinucleotide and are positive. */
function randomWindows(
  seed: number,
  count: number,
  length: number,
  kind: SiteKind,
  position: number,
): MadeRow[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const bases = [...decodeText(Uint8Array.from({ length }, () => random.int(4)))]
    const at = kind === 'donor' ? position : position - 2
    bases.splice(at, 2, ...MOTIF[kind])
    return { bases: bases.join(''), className: i % 3 === 0 ? 'positive' : 'negative' }
  })
}

/** Where the known bases of a window are, as text. */
const knownOf = ({ codes }: ImportedRow) => decodeText(codes).replace(/[ACGT]/g, 'x')
const basesOf = ({ codes }: ImportedRow) => decodeText(codes)

const windows = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  kind: fc.constantFrom<SiteKind>('donor', 'acceptor'),
  length: fc.integer({ min: 60, max: 150 }),
  off: fc.integer({ min: 19, max: 40 }),
  count: fc.integer({ min: 1, max: 6 }),
  distance: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
})

describe('near misses of windows around one site', () => {
  it('have the dinucleotide at the site, the bases of their window around it, and are no site of a positive', async () => {
    await fc.assert(
      fc.asyncProperty(windows, async ({ seed, kind, length, off, count, distance }) => {
        const position = Math.min(off, length - 19)
        const made = randomWindows(seed, 30, length, kind, position)
        const tally = new ImportTally()
        const options = { count, seed, ...(distance !== undefined && { distance }) }
        const rows = await rowsOf(withNearMisses(importOf(made, kind, position), options), tally)
        const core = (bases: string, at: number) => bases.slice(at - 18, at + 18)
        const positives = made.filter(row => row.className === 'positive').map(row => row.bases)
        const sites = new Set(positives.map(bases => core(bases, position)))
        const decoys = rows.filter(row => row.className === 'negative-near-miss')
        const origin = new Map(
          rows.filter(row => row.className === 'positive').map(row => [row.known!.gene, basesOf(row)]),
        )
        for (const decoy of decoys) {
          const bases = basesOf(decoy)
          const at = kind === 'donor' ? position : position - 2
          expect(bases.slice(at, at + 2)).toBe(MOTIF[kind])
          expect(sites.has(core(bases, position))).toBe(false)
          expect(decoy.known).toEqual({ gene: decoy.known!.gene, site: kind, decoy: `near-${kind}` })
          // Its known bases are those of the positive it was made of, elsewhere.
          const shown = bases.replace(/^N+|N+$/g, '')
          expect(origin.get(decoy.known!.gene)).toContain(shown)
          expect(shown.length).toBeLessThan(length)
        }
        expect(decoys.length + tally.missingNegatives).toBe(count * positives.length)
        expect(tally.rows).toBe(made.length)
      }),
      { numRuns: 60 },
    )
  })

  it('take places up to the distance, each once', async () => {
    await fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 60 }), (seed, distance) => {
        const [row] = randomWindows(seed, 1, 120, 'donor', 50)
        const codes = encodeText(row!.bases)
        const expected: number[] = []
        for (const { index } of row!.bases.matchAll(/GT/g)) {
          const shift = index! - 50
          if (shift !== 0 && Math.abs(shift) <= distance && index! >= 18 && 120 - index! >= 18) {
            // Moved there, as many bases are left as on the shorter side.
            if (Math.min(50, 50 + shift) >= 18 && Math.min(70, 70 - shift) >= 18) {
              expected.push(shift)
            }
          }
        }
        expect(decoyShifts(codes, { kind: 'donor', position: 50, distance })).toEqual(expected)
      }),
    )
  })

  it('leave every row as it is, add each positive once more with the N of a decoy, and none farther out than before', async () => {
    await fc.assert(
      fc.asyncProperty(windows, async ({ seed, kind, length, off, count }) => {
        const position = Math.min(off, length - 19)
        const made = randomWindows(seed, 30, length, kind, position)
        const rows = await rowsOf(withNearMisses(importOf(made, kind, position), { count, seed }))
        const plain = rows.filter(row => !/near-miss|trimmed/.test(row.className!))
        expect(plain.map(basesOf)).toEqual(made.map(row => row.bases))
        const decoys = rows.filter(row => row.className === 'negative-near-miss')
        const trimmed = rows.filter(row => row.className === 'positive-trimmed')
        const positives = plain.filter(row => row.className === 'positive')
        expect(trimmed.length).toBe(decoys.length === 0 ? 0 : positives.length)
        const patterns = new Set(decoys.map(knownOf))
        for (const [i, row] of trimmed.entries()) {
          expect(patterns.has(knownOf(row))).toBe(true)
          const whole = basesOf(positives[i]!)
          expect([...basesOf(row)].every((base, at) => base === 'N' || base === whole[at])).toBe(true)
          expect(row.known!.gene).toBe(positives[i]!.known!.gene)
        }
      }),
      { numRuns: 60 },
    )
  })

  it.each<SiteKind>(['donor', 'acceptor'])('of %ss have the same N as positives, as often', async kind => {
    const made = randomWindows(5, 9000, 101, kind, 50)
    const rows = await rowsOf(withNearMisses(importOf(made, kind, 50), { count: 3, distance: 4, seed: 1 }))
    const share = (className: string) => {
      const own = rows.filter(row => row.className === className).map(knownOf)
      return Object.fromEntries(
        [...new Set(own)].sort().map(text => [text, own.filter(other => other === text).length / own.length]),
      )
    }
    const [decoys, positives] = [share('negative-near-miss'), share('positive-trimmed')]
    expect(Object.keys(positives)).toEqual(Object.keys(decoys))
    for (const [pattern, of] of Object.entries(decoys)) {
      // Three standard deviations of a share of 3000.
      expect(Math.abs(positives[pattern]! - of)).toBeLessThan(3 * Math.sqrt((of * (1 - of)) / 3000) + 0.005)
    }
  })

  it('are the same for the same seed, and others for another', async () => {
    const source = importOf(randomWindows(3, 60, 141, 'donor', 61), 'donor', 61)
    const once = async (seed: number) =>
      (await rowsOf(withNearMisses(source, { count: 2, seed }))).map(basesOf)
    expect(await once(1)).toEqual(await once(1))
    expect(await once(2)).not.toEqual(await once(1))
  })

  it('are not made of what is left out for its bases, and once of what repeats', async () => {
    const [a, b, c] = randomWindows(7, 9, 141, 'donor', 61).filter(row => row.className === 'positive')
    const made: MadeRow[] = [
      a!,
      { ...a!, split: 'test' },
      b!,
      { ...b!, className: 'negative' },
      c!,
      { ...c!, className: 'positive-x' },
      { bases: 'A'.repeat(141), className: 'unknown' },
    ]
    const rows = await rowsOf(withNearMisses(importOf(made, 'donor', 61), { count: 1, seed: 1 }))
    const derived = rows.filter(row => /near-miss|trimmed/.test(row.className!))
    expect(derived.map(row => `${row.className} ${row.split} ${row.known!.gene}`)).toEqual([
      'negative-near-miss test window-1',
      'negative-near-miss train window-3',
      'positive-trimmed test window-1',
      'positive-trimmed train window-3',
    ])
    const plain = rows.filter(row => !derived.includes(row))
    expect(plain.map(row => row.known!.gene)).toEqual([
      'window-1',
      'window-1',
      'window-2',
      'window-2',
      'window-3',
      'window-3',
      'window-4',
    ])
  })

  it('become a dataset that says how they were made', async () => {
    const left = 'ACCACCACCACCACCACCACCACC'
    const right = 'ACAACCACAACCACAACCACAACCACAACC'
    const sequences = fileOf(`${left}GTACCACCGTA${right}\n${left}GTCCACCACCA${right}\n`, 'seq.txt')
    const labels = fileOf('1\n0\n', 'label.txt')
    const source = importLines({
      pairs: [{ sequences, labels }],
      site: 'donor',
      position: 24,
      split: 'train',
    })
    const { folder, header, rows, description } = await imported(
      withNearMisses(source, { count: 2, seed: 4 }),
    )
    expect(header).toEqual(['class', 'split', 'gene', 'site', 'sequence'])
    // The only other GT is 8 bases on; by default none is looked for farther than 18 bases from the nearer end.
    const distance = 24 - 18
    expect(description.settings).toMatchObject({
      reader: 'lines',
      nearMiss: 2,
      nearDistance: distance,
      seed: 4,
    })
    expect(rows.map(row => row.class)).toEqual(['positive', 'negative'])
    expect(description.observed.missingNegatives).toBe(2)
    const near = await imported(withNearMisses(source, { count: 2, distance: 8, seed: 4 }))
    expect(near.rows.map(row => [row.class, row.gene, row.decoy])).toEqual([
      ['positive', 'window-1', '.'],
      ['negative-near-miss', 'window-1', 'near-donor'],
      ['negative', 'window-2', '.'],
      ['positive-trimmed', 'window-1', '.'],
    ])
    const end = 'N'.repeat(8)
    const whole = near.rows[0]!.sequence!
    expect(near.rows[1]!.sequence).toBe(`${whole.slice(8)}${end}`)
    expect(near.rows[3]!.sequence).toBe(`${whole.slice(0, -8)}${end}`)
    expect(near.description.warnings).toEqual([
      '1 negatives asked for could not be made: the sequences have no more',
    ])
    const dataset = await readDataset(folder, { scratchFolder: folder, validationFraction: 0 })
    await dataset.close()
  })

  it('come with a warning where all other rows are positives', async () => {
    const made = randomWindows(3, 60, 141, 'donor', 61).filter(row => row.className === 'positive')
    const { description } = await imported(withNearMisses(importOf(made, 'donor', 61), { count: 1, seed: 1 }))
    expect(description.warnings).toContain(
      'every window without N is a positive: where N begin tells the near misses; give a table with negatives of its own, too',
    )
  })

  it('are refused in windows too short, and in windows of no one site', async () => {
    const made = randomWindows(3, 6, 60, 'donor', 18)
    const error = await refusal(withNearMisses(importOf(made, 'donor', 18), { count: 1, seed: 1 }))
    expect(error.message).toContain(
      'expected windows with more than 18 bases on both sides of the site, to make near misses, found 60 bases with the site at 18',
    )
    expect(error.exitCode).toBe(2)
    const other = { ...importOf(made, 'donor', 18), layout: { site: 'unknown' } as const }
    expect(() => withNearMisses(other, { count: 1, seed: 1 })).toThrow(
      'expected windows around one site with classes',
    )
  })
})
