/** How pooling moves a window over the two axes of a map. */
import { ints } from '../onnx-writer.ts'
import { fixed, type Shape, ShapeError, shifted } from '../shape.ts'
import type { Tensor, TensorFlow, Value } from '../value.ts'
import { pad, slice, spread } from './slice.ts'

export interface PoolOptions {
  window: readonly [number, number]
  /** Default: the window, so that windows neither overlap nor leave gaps. */
  strides?: readonly [number, number]
  /** Elements added: top, left, bottom, right. Each must be smaller than the window. */
  pads?: readonly [number, number, number, number]
}

export type PoolGeometry = Required<PoolOptions>

/** Sizes of one axis of a pooling. */
export interface PoolAxis {
  /** Axis of the map: 2 or 3. */
  axis: number
  size: number
  window: number
  stride: number
  before: number
  after: number
  /** Size of the result. */
  out: number
  /** Windows lie end to end and no padding is needed: each element is seen once at most. */
  isTiled: boolean
}

/** Returns the options with defaults. Throws: RangeError when a window could lie in the padding alone. */
export function poolGeometry(op: string, options: PoolOptions): PoolGeometry {
  const { window, strides = window, pads = [0, 0, 0, 0] } = options
  const isPositive = (n: number) => Number.isInteger(n) && n > 0
  if (![...window, ...strides].every(isPositive)) {
    throw new RangeError(
      `${op}: expected whole numbers from 1 on as window and strides, found [${window}] and [${strides}]`,
    )
  }
  if (!pads.every((n, i) => Number.isInteger(n) && n >= 0 && n < window[i % 2]!)) {
    throw new RangeError(`${op}: expected padding smaller than the window [${window}], found [${pads}]`)
  }
  return { window, strides, pads }
}

/** Returns the shape of the result. Throws: ShapeError when the padded map is smaller than the window. */
export function pooledShape(op: string, x: Shape, { window, strides, pads }: PoolGeometry): Shape {
  const wanted = `[N, C, H, W] of which H + ${pads[0] + pads[2]} and W + ${pads[1] + pads[3]} fit the window`
  if (x.length !== 4) {
    throw new ShapeError(op, [x, window], wanted)
  }
  const sizes = [0, 1].map(i => {
    const size = x[i + 2]!
    const change = pads[i]! + pads[i + 2]! - window[i]!
    if (typeof size === 'string') {
      if (strides[i] !== 1) {
        throw new ShapeError(op, [x, window], `a known size of axis ${i + 2} for stride ${strides[i]}`)
      }
      return shifted(size, change + 1)
    }
    if (size + change < 0) {
      throw new ShapeError(op, [x, window], wanted)
    }
    return Math.floor((size + change) / strides[i]!) + 1
  })
  return [...x.slice(0, 2), ...sizes]
}

/** Returns the sizes of both axes. Throws: RangeError when one is a name. */
export function poolAxes(x: Shape, y: Shape, { window, strides, pads }: PoolGeometry): [PoolAxis, PoolAxis] {
  const axisOf = (i: 0 | 1): PoolAxis => ({
    axis: i + 2,
    size: fixed(x[i + 2]),
    window: window[i],
    stride: strides[i],
    before: pads[i],
    after: pads[i + 2]!,
    out: fixed(y[i + 2]),
    isTiled: window[i] === strides[i] && pads[i] === 0 && pads[i + 2] === 0,
  })
  return [axisOf(0), axisOf(1)]
}

/** Returns the attributes of ONNX's pooling nodes. */
export const poolAttributes = ({ window, strides, pads }: PoolGeometry) => ({
  kernel_shape: ints(...window),
  strides: ints(...strides),
  pads: ints(...pads),
})

/** Returns numbers of the result put back to where one tap of the window saw them, on the padded axis. */
export function scatter(
  part: Value,
  { axis, size, before, after, stride, out }: PoolAxis,
  tap: number,
): Value {
  return pad(spread(part, axis, stride), {
    axis,
    before: tap,
    after: before + size + after - out * stride - tap,
  })
}

/** Returns a padded axis without its padding. */
export function withoutPadding(x: Value, { axis, size, before }: PoolAxis): Value {
  return slice(x, axis, before, before + size)
}

/** Returns what each tap of the window sees, in reading order, as TensorFlow.js can differentiate it. */
export function tensorTaps(
  tf: TensorFlow,
  x: Tensor,
  [rows, columns]: readonly [PoolAxis, PoolAxis],
  padding: number,
): Tensor[] {
  const [batch, channels] = x.shape as [number, number]
  const widths = [rows, columns].map(({ size, window, stride, before, after, out }): [number, number] => {
    // Whole steps of the stride behind the last tap: a slice with a step has no gradient there.
    const wanted = window - 1 + out * stride
    return [before, Math.max(after, wanted - size - before)]
  })
  const padded = tf.pad(x, [[0, 0], [0, 0], ...widths] as [number, number][], padding)
  const taps: Tensor[] = []
  for (let i = 0; i < rows.window; i++) {
    for (let j = 0; j < columns.window; j++) {
      const part = tf.slice(
        padded,
        [0, 0, i, j],
        [batch, channels, rows.out * rows.stride, columns.out * columns.stride],
      )
      const folded = tf.reshape(part, [batch * channels, rows.out, rows.stride, columns.out, columns.stride])
      const kept = tf.slice(folded, [0, 0, 0, 0, 0], [batch * channels, rows.out, 1, columns.out, 1])
      taps.push(tf.reshape(kept, [batch, channels, rows.out, columns.out]))
    }
  }
  return taps
}
