import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { type Conv2dOptions, conv2d } from '../../../src/graph/layers/conv2d.ts'
import { Network } from '../../../src/graph/network.ts'
import { input } from '../../../src/graph/ops/leaves.ts'

function built(options: Conv2dOptions) {
  const net = new Network('inference', ({ name, shape }) => input(name, 'float32', shape))
  const y = conv2d(net, 'conv', input('x', 'float32', ['N', 6, 8, 4]), options)
  return { shape: y.shape, tensors: net.parameters }
}

describe('a convolution over a map', () => {
  it.each<[string, Conv2dOptions, (string | number)[], (string | number)[][]]>([
    [
      'has a kernel and a bias',
      { filters: 5, kernel: [3, 2] },
      ['N', 5, 6, 3],
      [
        ['conv.weight', 5, 6, 3, 2],
        ['conv.bias', 5],
      ],
    ],
    [
      'has no bias on request',
      { filters: 5, kernel: [1, 1], strides: [2, 2], bias: false },
      ['N', 5, 4, 2],
      [['conv.weight', 5, 6, 1, 1]],
    ],
    [
      'is depthwise with as many groups as channels',
      { filters: 6, kernel: [3, 3], groups: 6, dilations: [2, 2], pads: [2, 2, 2, 2], bias: false },
      ['N', 6, 8, 4],
      [['conv.weight', 6, 1, 3, 3]],
    ],
  ])('%s', (_name, options, shape, tensors) => {
    const found = built(options)
    expect(found.shape).toEqual(shape)
    expect(found.tensors.map(({ name, shape }) => [name, ...shape])).toEqual(tensors)
  })

  it('starts uniform by the fan in, kernel and bias, as in PyTorch', () => {
    const random = seededRandom(6)
    for (const { shape, initial } of built({ filters: 60, kernel: [3, 3], groups: 2 }).tensors) {
      const largest = Math.max(...initial(shape, random).map(Math.abs))
      const bound = 1 / Math.sqrt((6 / 2) * 3 * 3)
      expect(largest).toBeLessThanOrEqual(bound)
      expect(largest).toBeGreaterThan(0.9 * bound)
    }
  })
})
