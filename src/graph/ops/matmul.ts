import { commonShape, ShapeError } from '../shape.ts'
import { apply, type Op, requireType, type Tensor, type Value } from '../value.ts'
import { sumTo } from './arithmetic.ts'
import { transpose } from './transpose.ts'

const matmulOp: Op<undefined> = {
  name: 'matmul',
  infer(inputs) {
    const [a, b] = inputs as [Value, Value]
    requireType('matmul', a, 'float32')
    requireType('matmul', b, 'float32')
    const [m, k] = a.shape.slice(-2)
    const [k2, n] = b.shape.slice(-2)
    const leading = commonShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
    if (a.shape.length < 2 || b.shape.length < 2 || k !== k2 || leading === undefined) {
      throw new ShapeError(
        'matmul',
        [a.shape, b.shape],
        '[..., m, k] and [..., k, n], of which the first axes broadcast',
      )
    }
    return { type: 'float32', shape: [...leading, m!, n!] }
  },
  lower: (onnx, inputs) => onnx.node('MatMul', inputs),
  gradient(value, dy) {
    const [a, b] = value.inputs as [Value, Value]
    return [sumTo(matmul(dy, swapLast(b)), a), sumTo(matmul(swapLast(a), dy), b)]
  },
  run(tf, [a, b], value) {
    // Its own broadcasting of the leading axes has no right gradient.
    const leading = value.shape.slice(0, -2) as number[]
    const whole = (x: Tensor) => tf.broadcastTo(x, [...leading, ...x.shape.slice(-2)])
    return tf.matMul(whole(a!), whole(b!))
  },
}

/** Matrix product over the last two axes; the others broadcast. Shape: [..., m, k] x [..., k, n] -> [..., m, n]. */
export const matmul = (a: Value, b: Value): Value => apply(matmulOp, [a, b], undefined)

/** The last two axes exchanged. */
export function swapLast(x: Value): Value {
  const axes = x.shape.map((_, i) => i)
  const last = axes.length - 1
  return transpose(x, [...axes.slice(0, -2), last, last - 1])
}
