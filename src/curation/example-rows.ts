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

/**
 * Collects the examples of one contig after the other, in the same memory: arrays of a few megabytes that are made and let go again
 * and again are not given back to the system.
 * Memory: 23 to 46 bytes per example of the largest contig.
 */
export class ExampleRows {
  readonly #starts = new GrowingColumn(length => new Int32Array(pagedBuffer(4 * length), 0, length))
  readonly #ends = new GrowingColumn(length => new Int32Array(pagedBuffer(4 * length), 0, length))
  readonly #strands = new GrowingColumn(length => new Int8Array(pagedBuffer(length), 0, length))
  readonly #classes = new GrowingColumn(length => new Uint8Array(pagedBuffer(length), 0, length))
  readonly #makings = new GrowingColumn(length => new Uint8Array(pagedBuffer(length), 0, length))
  readonly #genes = new GrowingColumn(length => new Int32Array(pagedBuffer(4 * length), 0, length))
  readonly #keys = new GrowingColumn(length => new Float64Array(pagedBuffer(8 * length), 0, length))

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
    const rows = emptyRows(contig, order.length)
    this.#starts.moveInto(rows.starts, order)
    this.#ends.moveInto(rows.ends, order)
    this.#strands.moveInto(rows.strands, order)
    this.#classes.moveInto(rows.classes, order)
    this.#makings.moveInto(rows.makings, order)
    this.#genes.moveInto(rows.genes, order)
    this.#keys.moveInto(rows.keys, order)
    return rows
  }

  /** Returns the rows by start, end, strand, class. */
  #order(): Uint32Array {
    const [starts, ends] = [this.#starts.view(), this.#ends.view()]
    const [strands, classes] = [this.#strands.view(), this.#classes.view()]
    const rest = (a: number, b: number) =>
      ends[a]! - ends[b]! || strands[b]! - strands[a]! || classes[a]! - classes[b]! || a - b
    const order = new Uint32Array(pagedBuffer(4 * starts.length), 0, starts.length)
    if (order.length > SORTABLE) {
      return order.map((_, row) => row).sort((a, b) => starts[a]! - starts[b]! || rest(a, b))
    }
    // Sorted by start as numbers, which takes a tenth of the time of a comparison; ties are put in order after it.
    const byStart = new Float64Array(pagedBuffer(8 * starts.length), 0, starts.length)
    for (let row = 0; row < starts.length; row++) {
      byStart[row] = starts[row]! * SORTABLE + row
    }
    byStart.sort()
    for (let i = 0; i < order.length; i++) {
      order[i] = byStart[i]! % SORTABLE
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

/** Rows of a contig up to which a start and a row fit into one number. */
const SORTABLE = 2 ** 22

/**
 * Returns rows to fill, without a part.
 */
function emptyRows(contig: number, count: number): ContigExamples {
  const buffer = pagedBuffer(16 * count)
  const ints = (column: number) => new Int32Array(buffer, 4 * column * count, count)
  const bytes = (column: number) => new Uint8Array(buffer, (12 + column) * count, count)
  return {
    contig,
    count,
    starts: ints(0),
    ends: ints(1),
    strands: new Int8Array(buffer, 12 * count, count),
    classes: bytes(1),
    makings: bytes(2),
    genes: ints(2),
    keys: new Float64Array(pagedBuffer(8 * count), 0, count),
    splits: bytes(3).fill(NO_SPLIT_YET),
  }
}

/** Returns the rows of these numbers, in their order, without their keys. */
export function picked(rows: ContigExamples, order: Uint32Array): ContigExamples {
  const kept = withoutKeys(emptyRows(rows.contig, order.length))
  const pick = <T extends { [index: number]: number }>(from: T, into: T) => {
    for (let i = 0; i < order.length; i++) {
      into[i] = from[order[i]!]!
    }
  }
  pick(rows.starts, kept.starts)
  pick(rows.ends, kept.ends)
  pick(rows.strands, kept.strands)
  pick(rows.classes, kept.classes)
  pick(rows.makings, kept.makings)
  pick(rows.genes, kept.genes)
  pick(rows.splits, kept.splits)
  return kept
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
