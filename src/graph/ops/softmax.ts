import { int } from '../onnx-writer.ts'
import { axisOf } from '../shape.ts'
import { apply, type Op, requireType, type Value } from '../value.ts'
import { multiply, subtract } from './arithmetic.ts'
import { exp } from './pointwise.ts'
import { reduceSum } from './reduce.ts'

const softmaxOp: Op<number> = {
  name: 'softmax',
  infer([x]) {
    requireType('softmax', x!, 'float32')
    return { type: 'float32', shape: x!.shape }
  },
  lower: (onnx, inputs, _value, axis) => onnx.node('Softmax', inputs, { axis: int(axis) }),
  gradient(y, dy, axis) {
    return [multiply(y, subtract(dy, reduceSum(multiply(dy, y), [axis], true)))]
  },
  run(tf, [x], _value, axis) {
    // Its own softmax takes the last axis only.
    const powers = tf.exp(tf.sub(x!, tf.max(x!, axis, true)))
    return tf.div(powers, tf.sum(powers, axis, true))
  },
}

/** Probabilities along an axis: e^x over their sum. */
export const softmax = (x: Value, axis: number): Value =>
  apply(softmaxOp, [x], axisOf('softmax', x.shape, axis))

const logSoftmaxOp: Op<number> = {
  ...softmaxOp,
  name: 'logSoftmax',
  lower: (onnx, inputs, _value, axis) => onnx.node('LogSoftmax', inputs, { axis: int(axis) }),
  gradient: (y, dy, axis) => [subtract(dy, multiply(exp(y), reduceSum(dy, [axis], true)))],
  run(tf, [x], _value, axis) {
    const shifted = tf.sub(x!, tf.max(x!, axis, true))
    return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), axis, true)))
  },
}

/** Natural logarithm of the softmax, without loss where a probability is tiny. */
export const logSoftmax = (x: Value, axis: number): Value =>
  apply(logSoftmaxOp, [x], axisOf('logSoftmax', x.shape, axis))
