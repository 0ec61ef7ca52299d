import { describe, expect, it } from 'vitest'
import { readDataset } from '../../../src/curation/dataset.ts'
import { parseClassMapping } from '../../../src/curation/import/class-mapping.ts'
import { type CsvOptions, importCsv } from '../../../src/curation/import/csv.ts'
import { fileOf, imported, refusal } from './import-folder.ts'

const csv = (text: string, options: Partial<CsvOptions> = {}) =>
  importCsv({ inputs: [{ path: fileOf(text, 'table.csv'), split: 'train' }], ...options })

describe('a table with a header', () => {
  it('gives a class to each sequence', async () => {
    const { header, rows, description } = await imported(csv('sequence,label\nACGT,1\nRCGY,0\n'))
    expect(header).toEqual(['class', 'split', 'sequence'])
    expect(rows).toEqual([
      { class: 'positive', split: 'train', sequence: 'ACGT' },
      { class: 'negative', split: 'train', sequence: 'NCGN' },
    ])
    expect(description.window).toEqual({ length: 4 })
    expect(description.observed.ambiguousLetters).toBe(2)
    expect(description.warnings).toEqual(['2 letters for several bases became N'])
    expect(description.settings).toMatchObject({
      classes: { 0: 'negative', 1: 'positive' },
      labelColumn: 'label',
    })
  })

  it('may name its columns otherwise, mean other classes, and have rows to skip', async () => {
    const { rows, description } = await imported(
      csv('id\tseq\tkind\nx\tACAG\tdonor\ny\tCCAG\tneither\nz\tGGAG\tacceptor\n', {
        sequenceColumn: 'seq',
        labelColumn: 'kind',
        classes: parseClassMapping('acceptor=positive-x,neither=negative,donor=skip'),
        layout: { site: 'acceptor', position: 3 },
      }),
    )
    expect(rows).toEqual([
      { class: 'negative', split: 'train', site: 'acceptor', sequence: 'CCAG' },
      { class: 'positive-x', split: 'train', site: 'acceptor', sequence: 'GGAG' },
    ])
    expect(description.window).toEqual({ length: 4, site: 3 })
    expect(description.leftOut).toEqual({ 'skipped-label': { donor: 1 } })
    expect(description.counts.rows + 1).toBe(description.observed.rowsRead)
  })

  it('gives values instead of classes, and leaves out rows that have none', async () => {
    const text =
      'x,full,eff,fivess_idx,bp_idx,threess_idx\na,ACGT,0.450,1,2,3\nb,CCGT,nan,1,2,3\nc,GCGT,,1,2,3\nd,TCGT,-1e-2,1,,2\n'
    const { folder, header, rows, description } = await imported(
      csv(text, { sequenceColumn: 'full', targetColumns: ['eff'] }),
    )
    expect(header).toEqual([
      'target',
      'split',
      'donor_position',
      'branch_position',
      'acceptor_position',
      'sequence',
    ])
    expect(rows.map(row => Object.values(row).join(' '))).toEqual([
      '0.45 train 1 2 6 ACGT',
      '-0.01 train 1 . 5 TCGT',
    ])
    expect(description.leftOut).toEqual({ 'no-value': { target: 2 } })
    expect(description.counts.classes).toEqual({ target: 2 })
    const dataset = await readDataset(folder, { scratchFolder: folder, validationFraction: 0 })
    expect(dataset.targets!.columns).toBe(1)
    expect([...dataset.targets!.values].map(value => value.toFixed(2))).toEqual(['0.45', '-0.01'])
    await dataset.close()
  })

  it('may give several values', async () => {
    const { rows } = await imported(csv('sequence,a,b\nACGT,1,2\n', { targetColumns: ['b', 'a'] }))
    expect(rows).toEqual([{ target: '2,1', split: 'train', sequence: 'ACGT' }])
  })

  it.each<[string, string, Partial<CsvOptions>, RegExp]>([
    [
      'without the column of sequences',
      'seq,label\nA,1\n',
      {},
      /table.csv:1: expected one column named sequence in the header, found none among seq, label/,
    ],
    [
      'with a column twice',
      'sequence,label,label\nA,1,1\n',
      {},
      /expected one column named label in the header, found more than one/,
    ],
    [
      'with a label nobody explained',
      'sequence,label\nA,1\nC,2\n',
      {},
      /table.csv:3: expected 0, 1 as label, found "2"/,
    ],
    [
      'with a value that is no number',
      'sequence,v\nA,1\nC,x\n',
      { targetColumns: ['v'] },
      /table.csv:3: expected a number as v, found "x"/,
    ],
    [
      'with a value beyond float32',
      'sequence,v\nA,1e39\n',
      { targetColumns: ['v'] },
      /expected a number as v, found "1e39"/,
    ],
    [
      'with an index that is none',
      'sequence,label,bp_idx\nA,1,-2\n',
      {},
      /expected a whole number as bp_idx, found "-2"/,
    ],
    ['of U', 'sequence,label\nACGU,1\n', {}, /found "U" as letter 4/],
    ['of nothing', '', {}, /expected a header line and rows, found nothing/],
    ['of a header', 'sequence,label\n', {}, /found none: 0 rows read/],
    [
      'of rows to skip',
      'sequence,label\nA,1\n',
      { classes: parseClassMapping('1=skip') },
      /found none: 1 rows read, 1 left out as skipped-label/,
    ],
    [
      'of unknown rows',
      'sequence,label\nA,1\n',
      { classes: parseClassMapping('1=unknown') },
      /found none: 1 rows read/,
    ],
  ])('%s is refused', async (_what, text, options, message) => {
    const error = await refusal(csv(text, options))
    expect(error.message).toMatch(message)
    expect(error.exitCode).toBe(3)
  })
})

describe('a list of classes', () => {
  it('is read as label=class pairs', () => {
    expect([...parseClassMapping('0=positive, 1=negative-donor,a b=unknown')]).toEqual([
      ['0', 'positive'],
      ['1', 'negative-donor'],
      ['a b', 'unknown'],
    ])
  })

  it.each([
    ['', /found nothing/],
    ['0', /found 0 in 0/],
    ['0=neg', /found 0=neg/],
    ['=positive', /found =positive/],
    ['0=positive=1', /found 0=positive=1/],
    ['0=positive-', /found 0=positive-/],
    ['0=positive,0=negative', /expected every label once, found 0 twice/],
  ])('is refused as %j', (text, message) => {
    expect(() => parseClassMapping(text)).toThrow(message)
  })
})
