import { InputDataError } from '../core/errors.ts'
import { int } from '../graph/onnx-writer.ts'
import { type Known, knownOf, rewrite } from '../graph/rewrite.ts'
import { apply, type Op, type Value } from '../graph/value.ts'

/** ONNX's number of the type that Cast is told. */
const FLOAT32 = 1

/** A constant, of numbers that are halves, which the file holds as such; a runtime widens them once, when it loads the model. */
const halfConstantOp: Op<Known> = {
  name: 'halfConstant',
  infer: (_, { shape }) => ({ type: 'float32', shape }),
  lower(onnx, _inputs, _value, { data, shape }) {
    const bits = { type: 'float16', dims: shape, data: Uint16Array.from(data, bitsOfHalf) } as const
    return onnx.node('Cast', [onnx.graph.constant(onnx.name('half'), bits)], { to: int(FLOAT32) })
  },
  run: (tf, _inputs, _value, { data, shape }) => tf.tensor(data, [...shape], 'float32'),
}

/**
 * Returns the value with its weights rounded to float16 and stored so: half the file. Vectors (biases) stay float32: they
 * are small, and everything is added to them. So does the arithmetic: in float16 throughout, the CPU provider, which has no
 * such convolution, was no faster, and probabilities of OpenSpliceAI 400 moved by 2.5e-3 instead of 5e-4.
 * Throws: InputDataError for a weight beyond the range of float16.
 */
export function halfWeights(output: Value): Value {
  return rewrite(output, step => {
    const known = knownOf(step)
    return known === undefined || known.shape.length < 2
      ? step
      : apply(halfConstantOp, [], { data: known.data.map(nearestHalf), shape: known.shape })
  })
}

const LARGEST = 65504
/** Bits of a half's fraction; the first one, always 1, is not stored. */
const FRACTION = 10
/** Numbers below 2 to this power have the step of those from there on. */
const LEAST_EXPONENT = -14

const exponentOf = (size: number) => Math.max(Math.floor(Math.log2(size)), LEAST_EXPONENT)

/** Returns the half nearest to a number, of two equally near the even one. */
export function nearestHalf(x: number): number {
  const size = Math.abs(x)
  if (!(size <= LARGEST)) {
    throw new InputDataError(
      `weights: expected numbers up to ${LARGEST} for float16, found ${x}`,
      'write the model without --fp16',
    )
  }
  const step = 2 ** (exponentOf(size) - FRACTION)
  const units = size / step
  const below = Math.floor(units)
  const up = units - below > 0.5 || (units - below === 0.5 && below % 2 === 1)
  return Math.sign(x) * (below + (up ? 1 : 0)) * step
}

/** Returns the 16 bits of a number that is a half: sign, 5 bits of exponent, 10 of fraction. */
export function bitsOfHalf(half: number): number {
  const size = Math.abs(half)
  const sign = half < 0 ? 0x8000 : 0
  if (size < 2 ** LEAST_EXPONENT) {
    return sign | (size / 2 ** (LEAST_EXPONENT - FRACTION))
  }
  const exponent = exponentOf(size)
  const fraction = size / 2 ** (exponent - FRACTION) - 2 ** FRACTION
  return sign | ((exponent - LEAST_EXPONENT + 1) << FRACTION) | fraction
}
