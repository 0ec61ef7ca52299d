import { describe, expect, it } from 'vitest'
import { exportModel } from '../../../src/export/export-model.ts'
import { Network, type NetworkMode } from '../../../src/graph/network.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { openSession } from '../../../src/graph/session.ts'
import { inOrder } from '../../../src/graph/value.ts'
import { type Architecture, logitsOf } from '../../../src/models/architecture.ts'
import { architecture, networkSize } from '../../../src/models/registry.ts'
import { resolveConfig } from '../../../src/training/run-config.ts'
import { lossesOfSteps } from '../../support/descend.ts'
import { MADE_FACTS } from '../../support/made-facts.ts'
import { randomCodes, randomTensors } from '../../support/random-tensors.ts'
import { runOnnx } from '../../support/run-onnx.ts'

const BATCH = 3

function built(network: Architecture, length: number, mode: NetworkMode = 'inference') {
  const tensors = randomTensors(network, length)
  const net = new Network(mode, ({ name, shape }) => constant(tensors.get(name)!, shape))
  const codes = input('codes', 'uint8', [mode === 'training' ? BATCH : 'N', length])
  return { net, logits: logitsOf(network, net, codes) }
}

const HIGHWAY = 2 * (128 * 128 + 128)
const LSTM = (channels: number) => 2 * (4 * 32 * (channels + 32) + 4 * 32)

describe('the sizes', () => {
  it.each([
    ['deepmotif-dashboard', {}, 136_322],
    ['deepmotif', {}, 136_322 + 2 * HIGHWAY],
    ['deepmotif', { highways: 0 }, 136_322],
    ['deepmotif-dashboard', { shape: 'rnn' }, LSTM(4) + 65 * 2],
    ['deepmotif-dashboard', { shape: 'cnn-rnn' }, 9 * 4 * 128 + 128 + LSTM(128) + 65 * 2],
    ['deepmotif', { values: 11 }, 136_322 + 2 * HIGHWAY + 9 * 129],
  ])('of %s with %j are those of the layers', (name, options, parameters) => {
    expect(networkSize(architecture(name, options), 101)).toEqual({ parameters, statistics: 0 })
  })
})

it('has maps of valid convolutions and pools of two', () => {
  const { logits } = built(architecture('deepmotif-dashboard', { filters: 2 }), 101)
  const maps = inOrder([logits]).filter(({ op }) => op.name === 'convolution' || op.name === 'maxPool')
  expect(maps.map(({ shape }) => shape[3])).toEqual([93, 46, 42, 21, 19])
  expect(logits.shape).toEqual(['N', 2])
})

it('says of a window that is too short how long it has to be', () => {
  const network = architecture('deepmotif')
  expect(built(network, 28).logits.shape).toEqual(['N', 2])
  expect(() => built(network, 27)).toThrow('expected windows of at least 28 bases, found 27')
  expect(built(architecture('deepmotif-dashboard', { shape: 'rnn' }), 5).logits.shape).toEqual(['N', 2])
})

it('drops half of the answers of each convolution, or of the LSTM, while training', () => {
  const masks = (options: Record<string, unknown>) =>
    built(architecture('deepmotif-dashboard', { filters: 2, units: 3, ...options }), 101, 'training').net
      .masks
  expect(masks({}).map(({ shape, keep }) => [shape, keep])).toEqual([
    [[BATCH, 2, 1, 46], 0.5],
    [[BATCH, 2, 1, 21], 0.5],
    [[BATCH, 2, 1, 19], 0.5],
  ])
  expect(masks({ shape: 'rnn' }).map(({ shape }) => shape)).toEqual([[101, BATCH, 6]])
  expect(masks({ dropout: 0 })).toEqual([])
})

const MODELS: [string, Record<string, unknown>][] = [
  ['deepmotif', { filters: 4 }],
  ['deepmotif', { filters: 4, values: 3 }],
  ['deepmotif-dashboard', { filters: 4 }],
  ['deepmotif-dashboard', { units: 3, shape: 'rnn' }],
  ['deepmotif-dashboard', { filters: 4, units: 3, shape: 'cnn-rnn' }],
]

describe.each(MODELS)('%s with %j', (name, options) => {
  it('is exported as it was defined', async () => {
    const length = 40
    const network = architecture(name, options)
    const isValues = network.output === 'values'
    const { bytes, difference } = await exportModel({
      architecture: network,
      tensors: randomTensors(network, length),
      layout: { kind: isValues ? 'values' : 'window', window: { length } },
      facts: { ...MADE_FACTS, ...(isValues ? {} : { threshold: 0.5 }) },
    })
    expect(difference).toBeLessThan(1e-5)
    const codes = { type: 'uint8', dims: [BATCH, length], data: randomCodes(BATCH * length) } as const
    const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
    const { probabilities } = await session.run({ codes })
    await session.close()
    const found = [
      ...((await runOnnx({ logits: built(network, length).logits }, { codes })).logits!.data as Float32Array),
    ]
    const expected = isValues
      ? found
      : Array.from({ length: BATCH }, (_, i) => 1 / (1 + Math.exp(found[2 * i]! - found[2 * i + 1]!)))
    expect([...(probabilities!.data as Float32Array)]).toEqual(
      expected.map(number => expect.closeTo(number, 4)),
    )
  })
})

it.each([
  ['deepmotif', { filters: 8 }, 0.2],
  ['deepmotif-dashboard', { filters: 8 }, 0.1],
  ['deepmotif-dashboard', { filters: 8, units: 4, shape: 'cnn-rnn' }, 0.5],
] as const)('%s with %j learns', async (name, options, rate) => {
  const network = architecture(name, { ...options, dropout: 0 })
  const losses = await lossesOfSteps(network, { length: 40, position: 20, rate, steps: 200 })
  expect(losses.every(Number.isFinite)).toBe(true)
  expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!)
})

it.each(['deepmotif', 'deepmotif-dashboard'])('%s is trained as its code was', model => {
  expect(resolveConfig([{ model }], { cores: 2 })).toMatchObject({
    epochs: 50,
    batchSize: 256,
    learningRate: 0.01,
    optimiser: { kind: 'adam' },
    schedule: { kind: 'step', epochs: [10, 20, 30, 40], factor: 0.5 },
    clip: { value: 5 },
    metric: 'auroc',
  })
})
