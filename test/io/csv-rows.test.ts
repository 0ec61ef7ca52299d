import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { type CsvRow, readCsvRows } from '../../src/io/csv-rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'csv-rows-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function rowsOf(content: string | Uint8Array): Promise<CsvRow[]> {
  const path = join(folder, 'table')
  writeFileSync(path, content)
  const rows: CsvRow[] = []
  for await (const batch of readCsvRows(path)) {
    rows.push(...batch)
  }
  return rows
}

const fieldsOf = async (content: string | Uint8Array) => (await rowsOf(content)).map(row => row.fields)

describe('rows of a table', () => {
  const table: [string, string, string[][]][] = [
    ['nothing', '', []],
    [
      'plain fields',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'no last line end',
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'Windows line ends',
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a byte order mark',
      '\ufeffa,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'empty lines',
      '\na,b\n\n1,2\n\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'empty fields',
      ',b,\n,,\n',
      [
        ['', 'b', ''],
        ['', '', ''],
      ],
    ],
    [
      'tabs',
      'a\tb\n1,5\t2\n',
      [
        ['a', 'b'],
        ['1,5', '2'],
      ],
    ],
    [
      'quotes',
      '"a","b"\n"1","2"\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'an empty quoted field',
      'a,b\n"",""\n',
      [
        ['a', 'b'],
        ['', ''],
      ],
    ],
    [
      'separators in quotes',
      'a,b\n"1,5",2\n',
      [
        ['a', 'b'],
        ['1,5', '2'],
      ],
    ],
    [
      'doubled quotes',
      'a,b\n"say ""x""",""""\n',
      [
        ['a', 'b'],
        ['say "x"', '"'],
      ],
    ],
    [
      'line ends in quotes',
      'a,b\n"1\n\n2",3\n4,5\n',
      [
        ['a', 'b'],
        ['1\n\n2', '3'],
        ['4', '5'],
      ],
    ],
  ]
  it.each(table)('with %s are read, plain and gzip', async (_what, text, fields) => {
    expect(await fieldsOf(text)).toEqual(fields)
    expect(await fieldsOf(gzipSync(text))).toEqual(fields)
  })

  it('know the line they begin in', async () => {
    const rows = await rowsOf('a,b\n\n"1\n2",3\n4,5\n')
    expect(rows.map(row => row.line1)).toEqual([1, 3, 5])
  })

  it.each([
    [
      'a short row',
      'a,b\n1\n',
      /table:2: expected 2 comma-separated columns as in the header, found 1, in "1"/,
    ],
    ['a long row of a tab-separated table', 'a\tb\n1\t2\t3\n', /expected 2 tab-separated columns .* found 3/],
    ['an open quote', 'a,b\n"1,2\n3,4\n', /table:2: expected a closing quote, found the end of the file/],
    ['text after a quote', 'a,b\n"1"x,2\n', /expected a separator after the quoted field 1, found x/],
    [
      'a quote inside a field',
      'a,b\n1"2",3\n',
      /expected a quoted field to begin with its quote, found 1"2"/,
    ],
  ])('with %s are refused', async (_what, text, message) => {
    await expect(rowsOf(text)).rejects.toThrow(message)
  })

  it('come back as they were written with quotes', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', '1', ',', '"', '\n', ' ', '\t', 'é') })
    const rows = fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(rows, async body => {
        const written = [['x', 'y', 'z'], ...body]
        const text = written
          .map(row => row.map(value => `"${value.replaceAll('"', '""')}"`).join(','))
          .join('\n')
        expect(await fieldsOf(text)).toEqual(written)
      }),
    )
  })
})
