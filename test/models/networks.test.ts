import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import { OTHER } from '../../src/genome/sequence.ts'
import { Network, type NetworkMode } from '../../src/graph/network.ts'
import { constant, input } from '../../src/graph/ops/leaves.ts'
import { runWithTensorFlow } from '../../src/graph/run-tensorflow.ts'
import { sizeOf } from '../../src/graph/shape.ts'
import { type Architecture, logitsOf, tensorsOf } from '../../src/models/architecture.ts'
import { BASELINES, baseline } from '../../src/models/baselines.ts'
import { architecture } from '../../src/models/registry.ts'
import { randomCodes, randomTensors } from '../support/random-tensors.ts'
import { runOnnx } from '../support/run-onnx.ts'

// Else it recommends another package on the console.
tf.env().set('IS_TEST', true)

const WINDOW = 41
const BATCH = 3

/** Returns the network's logits for three windows, with random tensors, and the network as it was built. */
function built(network: Architecture, mode: NetworkMode = 'inference') {
  const tensors = randomTensors(network, WINDOW)
  const net = new Network(mode, ({ name, shape }) => constant(tensors.get(name)!, shape))
  const codes = input('codes', 'uint8', [mode === 'training' ? BATCH : 'N', WINDOW])
  return { net, codes, logits: logitsOf(network, net, codes) }
}

const data = randomCodes(BATCH * WINDOW)
const codesInput = { type: 'uint8', dims: [BATCH, WINDOW], data } as const

const small = {
  splam: { channels: 8, groups: 2, widths: [5, 3], dilations: [1, 3], unitsPerGroup: 1 },
  'spliceai-80': { channels: 8, unitsPerBlock: 1 },
  'openspliceai-400': { channels: 8, unitsPerBlock: 1 },
}

describe.each<[string, Architecture, number[]]>([
  ...Object.entries(small).map(([name, options]): [string, Architecture, number[]] => [
    name,
    architecture(name, options),
    [BATCH, 3, 1, WINDOW],
  ]),
  ...BASELINES.map((name): [string, Architecture, number[]] => [name, baseline(name), [BATCH, 2]]),
])('%s', (_name, network, dims) => {
  it('gives the same logits in ONNX Runtime and in TensorFlow.js', async () => {
    const { codes, logits } = built(network)
    const found = (await runOnnx({ logits }, { codes: codesInput })).logits!
    expect(found.dims).toEqual(dims)
    // TensorFlow.js wants all sizes known.
    const fixedCodes = input('codes', 'uint8', [BATCH, WINDOW])
    const tensors = randomTensors(network, WINDOW)
    const net = new Network('inference', ({ name, shape }) => constant(tensors.get(name)!, shape))
    const [expected] = runWithTensorFlow(
      tf,
      [logitsOf(network, net, fixedCodes)],
      new Map([[fixedCodes, tf.tensor2d(data, [BATCH, WINDOW], 'int32')]]),
    )
    const numbers = expected!.dataSync()
    expect(numbers).toHaveLength(found.data.length)
    for (const [i, logit] of (found.data as Float32Array).entries()) {
      expect(Math.abs(logit - numbers[i]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(logit)))
    }
    expect(codes.shape).toEqual(['N', WINDOW])
  })
})

describe('the baselines', () => {
  it.each(BASELINES)('%s drops only while it is trained, and where its mask says so', async name => {
    const network = baseline(name)
    expect(built(network).net.masks).toEqual([])
    const { net, logits } = built(network, 'training')
    if (name === 'hybrid') {
      expect(net.masks).toEqual([])
      return
    }
    expect(net.masks).toMatchObject([{ name: 'dropout', shape: [BATCH, 128], keep: 0.5 }])
    const run = async (bit: number) => {
      const dropout = {
        type: 'uint8',
        dims: [BATCH, 128],
        data: new Uint8Array(BATCH * 128).fill(bit),
      } as const
      return (await runOnnx({ logits }, { codes: codesInput, dropout })).logits!.data as Float32Array
    }
    const bias = randomTensors(network, WINDOW).get('out.bias')!
    expect(Array.from(await run(0))).toEqual([...bias, ...bias, ...bias])
    const kept = await run(1)
    const scored = (await runOnnx({ logits: built(network).logits }, { codes: codesInput })).logits!.data
    // All kept: twice what scoring has, but for the bias.
    for (const [i, logit] of kept.entries()) {
      expect(logit - bias[i % 2]!).toBeCloseTo(2 * (Number(scored[i]) - bias[i % 2]!), 3)
    }
  })

  it('start with an embedding of zeros for unknown bases and with open forget gates', () => {
    const specs = tensorsOf(baseline('lstm-emb'), WINDOW).parameters
    const initial = (wanted: string) => {
      const { shape, initial } = specs.find(({ name }) => name === wanted)!
      const first = initial(shape, seededRandom(1))
      expect(first).toHaveLength(sizeOf(shape))
      return first
    }
    const table = initial('embedding.weight')
    expect(table.subarray(OTHER * 32).every(number => number === 0)).toBe(true)
    expect(table.subarray(0, OTHER * 32).every(number => number !== 0 && Math.abs(number) < 0.05)).toBe(true)
    const bias = initial('lstm.bias')
    expect(bias.indexOf(1)).toBe(128)
    expect(bias.reduce((sum, number) => sum + number, 0)).toBe(64)
  })
})

describe('SpliceAI', () => {
  it('sees half its context on either side and no further', async () => {
    const network = architecture('openspliceai-80', { channels: 8, unitsPerBlock: 1 })
    const half = 10
    const tensors = randomTensors(network, WINDOW)
    const net = new Network('inference', ({ name, shape }) => constant(tensors.get(name)!, shape))
    const codes = input('codes', 'uint8', ['N', 'L'])
    const logits = logitsOf(network, net, codes)
    const length = 101
    const run = async (changed?: number) => {
      const sequence = new Uint8Array(length)
      if (changed !== undefined) {
        sequence[changed] = 2
      }
      const result = await runOnnx(
        { logits },
        { codes: { type: 'uint8', dims: [1, length], data: sequence } },
      )
      return Array.from((result.logits!.data as Float32Array).slice(50, 51))
    }
    const before = await run()
    expect(await run(50 - half)).not.toEqual(before)
    expect(await run(50 + half)).not.toEqual(before)
    expect(await run(50 - half - 1)).toEqual(before)
    expect(await run(50 + half + 1)).toEqual(before)
  })
})
