import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { Network } from '../../../src/graph/network.ts'
import { input } from '../../../src/graph/ops/leaves.ts'
import { sizeOf } from '../../../src/graph/shape.ts'
import type { Value } from '../../../src/graph/value.ts'
import { factorisedReduce, OPERATIONS, withChannels } from '../../../src/models/dassi/operations.ts'
import { checkOp, distinct, type Operand, positive, uniform } from '../../support/op-check.ts'

type Layer = (net: Network, x: Value) => Value

const SHAPE = [2, 2, 4, 4]

/** Returns the tensors that a layer asks for, random, by name. */
function tensorsOf(layer: Layer): Record<string, Operand> {
  const random = seededRandom(32)
  const net = new Network('inference', ({ name, shape }) => input(name, 'float32', shape))
  layer(net, input('x', 'float32', SHAPE))
  return Object.fromEntries(
    [...net.parameters, ...net.statistics].map(({ name, shape }) => [
      name,
      (name.endsWith('running_var') ? positive : uniform)(random, ...shape),
    ]),
  )
}

const LAYERS: [string, Layer, rows: number, columns: number, channels: number][] = [
  ...Object.entries(OPERATIONS).flatMap(([name, operation]): typeof LAYERS =>
    [1, 2].map(stride => [
      `${name}, stride ${stride}`,
      (net, x) => operation(net, 'op', x, stride),
      4 / stride,
      4 / stride,
      2,
    ]),
  ),
  ['other channels', (net, x) => withChannels(net, 'op', x, 4), 4, 4, 4],
  ['half the size', (net, x) => factorisedReduce(net, 'op', x, 4), 2, 2, 4],
]

describe('an operation of a cell: result and gradients', () => {
  it.each(LAYERS)('%s', async (_name, layer, rows, columns, channels) => {
    const tensors = tensorsOf(layer)
    await checkOp<string>({
      operands: { x: distinct(seededRandom(33), ...SHAPE), ...tensors },
      wrt: ['x', ...Object.keys(tensors).filter(name => !name.includes('running'))],
      build(values: Record<string, Value>) {
        const y = layer(new Network('inference', ({ name }) => values[name]!), values.x!)
        expect(y.shape).toEqual([2, channels, rows, columns])
        return y
      },
    })
  })

  it('halves axes of odd length upwards, but for the reduction in two halves, which needs even ones', () => {
    const net = () => new Network('inference', ({ name, shape }) => input(name, 'float32', shape))
    const odd = input('x', 'float32', ['N', 4, 71, 2])
    expect(OPERATIONS.sep_conv_7x7(net(), 'op', odd, 2).shape).toEqual(['N', 4, 36, 1])
    expect(OPERATIONS.avg_pool_3x3(net(), 'op', odd, 2).shape).toEqual(['N', 4, 36, 1])
    expect(() => factorisedReduce(net(), 'op', odd, 4)).toThrow(
      'concat: expected shapes that differ in axis 1 alone',
    )
  })

  it('has as many numbers as its kernels', () => {
    const sizes = Object.entries(OPERATIONS).map(([name, operation]) => {
      const net = new Network('inference', ({ name, shape }) => input(name, 'float32', shape))
      operation(net, 'op', input('x', 'float32', [1, 16, 6, 4]), 1)
      return [name, net.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)]
    })
    // A normalisation has two numbers for each of 16 channels, a pointwise convolution 256.
    expect(Object.fromEntries(sizes)).toEqual({
      max_pool_3x3: 0,
      avg_pool_3x3: 0,
      sep_conv_3x3: 2 * (16 * 9 + 256 + 32),
      sep_conv_5x5: 2 * (16 * 25 + 256 + 32),
      sep_conv_7x7: 2 * (16 * 49 + 256 + 32),
      dil_conv_3x3: 16 * 9 + 256 + 32,
      dil_conv_5x5: 16 * 25 + 256 + 32,
      conv_7x1_1x7: 2 * 256 * 7 + 32,
    })
  })
})
