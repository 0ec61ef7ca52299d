import { join } from 'node:path'
import { throwIfAborted } from '../../core/errors.ts'
import { grouped } from '../../core/number-text.ts'
import type { OnProgress } from '../../core/progress.ts'
import { namesInFolder } from '../../io/folder.ts'
import { type ParquetValue, readParquetTable } from '../../io/parquet-rows.ts'
import { readLines } from '../../io/text-lines.ts'
import { type Check, check, skipped } from './checks.ts'

const KINDS = ['junctions', 'sites'] as const

/** Returns whether the Parquet table of a folder has the rows of its text table, in their order. */
export async function checkParquet(
  folder: string,
  { signal, onProgress }: { signal?: AbortSignal | undefined; onProgress?: OnProgress | undefined } = {},
): Promise<Check> {
  for (const kind of KINDS) {
    const texts = [`${kind}.tsv`, `${kind}.tsv.gz`, `${kind}.tsv.bgz`]
    const [text] = await namesInFolder(folder, texts)
    const [parquet] = await namesInFolder(folder, [`${kind}.parquet`])
    if (text !== undefined && parquet !== undefined) {
      const title = `${parquet} equals ${text}`
      const { columns, rowCount, batches } = await readParquetTable(join(folder, parquet))
      const rows = tableRows(join(folder, text))
      try {
        const header = (await rows.next()).value ?? []
        const problem =
          differentHeader(header, columns) ??
          (await differentRow(rows, batches(), columns, signal, onProgress))
        return check(title, problem, `${grouped(rowCount)} rows, ${columns.length} columns`)
      } finally {
        await rows.return(undefined)
      }
    }
  }
  return skipped('Parquet table', 'there is none beside a table of junctions or sites')
}

/** Yields the fields of the header and of every row. */
async function* tableRows(path: string): AsyncGenerator<string[], undefined> {
  for await (const lines of readLines(path)) {
    for (const line of lines) {
      if (line !== '' && !line.startsWith('#')) {
        yield line.split('\t')
      }
    }
  }
}

function differentHeader(text: readonly string[], parquet: readonly string[]): string | undefined {
  return text.join('\t') === parquet.join('\t')
    ? undefined
    : `expected the columns ${text.join(', ')}, found ${parquet.join(', ')}`
}

async function differentRow(
  rows: AsyncGenerator<string[], undefined>,
  batches: AsyncGenerator<ParquetValue[][]>,
  columns: readonly string[],
  signal: AbortSignal | undefined,
  onProgress: OnProgress | undefined,
): Promise<string | undefined> {
  let row = 0
  for await (const batch of batches) {
    throwIfAborted(signal)
    const count = batch[0]?.length ?? 0
    for (let i = 0; i < count; i++) {
      const { value: fields } = await rows.next()
      row++
      if (fields === undefined) {
        return `row ${grouped(row)} of the Parquet table is not in the text`
      }
      const column = columns.findIndex((_, k) => shownAs(batch[k]![i]) !== fields[k])
      if (column >= 0) {
        return `row ${grouped(row)}, ${columns[column]}: expected ${fields[column]}, found ${shownAs(batch[column]![i])}`
      }
    }
    onProgress?.({ stage: 'comparing tables', done: row, unit: 'rows' })
  }
  return (await rows.next()).done
    ? undefined
    : `row ${grouped(row + 1)} of the text is not in the Parquet table`
}

function shownAs(value: ParquetValue): string {
  return value === undefined ? '.' : String(value)
}
