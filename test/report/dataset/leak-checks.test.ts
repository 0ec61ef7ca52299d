import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { alikeWindows } from '../../../src/curation/homology/alike-windows.ts'
import { countShared, strandlessKey } from '../../../src/curation/window-duplicates.ts'
import type { WindowStore } from '../../../src/curation/window-store.ts'
import { decodeText, encodeText, reverseComplement } from '../../../src/genome/sequence.ts'
import type { DatasetExamples } from '../../../src/report/dataset/examples.ts'
import { checkWindows } from '../../../src/report/dataset/leak-checks.ts'
import { type MadeRow, madeExamples } from './made-examples.ts'

const WINDOW = { length: 200, donor: 50, acceptor: 150 }
const random = seededRandom(7)
/** Returns random bases with GT and AG at the sites. */
function sequence(): string {
  const bases = Array.from({ length: WINDOW.length }, () => 'ACGT'[random.int(4)]!)
  bases.splice(50, 2, 'G', 'T')
  bases.splice(148, 2, 'A', 'G')
  return bases.join('')
}
const mirrored = (text: string) => decodeText(reverseComplement(encodeText(text)))
/** Returns the sequence with its last tenth replaced. */
const nearly = (text: string) => text.slice(0, 180) + sequence().slice(180)

const ROWS: readonly MadeRow[] = (['train', 'validation', 'test'] as const).flatMap((part, i) =>
  [0, 1].map(k => ({
    className: k === 0 ? 'positive' : 'negative-random',
    part,
    sequence: sequence(),
    motif: 'GT-AG',
    contig: 'chr1',
    start: 10_000 * i + 5000 * k + 1000,
    end: 10_000 * i + 5000 * k + 2000,
    strand: '+' as const,
  })),
)

async function failures(rows: readonly MadeRow[]): Promise<string[]> {
  const examples: DatasetExamples = madeExamples(rows, WINDOW)
  const store = examples.windows as WindowStore
  const checks = await checkWindows(examples, {
    windowKey: strandlessKey,
    countShared,
    alike: (held, queried) => alikeWindows({ store, window: WINDOW, held, queried, maxIdentity: 0.9, k: 31 }),
    alikeMeans: '90 %',
  })
  return checks.filter(({ state }) => state === 'fails').map(({ name, detail }) => `${name}: ${detail}`)
}

const changed = (row: number, change: Partial<MadeRow>) =>
  ROWS.map((made, i) => (i === row ? { ...made, ...change } : made))

describe('the checks of windows', () => {
  it('hold where the parts share nothing', async () => {
    expect(await failures(ROWS)).toEqual([])
  })

  it.each([
    ['the same', (text: string) => text],
    ['reverse complement', mirrored],
  ])('find a training window that is a test window: %s', async (_, turned) => {
    const rows = changed(0, { sequence: turned(ROWS[4]!.sequence!), motif: undefined as never })
    expect(await failures(rows)).toEqual([
      'no window of train is one of test (either strand): 1 of 2 (50.00 %) are',
      'no window of train is alike to one of test (90 %): 1 of 2 (50.00 %) are',
    ])
  })

  it('find a validation window that is alike to a test window', async () => {
    const rows = changed(2, { sequence: nearly(ROWS[5]!.sequence!) })
    expect(await failures(rows)).toEqual([
      'no window of validation is alike to one of test (90 %): 1 of 2 (50.00 %) are',
    ])
  })

  it('find windows of two parts that show the same bases of the genome', async () => {
    // The left flank of this intron, 50 bases, reaches 20 bases into the right flank of the test junction.
    const rows = changed(1, { start: ROWS[4]!.end! + 80, end: ROWS[4]!.end! + 900, strand: '-' })
    expect(await failures(rows)).toEqual([
      'no window of train shows bases of the genome that one of test does: 1 of 2 (50.00 %) do, 20 bases in all',
    ])
  })

  it('find a motif that is not that of the bases', async () => {
    expect(await failures(changed(3, { motif: 'GC-AG' }))).toEqual([
      "motifs are those of the windows' bases: 1 of 6 differ, first chr1:16000-17000:+",
    ])
  })

  it('leave rows of class unknown out', async () => {
    expect(await failures(changed(0, { className: 'unknown', sequence: ROWS[4]!.sequence! }))).toEqual([])
  })

  it('skip leaks where all rows are in one split', async () => {
    const examples = madeExamples(
      ROWS.map(row => ({ ...row, part: 'test' as const })),
      WINDOW,
    )
    const refuse = () => {
      throw new Error('nothing to compare')
    }
    const checks = await checkWindows(examples, {
      windowKey: strandlessKey,
      countShared: refuse,
      alike: refuse,
      alikeMeans: '',
    })
    expect(checks.map(({ state }) => state)).toEqual(['holds', 'skipped'])
  })
})

describe('the check of motifs', () => {
  const SITE = { length: 9, site: 4 }
  const site = async (row: Partial<MadeRow>, window: typeof SITE | typeof WINDOW = SITE) => {
    const examples = madeExamples([{ className: 'positive', motif: 'GT-AG', ...row }], window)
    const tools = { windowKey: strandlessKey, countShared, alikeMeans: '' }
    const checks = await checkWindows(examples, { ...tools, alike: async () => new Uint8Array(0) })
    return checks[0]!.state
  }

  it('compares the one site of a window', async () => {
    expect(await site({ site: 'donor', sequence: 'AAAAGTAAA' })).toBe('holds')
    expect(await site({ site: 'donor', sequence: 'AAAACTAAA' })).toBe('fails')
    expect(await site({ site: 'acceptor', sequence: 'AAGCAAAAA' })).toBe('fails')
    expect(await site({ site: 'acceptor', sequence: 'CCAGCCCCC' })).toBe('holds')
    expect(await site({ sequence: 'AAAAGTAAA' })).toBe('skipped')
  })

  it('allows the gap in an intron of one base, and no other', async () => {
    const gap = `${'A'.repeat(50)}GN${'A'.repeat(96)}NG${'A'.repeat(50)}`
    const place = { contig: 'c', start: 100, strand: '+', sequence: gap } as const
    expect(await site({ ...place, end: 101 }, WINDOW)).toBe('holds')
    expect(await site({ ...place, end: 110 }, WINDOW)).toBe('fails')
  })
})
