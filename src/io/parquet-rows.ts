import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetScan } from 'hyparquet'
import { InputDataError, SpliceScoreError } from '../core/errors.ts'
import { fileSize } from './byte-source.ts'
import { openPositionedFile, type PositionedFile } from './positioned-file.ts'

/** A value of a table's column; undefined where it is not known. */
export type ParquetValue = string | number | undefined

/** A Parquet file of plain columns. */
export interface ParquetContents {
  columns: string[]
  rowCount: number
  /** Yields the rows, one row group at a time, column by column. Memory: one row group. */
  batches(): AsyncGenerator<ParquetValue[][]>
}

/**
 * Returns the column names of a Parquet table and a way to read its rows.
 * Throws: MissingResourceError when the file is absent; InputDataError for a file that is not Parquet or is damaged.
 */
export async function readParquetTable(path: string): Promise<ParquetContents> {
  const metadata = await withBuffer(path, file => parquetMetadataAsync(file))
  const columns = metadata.schema.slice(1).map(element => element.name)
  return {
    columns,
    rowCount: Number(metadata.num_rows),
    batches: () => readRowGroups(path, metadata, columns),
  }
}

async function* readRowGroups(
  path: string,
  metadata: FileMetaData,
  columns: readonly string[],
): AsyncGenerator<ParquetValue[][]> {
  let rowStart = 0
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows)
    const from = rowStart
    yield await withBuffer(path, async file => {
      const scan = await parquetScan({ file, metadata })
      const batch: ParquetValue[][] = []
      for (const column of columns) {
        const data = await scan.readColumn({ column, rowStart: from, rowEnd })
        batch.push(Array.from(data as ArrayLike<string | number | null>, value => value ?? undefined))
      }
      return batch
    })
    rowStart = rowEnd
  }
}

async function withBuffer<T>(path: string, read: (file: AsyncBuffer) => Promise<T>): Promise<T> {
  const size = await fileSize(path)
  const file = await openPositionedFile(path)
  try {
    return await read(asyncBuffer(file, size ?? 0))
  } catch (error) {
    throw error instanceof SpliceScoreError
      ? error
      : new InputDataError(
          `${path}: expected a Parquet table, found other or damaged data (${(error as Error).message})`,
          'copy or make the file again',
          error,
        )
  } finally {
    await file.close()
  }
}

function asyncBuffer(file: PositionedFile, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - start))
      await file.read(start, bytes)
      return bytes.buffer
    },
  }
}
