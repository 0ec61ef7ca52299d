import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { parquetMetadata } from 'hyparquet'
import { afterAll, describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../src/core/errors.ts'
import {
  type ColumnValues,
  openParquetTable,
  type ParquetColumn,
  type ParquetValue,
  readParquetTable,
} from '../../src/io/parquet-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'parquet-'))
afterAll(() => rmSync(folder, { recursive: true }))
let count = 0
const newPath = () => join(folder, `table-${count++}.parquet`)

const COLUMNS: ParquetColumn[] = [
  { name: 'contig', type: 'text', nullable: false },
  { name: 'start', type: 'int32', nullable: false },
  { name: 'support', type: 'int32', nullable: true },
  { name: 'gene', type: 'text', nullable: true },
]

async function written(batches: ColumnValues[][], columns = COLUMNS): Promise<string> {
  const path = newPath()
  const table = await openParquetTable(path, columns)
  for (const batch of batches) {
    await table.write(batch)
  }
  await table.close()
  return path
}

/** Returns all rows of a file, column by column. */
async function columnsOf(path: string): Promise<ParquetValue[][]> {
  const { columns, batches } = await readParquetTable(path)
  const all: ParquetValue[][] = columns.map(() => [])
  for await (const batch of batches()) {
    batch.forEach((values, column) => {
      for (const value of values) {
        all[column]!.push(value)
      }
    })
  }
  return all
}

const text = fc.oneof(fc.constantFrom('chr1', 'chr2', '', 'α–β'), fc.string({ maxLength: 30 }))
const int32 = fc.integer({ min: -0x7fffffff, max: 0x7fffffff })
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 })
const row = fc.tuple(text, int32, optional(int32), optional(text))

const transposed = (rows: readonly (readonly ParquetValue[])[]) =>
  COLUMNS.map((_column, i) => rows.map(values => values[i])) as ColumnValues[]

describe('a Parquet table', () => {
  it('gives back the rows that were written, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { maxLength: 40 }), { maxLength: 4 }), async batches => {
        const path = await written(batches.map(transposed))
        const { columns, rowCount } = await readParquetTable(path)
        expect(columns).toEqual(['contig', 'start', 'support', 'gene'])
        expect(rowCount).toBe(batches.flat().length)
        expect(await columnsOf(path)).toEqual(transposed(batches.flat()))
      }),
      { numRuns: 60 },
    )
  })

  it('has the same bytes for the same rows, however they were cut into batches', async () => {
    const rows = fc.sample(row, { numRuns: 500, seed: 7 })
    const whole = await written([transposed(rows)])
    const cut = await written([transposed(rows.slice(0, 123)), transposed(rows.slice(123))])
    expect(readFileSync(cut).equals(readFileSync(whole))).toBe(true)
  })

  it('has row groups of 32,768 rows, text that repeats as a dictionary, and its columns’ types', async () => {
    const rows = 80_001
    const classes = Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? undefined : `class-${i % 5}`))
    const path = await written(
      [[Int32Array.from({ length: rows }, (_, i) => i * 7), classes]],
      [
        { name: 'start', type: 'int32', nullable: false },
        { name: 'class', type: 'text', nullable: true },
      ],
    )
    const file = readFileSync(path)
    const metadata = parquetMetadata(new Uint8Array(file).buffer)
    expect(metadata.created_by).toBe('splice-score')
    expect(metadata.row_groups.map(group => Number(group.num_rows))).toEqual([32_768, 32_768, 14_465])
    expect(metadata.row_groups[0]!.columns[1]!.meta_data!.encodings).toContain('RLE_DICTIONARY')
    expect(metadata.schema.slice(1)).toMatchObject([
      { name: 'start', type: 'INT32', repetition_type: 'REQUIRED' },
      { name: 'class', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    ])
    const [starts, names] = await columnsOf(path)
    expect([starts!.length, starts![32_768], starts!.at(-1)]).toEqual([rows, 229_376, 560_000])
    expect(names).toEqual(classes)
  })

  it('may have no rows', async () => {
    const path = await written([])
    expect((await readParquetTable(path)).rowCount).toBe(0)
    expect(await columnsOf(path)).toEqual([[], [], [], []])
  })

  it('is not there before it is closed, and never once it is discarded', async () => {
    const own = join(folder, 'own')
    mkdirSync(own)
    const path = join(own, 'a.parquet')
    const table = await openParquetTable(path, COLUMNS)
    await table.write([['c'], [1], [2], ['g']])
    expect(existsSync(path)).toBe(false)
    table.discard()
    table.discard()
    expect(readdirSync(own)).toEqual([])
  })

  it('stays when it is discarded or closed again after it was closed', async () => {
    const path = newPath()
    const table = await openParquetTable(path, COLUMNS)
    await table.close()
    await table.close()
    table.discard()
    expect(existsSync(path)).toBe(true)
  })
})

describe('a batch', () => {
  it.each<[string, ColumnValues[], string]>([
    [
      'without a value the column needs',
      [[undefined as never], [1], [1], ['g']],
      'column contig, found nothing',
    ],
    ['with a number out of range', [['c'], [2 ** 31], [1], ['g']], 'up to 2147483647 in column start'],
    ['with a fraction', [['c'], [1], [0.5], ['g']], 'column support, found "0.5"'],
    ['with a number for text', [['c'], [1], [1], [5]], 'expected text in column gene, found "5"'],
  ])('%s is refused', async (_name, batch, message) => {
    const table = await openParquetTable(newPath(), COLUMNS)
    const error = await table.write(batch).catch(e => e)
    table.discard()
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toContain(message)
  })

  it('with columns of different lengths is refused', async () => {
    const table = await openParquetTable(newPath(), COLUMNS)
    await expect(table.write([['c'], [1, 2], [1], ['g']])).rejects.toThrow(RangeError)
    table.discard()
  })
})

describe('a file that is no Parquet table', () => {
  it.each([
    ['text', 'contig\tstart\n'.repeat(20)],
    ['an empty file', ''],
  ])('such as %s is an error', async (_name, content) => {
    const path = newPath()
    writeFileSync(path, content)
    const error = await readParquetTable(path).catch(e => e)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toContain(`${path}: expected a Parquet table`)
  })

  it('such as one cut short is an error', async () => {
    const path = await written([[['c'], [1], [2], ['g']]])
    writeFileSync(path, readFileSync(path).subarray(0, -20))
    await expect(readParquetTable(path)).rejects.toThrow(InputDataError)
  })

  it('such as an absent one is a missing resource', async () => {
    await expect(readParquetTable(join(folder, 'absent'))).rejects.toThrow(MissingResourceError)
  })
})
