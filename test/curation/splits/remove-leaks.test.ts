import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import type { ExampleLayout } from '../../../src/curation/example-layout.ts'
import { type ContigExamples, REMOVED } from '../../../src/curation/example-rows.ts'
import { LeftOut } from '../../../src/curation/left-out.ts'
import { removeLeaks } from '../../../src/curation/splits/remove-leaks.ts'
import { SPLITS, type Split } from '../../../src/curation/window-table.ts'
import { reverseComplement } from '../../../src/genome/sequence.ts'
import { examplesOf } from '../example-list.ts'
import { substituted } from '../homology/sequences.ts'
import { randomCodes } from '../made-genome.ts'
import { cutRow, JUNCTION, rowsOf } from '../made-rows.ts'

const random = seededRandom(11)
/** Contig 0 has an intron at 1000-1600; contig 1 has it again at 1500 (a copy), 3500 (reverse complement), 5500 (5 % changed), 7500 (30 %). */
const HELD = randomCodes(3000, random)
const COPIED = HELD.subarray(500, 2100)
const CLEANED = randomCodes(10_000, random)
CLEANED.set(COPIED, 1000)
CLEANED.set(reverseComplement(COPIED), 3000)
CLEANED.set(substituted(COPIED, 0.05, random), 5000)
CLEANED.set(substituted(COPIED, 0.3, random), 7000)
const INTRONS = [
  { start: 200, end: 700, strand: '+' },
  { start: 1500, end: 2100, strand: '+' },
  { start: 3500, end: 4100, strand: '-' },
  { start: 5500, end: 6100, strand: '+' },
  { start: 7500, end: 8100, strand: '+' },
] as const

function inPart(rows: ContigExamples, split: Split): ContigExamples {
  rows.splits.fill(SPLITS.indexOf(split))
  return rows
}

async function clean(
  contigs: ContigExamples[],
  genome: Uint8Array[],
  { maxIdentity = 0.9, layout = JUNCTION as ExampleLayout } = {},
) {
  const leftOut = new LeftOut()
  const reports = await removeLeaks({
    contigs,
    layout,
    settings: { maxIdentity, kmer: 31 },
    loadCodes: async contig => genome[contig]!,
    leftOut,
  })
  return { reports, leftOut: leftOut.asRecord(), splits: examplesOf(contigs).map(row => row.split) }
}

const heldRows = (split: Split = 'test') =>
  inPart(rowsOf(0, [cutRow(HELD, { start: 1000, end: 1600, strand: '+' })]), split)
const trainRows = (split: Split = 'train') =>
  inPart(
    rowsOf(
      1,
      INTRONS.map(row => cutRow(CLEANED, row)),
    ),
    split,
  )

describe('leaks', () => {
  it('of a copy, a reverse complement and a copy with 5 % of its bases changed are removed and counted', async () => {
    const { reports, leftOut, splits } = await clean([heldRows(), trainRows()], [HELD, CLEANED])
    expect(splits).toEqual(['test', 'train', 'removed', 'removed', 'removed', 'train'])
    expect(reports).toEqual([
      {
        held: 'test',
        cleaned: ['validation', 'train'],
        sampledOneIn: 1,
        overlapping: 0,
        sameBases: 2,
        alike: 1,
      },
    ])
    expect(leftOut).toEqual({ 'like-test': { positive: 3 } })
  })

  it('of exact copies alone are removed at an identity of 1', async () => {
    const { splits } = await clean([heldRows(), trainRows()], [HELD, CLEANED], { maxIdentity: 1 })
    expect(splits).toEqual(['test', 'train', 'removed', 'removed', 'train', 'train'])
  })

  it('are removed from validation for test, and from training for what is left of validation', async () => {
    const validation = trainRows('validation')
    // The last row of validation is its own; a training contig is a copy of everything.
    const train = inPart(
      rowsOf(
        2,
        INTRONS.map(row => cutRow(CLEANED, row)),
      ),
      'train',
    )
    const { reports, leftOut, splits } = await clean(
      [heldRows(), validation, train],
      [HELD, CLEANED, CLEANED],
    )
    expect(splits).toEqual([
      ...['test', 'validation', 'removed', 'removed', 'removed', 'validation'],
      ...['removed', 'removed', 'removed', 'removed', 'removed'],
    ])
    expect(reports.map(({ held, cleaned, sameBases, alike }) => [held, cleaned, sameBases, alike])).toEqual([
      ['test', ['validation', 'train'], 4, 2],
      ['validation', ['train'], 2, 0],
    ])
    expect(leftOut).toEqual({ 'like-test': { positive: 6 }, 'like-validation': { positive: 2 } })
  })

  it('of the same place are removed, even by one base', async () => {
    const rows = (...starts: number[]) =>
      rowsOf(
        0,
        starts.map(start => cutRow(HELD, { start, end: start + 50, strand: '+' })),
      )
    for (const [start, expected] of [
      [849, 'removed'],
      [850, 'train'],
    ] as const) {
      const own = rows(400, start)
      own.splits.set([SPLITS.indexOf('test'), SPLITS.indexOf('train')])
      const { splits, reports } = await clean([own], [HELD])
      expect(splits).toEqual(['test', expected])
      expect(reports[0]!.overlapping).toBe(expected === 'removed' ? 1 : 0)
    }
  })

  it('are looked for in the windows of sites as well', async () => {
    const layout = { kind: 'donor', length: 141, site: 61 } as const
    const held = inPart(rowsOf(0, [cutRow(HELD, { start: 1000, end: 1600, strand: '+' }, layout)]), 'test')
    const rows = inPart(
      rowsOf(
        1,
        INTRONS.map(row => cutRow(CLEANED, row, layout)),
      ),
      'train',
    )
    const { splits } = await clean([held, rows], [HELD, CLEANED], { layout })
    expect(splits.slice(1, 4)).toEqual(['train', 'removed', 'removed'])
    expect(splits.at(-1)).toBe('train')
  })

  it('of rows that were removed count for nothing, and one part alone has none', async () => {
    const held = heldRows()
    held.splits[0] = REMOVED
    expect((await clean([held, trainRows()], [HELD, CLEANED])).reports).toEqual([])
    expect((await clean([heldRows()], [HELD])).reports).toEqual([])
  })
})
