import { int, ints } from '../onnx-writer.ts'
import { axisOf, fixed, ShapeError } from '../shape.ts'
import { apply, type Op, requireType, type Tensor, type TensorFlow, type Value } from '../value.ts'
import { divide, multiply, sumTo } from './arithmetic.ts'
import { cast, equal } from './condition.ts'
import { filled } from './leaves.ts'
import { reshape } from './reshape.ts'

interface ReduceAttributes {
  axes: readonly number[]
  keepDims: boolean
}

interface Reduction {
  name: string
  onnx: string
  run(tf: TensorFlow, x: Tensor, axes: number[], keepDims: boolean): Tensor
  /** `dy` and `y` come with the reduced axes kept, of size 1. */
  gradient(dy: Value, x: Value, y: Value, count: number): Value
}

function reduction(rule: Reduction): (x: Value, axes: readonly number[], keepDims?: boolean) => Value {
  const op: Op<ReduceAttributes> = {
    name: rule.name,
    infer([x], { axes, keepDims }) {
      requireType(rule.name, x!, 'float32')
      const shape = keepDims
        ? x!.shape.map((dim, i) => (axes.includes(i) ? 1 : dim))
        : x!.shape.filter((_, i) => !axes.includes(i))
      return { type: 'float32', shape }
    },
    lower(onnx, [x], _value, { axes, keepDims }) {
      const keepdims = int(keepDims ? 1 : 0)
      // Of the reductions, only the sum takes its axes as an operand in operator set 17.
      return rule.onnx === 'ReduceSum'
        ? onnx.node(rule.onnx, [x!, onnx.integers(axes)], { keepdims })
        : onnx.node(rule.onnx, [x!], { axes: ints(...axes), keepdims })
    },
    gradient(value, dy, { axes }) {
      const x = value.inputs[0]!
      const kept = x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim))
      const count = axes.reduce((product, axis) => product * fixed(x.shape[axis]), 1)
      return [rule.gradient(reshape(dy, kept), x, reshape(value, kept), count)]
    },
    run: (tf, [x], _value, { axes, keepDims }) => rule.run(tf, x!, [...axes], keepDims),
  }
  return (x, axes, keepDims = false) => {
    const positive = axes.map(axis => axisOf(rule.name, x.shape, axis)).sort((a, b) => a - b)
    if (new Set(positive).size !== axes.length) {
      throw new ShapeError(rule.name, [x.shape], `each axis once, not (${axes})`)
    }
    return positive.length === 0 ? x : apply(op, [x], { axes: positive, keepDims })
  }
}

const spread = (dy: Value, x: Value) => multiply(dy, filled(x.shape.map(fixed), 1))

/** Sum over axes. */
export const reduceSum = reduction({
  name: 'reduceSum',
  onnx: 'ReduceSum',
  run: (tf, x, axes, keepDims) => tf.sum(x, axes, keepDims),
  gradient: (dy, x) => spread(dy, x),
})

/** Mean over axes. */
export const reduceMean = reduction({
  name: 'reduceMean',
  onnx: 'ReduceMean',
  run: (tf, x, axes, keepDims) => tf.mean(x, axes, keepDims),
  gradient: (dy, x, _y, count) => spread(divide(dy, count), x),
})

/** Largest value over axes. Elements that share it share the gradient. */
export const reduceMax = reduction({
  name: 'reduceMax',
  onnx: 'ReduceMax',
  run: (tf, x, axes, keepDims) => tf.max(x, axes, keepDims),
  gradient(dy, x, y) {
    const hits = cast(equal(x, y), 'float32')
    return multiply(divide(dy, sumTo(hits, y)), hits)
  },
})
