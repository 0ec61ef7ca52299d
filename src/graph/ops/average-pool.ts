import { int } from '../onnx-writer.ts'
import { fixed } from '../shape.ts'
import { apply, type Op, requireType, type Value } from '../value.ts'
import { add, multiply } from './arithmetic.ts'
import { constant, filled } from './leaves.ts'
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
import { pad } from './slice.ts'

export interface AveragePoolOptions extends PoolOptions {
  /** Divide by the window's area everywhere; else by the number of elements in it that are no padding. */
  countIncludePad?: boolean
}

interface AveragePoolAttributes {
  geometry: PoolGeometry
  countIncludePad: boolean
}

const averagePoolOp: Op<AveragePoolAttributes> = {
  name: 'averagePool',
  infer([x], { geometry }) {
    requireType('averagePool', x!, 'float32')
    return { type: 'float32', shape: pooledShape('averagePool', x!.shape, geometry) }
  },
  lower: (onnx, inputs, _value, { geometry, countIncludePad }) =>
    onnx.node('AveragePool', inputs, {
      ...poolAttributes(geometry),
      count_include_pad: int(countIncludePad ? 1 : 0),
    }),
  gradient(value, dy, { geometry, countIncludePad }) {
    const axes = poolAxes(value.inputs[0]!.shape, value.shape, geometry)
    const shares = constant(shareOfElement(axes, countIncludePad), [1, 1, axes[0].out, axes[1].out])
    // A sum over a rectangle is one over rows of sums over columns, and so is its gradient.
    return [axes.reduce(spreadOverWindow, multiply(dy, shares))]
  },
  run(tf, [x], value, { geometry, countIncludePad }) {
    const axes = poolAxes(value.inputs[0]!.shape, value.shape, geometry)
    const sum = tf.addN(tensorTaps(tf, x!, axes, 0))
    return tf.mul(
      sum,
      tf.tensor(shareOfElement(axes, countIncludePad), [1, 1, axes[0].out, axes[1].out], 'float32'),
    )
  },
}

/**
 * The mean in each position of a window.
 * Shape: [N, C, H, W] -> [N, C, H', W']. What a last stride does not reach is left out.
 * Throws: ShapeError when the padded map is smaller than the window.
 */
export function averagePool(x: Value, options: AveragePoolOptions): Value {
  const { countIncludePad = false } = options
  return apply(averagePoolOp, [x], { geometry: poolGeometry('averagePool', options), countIncludePad })
}

/** Returns what an element counts for in each position of the window: one by the number of elements there. */
function shareOfElement([rows, columns]: readonly [PoolAxis, PoolAxis], countIncludePad: boolean): number[] {
  const counts = ({ size, window, stride, before, out }: PoolAxis) =>
    Array.from({ length: out }, (_, i) => {
      const start = i * stride - before
      return countIncludePad ? window : Math.min(start + window, size) - Math.max(start, 0)
    })
  const perColumn = counts(columns)
  return counts(rows).flatMap(height => perColumn.map(width => 1 / (height * width)))
}

/** Returns one axis of the gradient: each number of the result goes to all of its window. */
function spreadOverWindow(dy: Value, axis: PoolAxis): Value {
  if (axis.isTiled) {
    const { axis: at, size, window, out } = axis
    const shape = dy.shape.map(fixed)
    const repeated = multiply(
      reshape(dy, [...shape.slice(0, at), out, 1, ...shape.slice(at + 1)]),
      filled([window, ...shape.slice(at + 1).map(() => 1)], 1),
    )
    return pad(reshape(repeated, shape.with(at, out * window)), {
      axis: at,
      before: 0,
      after: size - out * window,
    })
  }
  let sum = scatter(dy, axis, 0)
  for (let tap = 1; tap < axis.window; tap++) {
    sum = add(sum, scatter(dy, axis, tap))
  }
  return withoutPadding(sum, axis)
}
