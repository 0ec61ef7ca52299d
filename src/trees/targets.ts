import { InputDataError } from '../core/errors.ts'

/**
 * What is to be told of each example: numbers, or labels of 0 and 1. Rows are kept without their zeros, as of hundreds of labels an
 * example has few.
 */
export interface TargetTable {
  readonly rows: number
  readonly columns: number
  /** Where each row's numbers begin and the last one's end. Shape: [rows + 1]. */
  readonly starts: Uint32Array
  readonly places: Uint32Array
  readonly numbers: Float64Array
}

/**
 * Returns the targets of examples. Shape: values [rows, columns] row-major.
 * Throws: InputDataError for a number that is not finite; RangeError for numbers that are not whole rows.
 */
export function targetTable(values: ArrayLike<number>, columns: number): TargetTable {
  if (!Number.isInteger(columns) || columns < 1 || values.length % columns !== 0) {
    throw new RangeError(`expected whole rows of ${columns} targets, found ${values.length} numbers`)
  }
  const rows = values.length / columns
  const starts = new Uint32Array(rows + 1)
  let count = 0
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) {
      throw new InputDataError(
        `row ${Math.floor(i / columns)}, target ${i % columns}: expected a finite number, found ${values[i]}`,
        'leave out examples of which the target is not known',
      )
    }
    count += values[i] === 0 ? 0 : 1
  }
  const places = new Uint32Array(count)
  const numbers = new Float64Array(count)
  let at = 0
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column]!
      if (value !== 0) {
        places[at] = column
        numbers[at++] = value
      }
    }
    starts[row + 1] = at
  }
  return { rows, columns, starts, places, numbers }
}

/**
 * Returns exclusive classes as targets: one column for each, 1 for the class of the example. Variances over the columns sum to the
 * Gini impurity of the classes.
 * Throws: RangeError for a class that is not below `count`.
 */
export function classTargets(classes: ArrayLike<number>, count: number): TargetTable {
  const places = Uint32Array.from(classes)
  const wrong = places.findIndex(place => place >= count)
  if (wrong >= 0) {
    throw new RangeError(`row ${wrong}: expected a class below ${count}, found ${places[wrong]}`)
  }
  return {
    rows: places.length,
    columns: count,
    starts: Uint32Array.from({ length: places.length + 1 }, (_, row) => row),
    places,
    numbers: new Float64Array(places.length).fill(1),
  }
}

/** Returns for each example a weight that makes all classes weigh the same, 1 on average. */
export function balancedWeights(classes: ArrayLike<number>): Float64Array {
  const counts = new Map<number, number>()
  for (let row = 0; row < classes.length; row++) {
    counts.set(classes[row]!, (counts.get(classes[row]!) ?? 0) + 1)
  }
  return Float64Array.from(
    { length: classes.length },
    (_, row) => classes.length / (counts.size * counts.get(classes[row]!)!),
  )
}
