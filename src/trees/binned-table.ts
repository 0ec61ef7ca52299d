import { InputDataError } from '../core/errors.ts'

/** Bins of a column at most: a bin's number is one byte. */
export const MOST_BINS = 256

/** Numbers of examples, each replaced by the number of its bin. */
export interface BinnedTable {
  readonly rows: number
  readonly columns: number
  /** Shape: [columns, rows], one column after the other. */
  readonly bins: Uint8Array
  /** By column, ascending: a value is in the first bin whose edge it does not exceed, in the last when it exceeds all. */
  readonly edges: readonly Float32Array[]
}

export interface TableRequest {
  /** Shape: [rows, columns] row-major. */
  values: Float32Array
  columns: number
  /** Bins of a column at most, 2 to 256. */
  bins?: number
}

/**
 * Returns the table of numbers in bins of as equal counts as ties allow; a column with no more distinct values than bins has a bin
 * for each of them. Edges lie between values that occur, and are float32 numbers: `value <= edge` says the same as the bins do.
 * Memory: one byte per number, and one column sorted.
 * Throws: InputDataError for a number that is not finite; RangeError for numbers that are not whole rows, or a wrong count of bins.
 */
export function binTable({ values, columns, bins = MOST_BINS }: TableRequest): BinnedTable {
  if (!Number.isInteger(bins) || bins < 2 || bins > MOST_BINS) {
    throw new RangeError(`expected 2 to ${MOST_BINS} bins, found ${bins}`)
  }
  if (!Number.isInteger(columns) || columns < 1 || values.length % columns !== 0) {
    throw new RangeError(`expected whole rows of ${columns} numbers, found ${values.length} numbers`)
  }
  const rows = values.length / columns
  const table = { rows, columns, bins: new Uint8Array(values.length), edges: [] as Float32Array[] }
  const column = new Float32Array(rows)
  for (let c = 0; c < columns; c++) {
    for (let row = 0; row < rows; row++) {
      const value = values[row * columns + c]!
      if (!Number.isFinite(value)) {
        throw new InputDataError(
          `row ${row}, column ${c}: expected a finite number, found ${value}`,
          'trees do not know what to do with missing numbers; leave such rows out, or put a number there',
        )
      }
      column[row] = value
    }
    const edges = edgesOf(Float32Array.from(column).sort(), bins)
    table.edges.push(edges)
    for (let row = 0; row < rows; row++) {
      table.bins[c * rows + row] = binOf(column[row]!, edges)
    }
  }
  return table
}

/** Returns the number of a value's bin. */
function binOf(value: number, edges: Float32Array): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (value > edges[middle]!) {
      low = middle + 1
    } else {
      high = middle
    }
  }
  return low
}

/**
 * Returns the edges between bins. A bin takes values while it holds less than its share of those left; a value that fills a share
 * by itself does not join what came before.
 */
function edgesOf(sorted: Float32Array, bins: number): Float32Array {
  const runs = runsOf(sorted)
  if (runs.length <= bins) {
    return Float32Array.from(runs.slice(1), (start, i) => between(sorted[runs[i]!]!, sorted[start]!))
  }
  const edges: number[] = []
  let first = 0
  for (let run = 1; run < runs.length && edges.length < bins - 1; run++) {
    const start = runs[run]!
    const end = runs[run + 1] ?? sorted.length
    const share = (sorted.length - first) / (bins - edges.length)
    if (start - first >= share || end - start >= share) {
      edges.push(between(sorted[start - 1]!, sorted[start]!))
      first = start
    }
  }
  return Float32Array.from(edges)
}

/** Returns where each distinct value begins. */
function runsOf(sorted: Float32Array): number[] {
  const starts: number[] = []
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) {
      starts.push(i)
    }
  }
  return starts
}

/** Returns a float32 number from a, inclusive, to b, exclusive: the middle where there is one. */
function between(a: number, b: number): number {
  const middle = Math.fround(a + (b - a) / 2)
  return middle < b ? middle : a
}
