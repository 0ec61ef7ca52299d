import { describe, expect, it } from 'vitest'
import { importDeepBind } from '../../../src/curation/import/deepbind.ts'
import type { Split } from '../../../src/curation/window-table.ts'
import { fileOf, imported, refusal } from './import-folder.ts'

const HEADER = 'FoldID\tEventID\tseq\tBound\n'
const BOUND = 'A\tpeak 1\tACGTTGCAACCT\t1\nA\tpeak2\tTTGACCATGGAT\t1\n'
const tableOf = (text: string, split: Split = 'train') => ({ path: fileOf(text, 'table.seq'), split })

describe("DeepBind's tables", () => {
  it('give a class and the event as gene', async () => {
    const both = `${HEADER}${BOUND}A\tshuf1\tGGGTTGCAACCT\t0\n`
    const { rows, description } = await imported(
      importDeepBind({ inputs: [tableOf(both, 'test')], shuffledNegatives: 3 }),
    )
    expect(rows).toEqual([
      { class: 'positive', split: 'test', gene: 'peak 1', sequence: 'ACGTTGCAACCT' },
      { class: 'positive', split: 'test', gene: 'peak2', sequence: 'TTGACCATGGAT' },
      { class: 'negative', split: 'test', gene: 'shuf1', sequence: 'GGGTTGCAACCT' },
    ])
    expect(description.window).toEqual({ length: 12 })
  })

  it('get shuffles of each positive where they have no negatives', async () => {
    const { rows, description } = await imported(
      importDeepBind({ inputs: [tableOf(HEADER + BOUND)], shuffledNegatives: 2, seed: 5 }),
    )
    expect(rows.map(row => `${row.class} ${row.gene}`)).toEqual([
      'positive peak 1',
      'positive peak2',
      'negative-shuffled peak 1',
      'negative-shuffled peak 1',
      'negative-shuffled peak2',
      'negative-shuffled peak2',
    ])
    const pairs = (text: string) => [...text].slice(1).map((letter, i) => text[i]! + letter)
    for (const row of rows.slice(2)) {
      const positive = rows.find(other => other.class === 'positive' && other.gene === row.gene)!
      expect(pairs(row.sequence!).sort()).toEqual(pairs(positive.sequence!).sort())
      expect(row.sequence).not.toBe(positive.sequence)
    }
    expect(description.settings).toMatchObject({ shuffledNegatives: 2, seed: 5 })
  })

  it('get the same shuffles for the same seed and others for another', async () => {
    const bytes = async (seed: number) =>
      (await imported(importDeepBind({ inputs: [tableOf(HEADER + BOUND)], shuffledNegatives: 1, seed })))
        .bytes[0]
    expect(await bytes(1)).toEqual(await bytes(1))
    expect(await bytes(2)).not.toEqual(await bytes(1))
  })

  it('say how many sequences have no other shuffle', async () => {
    const text = `${HEADER}A\ta\tAAAAAAAAAAAA\t1\nA\tb\tACGTTGCAACCT\t1\n`
    const { rows, description } = await imported(
      importDeepBind({ inputs: [tableOf(text)], shuffledNegatives: 1 }),
    )
    expect(rows.map(row => row.class)).toEqual(['positive', 'positive', 'negative-shuffled'])
    expect(description.warnings).toEqual([
      '1 negatives asked for could not be made: the sequences have no more',
    ])
  })

  it.each([
    [
      'without a column',
      'FoldID\tEventID\tseq\nA\ta\tAC\n',
      /table.seq:1: expected the columns .* found no Bound/,
    ],
    ['with another label', `${HEADER}A\ta\tAC\t2\n`, /table.seq:2: expected 0 or 1 as Bound, found "2"/],
    [
      'with another length',
      `${HEADER}A\ta\tAC\t1\nA\tb\tACC\t1\n`,
      /table.seq:3: expected 2 bases as sequence/,
    ],
    ['of nothing', '', /expected a header line and rows, found nothing/],
  ])('are refused %s', async (_what, text, message) => {
    const error = await refusal(importDeepBind({ inputs: [tableOf(text)] }))
    expect(error.message).toMatch(message)
    expect(error.exitCode).toBe(3)
  })
})
