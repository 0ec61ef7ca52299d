import { describe, expect, it } from 'vitest'
import { exportModel } from '../../../src/export/export-model.ts'
import { Network } from '../../../src/graph/network.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { openSession } from '../../../src/graph/session.ts'
import { inOrder } from '../../../src/graph/value.ts'
import { type Architecture, logitsOf } from '../../../src/models/architecture.ts'
import { architecture, networkSize } from '../../../src/models/registry.ts'
import { resolveConfig } from '../../../src/training/run-config.ts'
import { MADE_FACTS } from '../../support/made-facts.ts'
import { randomCodes, randomTensors } from '../../support/random-tensors.ts'
import { runOnnx } from '../../support/run-onnx.ts'

describe('the sizes', () => {
  it.each([
    ['yeast-cnn', {}, 120, 16_338, 198],
    ['yeast-cnn', { variant: '4resblock' }, 120, 57_138, 774],
    ['yeast-cnn', { variant: '5conv' }, 120, 15_282, 198],
    ['yeast-cnn', { variant: '1resblock' }, 120, 14_226, 198],
    ['yeast-cnn', { input: 'intron' }, 145, 16_413, 198],
    // Published are the sums: 21,021; of the recurrent network 991,329 and 225,377.
    ['yeast-cnn', { input: 'full' }, 1615, 20_823, 198],
    ['yeast-rnn', {}, 1615, 990_689, 640],
    ['yeast-rnn', { input: 'window' }, 120, 224_737, 640],
  ])('of %s with %j for %i bases are the published ones', (name, options, length, parameters, statistics) => {
    const network = architecture(name, options)
    expect([network.windowLength, network.output]).toEqual([length, 'values'])
    expect(networkSize(network, length)).toEqual({ parameters, statistics })
  })
})

describe('the activation of the last three channels', () => {
  it.each([
    [{}, 'relu'],
    [{ variant: '1resblock' }, 'relu'],
    [{ variant: '5conv' }, 'softmax'],
    [{ variant: '4resblock' }, 'softmax'],
    [{ input: 'intron' }, 'softmax'],
    [{ input: 'full' }, 'softmax'],
    [{ activation: 'softmax' }, 'softmax'],
    [{ variant: '4resblock', activation: 'relu' }, 'relu'],
  ])('with %j is %s', (options, expected) => {
    const network = architecture('yeast-cnn', options)
    const net = new Network('inference', ({ name, shape }) => input(name, 'float32', shape))
    const value = logitsOf(network, net, input('codes', 'uint8', ['N', network.windowLength!]))
    const last = inOrder([value]).filter(({ op }) => op.name === 'batchNorm')
    expect(last.at(-1)!.inputs[0]!.op.name).toBe(expected)
  })
})

const SMALL: [string, Record<string, unknown>][] = [
  ['yeast-cnn', { channels: 2 }],
  ['yeast-cnn', { channels: 2, variant: '4resblock', activation: 'relu' }],
  ['yeast-rnn', { input: 'window', filters: 4, units: 3, hidden: 5 }],
]

const COUNT = 3

async function numbersOf(network: Architecture): Promise<number[]> {
  const length = network.windowLength!
  const tensors = randomTensors(network, length)
  const net = new Network('inference', ({ name, shape }) => constant(tensors.get(name)!, shape))
  const value = logitsOf(network, net, input('codes', 'uint8', ['N', length]))
  const codes = { type: 'uint8', dims: [COUNT, length], data: randomCodes(COUNT * length) } as const
  return [...((await runOnnx({ value }, { codes })).value!.data as Float32Array)]
}

describe.each(SMALL)('%s with %j', (name, options) => {
  it('is exported as it was defined, with the efficiency as its one number', async () => {
    const network = architecture(name, { ...options, head: 'linear' })
    const window = { length: network.windowLength! }
    const { bytes, metadata, difference } = await exportModel({
      architecture: network,
      tensors: randomTensors(network, window.length),
      layout: { kind: 'values', window },
      facts: MADE_FACTS,
    })
    expect(difference).toBeLessThan(1e-5)
    expect(metadata).toMatchObject({ kind: 'values', window, columns: ['efficiency'] })
    const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
    const codes = {
      type: 'uint8',
      dims: [COUNT, window.length],
      data: randomCodes(COUNT * window.length),
    } as const
    const found = (await session.run({ codes })).probabilities!
    await session.close()
    const expected = await numbersOf(network)
    expect(found.dims).toEqual([COUNT, 1])
    expect([...(found.data as Float32Array)]).toEqual(expected.map(number => expect.closeTo(number, 4)))
    expect(new Set(expected).size).toBe(COUNT)
  })

  it('ends in the head that is asked for', async () => {
    const linear = await numbersOf(architecture(name, { ...options, head: 'linear' }))
    const relu = await numbersOf(architecture(name, { ...options, head: 'relu' }))
    const sigmoid = await numbersOf(architecture(name, { ...options, head: 'sigmoid' }))
    expect(relu).toEqual(linear.map(number => Math.max(0, number)))
    expect(sigmoid).toEqual(linear.map(number => expect.closeTo(1 / (1 + Math.exp(-number)), 5)))
  })
})

it('options are checked', () => {
  expect(() => architecture('yeast-cnn', { variant: '2resblock' })).toThrow(
    'option variant: expected 1resblock-conv or 1resblock or 5conv or 4resblock, found "2resblock"',
  )
  expect(() => architecture('yeast-rnn', { input: 'exon' })).toThrow('expected window or intron or full')
})

it.each(['yeast-cnn', 'yeast-rnn'])('%s is trained as published', model => {
  expect(resolveConfig([{ model }], { cores: 1 })).toMatchObject({
    epochs: 20,
    batchSize: 64,
    learningRate: 0.001,
    loss: { kind: 'mean-squared-error' },
    schedule: { kind: 'inverse', decay: 0.01 },
    metric: 'mse',
  })
})
