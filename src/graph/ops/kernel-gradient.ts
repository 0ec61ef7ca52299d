import { fixed } from '../shape.ts'
import type { Value } from '../value.ts'
import { concat } from './concat.ts'
import { constant } from './leaves.ts'
import { matmul, swapLast } from './matmul.ts'
import { reduceSum } from './reduce.ts'
import { reshape } from './reshape.ts'
import { pad, strided } from './slice.ts'
import { transpose } from './transpose.ts'

/** Sizes of one axis of a convolution. */
export interface Axis {
  /** Axis of the map: 2 or 3. */
  axis: number
  size: number
  kernel: number
  stride: number
  dilation: number
  before: number
  after: number
  /** Size of the result. */
  out: number
}

/**
 * Returns the gradient of a convolution with respect to its kernel.
 * Shape: x [N, C, H, W], dy [N, O, H', W'], kernel [O, C/groups, h, w] -> that of the kernel.
 */
export function kernelGradient(
  x: Value,
  dy: Value,
  kernel: Value,
  axes: readonly Axis[],
  groups: number,
): Value {
  const [, columns] = axes as [Axis, Axis]
  const [filters, perGroup] = kernel.shape.map(fixed) as [number, number]
  const isDepthwise = perGroup === 1 && filters === groups
  // Of columns that no tap of the kernel joins, products are made for nothing: few where channels are alone or columns few.
  const isNarrow = columns.kernel > 1 && columns.size <= (isDepthwise ? 2 * columns.kernel : columns.kernel)
  return isNarrow ? gradientByRows(x, dy, kernel, axes, groups) : gradientByTaps(x, dy, kernel, axes, groups)
}

/**
 * Tap by tap: a matrix product of the result's gradient with the part of the map that the tap saw. Faster on the CPU than the one
 * convolution it could be written as.
 */
function gradientByTaps(x: Value, dy: Value, kernel: Value, axes: readonly Axis[], groups: number): Value {
  const [rows, columns] = axes as [Axis, Axis]
  const padded = axes.reduce((map, { axis, before, after }) => pad(map, { axis, before, after }), x)
  const [filters, perGroup] = kernel.shape.map(fixed) as [number, number]
  const batch = fixed(x.shape[0])
  const positions = rows.out * columns.out
  const y = reshape(dy, [batch, groups, filters / groups, positions])
  const taps: Value[] = []
  for (let i = 0; i < rows.kernel; i++) {
    const row = strided(padded, 2, i * rows.dilation, rows.stride, rows.out)
    for (let j = 0; j < columns.kernel; j++) {
      const seen = strided(row, 3, j * columns.dilation, columns.stride, columns.out)
      const products = matmul(y, swapLast(reshape(seen, [batch, groups, perGroup, positions])))
      taps.push(reshape(reduceSum(products, [0]), [filters, perGroup, 1]))
    }
  }
  return reshape(concat(taps, 2), kernel.shape)
}

/**
 * Row by row of the kernel, for maps of few columns, such as pictures of bases: a product of every column of the result's gradient with
 * every column of the map; of these a tap adds up those that it joined. One product for each row instead of each tap.
 */
function gradientByRows(x: Value, dy: Value, kernel: Value, axes: readonly Axis[], groups: number): Value {
  const [rows, columns] = axes as [Axis, Axis]
  const [filters, perGroup] = kernel.shape.map(fixed) as [number, number]
  const [batch, own] = [fixed(x.shape[0]), filters / groups]
  const outputs = reshape(
    transpose(reshape(dy, [batch, groups, own, rows.out, columns.out]), [1, 2, 4, 0, 3]),
    [groups, own * columns.out, batch * rows.out],
  )
  const padded = pad(x, rows)
  const tall = fixed(padded.shape[2])
  const map = transpose(reshape(padded, [batch, groups, perGroup, tall, columns.size]), [1, 0, 3, 2, 4])
  const products = Array.from({ length: rows.kernel }, (_, i) => {
    const seen = strided(map, 2, i * rows.dilation, rows.stride, rows.out)
    const product = matmul(outputs, reshape(seen, [groups, batch * rows.out, perGroup * columns.size]))
    return reshape(product, [filters, columns.out, perGroup, 1, columns.size])
  })
  const pairs = reshape(transpose(concat(products, 3), [0, 2, 3, 1, 4]), [
    filters * perGroup * rows.kernel,
    columns.out * columns.size,
  ])
  return reshape(matmul(pairs, joinedColumns(columns)), kernel.shape)
}

/** Returns which columns of the map a tap joins with which of the result. Shape: [out columns of the map, kernel], of zeros and ones. */
function joinedColumns({ size, out, kernel, stride, dilation, before }: Axis): Value {
  const joined = new Float32Array(out * size * kernel)
  for (let column = 0; column < out; column++) {
    for (let tap = 0; tap < kernel; tap++) {
      const seen = column * stride + tap * dilation - before
      if (seen >= 0 && seen < size) {
        joined[(column * size + seen) * kernel + tap] = 1
      }
    }
  }
  return constant(joined, [out * size, kernel])
}
