/** A tensor, row-major. */
export interface Array64 {
  shape: readonly number[]
  data: Float64Array
}

/** Returns the number of elements. */
export const sizeOf = (shape: readonly number[]) => shape.reduce((product, dim) => product * dim, 1)

/** Returns the tensor whose element at each index is what `f` says. */
export function build(shape: readonly number[], f: (index: readonly number[]) => number): Array64 {
  const data = new Float64Array(sizeOf(shape))
  const index = shape.map(() => 0)
  for (let i = 0; i < data.length; i++) {
    data[i] = f(index)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++
      if (index[axis]! < shape[axis]!) {
        break
      }
      index[axis] = 0
    }
  }
  return { shape, data }
}

/** Returns an element; axes of size 1, and missing first ones, are repeated. */
export function at({ shape, data }: Array64, index: readonly number[]): number {
  const skipped = index.length - shape.length
  let offset = 0
  for (const [axis, size] of shape.entries()) {
    offset = offset * size + (size === 1 ? 0 : index[axis + skipped]!)
  }
  return data[offset]!
}

/** Returns an element, or the padding where the index is outside. */
export function within(x: Array64, index: readonly number[], padding: number): number {
  return index.every((i, axis) => i >= 0 && i < x.shape[axis]!) ? at(x, index) : padding
}
