import { int } from '../onnx-writer.ts'
import { broadcastShapes } from '../shape.ts'
import {
  apply,
  type Op,
  requireType,
  type Tensor,
  type TensorFlow,
  type Value,
  type ValueType,
} from '../value.ts'
import { sumTo } from './arithmetic.ts'
import { scalar } from './leaves.ts'

/** ONNX's numbers of element types, as Cast is told. */
const ONNX_TYPES: Readonly<Record<ValueType, number>> = { float32: 1, uint8: 2, int32: 6, bool: 9 }

/** Returns what TensorFlow.js computes, hidden from its differentiation, which fails on conditions and passes casts. */
function withoutGradient(
  tf: TensorFlow,
  inputs: readonly Tensor[],
  compute: (...inputs: Tensor[]) => Tensor,
): Tensor {
  const gradFunc = () => inputs.map(x => tf.zeros(x.shape))
  return tf.customGrad((...given) => ({ value: compute(...(given as Tensor[])), gradFunc }))(...inputs)
}

function comparison(name: string, onnxName: string, compare: 'greater' | 'equal') {
  const op: Op<undefined> = {
    name,
    infer([a, b]) {
      requireType(name, b!, a!.type)
      return { type: 'bool', shape: broadcastShapes(name, a!.shape, b!.shape) }
    },
    lower: (onnx, inputs) => onnx.node(onnxName, inputs),
    gradient: () => [undefined, undefined],
    run: (tf, inputs) => withoutGradient(tf, inputs, (a, b) => tf[compare](a!, b!)),
  }
  return (a: Value, b: Value): Value => apply(op, [a, b], undefined)
}

/** a > b, a condition. */
export const greater = comparison('greater', 'Greater', 'greater')

/** a = b, a condition. */
export const equal = comparison('equal', 'Equal', 'equal')

const whereOp: Op<undefined> = {
  name: 'where',
  infer([condition, a, b]) {
    requireType('where', condition!, 'bool')
    requireType('where', a!, 'float32')
    requireType('where', b!, 'float32')
    const shape = broadcastShapes('where', condition!.shape, broadcastShapes('where', a!.shape, b!.shape))
    return { type: 'float32', shape }
  },
  lower: (onnx, inputs) => onnx.node('Where', inputs),
  gradient(value, dy) {
    const [condition, a, b] = value.inputs as [Value, Value, Value]
    return [undefined, sumTo(where(condition, dy, scalar(0)), a), sumTo(where(condition, scalar(0), dy), b)]
  },
  run(tf, [condition, a, b], value) {
    // Its own where does not broadcast all three alike.
    const shape = value.shape as number[]
    return tf.where(tf.broadcastTo(condition!, shape), tf.broadcastTo(a!, shape), tf.broadcastTo(b!, shape))
  },
}

/** a where the condition holds, else b. */
export const where = (condition: Value, a: Value, b: Value): Value =>
  apply(whereOp, [condition, a, b], undefined)

const castOp: Op<ValueType> = {
  name: 'cast',
  infer: ([x], type) => ({ type, shape: x!.shape }),
  lower: (onnx, inputs, _value, type) => onnx.node('Cast', inputs, { to: int(ONNX_TYPES[type]) }),
  gradient: () => [undefined],
  run: (tf, inputs, _value, type) =>
    withoutGradient(tf, inputs, x => tf.cast(x!, type === 'uint8' ? 'int32' : type)),
}

/** x as another element type; it passes no gradient on. */
export const cast = (x: Value, type: ValueType): Value => (x.type === type ? x : apply(castOp, [x], type))
