import { float } from '../onnx-writer.ts'
import { apply, type Op, requireType, type Tensor, type TensorFlow, type Value } from '../value.ts'
import { divide, multiply, negate, subtract } from './arithmetic.ts'
import { greater, where } from './condition.ts'
import { scalar } from './leaves.ts'

/** A function of each element. */
interface Pointwise {
  name: string
  onnx: string
  /** The parameter of the function, where it has one, is ONNX's attribute `alpha`. */
  run(tf: TensorFlow, x: Tensor, alpha: number): Tensor
  gradient(dy: Value, x: Value, y: Value, alpha: number): Value
}

function opOf(rule: Pointwise): Op<number | undefined> {
  return {
    name: rule.name,
    infer([x]) {
      requireType(rule.name, x!, 'float32')
      return { type: 'float32', shape: x!.shape }
    },
    lower: (onnx, inputs, _value, alpha) =>
      onnx.node(rule.onnx, inputs, alpha === undefined ? {} : { alpha: float(alpha) }),
    gradient: (value, dy, alpha) => [rule.gradient(dy, value.inputs[0]!, value, alpha ?? 0)],
    run: (tf, [x], _value, alpha) => rule.run(tf, x!, alpha ?? 0),
  }
}

function pointwise(rule: Pointwise): (x: Value) => Value {
  const op = opOf(rule)
  return x => apply(op, [x], undefined)
}

function withAlpha(rule: Pointwise): (x: Value, alpha: number) => Value {
  const op = opOf(rule)
  return (x, alpha) => apply(op, [x], alpha)
}

/** e to the power of x. */
export const exp = pointwise({
  name: 'exp',
  onnx: 'Exp',
  run: (tf, x) => tf.exp(x),
  gradient: (dy, _x, y) => multiply(dy, y),
})

/** Natural logarithm. */
export const log = pointwise({
  name: 'log',
  onnx: 'Log',
  run: (tf, x) => tf.log(x),
  gradient: (dy, x) => divide(dy, x),
})

/** Square root. */
export const sqrt = pointwise({
  name: 'sqrt',
  onnx: 'Sqrt',
  run: (tf, x) => tf.sqrt(x),
  gradient: (dy, _x, y) => divide(dy, multiply(y, 2)),
})

/** x where it is positive, else 0. The gradient at 0 is 0. */
export const relu = pointwise({
  name: 'relu',
  onnx: 'Relu',
  run: (tf, x) => tf.relu(x),
  // The sign of the result is that of the operand, which then need not be kept.
  gradient: (dy, _x, y) => where(greater(y, scalar(0)), dy, scalar(0)),
})

/** x where it is positive, else alpha * x. */
export const leakyRelu = withAlpha({
  name: 'leakyRelu',
  onnx: 'LeakyRelu',
  run: (tf, x, alpha) => tf.leakyRelu(x, alpha),
  gradient: (dy, x, _y, alpha) => where(greater(x, scalar(0)), dy, multiply(dy, alpha)),
})

const eluPointwise = withAlpha({
  name: 'elu',
  onnx: 'Elu',
  // TensorFlow.js has it for alpha = 1 only.
  run: (tf, x, alpha) => tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), alpha)),
  gradient: (dy, x, y, alpha) => multiply(dy, where(greater(x, scalar(0)), scalar(1), addAlpha(y, alpha))),
})
const addAlpha = (y: Value, alpha: number) => subtract(y, -alpha)

/** x where it is positive, else alpha * (e^x - 1). */
export const elu = (x: Value, alpha = 1): Value => eluPointwise(x, alpha)

/** Hyperbolic tangent. */
export const tanh = pointwise({
  name: 'tanh',
  onnx: 'Tanh',
  run: (tf, x) => tf.tanh(x),
  gradient: (dy, _x, y) => multiply(dy, subtract(1, multiply(y, y))),
})

/** 1 / (1 + e^-x). */
export const sigmoid = pointwise({
  name: 'sigmoid',
  onnx: 'Sigmoid',
  run: (tf, x) => tf.sigmoid(x),
  gradient: (dy, _x, y) => multiply(dy, multiply(y, subtract(1, y))),
})

/** log(1 + e^x), without overflow. */
export const softplus = pointwise({
  name: 'softplus',
  onnx: 'Softplus',
  run: (tf, x) => tf.softplus(x),
  gradient: (dy, x) => multiply(dy, sigmoid(x)),
})

/** log of the logistic function of x, without overflow. */
export const logSigmoid = (x: Value): Value => negate(softplus(negate(x)))

/** |x|. The gradient at 0 is -1. */
export const absolute = (x: Value): Value => where(greater(x, scalar(0)), x, negate(x))
