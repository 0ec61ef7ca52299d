import { axisOf, fixed, type Shape, ShapeError, shifted } from '../shape.ts'
import { apply, type Op, requireType, type Value } from '../value.ts'
import { reshape } from './reshape.ts'

interface SliceAttributes {
  axis: number
  start: number
  /** Elements left off at the end. */
  fromEnd: number
}

const sliceOp: Op<SliceAttributes> = {
  name: 'slice',
  infer([x], { axis, start, fromEnd }) {
    const dim = x!.shape[axis]!
    if (start < 0 || fromEnd < 0 || (typeof dim === 'number' && start + fromEnd >= dim)) {
      const end = typeof dim === 'number' ? dim - fromEnd : `${dim} - ${fromEnd}`
      throw new ShapeError('slice', [x!.shape], `an axis ${axis} with elements ${start} to ${end}`)
    }
    return { type: x!.type, shape: x!.shape.with(axis, shifted(dim, -start - fromEnd)) }
  },
  lower(onnx, [x], _value, { axis, start, fromEnd }) {
    // ONNX counts a negative end from the back; the largest number stands for the end itself.
    const end = fromEnd === 0 ? Number.MAX_SAFE_INTEGER : -fromEnd
    return onnx.node('Slice', [x!, ...[start, end, axis].map(number => onnx.integers([number]))])
  },
  gradient: (_value, dy, { axis, start, fromEnd }) => [pad(dy, { axis, before: start, after: fromEnd })],
  run(tf, [x], value, { axis, start }) {
    const begin = value.shape.map((_, i) => (i === axis ? start : 0))
    return tf.slice(x!, begin, value.shape as number[])
  },
}

/** The elements of an axis without the first `start` and the last `fromEnd`. */
export function crop(x: Value, { axis, start, fromEnd }: SliceAttributes): Value {
  const positive = axisOf('slice', x.shape, axis)
  return start === 0 && fromEnd === 0 ? x : apply(sliceOp, [x], { axis: positive, start, fromEnd })
}

/** The elements [start, end) of an axis of known size. */
export function slice(x: Value, axis: number, start: number, end: number): Value {
  const size = fixed(x.shape[axisOf('slice', x.shape, axis)])
  return crop(x, { axis, start, fromEnd: size - end })
}

/** Every `step`-th of the elements of an axis, `count` of them, from `start` on. */
export function strided(x: Value, axis: number, start: number, step: number, count: number): Value {
  if (step === 1) {
    return slice(x, axis, start, start + count)
  }
  // As rows of `step` of which the first is kept: a slice with a step has no gradient in TensorFlow.js.
  const size = fixed(x.shape[axis])
  const missing = start + count * step - size
  const whole = missing > 0 ? pad(x, { axis, before: 0, after: missing }) : x
  const rows = slice(whole, axis, start, start + count * step)
  const folded = reshape(rows, [...x.shape.slice(0, axis), count, step, ...x.shape.slice(axis + 1)])
  return reshape(slice(folded, axis + 1, 0, 1), rows.shape.with(axis, count))
}

/** The elements of an axis with `step` - 1 zeros after each. */
export function spread(x: Value, axis: number, step: number): Value {
  if (step === 1) {
    return x
  }
  const shape: Shape = x.shape
  const wide = reshape(x, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)])
  const padded = pad(wide, { axis: axis + 1, before: 0, after: step - 1 })
  return reshape(padded, shape.with(axis, fixed(shape[axis]) * step))
}

interface PadAttributes {
  axis: number
  before: number
  after: number
}

const padOp: Op<PadAttributes> = {
  name: 'pad',
  infer([x], { axis, before, after }) {
    requireType('pad', x!, 'float32')
    return { type: 'float32', shape: x!.shape.with(axis, shifted(x!.shape[axis]!, before + after)) }
  },
  lower(onnx, [x], value, { axis, before, after }) {
    const rank = value.shape.length
    const widths = Array.from({ length: 2 * rank }, (_, i) =>
      i === axis ? before : i === rank + axis ? after : 0,
    )
    return onnx.node('Pad', [x!, onnx.integers(widths)])
  },
  gradient: (_value, dy, { axis, before, after }) => [crop(dy, { axis, start: before, fromEnd: after })],
  run: (tf, [x], value, { axis, before, after }) =>
    tf.pad(
      x!,
      value.shape.map((_, i): [number, number] => (i === axis ? [before, after] : [0, 0])),
    ),
}

/** An axis with zeros added; a negative number of them takes elements away. */
export function pad(x: Value, { axis, before, after }: PadAttributes): Value {
  const positive = axisOf('pad', x.shape, axis)
  const kept = crop(x, { axis: positive, start: Math.max(-before, 0), fromEnd: Math.max(-after, 0) })
  const widths = { axis: positive, before: Math.max(before, 0), after: Math.max(after, 0) }
  return widths.before === 0 && widths.after === 0 ? kept : apply(padOp, [kept], widths)
}
