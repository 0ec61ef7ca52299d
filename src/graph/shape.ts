import { EXIT, SpliceScoreError } from '../core/errors.ts'
import type { Dimension } from './onnx-writer.ts'

/** Sizes of a tensor's axes; a name stands for a size known only when running, such as the batch `N`. */
export type Shape = readonly Dimension[]

/** Operands that do not fit an op. A mistake in a network's definition, not in a user's data. */
export class ShapeError extends SpliceScoreError {
  constructor(op: string, shapes: readonly Shape[], expected: string) {
    const shown = shapes.map(showShape).join(' and ')
    super('SHAPE', EXIT.internal, `${op}: expected ${expected}, found ${shown}`)
    this.name = 'ShapeError'
  }
}

export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

/**
 * Returns the number of elements.
 * Throws: RangeError when a dimension is a name.
 */
export function sizeOf(shape: Shape): number {
  return shape.reduce<number>((product, dim) => product * fixed(dim), 1)
}

/** Returns a dimension that must be a number here. Throws: RangeError when it is a name. */
export function fixed(dim: Dimension | undefined): number {
  if (typeof dim !== 'number') {
    throw new RangeError(`expected a dimension of known size, found ${dim}`)
  }
  return dim
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i])
}

/** Returns the axis counted from the front. Throws: ShapeError when there is no such axis. */
export function axisOf(op: string, shape: Shape, axis: number): number {
  const positive = axis < 0 ? axis + shape.length : axis
  if (!Number.isInteger(axis) || positive < 0 || positive >= shape.length) {
    throw new ShapeError(op, [shape], `an axis ${axis}`)
  }
  return positive
}

/** Returns the shape of an elementwise result, by the broadcasting rule of ONNX and NumPy. Throws: ShapeError. */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  const shape = commonShape(a, b)
  if (shape === undefined) {
    throw new ShapeError(op, [a, b], 'shapes that broadcast')
  }
  return shape
}

/** Returns the shape two others broadcast to; undefined when they do not. */
export function commonShape(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length)
  const shape: Dimension[] = []
  for (let i = 0; i < rank; i++) {
    const x = a[i - rank + a.length] ?? 1
    const y = b[i - rank + b.length] ?? 1
    if (x !== y && x !== 1 && y !== 1) {
      return undefined
    }
    shape.push(x === 1 ? y : x)
  }
  return shape
}

/** Returns a dimension changed by a number of elements; a name keeps the change in its text, as `L-400`. */
export function shifted(dim: Dimension, change: number): Dimension {
  if (typeof dim === 'number') {
    return dim + change
  }
  const [, name, before] = /^(.*?)([+-]\d+)?$/.exec(dim) ?? []
  const total = Number(before ?? 0) + change
  return total === 0 ? name! : `${name}${total > 0 ? '+' : ''}${total}`
}
