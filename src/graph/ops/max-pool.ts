import { fixed } from '../shape.ts'
import { apply, type Op, requireType, type Value } from '../value.ts'
import { add, subtract } from './arithmetic.ts'
import { concat } from './concat.ts'
import { equal, where } from './condition.ts'
import { filled, scalar } from './leaves.ts'
import {
  type PoolAxis,
  type PoolGeometry,
  type PoolOptions,
  poolAttributes,
  poolAxes,
  pooledShape,
  poolGeometry,
  scatter,
  tensorTaps,
  withoutPadding,
} from './pool-window.ts'
import { reshape } from './reshape.ts'
import { pad, slice, strided } from './slice.ts'

const maxPoolOp: Op<PoolGeometry> = {
  name: 'maxPool',
  infer([x], geometry) {
    requireType('maxPool', x!, 'float32')
    return { type: 'float32', shape: pooledShape('maxPool', x!.shape, geometry) }
  },
  lower: (onnx, inputs, _value, geometry) => onnx.node('MaxPool', inputs, poolAttributes(geometry)),
  gradient(y, dy, geometry) {
    const x = y.inputs[0]!
    const axes = poolAxes(x.shape, y.shape, geometry)
    return [axes.every(axis => axis.isTiled) ? tiledGradient(x, y, dy, axes) : gradientByTaps(x, y, dy, axes)]
  },
  run(tf, [x], value, geometry) {
    const axes = poolAxes(value.inputs[0]!.shape, value.shape, geometry)
    return tensorTaps(tf, x!, axes, Number.NEGATIVE_INFINITY).reduce((a, b) => tf.maximum(a, b))
  },
}

/**
 * The largest value in each position of a window. Of equal ones the first, in reading order, has the gradient.
 * Shape: [N, C, H, W] -> [N, C, H', W']. Padding is smaller than any number; what a last stride does not reach is left out.
 * Throws: ShapeError when the padded map is smaller than the window.
 */
export const maxPool = (x: Value, options: PoolOptions): Value =>
  apply(maxPoolOp, [x], poolGeometry('maxPool', options))

/** Hands the gradient to taps in turn: what one of them takes is gone for those after it. */
function firstTaker(y: Value, dy: Value): (tap: Value) => Value {
  let left = dy
  return tap => {
    const taken = where(equal(tap, y), left, scalar(0))
    left = subtract(left, taken)
    return taken
  }
}

/** Windows end to end: each is a row of its own, and its parts are only laid side by side again. */
function tiledGradient(x: Value, y: Value, dy: Value, [rows, columns]: readonly [PoolAxis, PoolAxis]): Value {
  const [n, c] = x.shape as [number, number]
  const [height, width] = [rows.out * rows.window, columns.out * columns.window]
  const used = slice(slice(x, 2, 0, height), 3, 0, width)
  const folded = reshape(used, [n, c, rows.out, rows.window, columns.out, columns.window])
  const narrow = [n, c, rows.out, 1, columns.out, 1]
  const take = firstTaker(reshape(y, narrow), reshape(dy, narrow))
  const parts = Array.from({ length: rows.window }, (_, i) => {
    const row = slice(folded, 3, i, i + 1)
    return concat(
      Array.from({ length: columns.window }, (_, j) => take(slice(row, 5, j, j + 1))),
      5,
    )
  })
  const dx = reshape(concat(parts, 3), [n, c, height, width])
  const below = pad(dx, { axis: 2, before: 0, after: rows.size - height })
  return pad(below, { axis: 3, before: 0, after: columns.size - width })
}

function gradientByTaps(x: Value, y: Value, dy: Value, axes: readonly [PoolAxis, PoolAxis]): Value {
  const [rows, columns] = axes
  const padded = axes.reduce(padWithLeast, x)
  const take = firstTaker(y, dy)
  let dx: Value | undefined
  for (let i = 0; i < rows.window; i++) {
    const row = strided(padded, 2, i, rows.stride, rows.out)
    let sum: Value | undefined
    for (let j = 0; j < columns.window; j++) {
      const part = take(strided(row, 3, j, columns.stride, columns.out))
      const placed = scatter(part, columns, j)
      sum = sum ? add(sum, placed) : placed
    }
    const placed = scatter(sum!, rows, i)
    dx = dx ? add(dx, placed) : placed
  }
  return axes.reduce(withoutPadding, dx!)
}

/** Zeros would take the gradient wherever the largest is 0, as it often is behind a relu. */
function padWithLeast(x: Value, { axis, before, after }: PoolAxis): Value {
  const block = (count: number) =>
    count === 0 ? [] : [filled(x.shape.with(axis, count).map(fixed), Number.NEGATIVE_INFINITY)]
  return concat([...block(before), x, ...block(after)], axis)
}
