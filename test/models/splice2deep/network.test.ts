import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { exportModel } from '../../../src/export/export-model.ts'
import { encodeText } from '../../../src/genome/sequence.ts'
import { Network, type NetworkMode } from '../../../src/graph/network.ts'
import { expandAxis } from '../../../src/graph/ops/expand-axis.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { oneHot } from '../../../src/graph/ops/one-hot.ts'
import { runWithTensorFlow } from '../../../src/graph/run-tensorflow.ts'
import { openSession } from '../../../src/graph/session.ts'
import { inOrder, type Value } from '../../../src/graph/value.ts'
import { type Architecture, BASE_CHANNELS, logitsOf, tensorsOf } from '../../../src/models/architecture.ts'
import { architecture, networkSize } from '../../../src/models/registry.ts'
import { combinerLogit } from '../../../src/models/splice2deep/combiner.ts'
import { basePicture, trinucleotides } from '../../../src/models/splice2deep/encodings.ts'
import { PARTS } from '../../../src/models/splice2deep/network.ts'
import { resolveConfig } from '../../../src/training/run-config.ts'
import { lossesOfSteps } from '../../support/descend.ts'
import { randomCodes, randomTensors } from '../../support/random-tensors.ts'
import { runOnnx } from '../../support/run-onnx.ts'

// Else it recommends another package on the console.
tf.env().set('IS_TEST', true)

const BATCH = 3
/** Bases of a small window: 20, the dinucleotide, 20. */
const LENGTH = 42

const NAMES = ['splice2deep-global', 'splice2deep-up', 'splice2deep-down', 'splice2deep'] as const

const small = (name: string, options = {}) =>
  architecture(name, { windowLength: LENGTH, filters: 4, ...options })

function built(
  network: Architecture,
  length: number,
  mode: NetworkMode = 'inference',
  n: number | 'N' = 'N',
) {
  const tensors = randomTensors(network, length)
  const net = new Network(mode, ({ name, shape }) => constant(tensors.get(name)!, shape))
  const codes = input('codes', 'uint8', [mode === 'training' ? BATCH : n, length])
  return { net, codes, logits: logitsOf(network, net, codes) }
}

const feedOf = (data: Uint8Array) => ({ type: 'uint8', dims: [BATCH, data.length / BATCH], data }) as const

async function numbersOf(value: Value, data: Uint8Array): Promise<number[]> {
  return [...((await runOnnx({ value }, { codes: feedOf(data) })).value!.data as Float32Array)]
}

/** Returns three windows with another base at one position of each. */
function changedAt(data: Uint8Array, position: number): Uint8Array {
  const length = data.length / BATCH
  return data.map((code, i) => (i % length === position ? (code + 1) % 4 : code))
}

describe('the sizes', () => {
  // Kernels of 1 to 8 columns, 32 of each: 32 x rows x 36 and 8 x 32 biases; two numbers for each of 1131 or 564 x 32, and 2.
  it.each([
    ['splice2deep-global', 32 * 4 * 36 + 256 + 2 * 32 * 1131 + 2, 77_250],
    ['splice2deep-up', 32 * 64 * 36 + 256 + 2 * 32 * 564 + 2, 110_082],
    ['splice2deep-down', 32 * 4 * 36 + 256 + 2 * 32 * 564 + 2, 40_962],
    ['splice2deep', 77_250 + 110_082 + 40_962 + 17, 228_311],
  ])('of %s are %i parameters', (name, sum, parameters) => {
    expect(sum).toBe(parameters)
    expect(networkSize(architecture(name), 602)).toEqual({ parameters, statistics: 0 })
  })

  it('of the eight maps of the global network are the published ones', () => {
    const { logits } = built(architecture('splice2deep-global'), 602)
    const pools = inOrder([logits]).filter(({ op }) => op.name === 'maxPool')
    expect(pools.map(({ inputs }) => inputs[0]!.shape)).toEqual(Array(8).fill(['N', 32, 4, 602]))
    expect(pools.map(({ shape }) => shape.slice(1))).toEqual(
      [200, 200, 200, 150, 120, 100, 86, 75].map(columns => [32, 1, columns]),
    )
  })

  it('of the tensors are those of the published files, by name and layout', () => {
    const { parameters } = tensorsOf(architecture('splice2deep-global'), 602)
    expect(parameters.map(({ name, shape }) => [name, ...shape])).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap(i => [
        [`conv2d_${i}/kernel`, 4, i, 1, 32],
        [`conv2d_${i}/bias`, 32],
      ]),
      ['dense_1/kernel', 36_192, 2],
      ['dense_1/bias', 2],
    ])
  })
})

describe('the encoding', () => {
  const codes = encodeText('ACGTN')
  const feed = { type: 'uint8', dims: [1, codes.length], data: codes } as const
  const bases = expandAxis(oneHot(input('codes', 'uint8', ['N', codes.length]), BASE_CHANNELS), 2)

  it.each([
    ['weighted', [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 0, 2, 0]],
    ['plain', [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0]],
  ] as const)('of bases, %s, has rows A, C, G, T and zeros for unknown ones', async (encoding, expected) => {
    const { picture } = await runOnnx({ picture: basePicture(bases, encoding) }, { codes: feed })
    expect(picture!.dims).toEqual([1, 1, 4, 5])
    expect([...picture!.data]).toEqual(expected)
  })

  it('of trinucleotides has the third base outermost, then the first, then the middle, and two empty columns', async () => {
    // All 64, each followed by an unknown base.
    const all = Array.from({ length: 64 }, (_, row) => [(row >> 2) & 3, row & 3, row >> 4, 4])
    const data = Uint8Array.from(all.flat())
    const long = expandAxis(oneHot(input('codes', 'uint8', ['N', data.length]), BASE_CHANNELS), 2)
    const feed = { type: 'uint8', dims: [1, data.length], data } as const
    const { map } = await runOnnx({ map: trinucleotides(long) }, { codes: feed })
    expect(map!.dims).toEqual([1, 64, 1, 256])
    const ones = Array.from(map!.data as Float32Array, (number, i) => [number, i] as const)
      .filter(([number]) => number !== 0)
      .map(([number, i]) => [number, Math.floor(i / 256), i % 256])
    expect(ones).toEqual(all.map((_, row) => [1, row, 4 * row]))
  })
})

describe('the part of the window that is read', () => {
  it.each([
    ['splice2deep-global', [], [0, 19, 20, 21, 22, 41]],
    ['splice2deep-up', [20, 21, 22, 41], [0, 17, 19]],
    ['splice2deep-down', [0, 19, 20, 21], [22, 23, 39]],
    ['splice2deep', [], [0, 19, 20, 21, 22, 41]],
  ])('by %s: not %j, but %j', async (name, unread, read) => {
    const { logits } = built(small(name), LENGTH)
    const data = randomCodes(BATCH * LENGTH)
    const before = await numbersOf(logits, data)
    for (const position of unread) {
      expect(await numbersOf(logits, changedAt(data, position))).toEqual(before)
    }
    for (const position of read) {
      expect(await numbersOf(logits, changedAt(data, position))).not.toEqual(before)
    }
  })
})

describe.each(NAMES)('%s', name => {
  const network = small(name)
  const data = randomCodes(BATCH * LENGTH)

  it('gives the same logits in ONNX Runtime and in TensorFlow.js', async () => {
    const found = await numbersOf(built(network, LENGTH).logits, data)
    const { codes, logits } = built(network, LENGTH, 'inference', BATCH)
    const given = new Map([[codes, tf.tensor2d(data, [BATCH, LENGTH], 'int32')]])
    const [expected] = runWithTensorFlow(tf, [logits], given)
    const numbers = expected!.dataSync()
    expect(numbers).toHaveLength(2 * BATCH)
    for (const [i, logit] of found.entries()) {
      expect(Math.abs(logit - numbers[i]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(logit)))
    }
  })

  it('is exported for one site as it was defined, the class 1 a site', async () => {
    const tensors = randomTensors(network, LENGTH)
    const layout = { kind: 'site', window: { length: LENGTH, site: 20 } } as const
    const facts = {
      name: 'made',
      description: 'random weights',
      threshold: 0.5,
      calibration: [],
      trainingData: [],
      metrics: {},
      toolVersion: '0.0.0',
      licence: 'MIT',
    }
    const { bytes, metadata } = await exportModel({ architecture: network, tensors, layout, facts })
    expect(metadata).toMatchObject({ ...layout, columns: ['site'] })
    const logits = await numbersOf(built(network, LENGTH).logits, data)
    const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
    const { probabilities } = await session.run({ codes: feedOf(data) })
    await session.close()
    for (const [i, probability] of (probabilities!.data as Float32Array).entries()) {
      expect(probability).toBeCloseTo(1 / (1 + Math.exp(logits[2 * i]! - logits[2 * i + 1]!)), 4)
    }
  })

  it('drops a tenth of what its branches say, only while it is trained', () => {
    expect(built(network, LENGTH).net.masks).toEqual([])
    const { masks } = built(network, LENGTH, 'training').net
    expect(masks.map(({ name }) => name)).toEqual(
      name === 'splice2deep' ? PARTS.map(part => `${part}/dropout`) : ['dropout'],
    )
    for (const { shape, keep } of masks) {
      expect([shape[0], keep]).toEqual([BATCH, 0.9])
    }
  })

  it('learns', async () => {
    const position = { 'splice2deep-up': 10, 'splice2deep-down': 30 }[name as string] ?? 20
    const settings = { length: LENGTH, position, rate: 0.1, steps: 40 }
    const losses = await lossesOfSteps(small(name, { dropout: 0 }), settings)
    expect(losses.every(Number.isFinite)).toBe(true)
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!)
  })
})

it('the whole gives the combiner true and false of each network in the order global, up, down', async () => {
  const whole = small('splice2deep')
  // At its start the combiner makes no difference between the networks.
  const random = seededRandom(7)
  const tensors = randomTensors(whole, LENGTH)
  for (const name of ['coefs_.0', 'intercepts_.0', 'coefs_.1', 'intercepts_.1']) {
    tensors.set(
      `combiner/${name}`,
      tensors.get(`combiner/${name}`)!.map(() => random.float()),
    )
  }
  const net = new Network('inference', ({ name, shape }) => constant(tensors.get(name)!, shape))
  const logits = logitsOf(whole, net, input('codes', 'uint8', ['N', LENGTH]))
  const data = randomCodes(BATCH * LENGTH)
  const features: number[][] = Array.from({ length: BATCH }, () => [])
  for (const part of PARTS) {
    const net = new Network('inference', ({ name, shape }) =>
      constant(tensors.get(`${part}/${name}`)!, shape),
    )
    const codes = input('codes', 'uint8', ['N', LENGTH])
    const found = await numbersOf(logitsOf(small(`splice2deep-${part}`), net, codes), data)
    for (const [i, row] of features.entries()) {
      const truth = 1 / (1 + Math.exp(found[2 * i]! - found[2 * i + 1]!))
      row.push(truth, 1 - truth)
    }
  }
  const take = (name: string) => [...tensors.get(`combiner/${name}`)!]
  const [first, firstBias, second, [secondBias]] = [
    'coefs_.0',
    'intercepts_.0',
    'coefs_.1',
    'intercepts_.1',
  ].map(take) as [number[], number[], number[], number[]]
  const expected = features.flatMap(row => {
    const hidden = [0, 1].map(unit =>
      Math.max(
        0,
        row.reduce((sum, x, i) => sum + x * first[2 * i + unit]!, firstBias[unit]!),
      ),
    )
    return [hidden.reduce((sum, x, i) => sum + x * second[i]!, secondBias!), 0]
  })
  for (const [i, logit] of (await numbersOf(logits, data)).entries()) {
    expect(logit).toBeCloseTo(expected[i]!, 4)
  }
})

it('the combiner starts as a vote of the three', async () => {
  const random = seededRandom(1)
  const net = new Network('inference', ({ shape, initial }) => constant(initial(shape, random), shape))
  const linear = combinerLogit(net, '', input('features', 'float32', ['N', 6]))
  // biome-ignore format: a row for each example
  const data = Float32Array.of(
    1, 0, 1, 0, 1, 0,
    0, 1, 0, 1, 0, 1,
    0.75, 0.25, 0.5, 0.5, 0, 1,
  )
  const features = { type: 'float32', dims: [3, 6], data } as const
  const { found } = await runOnnx({ found: linear }, { features })
  expect([...found!.data]).toEqual([-3, 3, 0.5])
})

describe('the settings', () => {
  it.each([
    ['splice2deep-global', 1e-5],
    ['splice2deep-up', 1e-5],
    ['splice2deep-down', 1e-5],
    ['splice2deep', 1e-3],
  ])('of a run of %s are those of the published training, at a rate of %d', (model, learningRate) => {
    expect(resolveConfig([{ model }], { cores: 2 })).toMatchObject({
      epochs: 100,
      batchSize: 32,
      learningRate,
      loss: { kind: 'cross-entropy' },
      optimiser: { kind: 'nadam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 },
      schedule: { kind: 'constant' },
      patience: 5,
      metric: 'logLoss',
    })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['splice2deep-global', { encoding: 'tri' }, 'option encoding: expected weighted or plain, found "tri"'],
    [
      'splice2deep-up',
      { encoding: 'plain' },
      'expected options among windowLength, filters, dropout, found encoding',
    ],
    [
      'splice2deep-up',
      { windowLength: 601 },
      'option windowLength: expected an even number from 18 on, found 601',
    ],
    [
      'splice2deep',
      { windowLength: 16 },
      'option windowLength: expected an even number from 18 on, found 16',
    ],
    ['splice2deep', { dropout: 1 }, 'option dropout: expected a number from 0 to below 1, found 1'],
  ])('of %s cannot be %j', (name, options, message) => {
    expect(() => architecture(name, options)).toThrow(UsageError)
    expect(() => architecture(name, options)).toThrow(message)
  })

  it('may be the shortest window', () => {
    expect(networkSize(architecture('splice2deep', { windowLength: 18, filters: 1 }), 18).parameters).toBe(
      // Rows: 4, 64, 4. Columns: 32 of 18 bases, 12 of 8.
      36 * 72 + 3 * 8 + 2 * (32 + 2 * 12) + 3 * 2 + 17,
    )
  })
})
