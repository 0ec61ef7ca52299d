import * as tf from '@tensorflow/tfjs'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/core/errors.ts'
import { type ExportRequest, exportModel } from '../../src/export/export-model.ts'
import { foldBatchNorm } from '../../src/export/fold-batch-norm.ts'
import { inferenceScores } from '../../src/export/inference-graph.ts'
import { Network } from '../../src/graph/network.ts'
import type { Dimension } from '../../src/graph/onnx-writer.ts'
import { constant, input } from '../../src/graph/ops/leaves.ts'
import { runWithTensorFlow } from '../../src/graph/run-tensorflow.ts'
import { openSession } from '../../src/graph/session.ts'
import { inOrder } from '../../src/graph/value.ts'
import { logitsOf, tensorsOf } from '../../src/models/architecture.ts'
import { architecture, networkSize } from '../../src/models/registry.ts'
import { randomCodes, randomTensors } from '../support/random-tensors.ts'
import { runOnnx } from '../support/run-onnx.ts'
import { TINY_SITE_PAIR } from '../support/toy-dataset.ts'

// Else it recommends another package on the console.
tf.env().set('IS_TEST', true)

const LENGTH = 800
const HALF = 400
/** Of the sites in their halves. */
const SITE = 200
const { reach } = TINY_SITE_PAIR

const network = architecture('site-pair', TINY_SITE_PAIR)
type Tensors = ReadonlyMap<string, Float32Array>
const tensors: Tensors = randomTensors(network, LENGTH)

/** Returns the tensors with some of them changed. */
const changedTensors = (changes: Record<string, ArrayLike<number>>): Tensors =>
  new Map([
    ...tensors,
    ...Object.entries(changes).map(([name, data]) => [name, Float32Array.from(data)] as const),
  ])
const zeros = (name: string) => new Float32Array(tensors.get(name)!.length)

function built(values: Tensors, batch: Dimension) {
  const net = new Network('inference', ({ name, shape }) => constant(values.get(name)!, shape))
  const codes = input('codes', 'uint8', [batch, LENGTH])
  return { codes, logits: logitsOf(network, net, codes) }
}

/** Returns the logits of donor, acceptor and pair of each window. */
async function logitsFor(windows: readonly Uint8Array[], values = tensors): Promise<number[][]> {
  const data = Uint8Array.from(windows.flatMap(window => [...window]))
  const feeds = { codes: { type: 'uint8', dims: [windows.length, LENGTH], data } } as const
  const { logits } = await runOnnx({ logits: built(values, 'N').logits }, feeds)
  expect(logits!.dims).toEqual([windows.length, 3])
  const found = Array.from(logits!.data as Float32Array)
  return windows.map((_, i) => found.slice(3 * i, 3 * i + 3))
}

const window = randomCodes(LENGTH)
/** Returns the window with other bases at [start, end). */
function changed(start: number, end: number): Uint8Array {
  const copy = window.slice()
  for (let i = start; i < end; i++) {
    copy[i] = (copy[i]! + 1) % 4
  }
  return copy
}

describe('the network of a pair of sites', () => {
  it.each<[Record<string, unknown>, number, number]>([
    [{}, 89_572, 336],
    [{ reach: 120 }, 81_892, 336],
  ])('has, with the options %j, %i parameters and %i statistics', (options, parameters, statistics) => {
    expect(networkSize(architecture('site-pair', options), LENGTH)).toEqual({ parameters, statistics })
  })

  it('has one trunk and one context, and a head for each site', () => {
    const { parameters } = tensorsOf(network, LENGTH)
    const groups = parameters.map(({ name }) => name.split('.')[0])
    expect([...new Set(groups)]).toEqual(['trunk', 'evidence', 'context', 'donor', 'acceptor', 'pair'])
    expect(parameters.filter(({ name }) => name.endsWith('.stem.weight'))).toMatchObject([
      { name: 'trunk.stem.weight', shape: [4, 4, 5] },
      { name: 'context.stem.weight', shape: [3, 4, 8] },
    ])
  })

  it('reads both halves alike: with the donor head in place of both, swapped halves have swapped scores', async () => {
    const evidence = (name: string, size: number) => {
      const data = tensors.get(name)!.slice()
      data.copyWithin(size, 0, size)
      return data
    }
    const values = changedTensors({
      'acceptor.site.weight': tensors.get('donor.site.weight')!,
      'acceptor.site.bias': tensors.get('donor.site.bias')!,
      'acceptor.out.weight': tensors.get('donor.out.weight')!,
      'acceptor.out.bias': tensors.get('donor.out.bias')!,
      'evidence.weight': evidence('evidence.weight', TINY_SITE_PAIR.channels),
      'evidence.bias': evidence('evidence.bias', 1),
    })
    const swapped = Uint8Array.of(...window.subarray(HALF), ...window.subarray(0, HALF))
    const [as, other] = await logitsFor([window, swapped], values)
    expect(as![0]).not.toBeCloseTo(as![1]!, 2)
    expect(other![0]).toBeCloseTo(as![1]!, 5)
    expect(other![1]).toBeCloseTo(as![0]!, 5)
  })

  it('scores a site whatever the other half is, and the pair by both', async () => {
    const [before, donorHalf, acceptorHalf] = await logitsFor([
      window,
      changed(0, HALF),
      changed(HALF, LENGTH),
    ])
    expect(acceptorHalf![0]).toBe(before![0])
    expect(donorHalf![1]).toBe(before![1])
    expect(donorHalf![0]).not.toBe(before![0])
    expect(acceptorHalf![1]).not.toBe(before![1])
    expect(new Set([before![2], donorHalf![2], acceptorHalf![2]]).size).toBe(3)
  })

  it('starts the pair from the logarithm of the product of both probabilities', async () => {
    const values = changedTensors({ 'pair.out.weight': zeros('pair.out.weight'), 'pair.out.bias': [0] })
    for (const [donor, acceptor, pair] of await logitsFor([window, changed(0, LENGTH)], values)) {
      const logP = (logit: number) => -Math.log1p(Math.exp(-logit))
      expect(pair).toBeCloseTo(logP(donor!) + logP(acceptor!), 5)
    }
  })

  it.each([
    ['donor', 0, 0],
    ['acceptor', 1, HALF],
  ] as const)('sees bases beyond its reach of the %s only through the context', async (_, column, half) => {
    const [first, end] = [half + SITE - reach, half + SITE + reach]
    const windows = [
      window,
      changed(half, first),
      changed(end, half + HALF),
      changed(first, first + TINY_SITE_PAIR.bin),
      changed(end - TINY_SITE_PAIR.bin, end),
    ]
    const columnOf = (logits: number[][]) => logits.map(row => row[column]!)
    const [plain, before, after, ...edges] = columnOf(
      await logitsFor(windows, changedTensors({ 'context.summary.weight': zeros('context.summary.weight') })),
    )
    expect([before, after]).toEqual([plain, plain])
    expect(edges.every(logit => logit !== plain)).toBe(true)
    const [seen, ...moved] = columnOf(await logitsFor(windows))
    expect(moved.every(logit => logit !== seen)).toBe(true)
  })

  it.each([
    ['donor', 0, SITE],
    ['acceptor', 1, HALF + SITE],
  ] as const)('starts the %s from the evidence of the base at the site', async (name, column, site) => {
    const values = changedTensors({ [`${name}.out.weight`]: zeros(`${name}.out.weight`) })
    // Stem and units of the trunk see 2, 1 and 2 bases to either side.
    const seen = 5
    const windows = [
      window,
      ...[-seen - 1, -seen, seen, seen + 1].map(at => changed(site + at, site + at + 1)),
    ]
    const [before, ...after] = (await logitsFor(windows, values)).map(row => row[column]!)
    expect(after.map(logit => logit !== before)).toEqual([false, true, true, false])
  })

  it('gives the same logits in ONNX Runtime and in TensorFlow.js', async () => {
    const windows = [0, 1, 2].map(i => randomCodes(LENGTH, i + 5))
    const { codes, logits } = built(tensors, windows.length)
    const fed = tf.tensor2d(
      windows.flatMap(codes => [...codes]),
      [windows.length, LENGTH],
      'int32',
    )
    const [expected] = runWithTensorFlow(tf, [logits], new Map([[codes, fed]]))
    const numbers = Array.from(expected!.dataSync(), logit => expect.closeTo(logit, 4))
    expect((await logitsFor(windows)).flat()).toEqual(numbers)
  })

  it('drops inputs of the heads of both sites while it is trained, and nothing when scoring', () => {
    const masks = (mode: 'training' | 'inference') => {
      const net = new Network(mode, ({ name, shape }) => input(name, 'float32', shape))
      logitsOf(network, net, input('codes', 'uint8', [2, LENGTH]))
      return net.masks.map(({ name, shape, keep }) => ({ name, shape, keep }))
    }
    const { channels, centre, evidence, bin, dropout } = TINY_SITE_PAIR
    // The channels near the site, the largest evidence of each bin, and 8 channels of the context in 25 steps.
    const shape = [2, channels * 2 * centre + (evidence * 2 * reach) / bin + 8 * 25]
    expect(masks('training')).toEqual([
      { name: 'donor.dropout', shape, keep: 1 - dropout },
      { name: 'acceptor.dropout', shape, keep: 1 - dropout },
    ])
    expect(masks('inference')).toEqual([])
  })

  it.each<[Record<string, unknown>, string]>([
    [
      { reach: 201 },
      'model site-pair: options reach and centre: expected a reach of at most 200 bases and a centre within it, found 201 and 3',
    ],
    [{ reach: 8, centre: 9 }, 'found 8 and 9'],
    [{ reach: 100, bin: 7 }, 'options reach and bin: expected bins that fill 200 bases, found 7'],
    [{ evidence: 1 }, 'model site-pair: option evidence: expected a whole number from 2 on, found 1'],
    [{ centre: 0 }, 'option centre: expected a whole number from 1 on, found 0'],
    [{ dropout: 1 }, 'option dropout: expected a number from 0 to below 1, found 1'],
  ])('cannot have the options %j', (options, message) => {
    expect(() => architecture('site-pair', options)).toThrow(UsageError)
    expect(() => architecture('site-pair', options)).toThrow(message)
  })

  it('may reach to the ends of the halves', () => {
    expect(() => tensorsOf(architecture('site-pair', { reach: 200 }), LENGTH)).not.toThrow()
  })
})

describe('exported, the network of a pair of sites', () => {
  const request: ExportRequest = {
    architecture: network,
    tensors,
    layout: { kind: 'junction', window: { length: LENGTH, donor: 200, acceptor: 600 } },
    facts: {
      name: 'toy',
      description: 'random weights',
      threshold: 0.5,
      calibration: [],
      trainingData: [],
      metrics: {},
      toolVersion: '0.0.0',
      licence: 'MIT',
    },
  }

  it('has the columns donor, acceptor and junction, each the probability of its logit', async () => {
    const { bytes, metadata, difference } = await exportModel(request)
    expect(metadata).toMatchObject({
      kind: 'junction',
      columns: ['donor', 'acceptor', 'junction'],
      decisionColumn: 'junction',
    })
    expect(difference).toBeLessThan(1e-5)
    const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
    const { probabilities } = await session.run({
      codes: { type: 'uint8', dims: [1, LENGTH], data: window },
    })
    const found = Array.from(probabilities!.data as Float32Array)
    await session.close()
    const [logits] = await logitsFor([window])
    expect(found).toEqual(logits!.map(logit => expect.closeTo(1 / (1 + Math.exp(-logit)), 5)))
  })

  it('has every batch normalisation folded into its convolution', () => {
    const { value } = inferenceScores(request)
    const count = (output: typeof value) =>
      inOrder([output]).filter(({ op }) => op.name === 'batchNorm').length
    // Of stem and units, of the trunk and of the context.
    expect([count(value), count(foldBatchNorm(value))]).toEqual([5, 0])
  })

  it.each(['site', 'sequence'] as const)('cannot be asked as %s', async kind => {
    const layout =
      kind === 'site'
        ? { kind, window: { length: LENGTH, site: 200 } }
        : { kind, marks: { donor: 0, acceptor: 0 } }
    await expect(exportModel({ ...request, layout })).rejects.toThrow(
      `model site-pair: its output is pair: expected to export it as junction, found ${kind}`,
    )
  })
})
