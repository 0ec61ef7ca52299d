import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../../src/core/errors.ts'
import { openParquetTable } from '../../../src/io/parquet-table.ts'
import type { Check } from '../../../src/report/dataset/checks.ts'
import { checkInputs, checkOwnFiles } from '../../../src/report/dataset/file-checks.ts'
import { readRecord } from '../../../src/report/dataset/record.ts'
import { checkParquet } from '../../../src/report/dataset/table-equality.ts'
import { folderOf, tableOf } from '../../curation/dataset-folder.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const lines = (checks: readonly Check[]) =>
  checks.map(({ state, name, detail }) => `${state} ${name}: ${detail}`)

describe("the check of a dataset's own files", () => {
  const tables = [
    { name: 'a.tsv', sha256: sha256('rows') },
    { name: 'b.codes', sha256: sha256('bases') },
  ]

  it('holds for what was written', async () => {
    const folder = folderOf({ 'a.tsv': 'rows', 'b.codes': 'bases' })
    expect((await checkOwnFiles(folder, { tables })).map(({ state }) => state)).toEqual(['holds', 'holds'])
  })

  it('finds a file that was changed or is gone', async () => {
    expect(lines(await checkOwnFiles(folderOf({ 'a.tsv': 'more rows' }), { tables }))).toEqual([
      `fails hash of a.tsv: differs: expected sha256 ${sha256('rows').slice(0, 12)}, found ${sha256('more rows').slice(0, 12)}`,
      'fails hash of b.codes: the file is not there, though dataset.json lists it',
    ])
  })

  it('is skipped without hashes on record', async () => {
    expect((await checkOwnFiles(folderOf({}), undefined))[0]!.state).toBe('skipped')
    expect((await checkOwnFiles(folderOf({}), { tables: [] }))[0]!.state).toBe('skipped')
  })
})

describe('the check of inputs', () => {
  const reference = { name: 'genome.fa', sha256: sha256('>a') }
  const record = {
    reference,
    files: [
      { ...reference, role: 'reference' },
      { name: 'SJ.out.tab', sha256: sha256('one'), role: 'junctions' },
      { name: 'SJ.out.tab', sha256: sha256('two'), role: 'junctions' },
    ],
  }
  const given = (files: Record<string, string>) => {
    const folder = folderOf(files)
    return Object.keys(files).map(name => join(folder, name))
  }

  it('knows a file by its name and hash, of several of one name the right one', async () => {
    const paths = [...given({ 'SJ.out.tab': 'two' }), ...given({ 'genome.fa': '>a' })]
    expect(lines(await checkInputs(paths, record))).toEqual([
      `holds input SJ.out.tab: matches, sha256 ${sha256('two').slice(0, 12)}`,
      `holds input genome.fa: matches, sha256 ${sha256('>a').slice(0, 12)}`,
      'skipped 1 of 3 inputs: not given: SJ.out.tab (junctions)',
    ])
  })

  it('knows a file that was renamed by its hash', async () => {
    const [first] = await checkInputs(given({ 'hg38.fa': '>a' }), record)
    expect(first).toMatchObject({ state: 'holds', detail: expect.stringMatching(/recorded as genome\.fa$/) })
  })

  it('takes one file for every input of its name and hash, whatever the role', async () => {
    const file = { name: 'genes.gff3', sha256: sha256('genes') }
    const twice = {
      reference,
      files: [
        { ...file, role: 'annotation' },
        { ...file, role: 'junctions' },
      ],
    }
    expect(lines(await checkInputs(given({ 'genes.gff3': 'genes' }), twice))).toEqual([
      `holds input genes.gff3: matches, sha256 ${file.sha256.slice(0, 12)}`,
      'skipped 1 of 3 inputs: not given: genome.fa (reference)',
    ])
    expect(lines(await checkInputs(given({ 'renamed.gff3': 'genes' }), twice))).toEqual([
      `holds input renamed.gff3: matches, sha256 ${file.sha256.slice(0, 12)}, recorded as genes.gff3`,
      'skipped 1 of 3 inputs: not given: genome.fa (reference)',
    ])
  })

  it('has nothing to compare with where no inputs are on record', async () => {
    const paths = given({ 'genome.fa': '>a' })
    expect(lines(await checkInputs(paths, undefined))).toEqual([
      'skipped input genome.fa: nothing to compare with: there is no dataset.json',
    ])
    expect(lines(await checkInputs(paths, { reference: undefined, files: [] }))).toEqual([
      'skipped input genome.fa: nothing to compare with: dataset.json lists no inputs',
    ])
    await expect(checkInputs(['/nowhere/genome.fa'], undefined)).rejects.toThrow(MissingResourceError)
  })

  it('finds a file of other content, and one that is no input', async () => {
    const checks = await checkInputs(given({ 'genome.fa': '>b', 'x.bed': '' }), record)
    expect(lines(checks).slice(0, 2)).toEqual([
      `fails input genome.fa: differs: expected sha256 ${sha256('>a').slice(0, 12)}, found ${sha256('>b').slice(0, 12)}`,
      'fails input x.bed: not an input: dataset.json has neither its name nor its hash',
    ])
  })

  it('throws for a file that is not there', async () => {
    await expect(checkInputs(['/nowhere/genome.fa'], record)).rejects.toThrow(MissingResourceError)
  })
})

describe('the record', () => {
  it('is undefined without dataset.json and an error when that is no JSON object', async () => {
    expect(await readRecord(folderOf({}))).toBeUndefined()
    await expect(readRecord(folderOf({ 'dataset.json': '{' }))).rejects.toThrow(InputDataError)
    await expect(readRecord(folderOf({ 'dataset.json': '[]' }))).rejects.toThrow(/expected an object/)
  })

  it('asks for a folder where there is none, or a file', async () => {
    const folder = folderOf({ 'junctions.tsv.gz': '' })
    await expect(readRecord(join(folder, 'nosuch'))).rejects.toThrow(
      new MissingResourceError(`${join(folder, 'nosuch')}: no such folder`, 'check the path'),
    )
    const table = join(folder, 'junctions.tsv.gz')
    await expect(readRecord(table)).rejects.toThrow(
      new InputDataError(`${table}: expected a folder, found a file`, 'give the folder it is in'),
    )
  })

  it("leaves a user's own keys of the same name alone", async () => {
    const own = {
      counts: 5,
      tables: 'two',
      leftOut: { short: 3, odd: { positive: 2, why: 'x' } },
      files: [{}],
      decoys: { random: { asked: 3, made: 2 }, mine: 4 },
    }
    expect(await readRecord(folderOf({ 'dataset.json': JSON.stringify(own) }))).toMatchObject({
      counts: undefined,
      tables: [],
      files: [],
      leftOut: { short: { all: 3 }, odd: { positive: 2 } },
      decoys: { random: { asked: 3, made: 2 } },
    })
  })
})

describe('the check of the Parquet table', () => {
  const HEADER = ['contig', 'start', 'gene']
  const ROWS: (string | number)[][] = [
    ['chr1', 5, 'a'],
    ['chr1', 9, '.'],
    ['chr2', 1, 'b'],
  ]

  async function checkOf(parquet: readonly (string | number)[][], header = HEADER): Promise<Check> {
    const folder = folderOf({ 'junctions.tsv': tableOf(HEADER, ...ROWS) })
    const table = await openParquetTable(join(folder, 'junctions.parquet'), [
      { name: header[0]!, type: 'text', nullable: false },
      { name: header[1]!, type: 'int32', nullable: false },
      { name: header[2]!, type: 'text', nullable: true },
    ])
    await table.write([
      parquet.map(row => row[0] as string),
      parquet.map(row => row[1] as number),
      parquet.map(row => (row[2] === '.' ? undefined : (row[2] as string))),
    ])
    await table.close()
    return checkParquet(folder)
  }

  it('holds for the same rows', async () => {
    expect(lines([await checkOf(ROWS)])).toEqual([
      'holds junctions.parquet equals junctions.tsv: 3 rows, 3 columns',
    ])
  })

  it.each([
    ['another value', [ROWS[0]!, ['chr1', 10, '.'], ROWS[2]!], 'row 2, start: expected 9, found 10'],
    ['a value not known', [ROWS[0]!, ROWS[1]!, ['chr2', 1, '.']], 'row 3, gene: expected b, found .'],
    ['another order', [ROWS[0]!, ROWS[2]!, ROWS[1]!], 'row 2, contig: expected chr1, found chr2'],
    ['a row less', ROWS.slice(0, 2), 'row 3 of the text is not in the Parquet table'],
    ['a row more', [...ROWS, ROWS[0]!], 'row 4 of the Parquet table is not in the text'],
  ])('finds %s', async (_, rows, problem) => {
    expect(await checkOf(rows)).toMatchObject({ state: 'fails', detail: problem })
  })

  it('finds other columns', async () => {
    expect(await checkOf(ROWS, ['contig', 'end', 'gene'])).toMatchObject({
      state: 'fails',
      detail: 'expected the columns contig, start, gene, found contig, end, gene',
    })
  })

  it('is skipped without one', async () => {
    expect((await checkParquet(folderOf({ 'windows.tsv': '' }))).state).toBe('skipped')
  })
})
