import type { RowPlace } from '../io/text-lines.ts'
import type { DatasetWindow } from './dataset-description.ts'
import { GrowingColumn } from './growing-column.ts'
import { type ReadColumns, type RowWindows, readColumns } from './table-columns.ts'
import { strandlessKey } from './window-duplicates.ts'
import { type WindowStore, WindowStoreBuilder } from './window-store.ts'
import { encodeWindow, lengthError, type WindowRow } from './window-table.ts'

/** What a table and its windows hold, one entry per example. */
export interface ReadWindows extends ReadColumns {
  windows: WindowStore
  /** The same number for the same bases, on either strand. */
  keys: Float64Array
  /** Removes the scratch file, synchronously. */
  discard(): void
}

export interface TableOptions {
  scratchFolder: string
  memoryLimit: number
  /** Rows of class `unknown` are examples, with label 0. */
  keepUnknown: boolean
  /** What the dataset's description says of its windows. */
  window?: DatasetWindow
  signal?: AbortSignal
}

/**
 * Returns the examples of a table whose rows hold their windows.
 * Throws: InputDataError naming file and line; MissingResourceError when the file is absent.
 */
export async function readWindowTable(path: string, options: TableOptions): Promise<ReadWindows> {
  const windows = new LetterWindows(options)
  try {
    const columns = await readColumns(path, { ...options, kind: 'windows' }, windows)
    return { ...columns, ...(await windows.finish()) }
  } catch (error) {
    windows.discard()
    throw error
  }
}

/** Windows written as letters in the rows. */
class LetterWindows implements RowWindows {
  readonly #options: TableOptions
  #store: WindowStoreBuilder | undefined
  /** Codes per window, and what says so. */
  #length: { codes: number; given: string } | undefined
  #slot: Uint8Array = new Uint8Array(0)
  readonly #keys = new GrowingColumn(length => new Float64Array(length))

  constructor(options: TableOptions) {
    this.#options = options
    if (options.window !== undefined) {
      this.#length = { codes: options.window.length, given: 'dataset.json says' }
    }
  }

  row({ sequence }: WindowRow, place: RowPlace): void {
    this.#slot = this.#slotFor(sequence, place)
    encodeWindow(sequence, this.#slot, place)
  }

  keep(): void {
    this.#store!.keep()
    this.#keys.push(strandlessKey(this.#slot))
  }

  async drain(): Promise<void> {
    await this.#store?.drain()
  }

  discard(): void {
    this.#store?.discard()
  }

  /** To be called with at least one window kept. */
  async finish(): Promise<Pick<ReadWindows, 'windows' | 'keys' | 'discard'>> {
    const store = this.#store!
    return { windows: await store.finish(), keys: this.#keys.finish(), discard: () => store.discard() }
  }

  #slotFor(sequence: string, place: RowPlace): Uint8Array {
    if (sequence === '') {
      throw place.error('expected letters as sequence, found none')
    }
    this.#length ??= { codes: sequence.length, given: `in line ${place.line1}` }
    const { codes, given } = this.#length
    if (sequence.length !== codes) {
      throw lengthError(sequence.length, codes, given, place)
    }
    const { memoryLimit, scratchFolder } = this.#options
    this.#store ??= new WindowStoreBuilder({ length: codes, memoryLimit, scratchFolder })
    return this.#store.slot()
  }
}
