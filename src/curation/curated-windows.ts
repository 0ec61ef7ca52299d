import { basename, join } from 'node:path'
import { InputDataError, MissingResourceError, throwIfAborted } from '../core/errors.ts'
import { fileSize } from '../io/byte-source.ts'
import { namesInFolder } from '../io/folder.ts'
import { WINDOW_LENGTH } from '../junctions/window.ts'
import { type DatasetDescription, type DatasetWindow, defaultWindow } from './dataset-description.ts'
import { GrowingColumn } from './growing-column.ts'
import { PACKED_NAME, packedBytes } from './packed-windows.ts'
import { cutReferenceWindows, requireReference } from './reference-windows.ts'
import { type ReadColumns, readColumns } from './table-columns.ts'
import type { ReadWindows, TableOptions } from './table-windows.ts'
import { strandlessKey } from './window-duplicates.ts'
import { openWindowStore, type WindowStore, WindowStoreBuilder } from './window-store.ts'
import type { TableKind } from './window-table.ts'

/** Where the windows of a curated table are: packed in a file beside it, or in the reference, to be cut. */
export type WindowSource = { kind: 'packed' | 'reference'; path: string }

export interface CuratedOptions extends TableOptions {
  kind: Exclude<TableKind, 'windows'>
  source: WindowSource
  window: DatasetWindow
}

const DESCRIPTION_NAME = 'dataset.json'

/** Windows read at once to look at their bases. */
const BATCH = 2048

/**
 * Requires that a curated folder without `dataset.json` can be read all the same: a table of junctions whose windows are cut
 * from a reference.
 * Throws: MissingResourceError when it cannot.
 */
export async function requireDescription(
  folder: string,
  kind: CuratedOptions['kind'],
  reference: string | undefined,
): Promise<void> {
  const path = join(folder, DESCRIPTION_NAME)
  if (kind === 'sites') {
    throw new MissingResourceError(
      `${path}: no such file, though a table of sites needs it: it says how long the windows are and where the site is`,
      'copy it from where the dataset was made, or make the dataset again',
    )
  }
  if (reference === undefined && (await namesInFolder(folder, [PACKED_NAME])).length > 0) {
    throw new MissingResourceError(
      `${path}: no such file, though ${PACKED_NAME} needs it: it says how the windows are packed`,
      'copy it from where the dataset was made, or give --ref to cut the windows from the reference the dataset was made from',
    )
  }
}

/**
 * Returns where the windows of a curated folder come from: its file of packed windows, or else the reference.
 * Throws: MissingResourceError when there is neither; ReferenceMismatchError when the reference is another one than the
 * dataset was made from.
 */
export async function windowSource(
  folder: string,
  { packedWindows, reference: made }: DatasetDescription,
  reference: string | undefined,
): Promise<WindowSource> {
  const isThere = packedWindows !== undefined && (await namesInFolder(folder, [packedWindows])).length > 0
  if (isThere) {
    return { kind: 'packed', path: join(folder, packedWindows) }
  }
  if (reference === undefined) {
    throw new MissingResourceError(
      packedWindows === undefined
        ? `${folder}: expected windows, or a reference to cut them from, found neither`
        : `${join(folder, packedWindows)}: no such file, though dataset.json names it`,
      `give --ref ${made?.name ?? 'genome.fa'} to cut the windows from the reference the dataset was made from`,
    )
  }
  if (made !== undefined) {
    await requireReference(reference, made)
  }
  return { kind: 'reference', path: reference }
}

/**
 * Returns the layout of a curated table's windows, which must be one of its kind.
 * Throws: InputDataError when it is not.
 */
export function curatedWindow(
  table: string,
  kind: CuratedOptions['kind'],
  window: DatasetWindow = kind === 'junctions' ? defaultWindow(WINDOW_LENGTH) : { length: 0 },
): DatasetWindow {
  const key = kind === 'sites' ? 'site' : 'donor'
  if (!(key in window)) {
    throw new InputDataError(
      `${table}: expected window.${key} in dataset.json beside a table of ${kind}, found ${JSON.stringify(window)}`,
      'docs/datasets.md says what a dataset folder holds',
    )
  }
  return window
}

/**
 * Returns the examples of a table of junctions or sites with their windows.
 * Memory: `rows` of the store, 4 bytes per example, where rows are left out; windows that are cut, up to `memoryLimit`.
 * Throws: InputDataError naming file and line, and for packed windows that are not as many as the rows; what
 * `cutReferenceWindows` throws.
 */
export async function readCuratedTable(path: string, options: CuratedOptions): Promise<ReadWindows> {
  const rows = new GrowingColumn(length => new Int32Array(length))
  let count = 0
  const columns = await readColumns(path, options, {
    row: () => void count++,
    keep: () => rows.push(count - 1),
    drain: () => Promise.resolve(),
  })
  return options.source.kind === 'packed'
    ? packedWindows(path, columns, count, rows.finish(), options)
    : cutWindows(columns, options)
}

async function packedWindows(
  table: string,
  columns: ReadColumns,
  tableRows: number,
  rows: Int32Array,
  { source: { path }, window: { length }, signal }: CuratedOptions,
): Promise<ReadWindows> {
  const expected = tableRows * packedBytes(length)
  const size = await fileSize(path)
  if (size !== expected) {
    throw new InputDataError(
      `${path}: expected ${expected} bytes, for ${tableRows} rows of ${basename(table)} with windows of ${length} bases, found ${size}`,
      'the files are not of one dataset, or a copy is incomplete',
    )
  }
  const windows = await openWindowStore({
    kind: 'packed-file',
    path,
    length,
    count: rows.length,
    rows: rows.length === tableRows ? undefined : sharedRows(rows),
  })
  try {
    return { ...columns, windows, keys: await keysOf(windows, signal), discard: () => undefined }
  } catch (error) {
    await windows.close()
    throw error
  }
}

/** Shared memory: threads read it without a copy of their own. */
function sharedRows(rows: Int32Array): Uint32Array<SharedArrayBuffer> {
  const shared = new Uint32Array(new SharedArrayBuffer(4 * rows.length))
  shared.set(rows)
  return shared
}

async function keysOf(windows: WindowStore, signal: AbortSignal | undefined): Promise<Float64Array> {
  const { count, length } = windows
  const keys = new Float64Array(count)
  const codes = new Uint8Array(BATCH * length)
  for (let from = 0; from < count; from += BATCH) {
    throwIfAborted(signal)
    const batch = Uint32Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => from + i)
    await windows.read(batch, codes.subarray(0, batch.length * length))
    for (let i = 0; i < batch.length; i++) {
      keys[from + i] = strandlessKey(codes.subarray(i * length, (i + 1) * length))
    }
  }
  return keys
}

async function cutWindows(columns: ReadColumns, options: CuratedOptions): Promise<ReadWindows> {
  const { source, window, memoryLimit, scratchFolder, signal } = options
  const into = new WindowStoreBuilder({ length: window.length, memoryLimit, scratchFolder })
  try {
    const keys = await cutReferenceWindows({
      reference: source.path,
      window,
      columns,
      into,
      ...(signal && { signal }),
    })
    return { ...columns, windows: await into.finish(), keys, discard: () => into.discard() }
  } catch (error) {
    into.discard()
    throw error
  }
}
