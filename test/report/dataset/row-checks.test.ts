import { describe, expect, it } from 'vitest'
import { checkCounts } from '../../../src/report/dataset/count-checks.ts'
import type { RecordedCounts } from '../../../src/report/dataset/record.ts'
import { checkRows } from '../../../src/report/dataset/row-checks.ts'
import { type MadeRow, madeExamples } from './made-examples.ts'

const JUNCTION = { length: 16, donor: 4, acceptor: 12 }
const SITE = { length: 9, site: 4 }
const PLACE = { contig: 'chr1', start: 100, end: 200, strand: '+', gene: 'a' } as const

/** Returns what each check found, by its name. */
const states = (rows: readonly MadeRow[], window: typeof JUNCTION | typeof SITE = JUNCTION) =>
  Object.fromEntries(
    checkRows(madeExamples(rows, window)).map(({ name, state, detail }) => [
      name.replace(/^.*?(once|both|splits).*$/, '$1'),
      state === 'holds' ? 'ok' : `${state}: ${detail}`,
    ]),
  )

describe('the checks of rows', () => {
  it('hold for different junctions', () => {
    expect(
      states([
        { className: 'positive', ...PLACE },
        { className: 'negative-random', ...PLACE, strand: '-' },
        { className: 'positive', ...PLACE, contig: 'chr2' },
        { className: 'unknown', ...PLACE, end: 201 },
      ]),
    ).toEqual({ once: 'ok', both: 'ok', splits: 'ok' })
  })

  it('find a junction that stands in two rows, wherever they are', () => {
    const found = states([
      { className: 'positive', ...PLACE },
      { className: 'positive', ...PLACE, end: 300 },
      { className: 'positive', ...PLACE, start: 50 },
      { className: 'positive', ...PLACE },
    ])
    expect(found).toEqual({
      once: 'fails: 1 in several rows, first chr1:100-200:+',
      both: 'ok',
      splits: 'ok',
    })
  })

  it('find a junction with both labels', () => {
    const rows = (second: string): MadeRow[] => [
      { className: 'positive-alt', ...PLACE, start: 150 },
      { className: second, ...PLACE, start: 150 },
    ]
    expect(states(rows('negative-1')).both).toBe('fails: 1 with both labels, first chr1:150-200:+')
    expect(states(rows('unknown')).both).toBe('ok')
  })

  it('take a site for the same whatever the intron it was taken from', () => {
    const donor = { className: 'positive', ...PLACE, site: 'donor' } as const
    expect(states([donor, { ...donor, end: 900 }], SITE).once).toMatch(/^fails: 1 in several rows/)
    expect(states([donor, { ...donor, site: 'acceptor' }], SITE).once).toBe('ok')
    expect(states([donor, { ...donor, start: 90, end: 200 }], SITE).once).toBe('ok')
    const reverse = { ...donor, strand: '-' } as const
    expect(states([reverse, { ...reverse, start: 7 }], SITE).once).toMatch(/^fails/)
    expect(states([reverse, { ...reverse, end: 900 }], SITE).once).toBe('ok')
  })

  it('find a gene in two splits', () => {
    const found = states([
      { className: 'positive', ...PLACE, part: 'train' },
      { className: 'positive', ...PLACE, part: 'test', end: 300 },
      { className: 'positive', ...PLACE, part: 'test', end: 400, gene: 'b' },
    ])
    expect(found.splits).toBe('fails: 1 in several, first a in train and test')
  })

  it('say what they lack', () => {
    expect(states([{ className: 'positive' }])).toEqual({
      once: 'skipped: the table has no places',
      both: 'skipped: the table has no places',
      splits: 'skipped: the table has no genes',
    })
  })
})

describe('the checks of counts', () => {
  const examples = madeExamples(
    [
      { className: 'positive', ...PLACE, motif: 'GT-AG' },
      { className: 'positive', ...PLACE, motif: 'GC-AG', part: 'test' },
      { className: 'unknown', ...PLACE, contig: 'chr2' },
    ],
    JUNCTION,
  )
  const counts = {
    rows: 3,
    classes: { positive: 2, unknown: 1 },
    splits: { train: 2, validation: 0, test: 1 },
    classesBySplit: { train: { positive: 1, unknown: 1 }, test: { positive: 1 } },
    contigs: { chr1: 2, chr2: 1 },
    motifs: { 'GT-AG': 1, 'GC-AG': 1, '.': 1 },
  }
  const failures = (change: RecordedCounts) =>
    checkCounts(examples, { counts: { ...counts, ...change } })
      .filter(({ state }) => state !== 'holds')
      .map(({ name, detail }) => `${name}: ${detail}`)

  it('hold for the counts on record', () => {
    expect(failures({})).toEqual([])
    expect(checkCounts(examples, { counts }).length).toBe(7)
  })

  it.each([
    [{ rows: 4 }, 'number of rows: expected 4 rows, found 3'],
    [{ classes: { positive: 3 } }, 'rows by class: expected 3 positive, found 2 (and 1 more)'],
    [{ splits: { train: 3 } }, 'rows by split: expected 3 train, found 2 (and 1 more)'],
    [{ classesBySplit: { test: {} } }, 'rows of test by class: expected 0 positive, found 1'],
    [{ contigs: { chr1: 2 } }, 'rows by contig: expected 0 chr2, found 1'],
    [{ motifs: { 'GT-AG': 2 } }, 'rows by motif: expected 2 GT-AG, found 1 (and 1 more)'],
  ])('find %j', (change: RecordedCounts, problem) => {
    expect(failures(change)).toEqual([problem])
  })

  it('hold for rows with targets, which imports count as target', () => {
    const rows = [{ className: '.' }, { className: '.' }, { className: '.', part: 'test' as const }]
    const targets = { values: Float32Array.of(1, 2, 3), columns: 1 }
    const regression = { ...madeExamples(rows, { length: 5 }), targets }
    const onRecord = (target: number): RecordedCounts => ({
      rows: 3,
      classes: { target },
      splits: { train: 2, test: 1 },
      classesBySplit: { train: { target: 2 }, test: { target: target - 2 } },
    })
    expect(checkCounts(regression, { counts: onRecord(3) }).map(({ state }) => state)).toEqual(
      Array(5).fill('holds'),
    )
    expect(
      checkCounts(regression, { counts: onRecord(4) })
        .filter(({ state }) => state === 'fails')
        .map(({ detail }) => detail),
    ).toEqual(['expected 4 target, found 3', 'expected 2 target, found 1'])
  })

  it('are skipped without counts on record', () => {
    const skips = (counts: undefined | { counts: undefined }) =>
      checkCounts(examples, counts).map(({ state, detail }) => `${state}: ${detail}`)
    expect(skips(undefined)).toEqual(['skipped: there is no dataset.json'])
    expect(skips({ counts: undefined })).toEqual(['skipped: dataset.json has none'])
  })
})
