import { InputDataError, throwIfAborted } from '../core/errors.ts'
import { RowPlace, readLines } from '../io/text-lines.ts'
import type { DatasetWindow } from './dataset-description.ts'
import { GrowingColumn, GrowingTexts, type TextColumn } from './growing-column.ts'
import { strandlessKey } from './window-duplicates.ts'
import { type WindowStore, WindowStoreBuilder } from './window-store.ts'
import { encodeWindow, lengthError, SPLITS, type WindowRow, WindowTableParser } from './window-table.ts'

const MAX_CLASSES = 256

/** What a table of windows holds, one entry per example. See `Dataset` for the meaning of the columns. */
export interface ReadWindows {
  windows: WindowStore
  labels: Uint8Array
  classes: Uint8Array
  classNames: readonly string[]
  targets: { values: Float32Array; columns: number } | undefined
  weights: Float32Array
  genes: TextColumn | undefined
  motifs: TextColumn | undefined
  sites: TextColumn | undefined
  places: { contigs: TextColumn; starts: Int32Array; ends: Int32Array; strands: Int8Array } | undefined
  /** Number of the part in `SPLITS`; all training where the table has no such column. */
  parts: Uint8Array
  /** The same number for the same bases, on either strand. */
  keys: Float64Array
  leftOut: number
  /** Removes the scratch file, synchronously. */
  discard(): void
}

export interface TableOptions {
  scratchFolder: string
  memoryLimit: number
  /** What the dataset's description says of its windows. */
  window?: DatasetWindow
  signal?: AbortSignal
}

/**
 * Returns the examples of a table of windows. Empty lines and lines that start with # are passed over.
 * Throws: InputDataError naming file and line; MissingResourceError when the file is absent.
 */
export async function readWindowTable(path: string, options: TableOptions): Promise<ReadWindows> {
  const reader = new TableReader(path, options)
  try {
    for await (const lines of readLines(path)) {
      throwIfAborted(options.signal)
      for (const line of lines) {
        reader.line(line)
      }
      await reader.drain()
    }
    return await reader.finish()
  } catch (error) {
    reader.discard()
    throw error
  }
}

class TableReader {
  readonly #path: string
  readonly #options: TableOptions
  readonly #place: RowPlace
  #parser: WindowTableParser | undefined
  #store: WindowStoreBuilder | undefined
  /** Codes per window, and what says so. */
  #length: { codes: number; given: string } | undefined
  #targetColumns = 0
  #leftOut = 0
  readonly #labels = new GrowingColumn(length => new Uint8Array(length))
  readonly #classes = new GrowingTexts()
  readonly #targets = new GrowingColumn(length => new Float32Array(length))
  readonly #weights = new GrowingColumn(length => new Float32Array(length))
  readonly #genes = new GrowingTexts()
  readonly #motifs = new GrowingTexts()
  readonly #sites = new GrowingTexts()
  readonly #contigs = new GrowingTexts()
  readonly #starts = new GrowingColumn(length => new Int32Array(length))
  readonly #ends = new GrowingColumn(length => new Int32Array(length))
  readonly #strands = new GrowingColumn(length => new Int8Array(length))
  readonly #parts = new GrowingColumn(length => new Uint8Array(length))
  readonly #keys = new GrowingColumn(length => new Float64Array(length))

  constructor(path: string, options: TableOptions) {
    this.#path = path
    this.#options = options
    this.#place = new RowPlace(path, 0)
    if (options.window !== undefined) {
      this.#length = { codes: options.window.length, given: 'dataset.json says' }
    }
  }

  line(line: string): void {
    const place = this.#place
    place.line1!++
    if (line === '' || line.startsWith('#')) {
      return
    }
    place.text = line
    const fields = line.split('\t')
    if (this.#parser === undefined) {
      this.#parser = new WindowTableParser(fields, place)
      return
    }
    this.#add(this.#parser.row(fields, place))
  }

  async drain(): Promise<void> {
    await this.#store?.drain()
  }

  discard(): void {
    this.#store?.discard()
  }

  async finish(): Promise<ReadWindows> {
    const parser = this.#parser
    const store = this.#store
    if (parser === undefined || store === undefined || store.count === 0) {
      const found = this.#leftOut > 0 ? `only ${this.#leftOut} of class unknown` : 'none'
      throw new InputDataError(`${this.#path}: expected a header line and rows of windows, found ${found}`)
    }
    const ifThere = (column: 'gene' | 'motif' | 'site', texts: GrowingTexts) =>
      parser.has(column) ? texts.finish() : undefined
    const classes = this.#classes.finish()
    return {
      windows: await store.finish(),
      labels: this.#labels.finish(),
      classes: Uint8Array.from(classes.ids, id => Math.max(0, id)),
      classNames: classes.texts,
      targets: parser.has('target')
        ? { values: this.#targets.finish(), columns: this.#targetColumns }
        : undefined,
      weights: this.#weights.finish(),
      genes: ifThere('gene', this.#genes),
      motifs: ifThere('motif', this.#motifs),
      sites: ifThere('site', this.#sites),
      places: parser.has('contig')
        ? {
            contigs: this.#contigs.finish(),
            starts: this.#starts.finish(),
            ends: this.#ends.finish(),
            strands: this.#strands.finish(),
          }
        : undefined,
      parts: this.#parts.finish(),
      keys: this.#keys.finish(),
      leftOut: this.#leftOut,
      discard: () => store.discard(),
    }
  }

  #add(row: WindowRow): void {
    const place = this.#place
    const slot = this.#slotFor(row.sequence, place)
    encodeWindow(row.sequence, slot, place)
    if (row.targets !== undefined) {
      this.#addTargets(row.targets, place)
    } else if (row.label === undefined) {
      this.#leftOut++
      return
    }
    if (this.#classes.push(row.className) >= MAX_CLASSES) {
      throw place.error(`expected at most ${MAX_CLASSES} classes, found "${row.className}" beyond them`)
    }
    this.#store!.keep()
    this.#keys.push(strandlessKey(slot))
    this.#labels.push(row.label ?? 0)
    this.#weights.push(row.weight)
    this.#genes.push(row.gene)
    this.#motifs.push(row.motif)
    this.#sites.push(row.site)
    this.#contigs.push(row.contig)
    this.#starts.push(row.start)
    this.#ends.push(row.end)
    this.#strands.push(row.strand)
    this.#parts.push(SPLITS.indexOf(row.split ?? 'train'))
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

  #addTargets(values: readonly number[], place: RowPlace): void {
    if (this.#targetColumns !== 0 && values.length !== this.#targetColumns) {
      throw place.error(
        `expected ${this.#targetColumns} numbers as target, as in the first row, found ${values.length}`,
      )
    }
    this.#targetColumns = values.length
    for (const value of values) {
      this.#targets.push(value)
    }
  }
}
