import { float, int } from '../onnx-writer.ts'
import { type Shape, ShapeError, sameShape } from '../shape.ts'
import { apply, type Op, requireType, type Tensor, type Value } from '../value.ts'
import { add, divide, multiply, square, subtract, sumTo } from './arithmetic.ts'
import { sqrt } from './pointwise.ts'
import { reduceMean } from './reduce.ts'

const layerNormOp: Op<number> = {
  name: 'layerNorm',
  infer(inputs) {
    const [x, scale, bias] = inputs as [Value, Value, Value]
    for (const operand of inputs) {
      requireType('layerNorm', operand, 'float32')
    }
    const rank = scale.shape.length
    const isTail = rank > 0 && rank <= x.shape.length && sameShape(x.shape.slice(-rank), scale.shape)
    if (!isTail || !sameShape(bias.shape, scale.shape)) {
      const shapes = inputs.map(operand => operand.shape)
      throw new ShapeError('layerNorm', shapes, 'a scale and a bias, both of the shape of the last axes')
    }
    return { type: 'float32', shape: x.shape }
  },
  lower(onnx, inputs, value, epsilon) {
    return onnx.node('LayerNormalization', inputs, {
      axis: int(-value.inputs[1]!.shape.length),
      epsilon: float(epsilon),
    })
  },
  gradient(value, dy, epsilon) {
    const [x, scale, bias] = value.inputs as [Value, Value, Value]
    const axes = normalizedAxes(x.shape, scale.shape)
    const mean = (values: Value) => reduceMean(values, axes, true)
    const centred = subtract(x, mean(x))
    const deviation = sqrt(add(mean(square(centred)), epsilon))
    const xhat = divide(centred, deviation)
    const scaled = multiply(dy, scale)
    const projected = multiply(xhat, mean(multiply(scaled, xhat)))
    const dx = divide(subtract(subtract(scaled, mean(scaled)), projected), deviation)
    return [dx, sumTo(multiply(dy, xhat), scale), sumTo(dy, bias)]
  },
  run(tf, inputs, value, epsilon) {
    const [x, scale, bias] = inputs as [Tensor, Tensor, Tensor]
    const { mean, variance } = tf.moments(x, normalizedAxes(value.shape, value.inputs[1]!.shape), true)
    const xhat = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)))
    return tf.add(tf.mul(xhat, scale), bias)
  },
}

const normalizedAxes = (x: Shape, scale: Shape) => scale.map((_, i) => x.length - scale.length + i)

/**
 * Layer normalisation over the last axes, as many as `scale` has: scale * (x - mean) / sqrt(variance + epsilon) + bias.
 * Shape: x [..., A, B], scale and bias [A, B] (or [B], ...).
 */
export const layerNorm = (x: Value, scale: Value, bias: Value, epsilon: number): Value =>
  apply(layerNormOp, [x, scale, bias], epsilon)
