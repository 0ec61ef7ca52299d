import { InputDataError, throwIfAborted } from '../core/errors.ts'
import { RowPlace, readLines } from '../io/text-lines.ts'
import { GrowingColumn, GrowingTexts, type TextColumn } from './growing-column.ts'
import { SPLITS, type TableKind, type WindowRow, WindowTableParser } from './window-table.ts'

/** Classes are numbered in a byte. */
export const MAX_CLASSES = 256

/** What a table says of its examples, one entry each. See `Dataset` for the meaning of the columns. */
export interface ReadColumns {
  labels: Uint8Array
  classes: Uint8Array
  classNames: readonly string[]
  targets: { values: Float32Array; columns: number } | undefined
  weights: Float32Array
  genes: TextColumn | undefined
  motifs: TextColumn | undefined
  sites: TextColumn | undefined
  supports: Int32Array | undefined
  decoys: TextColumn | undefined
  /** What the columns `donor` and `acceptor` say, 1, 0 or `UNKNOWN_LABEL`; undefined in a table with neither. */
  statedSites: { donors: Uint8Array; acceptors: Uint8Array } | undefined
  places: { contigs: TextColumn; starts: Int32Array; ends: Int32Array; strands: Int8Array } | undefined
  /** Number of the part in `SPLITS`; all training where the table has no such column. */
  parts: Uint8Array
  leftOut: number
}

export interface ColumnOptions {
  kind: TableKind
  /** Rows of class `unknown` are examples, with label 0. */
  keepUnknown: boolean
  signal?: AbortSignal
}

/** Takes what a row says of its window. */
export interface RowWindows {
  /** Takes the next row, an example or not. */
  row(row: WindowRow, place: RowPlace): void
  /** The row just taken is the next example. */
  keep(): void
  /** Between batches of rows. */
  drain(): Promise<void>
}

/**
 * Returns the columns of a table, after giving its rows away in order. Empty lines and lines that start with # are passed over.
 * Throws: InputDataError naming file and line; MissingResourceError when the file is absent.
 */
export async function readColumns(
  path: string,
  options: ColumnOptions,
  windows: RowWindows,
): Promise<ReadColumns> {
  const place = new RowPlace(path, 0)
  let columns: TableColumns | undefined
  for await (const lines of readLines(path)) {
    throwIfAborted(options.signal)
    for (const line of lines) {
      place.line1!++
      if (line === '' || line.startsWith('#')) {
        continue
      }
      place.text = line
      const fields = line.split('\t')
      if (columns === undefined) {
        columns = new TableColumns(new WindowTableParser(fields, place, options.kind), options.keepUnknown)
        continue
      }
      const row = columns.parser.row(fields, place)
      windows.row(row, place)
      if (columns.add(row, place)) {
        windows.keep()
      }
    }
    await windows.drain()
  }
  if (columns === undefined || columns.count === 0) {
    const leftOut = columns?.leftOut ?? 0
    const found = leftOut > 0 ? `only ${leftOut} of class unknown` : 'none'
    throw new InputDataError(`${path}: expected a header line and rows of ${options.kind}, found ${found}`)
  }
  return columns.finish()
}

class TableColumns {
  readonly parser: WindowTableParser
  /** Examples added. */
  count = 0
  leftOut = 0
  readonly #keepUnknown: boolean
  #targetColumns = 0
  readonly #labels = new GrowingColumn(length => new Uint8Array(length))
  readonly #classes = new GrowingTexts()
  readonly #targets = new GrowingColumn(length => new Float32Array(length))
  readonly #weights = new GrowingColumn(length => new Float32Array(length))
  readonly #genes: GrowingTexts | undefined
  readonly #motifs: GrowingTexts | undefined
  readonly #sites: GrowingTexts | undefined
  readonly #decoys: GrowingTexts | undefined
  readonly #supports: GrowingColumn<Int32Array> | undefined
  readonly #statedDonors: GrowingColumn<Uint8Array> | undefined
  readonly #statedAcceptors: GrowingColumn<Uint8Array> | undefined
  readonly #places: GrowingPlaces | undefined
  readonly #parts = new GrowingColumn(length => new Uint8Array(length))

  constructor(parser: WindowTableParser, keepUnknown: boolean) {
    const texts = (name: 'gene' | 'motif' | 'site' | 'decoy') =>
      parser.has(name) ? new GrowingTexts() : undefined
    this.parser = parser
    this.#keepUnknown = keepUnknown
    this.#genes = texts('gene')
    this.#motifs = texts('motif')
    this.#sites = texts('site')
    this.#decoys = texts('decoy')
    this.#supports = parser.has('support') ? new GrowingColumn(length => new Int32Array(length)) : undefined
    if (parser.has('donor') || parser.has('acceptor')) {
      this.#statedDonors = new GrowingColumn(length => new Uint8Array(length))
      this.#statedAcceptors = new GrowingColumn(length => new Uint8Array(length))
    }
    this.#places = parser.has('contig') ? new GrowingPlaces() : undefined
  }

  /** Adds a row; returns false, and adds nothing but to the count, for one that is left out. */
  add(row: WindowRow, place: RowPlace): boolean {
    if (row.targets !== undefined) {
      this.#addTargets(row.targets, place)
    } else if (row.label === undefined && !this.#keepUnknown) {
      this.leftOut++
      return false
    }
    if (this.#classes.push(row.className) >= MAX_CLASSES) {
      throw place.error(`expected at most ${MAX_CLASSES} classes, found "${row.className}" beyond them`)
    }
    this.count++
    this.#labels.push(row.label ?? 0)
    this.#weights.push(row.weight)
    this.#genes?.push(row.gene)
    this.#motifs?.push(row.motif)
    this.#sites?.push(row.site)
    this.#decoys?.push(row.decoy)
    this.#supports?.push(row.support)
    this.#statedDonors?.push(row.donor)
    this.#statedAcceptors?.push(row.acceptor)
    this.#places?.push(row)
    this.#parts.push(SPLITS.indexOf(row.split ?? 'train'))
    return true
  }

  finish(): ReadColumns {
    const classes = this.#classes.finish()
    return {
      labels: this.#labels.finish(),
      classes: Uint8Array.from(classes.ids, id => Math.max(0, id)),
      classNames: classes.texts,
      targets: this.parser.has('target')
        ? { values: this.#targets.finish(), columns: this.#targetColumns }
        : undefined,
      weights: this.#weights.finish(),
      genes: this.#genes?.finish(),
      motifs: this.#motifs?.finish(),
      sites: this.#sites?.finish(),
      supports: this.#supports?.finish(),
      decoys: this.#decoys?.finish(),
      statedSites: this.#statedDonors && {
        donors: this.#statedDonors.finish(),
        acceptors: this.#statedAcceptors!.finish(),
      },
      places: this.#places?.finish(),
      parts: this.#parts.finish(),
      leftOut: this.leftOut,
    }
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

class GrowingPlaces {
  readonly #contigs = new GrowingTexts()
  readonly #starts = new GrowingColumn(length => new Int32Array(length))
  readonly #ends = new GrowingColumn(length => new Int32Array(length))
  readonly #strands = new GrowingColumn(length => new Int8Array(length))

  push({ contig, start, end, strand }: WindowRow): void {
    this.#contigs.push(contig)
    this.#starts.push(start)
    this.#ends.push(end)
    this.#strands.push(strand)
  }

  finish(): NonNullable<ReadColumns['places']> {
    return {
      contigs: this.#contigs.finish(),
      starts: this.#starts.finish(),
      ends: this.#ends.finish(),
      strands: this.#strands.finish(),
    }
  }
}
