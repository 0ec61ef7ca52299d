import { type Shape, sizeOf } from '../shape.ts'
import { apply, type Op, type Tensor, type TensorFlow, type Value, type ValueType } from '../value.ts'

interface InputAttributes {
  name: string
  type: ValueType
  shape: Shape
}

const inputOp: Op<InputAttributes> = {
  name: 'input',
  infer: (_, { type, shape }) => ({ type, shape }),
  lower(onnx, _inputs, _value, { name, type, shape }) {
    if (type === 'bool') {
      throw new TypeError(`input ${name}: expected numbers, found conditions`)
    }
    return onnx.graph.input(name, type, [...shape])
  },
  run(_tf, _inputs, _value, { name }) {
    throw new RangeError(`no tensor was given for the input ${name}`)
  },
}

/** Returns a value given from outside at each run, by name. */
export function input(name: string, type: ValueType, shape: Shape): Value {
  return apply(inputOp, [], { name, type, shape })
}

interface ConstantAttributes {
  data: Float32Array
  shape: readonly number[]
}

const constantOp: Op<ConstantAttributes> = {
  name: 'constant',
  infer: (_, { shape }) => ({ type: 'float32', shape }),
  lower(onnx, _inputs, _value, { data, shape }) {
    const [first] = data
    return shape.length === 0 && first !== undefined
      ? onnx.scalar(first)
      : onnx.graph.constant(onnx.name('constant'), { type: 'float32', dims: shape, data })
  },
  run: (tf, _inputs, _value, { data, shape }) => tf.tensor(data, [...shape], 'float32'),
}

/** Returns a value that never changes. Throws: RangeError when the data's length is not that of the shape. */
export function constant(data: Float32Array | readonly number[], shape: readonly number[]): Value {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`constant: expected ${sizeOf(shape)} numbers for [${shape}], found ${data.length}`)
  }
  return apply(constantOp, [], { data: Float32Array.from(data), shape })
}

/** Returns a number as a value of no axes, which broadcasts to any shape. */
export const scalar = (value: number): Value => constant([value], [])

interface FilledAttributes {
  shape: readonly number[]
  value: number
}

const filledOp: Op<FilledAttributes> = {
  name: 'filled',
  infer: (_, { shape }) => ({ type: 'float32', shape }),
  lower: (onnx, _inputs, _value, { shape, value }) =>
    onnx.node('Expand', [onnx.scalar(value), onnx.integers(shape)]),
  run: (tf: TensorFlow, _inputs: readonly Tensor[], _value: Value, { shape, value }) =>
    tf.fill([...shape], value),
}

/** Returns a value that holds one number everywhere, without its size in the file. */
export const filled = (shape: readonly number[], value: number): Value =>
  apply(filledOp, [], { shape, value })
