import { pagedBuffer } from '../core/paged-memory.ts'
import { classNumber, type ExampleClass, MAKINGS, type Making } from './example-classes.ts'
import { GrowingColumn } from './growing-column.ts'

/** Number of a row's part in `SPLITS`, or one of these. */
export const NO_SPLIT_YET = 254
export const REMOVED = 255

/** The examples of one contig as columns, one entry per example, by start, end, strand. */
export interface ContigExamples {
  /** Number of the contig in the reference. */
  contig: number
  count: number
  /** Coordinates: 0-based half-open introns. */
  starts: Int32Array
  ends: Int32Array
  /** 1 or -1. */
  strands: Int8Array
  /** Numbers in `EXAMPLE_CLASSES` and `MAKINGS`. */
  classes: Uint8Array
  makings: Uint8Array
  /** Number of the gene it is of, or was made from; -1 without one. */
  genes: Int32Array
  /** The same number for the same bases of the window, on either strand; empty once rows were compared. */
  keys: Float64Array
  /** Number of the part in `SPLITS`, `NO_SPLIT_YET` or `REMOVED`. */
  splits: Uint8Array
}

/** Takes an example of a contig. Coordinates: 0-based half-open intron. `gene`: its own, or that it was made from; -1 without one. */
export type TakeExample = (
  start: number,
  end: number,
  strand: '+' | '-',
  className: ExampleClass,
  making: Making,
  gene: number,
) => void

/** An example to add. */
export interface ExampleRow {
  start: number
  end: number
  strand: '+' | '-'
  className: ExampleClass
  making: Making
  gene: number
  key: number
}

/** Collects the examples of one contig after the other. Memory: 23 to 29 bytes per example, and 31 more while they are put in order. */
export class ExampleRows {
  readonly #starts = new GrowingColumn(ints)
  readonly #ends = new GrowingColumn(ints)
  readonly #strands = new GrowingColumn(signs)
  readonly #classes = new GrowingColumn(bytes)
  readonly #makings = new GrowingColumn(bytes)
  readonly #genes = new GrowingColumn(ints)
  readonly #keys = new GrowingColumn(doubles)

  add(row: ExampleRow): void {
    this.#starts.push(row.start)
    this.#ends.push(row.end)
    this.#strands.push(row.strand === '+' ? 1 : -1)
    this.#classes.push(classNumber(row.className))
    this.#makings.push(MAKINGS.indexOf(row.making))
    this.#genes.push(row.gene)
    this.#keys.push(row.key)
  }

  /** Returns the examples added since the last time, as those of a contig. */
  take(contig: number): ContigExamples {
    const order = this.#order()
    const count = order.length
    // One column after the other is made and the one it is made of let go, so that all are never there twice.
    return {
      contig,
      count,
      starts: this.#starts.take(order, ints),
      ends: this.#ends.take(order, ints),
      strands: this.#strands.take(order, signs),
      classes: this.#classes.take(order, bytes),
      makings: this.#makings.take(order, bytes),
      genes: this.#genes.take(order, ints),
      keys: this.#keys.take(order, doubles),
      splits: bytes(count).fill(NO_SPLIT_YET),
    }
  }

  /** Returns the rows by start, end, strand, class. */
  #order(): Uint32Array {
    const [starts, ends] = [this.#starts.view(), this.#ends.view()]
    const [strands, classes] = [this.#strands.view(), this.#classes.view()]
    const rest = (a: number, b: number) =>
      ends[a]! - ends[b]! || strands[b]! - strands[a]! || classes[a]! - classes[b]! || a - b
    const order = new Uint32Array(pagedBuffer(4 * starts.length), 0, starts.length)
    // Sorted by start as numbers, which takes a tenth of the time of a comparison; ties are put in order after it. A start
    // has 31 bits and leaves 22 for the row; contigs with more rows than that are shorter than a gigabase.
    const rows = 2 ** Math.ceil(Math.log2(Math.max(2, starts.length)))
    const byStart = doubles(starts.length)
    for (let row = 0; row < starts.length; row++) {
      byStart[row] = starts[row]! * rows + row
    }
    byStart.sort()
    for (let i = 0; i < order.length; i++) {
      order[i] = byStart[i]! % rows
    }
    for (let i = 0; i < order.length; ) {
      let next = i + 1
      while (next < order.length && starts[order[next]!] === starts[order[i]!]) {
        next++
      }
      if (next > i + 1) {
        order.subarray(i, next).sort(rest)
      }
      i = next
    }
    return order
  }
}

const ints = (count: number) => new Int32Array(pagedBuffer(4 * count), 0, count)
const bytes = (count: number) => new Uint8Array(pagedBuffer(count), 0, count)
const signs = (count: number) => new Int8Array(pagedBuffer(count), 0, count)
const doubles = (count: number) => new Float64Array(pagedBuffer(8 * count), 0, count)

/** Returns the rows of these numbers, in their order, without their keys. */
export function picked(rows: ContigExamples, order: Uint32Array): ContigExamples {
  const pick = <T extends { [index: number]: number }>(from: T, into: T): T => {
    for (let i = 0; i < order.length; i++) {
      into[i] = from[order[i]!]!
    }
    return into
  }
  const count = order.length
  return {
    contig: rows.contig,
    count,
    starts: pick(rows.starts, ints(count)),
    ends: pick(rows.ends, ints(count)),
    strands: pick(rows.strands, signs(count)),
    classes: pick(rows.classes, bytes(count)),
    makings: pick(rows.makings, bytes(count)),
    genes: pick(rows.genes, ints(count)),
    keys: new Float64Array(0),
    splits: pick(rows.splits, bytes(count)),
  }
}

/** Returns the rows without the keys of their windows, which are of no use once all rows were compared. */
export function withoutKeys(rows: ContigExamples): ContigExamples {
  return { ...rows, keys: new Float64Array(0) }
}

/** Returns an example's place. */
export function placeOf(
  rows: ContigExamples,
  row: number,
): { start: number; end: number; strand: '+' | '-' } {
  return { start: rows.starts[row]!, end: rows.ends[row]!, strand: rows.strands[row]! > 0 ? '+' : '-' }
}
