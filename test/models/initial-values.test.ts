import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import { Network } from '../../src/graph/network.ts'
import { input } from '../../src/graph/ops/leaves.ts'
import { logitsOf, tensorsOf } from '../../src/models/architecture.ts'
import { architecture, MODELS } from '../../src/models/registry.ts'

const NAMES = MODELS.map(({ name }) => name)
const KERAS = NAMES.filter(name => name.startsWith('spliceai-'))
const PYTORCH = NAMES.filter(name => name.startsWith('openspliceai-'))

const parametersOf = (name: string, options = {}) => tensorsOf(architecture(name, options), 100).parameters

/** Returns the first kernels and biases of the convolutions, with fan in and fan out. */
function convolutions(name: string, options = {}) {
  const random = seededRandom(4)
  const tensors = parametersOf(name, options)
  return tensors
    .filter(({ shape }) => shape.length === 3)
    .map(({ name, shape, initial }) => {
      const bias = tensors.find(tensor => tensor.name === name.replace(/weight$/, 'bias'))!
      const [filters, channels, width] = shape as [number, number, number]
      return {
        fanIn: channels * width,
        fanOut: filters * width,
        kernel: initial(shape, random),
        bias: bias.initial(bias.shape, random),
      }
    })
}

const largest = (values: Float32Array) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0)

/** Uniform within +-bound: the mean square is a third of the bound's square, and the largest comes near it. */
function expectUniform(values: Float32Array, bound: number): void {
  expect(largest(values)).toBeLessThanOrEqual(Math.fround(bound))
  if (values.length >= 1000) {
    expect(largest(values)).toBeGreaterThan(0.98 * bound)
    const meanSquare = values.reduce((sum, x) => sum + x * x, 0) / values.length
    expect(Math.abs(meanSquare / (bound ** 2 / 3) - 1)).toBeLessThan(0.1)
  }
}

describe('SpliceAI starts as in', () => {
  it.each(KERAS)('Keras: %s, kernels by Glorot and biases of 0', name => {
    for (const { kernel, bias, fanIn, fanOut } of convolutions(name)) {
      expectUniform(kernel, Math.sqrt(6 / (fanIn + fanOut)))
      expect(largest(bias)).toBe(0)
    }
  })

  it.each(PYTORCH)('PyTorch: %s, kernels and biases by the fan in', name => {
    for (const { kernel, bias, fanIn } of convolutions(name)) {
      expectUniform(kernel, 1 / Math.sqrt(fanIn))
      expectUniform(bias, 1 / Math.sqrt(fanIn))
      expect(largest(bias)).toBeGreaterThan(0)
    }
  })

  it('either, when the option says so', () => {
    const kernels = (name: string, options = {}) => convolutions(name, options).map(({ kernel }) => kernel)
    expect(kernels('openspliceai-80', { initial: 'keras' })).toEqual(kernels('spliceai-80'))
    expect(kernels('spliceai-80', { initial: 'pytorch' })).toEqual(kernels('openspliceai-80'))
  })
})

describe('a batch replaces of the running statistics', () => {
  const momenta = (name: string, options = {}) => {
    const net = new Network('training', ({ name, shape }) => input(name, 'float32', shape))
    logitsOf(architecture(name, options), net, input('codes', 'uint8', [2, 100]))
    expect(net.updates).toHaveLength(net.statistics.length)
    return new Set(net.updates.map(({ momentum }) => momentum))
  }

  it.each([
    ...KERAS.map(name => [0.01, name] as const),
    ...PYTORCH.map(name => [0.1, name] as const),
    [0.1, 'splam'] as const,
  ])('%d in %s', (momentum, name) => {
    expect(momenta(name)).toEqual(new Set([momentum]))
  })

  it('what the option says', () => {
    expect(momenta('spliceai-80', { momentum: 0.5 })).toEqual(new Set([0.5]))
  })
})
