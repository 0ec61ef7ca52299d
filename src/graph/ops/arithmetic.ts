import { broadcastShapes, sameShape } from '../shape.ts'
import { apply, type Op, requireType, type Tensor, type TensorFlow, type Value } from '../value.ts'
import { greater, where } from './condition.ts'
import { scalar } from './leaves.ts'
import { reduceSum } from './reduce.ts'
import { reshape } from './reshape.ts'

/** Elementwise operations of two operands; shapes broadcast. */
interface Arithmetic {
  name: string
  onnx: string
  run(tf: TensorFlow, a: Tensor, b: Tensor, shape: number[]): Tensor
  /** Gradients before they are summed back to the operands' shapes. */
  gradient(dy: Value, a: Value, b: Value, y: Value): [Value, Value]
}

function arithmetic(rule: Arithmetic): (a: Value | number, b: Value | number) => Value {
  const op: Op<undefined> = {
    name: rule.name,
    infer([a, b]) {
      requireType(rule.name, a!, 'float32')
      requireType(rule.name, b!, 'float32')
      return { type: 'float32', shape: broadcastShapes(rule.name, a!.shape, b!.shape) }
    },
    lower: (onnx, inputs) => onnx.node(rule.onnx, inputs),
    gradient(value, dy) {
      const [a, b] = value.inputs as [Value, Value]
      const [da, db] = rule.gradient(dy, a, b, value)
      return [sumTo(da, a), sumTo(db, b)]
    },
    run: (tf, [a, b], value) => rule.run(tf, a!, b!, value.shape as number[]),
  }
  const asValue = (x: Value | number) => (typeof x === 'number' ? scalar(x) : x)
  return (a, b) => apply(op, [asValue(a), asValue(b)], undefined)
}

/** Returns the gradient of an operand that was broadcast: summed over the axes along which it was repeated. */
export function sumTo(gradient: Value, operand: Value): Value {
  const { shape } = operand
  if (sameShape(gradient.shape, shape)) {
    return gradient
  }
  const added = gradient.shape.length - shape.length
  const axes = gradient.shape.flatMap((dim, i) =>
    i < added || (shape[i - added] === 1 && dim !== 1) ? [i] : [],
  )
  return reshape(axes.length === 0 ? gradient : reduceSum(gradient, axes, true), shape)
}

/** a + b. */
export const add = arithmetic({
  name: 'add',
  onnx: 'Add',
  run: (tf, a, b) => tf.add(a, b),
  gradient: dy => [dy, dy],
})

/** a - b. */
export const subtract = arithmetic({
  name: 'subtract',
  onnx: 'Sub',
  run: (tf, a, b) => tf.sub(a, b),
  gradient: dy => [dy, negate(dy)],
})

/** a * b, element by element. */
export const multiply = arithmetic({
  name: 'multiply',
  onnx: 'Mul',
  run: (tf, a, b) => tf.mul(a, b),
  gradient: (dy, a, b) => [multiply(dy, b), multiply(dy, a)],
})

/** a / b. */
export const divide = arithmetic({
  name: 'divide',
  onnx: 'Div',
  run: (tf, a, b) => tf.div(a, b),
  gradient(dy, _a, b, y) {
    const da = divide(dy, b)
    return [da, negate(multiply(da, y))]
  },
})

/** The larger of a and b. Where they are equal, the gradient is a's. */
export const maximum = arithmetic({
  name: 'maximum',
  onnx: 'Max',
  // Its own broadcasting has no right gradient here.
  run: (tf, a, b, shape) => tf.maximum(tf.broadcastTo(a, shape), tf.broadcastTo(b, shape)),
  gradient: (dy, a, b) => chosen(dy, greater(b, a)),
})

/** The smaller of a and b. Where they are equal, the gradient is a's. */
export const minimum = arithmetic({
  name: 'minimum',
  onnx: 'Min',
  // Its own broadcasting has no right gradient here.
  run: (tf, a, b, shape) => tf.minimum(tf.broadcastTo(a, shape), tf.broadcastTo(b, shape)),
  gradient: (dy, a, b) => chosen(dy, greater(a, b)),
})

function chosen(dy: Value, second: Value): [Value, Value] {
  return [where(second, scalar(0), dy), where(second, dy, scalar(0))]
}

/** -x. */
export const negate = (x: Value): Value => multiply(x, -1)

/** x * x. */
export const square = (x: Value): Value => multiply(x, x)
