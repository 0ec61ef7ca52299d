import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { exportModel } from '../../../src/export/export-model.ts'
import { Network, type NetworkMode } from '../../../src/graph/network.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { runWithTensorFlow } from '../../../src/graph/run-tensorflow.ts'
import { openSession } from '../../../src/graph/session.ts'
import { inOrder } from '../../../src/graph/value.ts'
import { type Architecture, logitsOf } from '../../../src/models/architecture.ts'
import { attentionMask, isAttentive } from '../../../src/models/genetic-architect/attention.ts'
import { architecture, networkSize } from '../../../src/models/registry.ts'
import { resolveConfig } from '../../../src/training/run-config.ts'
import { lossesOfSteps } from '../../support/descend.ts'
import { MADE_FACTS } from '../../support/made-facts.ts'
import { randomCodes, randomTensors } from '../../support/random-tensors.ts'
import { runOnnx } from '../../support/run-onnx.ts'

// Else it recommends another package on the console.
tf.env().set('IS_TEST', true)

const BATCH = 3
const WINDOW = 41
const SMALL = { filters: 4, hidden: 6 }
const attentionNet = (options = {}) => architecture('attention-net', { ...SMALL, blocks: 2, ...options })
const promoterNet = (options = {}) => architecture('promoter-net', { ...SMALL, units: 3, ...options })

function withTensors(network: Architecture, mode: NetworkMode = 'inference'): Network {
  const tensors = randomTensors(network, WINDOW)
  return new Network(mode, ({ name, shape }) => constant(tensors.get(name)!, shape))
}

const feedOf = (data: Uint8Array) => ({ type: 'uint8', dims: [BATCH, WINDOW], data }) as const
const data = randomCodes(BATCH * WINDOW)

async function answersOf(network: Architecture): Promise<number[]> {
  const value = logitsOf(network, withTensors(network), input('codes', 'uint8', ['N', WINDOW]))
  return [...((await runOnnx({ value }, { codes: feedOf(data) })).value!.data as Float32Array)]
}

async function maskOf(network: Architecture, codes = data): Promise<{ dims: number[]; rows: number[][] }> {
  const mask = attentionMask(network, withTensors(network), input('codes', 'uint8', ['N', WINDOW]))
  const { dims, data: numbers } = (await runOnnx({ mask }, { codes: feedOf(codes) })).mask!
  const [count, positions] = dims as [number, number]
  const rows = Array.from({ length: count }, (_, i) =>
    Array.from(numbers.slice(i * positions, (i + 1) * positions) as Float32Array),
  )
  return { dims: [...dims], rows }
}

describe('the sizes', () => {
  it.each([
    ['attention-net', {}, 101, 299_396],
    ['attention-net', { bias: false }, 101, 298_563],
    ['promoter-net', {}, 2000, 141_780],
    ['promoter-net', { values: 11 }, 2000, 144_350],
    ['promoter-net', { values: 243 }, 2000, 203_974],
  ])('of %s with %j are the published ones', (name, options, length, parameters) => {
    expect(networkSize(architecture(name, options), length).parameters).toBe(parameters)
  })

  it('of the statistics are two for each normalised channel, and two for each standardised target', () => {
    const statistics = (name: string, options = {}) =>
      networkSize(architecture(name, options), 100).statistics
    expect(statistics('attention-net')).toBe(2 * (13 * 64 + 1))
    expect(statistics('promoter-net', { values: 11, standardise: false })).toBe(2 * (11 * 8 + 1))
    expect(statistics('promoter-net', { values: 11 })).toBe(2 * (11 * 8 + 1) + 2 * 11)
  })

  it('do not depend on the window', () => {
    expect(networkSize(attentionNet(), 30)).toEqual(networkSize(attentionNet(), 1001))
    expect(networkSize(promoterNet(), 30)).toEqual(networkSize(promoterNet(), 1001))
  })

  it('are those of the layers that the options name', () => {
    const network = promoterNet({ pool: 8, hiddenLayers: 1, convolutions: 2, blocks: 1, values: 2 })
    const value = logitsOf(network, withTensors(network), input('codes', 'uint8', ['N', WINDOW]))
    const count = (op: string) => inOrder([value]).filter(({ op: { name } }) => name === op).length
    expect([count('convolution'), count('lstm'), count('maxPool')]).toEqual([2 + 2 + 2, 1, 1])
    expect(value.shape).toEqual(['N', 2])
  })
})

describe('AttentionNet', () => {
  it('has one logit, as that of the positive class beside 0', async () => {
    const logits = await answersOf(attentionNet())
    expect(logits.filter((_, i) => i % 2 === 0)).toEqual([0, 0, 0])
    expect(new Set(logits.filter((_, i) => i % 2 === 1)).size).toBe(3)
  })

  it('learns numbers with the option values', () => {
    const network = attentionNet({ values: 5 })
    const value = logitsOf(network, withTensors(network), input('codes', 'uint8', ['N', WINDOW]))
    expect([network.output, value.shape]).toEqual(['values', ['N', 5]])
  })

  it('learns', async () => {
    const losses = await lossesOfSteps(attentionNet({ dropout: 0 }), {
      length: 21,
      position: 10,
      rate: 0.05,
      steps: 60,
    })
    expect(losses.every(Number.isFinite)).toBe(true)
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!)
  })
})

describe('PromoterNet', () => {
  it('answers in the units of the targets, and is trained on standardised ones', async () => {
    const standardised = promoterNet({ values: 2 })
    const plain = await answersOf(promoterNet({ values: 2, standardise: false }))
    const tensors = randomTensors(standardised, WINDOW)
    const [mean, scale] = ['targets.mean', 'targets.scale'].map(name => tensors.get(name)!)
    const units = (numbers: number[]) => numbers.map((x, i) => x * scale![i % 2]! + mean![i % 2]!)
    expect(await answersOf(standardised)).toEqual(units(plain).map(x => expect.closeTo(x, 4)))
    const net = withTensors(standardised, 'training')
    const trained = logitsOf(standardised, net, input('codes', 'uint8', [BATCH, WINDOW]))
    expect(inOrder([trained]).at(-1)!.inputs[1]!.shape).toEqual([2])
    expect(net.updates.map(({ name }) => name)).not.toContain('targets.mean')
  })
})

describe.each([
  ['AttentionNet', attentionNet(), WINDOW],
  ['AttentionNet without biases', attentionNet({ bias: false }), WINDOW],
  ['PromoterNet', promoterNet(), 10],
  ['PromoterNet without a pool', promoterNet({ pool: 1 }), WINDOW],
])('%s', (_, network, positions) => {
  it('gives the same in ONNX Runtime and in TensorFlow.js', async () => {
    const found = await answersOf(network)
    const codes = input('codes', 'uint8', [BATCH, WINDOW])
    const given = new Map([[codes, tf.tensor2d(data, [BATCH, WINDOW], 'int32')]])
    const [expected] = runWithTensorFlow(tf, [logitsOf(network, withTensors(network), codes)], given)
    const numbers = [...expected!.dataSync()]
    expect(found).toEqual(numbers.map(x => expect.closeTo(x, 4)))
  })

  it('has a mask for each window that sums to 1, with a place for each position', async () => {
    const { dims, rows } = await maskOf(network)
    expect(dims).toEqual([BATCH, positions])
    for (const row of rows) {
      expect(row.every(share => share > 0)).toBe(true)
      expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5)
    }
    expect(rows[0]).not.toEqual(rows[1])
  })

  it('drops only while it is trained', () => {
    expect(withTensors(network).masks).toEqual([])
    const net = withTensors(network, 'training')
    logitsOf(network, net, input('codes', 'uint8', [BATCH, WINDOW]))
    const keep = network.name === 'attention-net' ? 0.8 : 0.7
    expect(net.masks.map(({ shape, keep }) => ({ shape, keep }))).toEqual(
      Array.from({ length: 3 }, () => ({ shape: [BATCH, SMALL.hidden], keep })),
    )
  })
})

it('the answer is that of the sum weighted by the mask', async () => {
  const network = attentionNet()
  const codes = input('codes', 'uint8', ['N', WINDOW])
  const logits = logitsOf(network, withTensors(network), codes)
  const sum = inOrder([logits]).find(
    ({ op, inputs }) => op.name === 'matmul' && inputs[0]!.shape.length === 3,
  )!
  const mask = attentionMask(network, withTensors(network), codes)
  const [map] = sum.inputs
  const found = await runOnnx({ map: map!, sum, mask }, { codes: feedOf(data) })
  const [channels, positions] = [SMALL.filters, WINDOW]
  const expected = Array.from({ length: BATCH * channels }, (_, at) => {
    const example = Math.floor(at / channels)
    return Array.from({ length: positions }, (_, i) => {
      const value = found.map!.data[at * positions + i] as number
      return value * (found.mask!.data[example * positions + i] as number)
    }).reduce((a, b) => a + b)
  })
  expect(Array.from(found.sum!.data as Float32Array)).toEqual(expected.map(x => expect.closeTo(x, 4)))
})

it('a network without a mask is told so', () => {
  const network = architecture('cnn')
  expect(isAttentive(network)).toBe(false)
  const codes = input('codes', 'uint8', ['N', WINDOW])
  expect(() => attentionMask(network, withTensors(network), codes)).toThrow(
    'model cnn: expected a network that weighs positions, found one without a mask',
  )
})

describe('the exported file', () => {
  it.each([
    ['AttentionNet', attentionNet(), { kind: 'site', window: { length: WINDOW, site: 20 } }, ['site']],
    [
      'PromoterNet',
      promoterNet({ values: 2 }),
      { kind: 'values', window: { length: WINDOW } },
      ['value1', 'value2'],
    ],
  ] as const)('of %s computes what the definition says', async (_, network, layout, columns) => {
    const tensors = randomTensors(network, WINDOW)
    const { bytes, difference, metadata } = await exportModel({
      architecture: network,
      tensors,
      layout,
      facts: MADE_FACTS,
    })
    expect(difference).toBeLessThan(1e-5)
    expect(metadata).toMatchObject({ ...layout, columns })
    const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
    const found = (await session.run({ codes: feedOf(data) })).probabilities!
    const numbers = [...(found.data as Float32Array)]
    await session.close()
    const answers = await answersOf(network)
    const expected =
      layout.kind === 'site'
        ? answers.filter((_, i) => i % 2 === 1).map(logit => 1 / (1 + Math.exp(-logit)))
        : answers
    expect(numbers).toEqual(expected.map(x => expect.closeTo(x, 4)))
  })
})

describe('the settings', () => {
  it('of a run of AttentionNet are those that were chosen', () => {
    expect(resolveConfig([{ model: 'attention-net' }], { cores: 2 })).toMatchObject({
      epochs: 60,
      batchSize: 125,
      learningRate: 1e-3,
      loss: { kind: 'cross-entropy' },
      optimiser: { kind: 'adam', weightDecay: 1e-4 },
      patience: 8,
      validationFraction: 0.1,
      metric: 'auroc',
    })
  })

  it('of a run of PromoterNet differ in loss, metric and clipping', () => {
    expect(resolveConfig([{ model: 'promoter-net' }], { cores: 2 })).toMatchObject({
      batchSize: 125,
      loss: { kind: 'mean-squared-error' },
      clip: { norm: 5 },
      metric: 'mse',
    })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['attention-net', { bias: 1 }, 'option bias: expected true or false, found 1'],
    ['attention-net', { units: 4 }, 'expected options among filters, width'],
    ['promoter-net', { values: 0 }, 'option values: expected a whole number from 1 on, found 0'],
  ])('of %s cannot be %j', (name, options, message) => {
    expect(() => architecture(name, options)).toThrow(message)
  })
})
