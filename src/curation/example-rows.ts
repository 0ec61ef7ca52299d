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
  /** The same number for the same bases of the window, on either strand. */
  keys: Float64Array
  /** Number of the part in `SPLITS`, `NO_SPLIT_YET` or `REMOVED`. */
  splits: Uint8Array
}

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

/** Collects the examples of a contig. Memory: 27 bytes per example. */
export class ExampleRows {
  readonly #contig: number
  readonly #starts = new GrowingColumn(length => new Int32Array(length))
  readonly #ends = new GrowingColumn(length => new Int32Array(length))
  readonly #strands = new GrowingColumn(length => new Int8Array(length))
  readonly #classes = new GrowingColumn(length => new Uint8Array(length))
  readonly #makings = new GrowingColumn(length => new Uint8Array(length))
  readonly #genes = new GrowingColumn(length => new Int32Array(length))
  readonly #keys = new GrowingColumn(length => new Float64Array(length))

  constructor(contig: number) {
    this.#contig = contig
  }

  add(row: ExampleRow): void {
    this.#starts.push(row.start)
    this.#ends.push(row.end)
    this.#strands.push(row.strand === '+' ? 1 : -1)
    this.#classes.push(classNumber(row.className))
    this.#makings.push(MAKINGS.indexOf(row.making))
    this.#genes.push(row.gene)
    this.#keys.push(row.key)
  }

  finish(): ContigExamples {
    const rows = {
      contig: this.#contig,
      count: this.#starts.length,
      starts: this.#starts.finish(),
      ends: this.#ends.finish(),
      strands: this.#strands.finish(),
      classes: this.#classes.finish(),
      makings: this.#makings.finish(),
      genes: this.#genes.finish(),
      keys: this.#keys.finish(),
      splits: new Uint8Array(this.#starts.length).fill(NO_SPLIT_YET),
    }
    return sorted(rows)
  }
}

function sorted(rows: ContigExamples): ContigExamples {
  const { starts, ends, strands, classes } = rows
  const order = Uint32Array.from(starts, (_, row) => row).sort(
    (a, b) =>
      starts[a]! - starts[b]! ||
      ends[a]! - ends[b]! ||
      strands[b]! - strands[a]! ||
      classes[a]! - classes[b]!,
  )
  return picked(rows, order)
}

/** Returns the rows of these numbers, in their order. */
export function picked(rows: ContigExamples, order: Uint32Array): ContigExamples {
  const pick = <T extends { length: number; [index: number]: number }>(from: T, into: T): T => {
    for (let i = 0; i < order.length; i++) {
      into[i] = from[order[i]!]!
    }
    return into
  }
  const { contig, starts, ends, strands, classes, makings, genes, keys, splits } = rows
  const count = order.length
  return {
    contig,
    count,
    starts: pick(starts, new Int32Array(count)),
    ends: pick(ends, new Int32Array(count)),
    strands: pick(strands, new Int8Array(count)),
    classes: pick(classes, new Uint8Array(count)),
    makings: pick(makings, new Uint8Array(count)),
    genes: pick(genes, new Int32Array(count)),
    keys: pick(keys, new Float64Array(count)),
    splits: pick(splits, new Uint8Array(count)),
  }
}

/** Returns an example's place. */
export function placeOf(
  rows: ContigExamples,
  row: number,
): { start: number; end: number; strand: '+' | '-' } {
  return { start: rows.starts[row]!, end: rows.ends[row]!, strand: rows.strands[row]! > 0 ? '+' : '-' }
}
