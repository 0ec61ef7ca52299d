import { float } from '../onnx-writer.ts'
import { fixed, type Shape, ShapeError } from '../shape.ts'
import { apply, type Op, requireType, type Tensor, type Value } from '../value.ts'
import { add, divide, multiply, negate, square, subtract } from './arithmetic.ts'
import { scalar } from './leaves.ts'
import { sqrt } from './pointwise.ts'
import { reduceMean, reduceSum } from './reduce.ts'
import { reshape } from './reshape.ts'

interface BatchNormAttributes {
  epsilon: number
  /** `batch`: mean and variance are those of x itself, and x's gradient includes what it does to them. */
  statistics: 'batch' | 'given'
}

const batchNormOp: Op<BatchNormAttributes> = {
  name: 'batchNorm',
  infer(inputs) {
    const [x, ...vectors] = inputs as [Value, ...Value[]]
    for (const operand of inputs) {
      requireType('batchNorm', operand, 'float32')
    }
    if (x.shape.length < 2 || vectors.some(vector => vector.shape.join() !== `${x.shape[1]}`)) {
      const shapes = inputs.map(operand => operand.shape)
      throw new ShapeError('batchNorm', shapes, '[N, C, ...] and four vectors [C]')
    }
    return { type: 'float32', shape: x.shape }
  },
  lower: (onnx, inputs, _value, { epsilon }) =>
    onnx.node('BatchNormalization', inputs, { epsilon: float(epsilon) }),
  gradient(value, dy, { epsilon, statistics }) {
    const [x, scale, , mean, variance] = value.inputs as [Value, Value, Value, Value, Value]
    const axes = axesButChannels(x.shape)
    const inverse = divide(scalar(1), sqrt(add(variance, epsilon)))
    const dBias = reduceSum(dy, axes)
    // sum(dy * xhat), without making xhat.
    const dScale = multiply(inverse, subtract(reduceSum(multiply(dy, x), axes), multiply(mean, dBias)))
    const perChannel = (vector: Value) => overChannels(vector, x.shape)
    const a = multiply(scale, inverse)
    if (statistics === 'given') {
      return [multiply(dy, perChannel(a)), dScale, dBias, undefined, undefined]
    }
    // dx = a * (dy - mean(dy) - xhat * mean(dy * xhat)), as A * dy + B * x + C with one number each per channel.
    const count = axes.reduce((product, axis) => product * fixed(x.shape[axis]), 1)
    const b = negate(divide(multiply(multiply(a, inverse), dScale), count))
    const c = negate(add(divide(multiply(a, dBias), count), multiply(b, mean)))
    const dx = add(add(multiply(dy, perChannel(a)), multiply(x, perChannel(b))), perChannel(c))
    return [dx, dScale, dBias, undefined, undefined]
  },
  run(tf, inputs, value, { epsilon, statistics }) {
    const [x, scale, bias, mean, variance] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor]
    const wide = (vector: Tensor) => tf.reshape(vector, [1, -1, ...Array<number>(x.rank - 2).fill(1)])
    // The runtime's own statistics, so that its gradient passes through them.
    const moments = statistics === 'batch' ? tf.moments(x, axesButChannels(value.shape), true) : undefined
    const centred = tf.sub(x, moments?.mean ?? wide(mean))
    const deviation = tf.sqrt(tf.add(moments?.variance ?? wide(variance), epsilon))
    return tf.add(tf.mul(tf.div(centred, deviation), wide(scale)), wide(bias))
  },
}

const axesButChannels = (shape: Shape) => shape.map((_, axis) => axis).filter(axis => axis !== 1)

/** A vector [C] as [C, 1, ...], to go with [N, C, ...]. */
function overChannels(vector: Value, shape: Shape): Value {
  return reshape(vector, [shape[1]!, ...Array<number>(shape.length - 2).fill(1)])
}

/** Vectors over the channels. Shape: [C] each. */
export interface ChannelVectors {
  scale: Value
  bias: Value
  mean: Value
  variance: Value
}

/** Batch normalisation with given mean and variance: scale * (x - mean) / sqrt(variance + epsilon) + bias. Shape: x [N, C, ...]. */
export function batchNorm(x: Value, { scale, bias, mean, variance }: ChannelVectors, epsilon: number): Value {
  return apply(batchNormOp, [x, scale, bias, mean, variance], { epsilon, statistics: 'given' })
}

/**
 * Batch normalisation with the batch's own mean and variance (divided by the count, not by one less), which are returned
 * as well: running statistics are made of them.
 */
export function batchNormOverBatch(
  x: Value,
  { scale, bias }: Pick<ChannelVectors, 'scale' | 'bias'>,
  epsilon: number,
): { y: Value; mean: Value; variance: Value } {
  const axes = axesButChannels(x.shape)
  const mean = reduceMean(x, axes)
  const variance = reduceMean(square(subtract(x, overChannels(mean, x.shape))), axes)
  const y = apply(batchNormOp, [x, scale, bias, mean, variance], { epsilon, statistics: 'batch' })
  return { y, mean, variance }
}
