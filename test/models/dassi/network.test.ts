import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/core/errors.ts'
import { exportModel, type ModelFacts } from '../../../src/export/export-model.ts'
import { Network, type NetworkMode } from '../../../src/graph/network.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { runWithTensorFlow } from '../../../src/graph/run-tensorflow.ts'
import { openSession } from '../../../src/graph/session.ts'
import { sizeOf } from '../../../src/graph/shape.ts'
import { inOrder } from '../../../src/graph/value.ts'
import { type Architecture, logitsOf, tensorsOf } from '../../../src/models/architecture.ts'
import { SITES } from '../../../src/models/dassi/genotypes.ts'
import { architecture, networkSize } from '../../../src/models/registry.ts'
import { resolveConfig } from '../../../src/training/run-config.ts'
import { lossesOfSteps } from '../../support/descend.ts'
import { randomCodes, randomTensors } from '../../support/random-tensors.ts'
import { runOnnx } from '../../support/run-onnx.ts'

// Else it recommends another package on the console.
tf.env().set('IS_TEST', true)

const BATCH = 3

function built(network: Architecture, length: number, mode: NetworkMode = 'inference') {
  const tensors = randomTensors(network, length)
  const net = new Network(mode, ({ name, shape }) => constant(tensors.get(name)!, shape))
  const codes = input('codes', 'uint8', [mode === 'training' ? BATCH : 'N', length])
  return { net, codes, logits: logitsOf(network, net, codes) }
}

const feedOf = (data: Uint8Array) =>
  ({ type: 'uint8', dims: [data.length / BATCH, BATCH].toReversed(), data }) as const

async function logitsFor(network: Architecture, data: Uint8Array): Promise<number[]> {
  const { logits } = built(network, data.length / BATCH)
  return [...((await runOnnx({ logits }, { codes: feedOf(data) })).logits!.data as Float32Array)]
}

/** Returns three windows with another base at one position of each. */
function changedAt(data: Uint8Array, position: number): Uint8Array {
  const length = data.length / BATCH
  return data.map((code, i) => (i % length === position ? (code + 1) % 4 : code))
}

const small = (site: string, options = {}) => architecture(`dassi-${site}`, { channels: 2, ...options })

describe('the sizes', () => {
  it.each([
    [
      'acceptor',
      141,
      [
        [48, 142, 4],
        [64, 142, 4],
        [128, 71, 2],
        [256, 36, 1],
      ],
      271_698,
      3_328,
    ],
    [
      'acceptor',
      602,
      [
        [48, 602, 4],
        [64, 602, 4],
        [128, 301, 2],
        [256, 151, 1],
      ],
      271_698,
      3_328,
    ],
    [
      'donor',
      141,
      [
        [48, 142, 4],
        [64, 142, 4],
        [128, 71, 2],
        [256, 36, 1],
      ],
      102_866,
      2_272,
    ],
    [
      'donor',
      602,
      [
        [48, 602, 4],
        [64, 602, 4],
        [128, 301, 2],
        [256, 151, 1],
      ],
      102_866,
      2_272,
    ],
  ])(
    'of the %s network for %i bases are the published ones',
    (site, windowLength, maps, parameters, statistics) => {
      const network = architecture(`dassi-${site}`, { windowLength })
      expect(networkSize(network, windowLength)).toEqual({ parameters, statistics })
      const { logits } = built(network, windowLength)
      expect(logits.shape).toEqual(['N', 2])
      const values = inOrder([logits])
      const [stem] = values.filter(({ op }) => op.name === 'batchNorm')
      const cells = values.filter(
        ({ op, shape, inputs }) => op.name === 'concat' && inputs.length === 4 && shape.length === 4,
      )
      expect([stem!, ...cells].map(({ shape }) => shape.slice(1))).toEqual(maps)
    },
  )

  it('of the parts are the published ones', () => {
    const partsOf = (site: string) => {
      const sums: Record<string, number> = {}
      for (const { name, shape } of tensorsOf(architecture(`dassi-${site}`), 141).parameters) {
        const part = /^(stem|cells\.\d|classifier)/.exec(name)![0]
        sums[part] = (sums[part] ?? 0) + sizeOf(shape)
      }
      return Object.values(sums)
    }
    expect(partsOf('acceptor')).toEqual([528, 10_464, 58_400, 201_792, 514])
    expect(partsOf('donor')).toEqual([528, 11_584, 22_912, 67_328, 514])
  })
})

it('reads positions as rows, A, T, C and G as columns, and zeros for unknown bases and below the last', async () => {
  const { logits } = built(small('donor'), 7)
  const stem = inOrder([logits]).find(({ op }) => op.name === 'convolution')!
  // A, C, G, T, N, A and a base that is dropped.
  const codes = { type: 'uint8', dims: [1, 7], data: Uint8Array.of(0, 1, 2, 3, 4, 0, 2) } as const
  const { picture } = await runOnnx({ picture: stem.inputs[0]! }, { codes })
  expect(picture!.dims).toEqual([1, 1, 8, 4])
  const rows = Array.from({ length: 8 }, (_, i) => [...picture!.data.slice(4 * i, 4 * i + 4)].join(''))
  expect(rows).toEqual(['1000', '0010', '0001', '0100', '0000', '1000', '0000', '0000'])
})

describe.each(SITES)('the %s network', site => {
  const network = small(site)

  it('gives the same logits in ONNX Runtime and in TensorFlow.js', async () => {
    const length = 21
    const data = randomCodes(BATCH * length)
    const found = await logitsFor(network, data)
    const tensors = randomTensors(network, length)
    const net = new Network('inference', ({ name, shape }) => constant(tensors.get(name)!, shape))
    const codes = input('codes', 'uint8', [BATCH, length])
    const given = new Map([[codes, tf.tensor2d(data, [BATCH, length], 'int32')]])
    const [expected] = runWithTensorFlow(tf, [logitsOf(network, net, codes)], given)
    const numbers = expected!.dataSync()
    expect(numbers).toHaveLength(2 * BATCH)
    for (const [i, logit] of found.entries()) {
      expect(Math.abs(logit - numbers[i]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(logit)))
    }
  })

  it.each([
    [141, 'drop', [140], [0, 70, 139]],
    [602, 'drop', [601], [0, 300, 600]],
    [141, 'keep', [], [0, 139, 140]],
    [602, 'keep', [], [0, 600, 601]],
  ] as const)(
    'in windows of %i bases, last one: %s, does not read %j and reads %j',
    async (length, lastBase, unread, read) => {
      const reader = small(site, { windowLength: length, lastBase })
      const data = randomCodes(BATCH * length)
      const before = await logitsFor(reader, data)
      for (const position of unread) {
        expect(await logitsFor(reader, changedAt(data, position))).toEqual(before)
      }
      for (const position of read) {
        expect(await logitsFor(reader, changedAt(data, position))).not.toEqual(before)
      }
    },
  )

  it('is exported for one site as it was defined', async () => {
    const facts: ModelFacts = {
      name: 'made',
      description: 'random weights',
      threshold: 0.5,
      calibration: [],
      trainingData: [],
      metrics: {},
      toolVersion: '0.0.0',
      licence: 'none',
    }
    const tensors = randomTensors(network, 141)
    const layout = { kind: 'site', window: { length: 141, site: 61 } } as const
    const { bytes, difference, metadata } = await exportModel({
      architecture: network,
      tensors,
      layout,
      facts,
    })
    expect(difference).toBeLessThan(1e-5)
    expect(metadata).toMatchObject({ ...layout, columns: ['site'] })
    const data = randomCodes(BATCH * 141)
    const logits = await logitsFor(network, data)
    const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
    const { probabilities } = await session.run({ codes: feedOf(data) })
    await session.close()
    // The class 1 is a site.
    for (const [i, probability] of (probabilities!.data as Float32Array).entries()) {
      expect(probability).toBeCloseTo(1 / (1 + Math.exp(logits[2 * i]! - logits[2 * i + 1]!)), 4)
    }
    const other = { kind: 'site', window: { length: 602, site: 300 } } as const
    await expect(exportModel({ architecture: network, tensors, layout: other, facts })).rejects.toThrow(
      `model dassi-${site}: expected windows of 141, found 602`,
    )
  })

  it('leaves out each of 24 results for an example of a training batch, where its masks say so', () => {
    expect(built(network, 21).net.masks).toEqual([])
    const { masks } = built(network, 21, 'training').net
    expect(masks).toHaveLength(24)
    expect(masks[9]).toMatchObject({ name: 'cells.1.drop_path.1', shape: [BATCH, 1, 1, 1], keep: 0.9 })
    expect(built(small(site, { dropPath: 0 }), 21, 'training').net.masks).toEqual([])
  })

  it('learns', async () => {
    const losses = await lossesOfSteps(small(site, { dropPath: 0 }), {
      length: 21,
      position: 10,
      rate: 0.05,
      steps: 30,
    })
    expect(losses.every(Number.isFinite)).toBe(true)
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!)
  })
})

describe('the settings', () => {
  it('of a run are those of the published training', () => {
    expect(resolveConfig([{ model: 'dassi-donor' }], { cores: 2 })).toMatchObject({
      epochs: 70,
      batchSize: 100,
      learningRate: 0.0025,
      loss: { kind: 'cross-entropy' },
      optimiser: { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 3e-4 },
      schedule: { kind: 'constant' },
      clip: { norm: 5 },
      metric: 'accuracy',
    })
  })

  it.each<[Record<string, unknown>, string]>([
    [{ lastBase: 'pad' }, 'option lastBase: expected drop or keep, found "pad"'],
    [{ dropPath: 1 }, 'option dropPath: expected a number from 0 to below 1, found 1'],
    [
      { windowLength: 1 },
      'option windowLength: expected at least 2 bases, of which the last is dropped, found 1',
    ],
    [{ windowLength: 0 }, 'option windowLength: expected a whole number from 1 on, found 0'],
  ])('of the network cannot be %j', (options, message) => {
    expect(() => architecture('dassi-acceptor', options)).toThrow(UsageError)
    expect(() => architecture('dassi-acceptor', options)).toThrow(message)
  })
})
