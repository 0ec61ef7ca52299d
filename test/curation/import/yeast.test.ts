import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runImportYeast } from '../../../src/cli/commands/dataset-import.ts'
import { readDataset } from '../../../src/curation/dataset.ts'
import { importYeast, type YeastImportOptions } from '../../../src/curation/import/yeast.ts'
import { readYeastIntrons } from '../../../src/curation/import/yeast-introns.ts'
import { fakeContext } from '../../support/command-context.ts'
import { dataPath, dataReason, hasData } from '../../support/real-data.ts'
import { folderOf, writtenDataset } from '../dataset-folder.ts'
import { fileOf, imported, refusal } from './import-folder.ts'

const HEADER = 'type,barcode,splicing_eff,full_seq,fivess_idx,bp_idx,threess_idx'
const SHARES = { test: 0, validation: 0 }

const yeast = (text: string, options: Partial<YeastImportOptions> = {}) =>
  importYeast({
    tables: [fileOf(text, 'constructs.csv')],
    input: 'window',
    shares: SHARES,
    equalise: false,
    seed: 1,
    ...options,
  })

/** Bases told apart by their letters: A before the donor, then the three sites among C, G and T. */
const sequenceOf = (mark: string) => {
  const bases = [...'A'.repeat(60), ...'C'.repeat(60), ...'G'.repeat(60), ...'T'.repeat(80)]
  for (const [i, base] of [...mark].entries()) {
    bases[i] = base
  }
  return bases.join('')
}

/** Rows with the sites at 60, 120 and 180. */
const row = (library: string, barcode: string, efficiency: string, sequence: string) =>
  `${library},${barcode},${efficiency},${sequence},60,120,180`

const mark = (number: number) =>
  [...number.toString(2).padStart(12, '0')].map(bit => 'CG'[Number(bit)]).join('')

/** Constructs of two libraries, each with its own intron and four rows; a third of them is spliced. */
function library(constructs: number): string {
  const rows = Array.from({ length: constructs }, (_, i) => {
    const first = sequenceOf('')
    const intron = first.slice(0, 62) + mark(i) + first.slice(74)
    return Array.from({ length: 4 }, (_, index) =>
      row(
        i % 2 === 0 ? 'synthetic' : 'endogenous',
        mark(i),
        i % 3 === 0 ? '0.5' : '0.0',
        mark(4 * i + index) + intron.slice(12),
      ),
    )
  })
  return [HEADER, ...rows.flat()].join('\n')
}

describe('a table of constructs', () => {
  it('gives 40 bases around each site, and what is known of the construct', async () => {
    const { header, rows, description } = await imported(
      yeast(`${HEADER}\n${row('synthetic hairpin', 'ACGT', '0.25', sequenceOf(''))}\n`),
    )
    expect(header).toEqual([
      'target',
      'split',
      'gene',
      'donor_position',
      'branch_position',
      'acceptor_position',
      'library',
      'barcode',
      'sequence',
    ])
    expect(rows).toEqual([
      {
        target: '0.25',
        split: 'train',
        gene: 'ACGT',
        donor_position: '60',
        branch_position: '120',
        acceptor_position: '183',
        library: 'synthetic hairpin',
        barcode: 'ACGT',
        sequence: ['A', 'C', 'C', 'G', 'G', 'T'].map(base => base.repeat(20)).join(''),
      },
    ])
    expect(description.window).toEqual({ length: 120 })
    expect(description.settings).toMatchObject({ reader: 'yeast', input: 'window', equalise: false, seed: 1 })
  })

  it.each([
    ['intron', `${'C'.repeat(60)}${'G'.repeat(60)}${'T'.repeat(25)}`],
    ['full', sequenceOf('')],
  ] as const)('gives the %s', async (input, sequence) => {
    const text = `${HEADER}\n${row('synthetic', 'ACGT', '0', sequenceOf(''))}\n`
    const { rows, description } = await imported(yeast(text, { input }))
    expect(rows.map(({ sequence }) => sequence)).toEqual([sequence])
    expect(description.window).toEqual({ length: sequence.length })
  })

  it('keeps replicates of one window, and leaves out what repeats a row or has no value', async () => {
    const text = [
      HEADER,
      row('synthetic', 'ACGT', '0.5', sequenceOf('A')),
      row('synthetic', 'ACGT', '0.5', sequenceOf('C')),
      row('synthetic', 'ACGT', '0.5', sequenceOf('A')),
      row('synthetic', 'ACGT', '0.25', sequenceOf('A')),
      row('synthetic', 'ACGT', 'nan', sequenceOf('G')),
    ].join('\n')
    const { rows, description } = await imported(yeast(text))
    expect(rows.map(({ target }) => target)).toEqual(['0.5', '0.5', '0.25'])
    expect(description.leftOut).toEqual({ 'no-value': { target: 1 }, repeated: { target: 1 } })
    expect(description.observed.rowsRead).toBe(5)
    expect(description.warnings).toEqual([
      '1 rows without a value were left out',
      '1 rows that repeat an earlier one were left out',
    ])
  })

  it('has one gene for barcodes with one intron', async () => {
    const text = [
      HEADER,
      row('synthetic', 'AAAA', '0', sequenceOf('A')),
      row('synthetic', 'CCCC', '0', sequenceOf('C')),
      row('synthetic', 'GGGG', '0', sequenceOf('G').replace('GT', 'TT')),
    ].join('\n')
    const { rows } = await imported(yeast(text))
    expect(rows.map(({ gene }) => gene)).toEqual(['AAAA', 'AAAA', 'GGGG'])
  })

  it.each<[string, string, Partial<YeastImportOptions>]>([
    ['type,barcode\n', 'expected the columns type, barcode, splicing_eff, full_seq', {}],
    [`${HEADER}\n${row('x', 'A', 'much', 'ACGT')}`, 'expected a number as splicing_eff, found "much"', {}],
    [`${HEADER}\n${row('x', '', '0', 'ACGT')}`, 'expected a barcode, found none', {}],
    [
      `${HEADER}\n${row('x', 'A', '0', 'ACGT')}`,
      'expected fivess_idx < bp_idx < threess_idx inside the 4 bases, found 60, 120 and 180',
      {},
    ],
    [
      `${HEADER}\nx,A,0,${'ACGT'.repeat(10)},10,20,37`,
      'expected bases from -10 to 30 for the input window, found a construct of 40',
      {},
    ],
    [`${HEADER}\n`, 'expected rows with a label or a value, found none', {}],
    ['', 'expected a header line and rows, found nothing', {}],
    [
      `${HEADER}\n${row('x', 'A', '0', sequenceOf(''))}`,
      'part train: expected rows of efficiency 0.1 and more and rows below, to make them equal in number, found 0 and 1',
      { equalise: true },
    ],
  ])('that is %j is refused', async (text, message, options) => {
    expect(await refusal(yeast(text, options))).toMatchObject({
      name: 'InputDataError',
      message: expect.stringContaining(message),
    })
  })

  it('is not split into more than there is', () => {
    expect(() => yeast('', { shares: { test: 0.7, validation: 0.4 } })).toThrow(
      'expected shares for test and validation from 0 to 1 together, found 0.7 and 0.4',
    )
  })
})

describe('the parts', () => {
  it('are shares of each library, whole constructs, and the same for every input', async () => {
    const table = fileOf(library(100), 'constructs.csv')
    const options = { shares: { test: 0.1, validation: 0.2 }, tables: [table] }
    const { rows, description } = await imported(yeast('', options))
    const count = (split: string, library: string) =>
      rows.filter(row => row.split === split && row.library === library).length
    for (const library of ['synthetic', 'endogenous']) {
      expect(['test', 'validation', 'train'].map(split => count(split, library))).toEqual([20, 40, 140])
    }
    expect(description.counts.splits).toEqual({ train: 280, validation: 80, test: 40 })
    const partsOf = new Map(rows.map(({ barcode, split }) => [barcode, split]))
    expect(rows.every(({ barcode, split }) => partsOf.get(barcode!) === split)).toBe(true)
    const whole = await imported(yeast('', { ...options, input: 'full' }))
    expect(whole.rows.map(({ split }) => split)).toEqual(rows.map(({ split }) => split))
    const other = await imported(yeast('', { ...options, seed: 2 }))
    expect(other.rows.map(({ split }) => split)).not.toEqual(rows.map(({ split }) => split))
  })

  it('may be one alone', async () => {
    const { rows } = await imported(yeast(library(6), { shares: { test: 1, validation: 0 } }))
    expect(new Set(rows.map(({ split }) => split))).toEqual(new Set(['test']))
  })

  it('share no barcode and no intron, whatever the shares and seed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        async (seed, test, validation) => {
          const { rows } = await imported(
            yeast(library(12), { seed, shares: { test, validation }, input: 'full' }),
          )
          expect(rows).toHaveLength(48)
          const parts = new Map<string, Set<string>>()
          for (const { barcode, sequence, split } of rows) {
            for (const key of [barcode!, sequence!.slice(60, 183)]) {
              parts.set(key, (parts.get(key) ?? new Set()).add(split!))
            }
          }
          expect([...parts.values()].every(({ size }) => size === 1)).toBe(true)
        },
      ),
      { numRuns: 20 },
    )
  })
})

describe('equalised', () => {
  it('draws spliced rows of each part with replacement, as many as there are others, after the split', async () => {
    const options = { shares: { test: 0.25, validation: 0.25 }, equalise: true }
    const [plain, equal] = [
      await imported(yeast(library(96), { ...options, equalise: false })),
      await imported(yeast(library(96), options)),
    ]
    for (const part of ['train', 'validation', 'test']) {
      const of = (rows: Record<string, string>[], isSpliced: boolean) =>
        rows.filter(({ split, target }) => split === part && Number(target) >= 0.1 === isSpliced)
      expect(of(equal.rows, false)).toEqual(of(plain.rows, false))
      expect(of(equal.rows, true)).toHaveLength(of(plain.rows, false).length)
      const known = new Set(of(plain.rows, true).map(({ barcode }) => barcode))
      const drawn = of(equal.rows, true).map(({ barcode }) => barcode)
      expect(drawn.every(barcode => known.has(barcode))).toBe(true)
      expect(new Set(drawn).size).toBeGreaterThan(known.size / 2)
    }
    expect(equal.description.warnings).toEqual([])
    expect(equal.description.source).toContain('drawn with replacement')
  })

  it('gives the same bytes for the same seed, and others for another', async () => {
    const options = { shares: SHARES, equalise: true, tables: [fileOf(library(20), 'constructs.csv')] }
    const [first, again, other] = [
      await imported(yeast('', options), { name: 'set' }),
      await imported(yeast('', options), { name: 'set' }),
      await imported(yeast('', { ...options, seed: 2 }), { name: 'set' }),
    ]
    expect(again.bytes).toEqual(first.bytes)
    expect(other.rows).not.toEqual(first.rows)
  })
})

it('is a command, and its folder reads as a dataset of numbers', async () => {
  const out = `${folderOf({})}/set`
  const context = fakeContext()
  await runImportYeast(
    [fileOf(library(40), 'constructs.csv')],
    { out, input: 'intron', test: 0.1, validation: 0.1, seed: 1 },
    context,
  )
  expect(context.messages()).toContain('160 rows')
  const dataset = await readDataset(out, { scratchFolder: folderOf({}) })
  const { train, validation, test } = dataset.splits
  expect([train.length, validation.length, test.length]).toEqual([128, 16, 16])
  expect(dataset.targets?.columns).toBe(1)
  expect(dataset.genes?.texts).toHaveLength(40)
  expect(dataset.window).toEqual({ length: 145 })
  expect(dataset.warnings).toEqual([])
  expect(writtenDataset(out).description.settings.shares).toEqual({ test: 0.1, validation: 0.1 })
  await dataset.close()
})

const YEAST_SETS = ['all-dev', 'nonatural-dev', 'nonatural-test']

describe.skipIf(!hasData)(`the published tables${dataReason}`, () => {
  const tables = YEAST_SETS.map(set => dataPath(`yeast-splicing-efficiency/${set}.csv.gz`))

  it('have 6,877 different rows of 1,954 constructs with 1,860 introns', async () => {
    const { rows, description } = await imported(
      yeast('', { tables, shares: { test: 0.1, validation: 0.1 } }),
    )
    expect(description.leftOut).toEqual({ repeated: { target: 201 } })
    expect(rows).toHaveLength(6877)
    expect(new Set(rows.map(({ barcode }) => barcode)).size).toBe(1954)
    expect(new Set(rows.map(({ gene }) => gene)).size).toBe(1860)
    expect(rows.filter(({ target }) => Number(target) >= 0.1)).toHaveLength(1168)
    expect(new Set(rows.map(({ library }) => library)).size).toBe(12)
    // The barcode, behind three bases of the primer.
    expect(rows.every(({ barcode, sequence }) => sequence!.slice(3, 15) === barcode)).toBe(true)
    const { test, validation } = description.counts.splits
    for (const share of [test, validation]) {
      expect(share / 6877).toBeGreaterThan(0.08)
      expect(share / 6877).toBeLessThan(0.11)
    }
  })

  it('come with 297 natural introns', async () => {
    const introns = await readYeastIntrons(dataPath('yeast-splicing-efficiency/wildtype-introns.csv.gz'))
    expect(introns).toHaveLength(297)
    expect(introns[0]).toMatchObject({ length: 157, branchToEnd: 12 })
    expect(introns.filter(({ branch }) => branch.length === 7)).toHaveLength(3)
  })
})

describe('a table of natural introns', () => {
  it.each([
    ["BP,5'SS\n", "expected the columns Length (bp), BP to 3'SS (bp), 5'SS, BP, 3'SS in the header"],
    ["Length (bp),BP to 3'SS (bp),5'SS,BP,3'SS\n", 'expected a header line and introns, found none'],
    [
      "Length (bp),BP to 3'SS (bp),5'SS,BP,3'SS\n100,20,GTATGTA,TACTAACA,TAG\n",
      "expected at most 6 bases as 5'SS, found 7",
    ],
    [
      "Length (bp),BP to 3'SS (bp),5'SS,BP,3'SS\nlong,20,GTATGT,TACTAACA,TAG\n",
      'expected a whole number as Length (bp), found "long"',
    ],
  ])('that is %j is refused', async (text, message) => {
    await expect(readYeastIntrons(fileOf(text, 'introns.csv'))).rejects.toThrow(message)
  })
})
