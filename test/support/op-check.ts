/** The proof that an op is right: ONNX Runtime, TensorFlow.js and float64 loops agree, gradients included. */
import * as tf from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { type Random, seededRandom } from '../../src/core/random.ts'
import { gradients } from '../../src/graph/gradient.ts'
import { multiply } from '../../src/graph/ops/arithmetic.ts'
import { constant, input } from '../../src/graph/ops/leaves.ts'
import { reduceSum } from '../../src/graph/ops/reduce.ts'
import { runWithTensorFlow } from '../../src/graph/run-tensorflow.ts'
import type { TensorLike } from '../../src/graph/session.ts'
import { sizeOf } from '../../src/graph/shape.ts'
import type { Tensor, Value, ValueType } from '../../src/graph/value.ts'
import type { Array64 } from './float64-array.ts'
import { evaluate64 } from './float64-ops.ts'
import { runOnnx } from './run-onnx.ts'

// Else it recommends another package on the console.
tf.env().set('IS_TEST', true)

export interface Operand {
  type: Exclude<ValueType, 'bool'>
  shape: readonly number[]
  data: readonly number[]
}

/** Returns numbers from -2 to 2, none nearer to 0 than 0.1, where many functions have a kink. */
export function uniform(random: Random, ...shape: number[]): Operand {
  return draw(shape, () => (random.float() < 0.5 ? -1 : 1) * (0.1 + 1.9 * random.float()))
}

/** Returns numbers from 0.3 to 2. */
export function positive(random: Random, ...shape: number[]): Operand {
  return draw(shape, () => 0.3 + 1.7 * random.float())
}

/** Returns numbers of which no two are alike, at least 0.03 apart. */
export function distinct(random: Random, ...shape: number[]): Operand {
  const count = sizeOf(shape)
  const ranks = random.shuffle(Array.from({ length: count }, (_, i) => i))
  return draw(shape, i => (ranks[i]! - count / 2 + 0.5) * Math.max(0.03, 2 / count))
}

/** Returns whole numbers below `bound`. */
export function indices(random: Random, type: 'uint8' | 'int32', bound: number, ...shape: number[]): Operand {
  return { ...draw(shape, () => random.int(bound)), type }
}

/** Returns the given numbers, as float32 has them. */
export function draw(shape: readonly number[], make: (i: number) => number): Operand {
  return {
    type: 'float32',
    shape,
    data: Array.from({ length: sizeOf(shape) }, (_, i) => Math.fround(make(i))),
  }
}

/** An op applied to named operands. */
export interface OpCase<Names extends string = string> {
  operands: Record<Names, Operand>
  build: (values: Record<NoInfer<Names>, Value>) => Value
  /** Operands to differentiate by; default: all of floating point. */
  wrt?: readonly NoInfer<Names>[]
  tolerance?: number
  seed?: number
}

const POSITIONS = 48
const STEP = 1e-5

/**
 * Checks the result and the gradients of a sum of it with random weights: float64 loops and central differences of them
 * against ONNX Runtime and against TensorFlow.js with its own differentiation.
 */
export async function checkOp<Names extends string>(opCase: OpCase<Names>): Promise<void> {
  const { operands, build, tolerance = 1e-5 } = opCase
  const names = Object.keys(operands) as Names[]
  const values = Object.fromEntries(
    names.map(name => [name, input(name, operands[name].type, operands[name].shape)]),
  ) as Record<Names, Value>
  const y = build(values)
  const shape = y.shape as number[]
  const wrt = opCase.wrt ?? names.filter(name => operands[name].type === 'float32')
  const random = seededRandom(opCase.seed ?? 1)
  const weights = Array.from({ length: sizeOf(shape) }, () => Math.fround(0.2 + random.float()))

  const loss = reduceSum(multiply(y, constant(weights, shape)), [...shape.keys()])
  const slopes = gradients(
    loss,
    wrt.map(name => values[name]),
  )
  const onnx = await runOnnx(
    Object.fromEntries([['y', y], ...slopes.map((slope, i) => [`d_${wrt[i]}`, slope] as const)]),
    Object.fromEntries(names.map(name => [name, feed(operands[name])])),
  )
  const tensorFlow = runTensorFlow(y, weights, values, operands, wrt)

  const given = new Map(
    names.map(name => [values[name], { ...operands[name], data: Float64Array.from(operands[name].data) }]),
  )
  const [expected] = evaluate64([y], given)
  expect(expected!.shape).toEqual(shape)
  expectClose('result, ONNX Runtime', onnx.y!.data as Float32Array, expected!.data, tolerance)
  expectClose('result, TensorFlow.js', tensorFlow.y, expected!.data, tolerance)
  for (const [i, name] of wrt.entries()) {
    const operand = given.get(values[name])!
    const { positions, slopes: exact } = centralDifferences(y, weights, given, operand, random)
    const pick = (all: ArrayLike<number>) => positions.map(position => all[position]!)
    const whole = onnx[`d_${name}`]!.data as Float32Array
    expect(whole.length).toBe(operand.data.length)
    expectClose(`gradients of ${name} by both`, whole, tensorFlow.gradients[i]!, tolerance)
    expectClose(`gradient of ${name}, ONNX Runtime`, pick(whole), exact, tolerance)
    expectClose(`gradient of ${name}, TensorFlow.js`, pick(tensorFlow.gradients[i]!), exact, tolerance)
  }
}

/** Fails, naming the worst element, when numbers differ by more than a share of the largest expected. */
export function expectClose(
  what: string,
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  expect(found.length, what).toBe(expected.length)
  const scale = Math.max(...Array.from(expected, Math.abs), 0.1)
  let worst = 0
  for (let i = 0; i < found.length; i++) {
    // Written so that NaN is the worst of all.
    if (!(Math.abs(found[i]! - expected[i]!) <= Math.abs(found[worst]! - expected[worst]!))) {
      worst = i
    }
  }
  const error = found.length === 0 ? 0 : Math.abs(found[worst]! - expected[worst]!) / scale
  expect(
    error <= tolerance,
    `${what}: expected ${expected[worst]} at ${worst}, found ${found[worst]}; ${error} of the largest`,
  ).toBe(true)
}

/** Returns an operand as sessions take it. */
export function feed({ type, shape, data }: Operand): TensorLike {
  switch (type) {
    case 'float32':
      return { type, dims: shape, data: Float32Array.from(data) }
    case 'int32':
      return { type, dims: shape, data: Int32Array.from(data) }
    case 'uint8':
      return { type, dims: shape, data: Uint8Array.from(data) }
  }
}

function runTensorFlow<Names extends string>(
  y: Value,
  weights: readonly number[],
  values: Record<Names, Value>,
  operands: Record<Names, Operand>,
  wrt: readonly Names[],
): { y: ArrayLike<number>; gradients: ArrayLike<number>[] } {
  tf.engine().startScope()
  try {
    const given = new Map<Value, Tensor>()
    for (const name of Object.keys(operands) as Names[]) {
      const { type, shape, data } = operands[name]
      given.set(values[name], tf.tensor([...data], [...shape], type === 'float32' ? 'float32' : 'int32'))
    }
    const start = wrt.map(name => given.get(values[name])!)
    const forward = (tensors: readonly Tensor[]) => {
      const replaced = wrt.map((name, i) => [values[name], tensors[i]!] as const)
      return runWithTensorFlow(tf, [y], new Map([...given, ...replaced]))[0]!
    }
    const result = forward(start)
    expect(result.shape).toEqual(y.shape)
    const factors = tf.tensor([...weights], [...result.shape])
    const loss = (...tensors: Tensor[]) => tf.sum(tf.mul(forward(tensors), factors))
    const slopes = wrt.length === 0 ? [] : tf.grads(loss)(start)
    return { y: result.dataSync(), gradients: slopes.map(slope => slope.dataSync()) }
  } finally {
    tf.engine().endScope()
  }
}

/** Returns slopes of the weighted sum in float64: everywhere, or at random places of a large operand. */
function centralDifferences(
  y: Value,
  weights: readonly number[],
  given: ReadonlyMap<Value, Array64>,
  operand: Array64,
  random: Random,
): { positions: number[]; slopes: number[] } {
  const sum = () =>
    evaluate64([y], given)[0]!.data.reduce((all, element, i) => all + element * weights[i]!, 0)
  const everywhere = [...operand.data.keys()]
  const positions =
    everywhere.length <= POSITIONS ? everywhere : random.shuffle(everywhere).slice(0, POSITIONS)
  const slopes = positions.map(i => {
    const before = operand.data[i]!
    operand.data[i] = before + STEP
    const above = sum()
    operand.data[i] = before - STEP
    const below = sum()
    operand.data[i] = before
    return (above - below) / (2 * STEP)
  })
  return { positions, slopes }
}
