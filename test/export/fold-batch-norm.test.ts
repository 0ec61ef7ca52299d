import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import { foldBatchNorm } from '../../src/export/fold-batch-norm.ts'
import { inferenceScores } from '../../src/export/inference-graph.ts'
import { add } from '../../src/graph/ops/arithmetic.ts'
import { batchNorm } from '../../src/graph/ops/batch-norm.ts'
import { convolution } from '../../src/graph/ops/convolution.ts'
import { constant, input } from '../../src/graph/ops/leaves.ts'
import { relu } from '../../src/graph/ops/pointwise.ts'
import { reshape } from '../../src/graph/ops/reshape.ts'
import { sizeOf } from '../../src/graph/shape.ts'
import { inOrder, type Value } from '../../src/graph/value.ts'
import { architecture } from '../../src/models/registry.ts'
import { randomTensors } from '../support/random-tensors.ts'
import { runOnnx } from '../support/run-onnx.ts'

const random = seededRandom(3)
const numbers = (...shape: number[]) =>
  constant(
    Array.from({ length: sizeOf(shape) }, () => random.float() - 0.3),
    shape,
  )
const normalised = (x: Value, channels: number, epsilon = 1e-3) => {
  const vector = () =>
    constant(
      Array.from({ length: channels }, () => 0.2 + random.float()),
      [channels],
    )
  return batchNorm(
    x,
    { scale: vector(), bias: numbers(channels), mean: numbers(channels), variance: vector() },
    epsilon,
  )
}
const x = input('x', 'float32', ['N', 4, 1, 30])
const names = (output: Value) => inOrder([output]).map(({ op }) => op.name)

/** Returns the largest difference of what two values are. */
async function differenceOf(a: Value, b: Value): Promise<number> {
  const data = Float32Array.from({ length: 3 * 4 * 30 }, () => 4 * random.float() - 2)
  const { first, second } = await runOnnx(
    { first: a, second: b },
    { x: { type: 'float32', dims: [3, 4, 1, 30], data } },
  )
  return Math.max(
    ...Array.from(first!.data as Float32Array, (value, i) => Math.abs(value - Number(second!.data[i]))),
  )
}

describe('a normalisation after a convolution', () => {
  it.each<[string, Value]>([
    ['with a bias', convolution(x, numbers(6, 4, 1, 5), numbers(6), { pads: [0, 2, 0, 2] })],
    ['without a bias', convolution(x, numbers(6, 4, 1, 5))],
    [
      'in groups, dilated, with a stride',
      convolution(x, numbers(6, 2, 1, 3), numbers(6), {
        groups: 2,
        dilations: [1, 4],
        strides: [1, 1],
        pads: [0, 1, 0, 3],
      }),
    ],
    ['with a reshaped kernel', convolution(x, reshape(numbers(6, 4, 3), [6, 4, 1, 3]), numbers(6))],
  ])('%s becomes part of it', async (_, convolved) => {
    const output = relu(normalised(convolved, 6))
    const folded = foldBatchNorm(output)
    expect(names(folded)).toEqual(['input', 'constant', 'constant', 'convolution', 'relu'])
    expect(folded.shape).toEqual(output.shape)
    expect(await differenceOf(output, folded)).toBeLessThan(2e-6)
  })

  it('stays where the result of the convolution is used elsewhere', async () => {
    const convolved = convolution(x, numbers(4, 4, 1, 1), numbers(4))
    const output = add(normalised(convolved, 4), convolved)
    expect(names(foldBatchNorm(output))).toContain('batchNorm')
    expect(await differenceOf(output, foldBatchNorm(output))).toBe(0)
  })

  it('stays where its numbers are not known', () => {
    const scale = input('scale', 'float32', [4])
    const convolved = convolution(x, numbers(4, 4, 1, 1))
    const output = batchNorm(convolved, { scale, bias: scale, mean: scale, variance: scale }, 1e-5)
    expect(foldBatchNorm(output)).toBe(output)
  })
})

describe('a normalisation before a convolution', () => {
  it('stays: padding with zeros comes between', async () => {
    const output = convolution(relu(normalised(x, 4)), numbers(6, 4, 1, 3), numbers(6), {
      pads: [0, 1, 0, 1],
    })
    expect(foldBatchNorm(output)).toBe(output)
  })

  it('but after another convolution becomes part of that one', async () => {
    const first = convolution(x, numbers(4, 4, 1, 3), numbers(4))
    const output = convolution(relu(normalised(first, 4)), numbers(6, 4, 1, 3), numbers(6))
    expect(names(foldBatchNorm(output))).not.toContain('batchNorm')
    expect(await differenceOf(output, foldBatchNorm(output))).toBeLessThan(2e-6)
  })
})

describe('Splam', () => {
  it('has none left of its 40, and fewer steps; SpliceAI keeps the first of each unit', () => {
    const stepsOf = (name: string) => {
      const network = architecture(name)
      const layout = { kind: 'sequence', marks: { donor: 0, acceptor: 0 } } as const
      const { value } = inferenceScores({
        architecture: network,
        tensors: randomTensors(network, 60),
        layout,
      })
      const count = (steps: string[]) => [steps.length, steps.filter(step => step === 'batchNorm').length]
      return [count(names(value)), count(names(foldBatchNorm(value)))]
    }
    expect(stepsOf('splam')).toEqual([
      [467, 40],
      [218, 0],
    ])
    expect(stepsOf('openspliceai-80')).toEqual([
      [108, 8],
      [76, 4],
    ])
  })
})
