import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { exportModel } from '../../../src/export/export-model.ts'
import { normal } from '../../../src/graph/initial.ts'
import { Network, type NetworkMode } from '../../../src/graph/network.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { openSession } from '../../../src/graph/session.ts'
import { inOrder, type Value } from '../../../src/graph/value.ts'
import { type Architecture, logitsOf, tensorsOf } from '../../../src/models/architecture.ts'
import { DEEPBIND, deepBind } from '../../../src/models/deepbind/network.ts'
import { architecture, networkEntry, networkSize } from '../../../src/models/registry.ts'
import { resolveConfig } from '../../../src/training/run-config.ts'
import { lossesOfSteps } from '../../support/descend.ts'
import { MADE_FACTS } from '../../support/made-facts.ts'
import { checkOp, distinct, type OpCase } from '../../support/op-check.ts'
import { randomCodes, randomTensors } from '../../support/random-tensors.ts'
import { runOnnx } from '../../support/run-onnx.ts'

/** Weights large enough that every part of the network shows in its result. */
const VISIBLE = { motifScale: 0.5, denseScale: 0.5 }
const SMALL = { detectors: 3, motifLength: 4, ...VISIBLE }
const MODELS: [string, Record<string, unknown>][] = [
  ['deepbind without a hidden layer', SMALL],
  ['deepbind with a hidden layer', { ...SMALL, hidden: 5 }],
  ['deepbind with means', { ...SMALL, hidden: 5, pooling: 'max-mean' }],
  ['deepbind with three numbers', { ...SMALL, values: 3 }],
]

function built(network: Architecture, length: number, mode: NetworkMode = 'inference', batch = 2) {
  const tensors = randomTensors(network, length)
  const net = new Network(mode, ({ name, shape }) => constant(tensors.get(name)!, shape))
  const codes = input('codes', 'uint8', [mode === 'training' ? batch : 'N', length])
  return { net, value: logitsOf(network, net, codes) }
}

const feedOf = (windows: readonly Uint8Array[]) =>
  ({
    type: 'uint8',
    dims: [windows.length, windows[0]!.length],
    data: Uint8Array.from(windows.flatMap(window => [...window])),
  }) as const

async function resultOf(value: Value, windows: readonly Uint8Array[]): Promise<number[]> {
  return [...((await runOnnx({ value }, { codes: feedOf(windows) })).value!.data as Float32Array)]
}

/** A0 C1 G2 T3; unknown bases stay unknown. */
const reverseComplement = (codes: Uint8Array) => codes.map(code => (code > 3 ? code : 3 - code)).reverse()

describe('the sizes', () => {
  it.each([
    [{}, 1569],
    [{ hidden: 32 }, 2129],
    [{ hidden: 32, values: 11 }, 2129 + 10 * 33],
    [{ pooling: 'max-mean' }, 1569 + 16],
    [{ motifLength: 16 }, 1569 - 8 * 4 * 16],
  ])('with %j are those of the published code', (options, parameters) => {
    const network = architecture('deepbind', options)
    expect(networkSize(network, 101)).toEqual({ parameters, statistics: 0 })
    expect(network.output).toBe('values' in options ? 'values' : 'classes')
  })
})

describe.each(MODELS)('%s', (_, options) => {
  const network = deepBind({ ...DEEPBIND, ...options })

  it('says the same of a window and of its reverse complement', async () => {
    const length = 12
    const { value } = built(network, length)
    const windows = fc.uint8Array({ minLength: length, maxLength: length, max: 4 })
    await fc.assert(
      fc.asyncProperty(windows, async window => {
        const found = await resultOf(value, [window, reverseComplement(window)])
        const half = found.length / 2
        expect(found.slice(0, half)).toEqual(found.slice(half).map(number => expect.closeTo(number, 5)))
      }),
      { numRuns: 25 },
    )
  })

  it('says of a window the larger of what it says of the two strands', async () => {
    const length = 12
    const data = randomCodes(length)
    const { value } = built(network, length)
    const strands = inOrder([value]).findLast(({ op }) => op.name === 'reduceMax')!.inputs[0]!
    const [given, other] = [data, reverseComplement(data)]
    const both = await resultOf(strands, [given, other])
    const width = both.length / 4
    const [forward, backward] = [both.slice(0, width), both.slice(width, 2 * width)]
    // The other strand is read as the given one of the reverse complement.
    expect(both.slice(2 * width, 3 * width)).toEqual(backward.map(number => expect.closeTo(number, 5)))
    expect(forward).not.toEqual(backward)
    const result = await resultOf(value, [given])
    const best = forward.map((number, i) => Math.max(number, backward[i]!))
    const expected = network.output === 'classes' ? [0, ...best] : best
    expect(result).toEqual(expected.map(number => expect.closeTo(number, 5)))
  })

  it('has the gradient that differences give, through the better strand, in both engines', async () => {
    const length = 8
    const { parameters } = tensorsOf(network, length)
    const random = seededRandom(4)
    const operands = Object.fromEntries(
      parameters.map(({ name, shape }) => [name.replace('.', '_'), distinct(random, ...shape)]),
    )
    // No bases: where two places of a window are alike, the best of them is not one, and no difference has a slope.
    const bases = distinct(random, 2, 4, 1, length)
    const opCase: OpCase = {
      operands,
      build: values => {
        const net = new Network('inference', ({ name }) => values[name.replace('.', '_')]!)
        return network.build(net, constant(bases.data, bases.shape as number[]))
      },
    }
    await checkOp(opCase)
  })

  it('is exported as it was defined', async () => {
    const length = 30
    const layout = { kind: network.output === 'values' ? 'values' : 'window', window: { length } } as const
    const { bytes, difference } = await exportModel({
      architecture: network,
      tensors: randomTensors(network, length),
      layout,
      facts: { ...MADE_FACTS, ...(network.output === 'values' ? {} : { threshold: 0.5 }) },
    })
    expect(difference).toBeLessThan(1e-5)
    const windows = [randomCodes(length, 3), randomCodes(length, 4)]
    const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
    const { probabilities } = await session.run({ codes: feedOf(windows) })
    await session.close()
    const logits = await resultOf(built(network, length).value, windows)
    const expected =
      network.output === 'values' ? logits : [logits[1]!, logits[3]!].map(logit => 1 / (1 + Math.exp(-logit)))
    expect([...(probabilities!.data as Float32Array)]).toEqual(
      expected.map(number => expect.closeTo(number, 4)),
    )
  })
})

it('reads unknown bases, and one less than a motif of them at each end, as a quarter of each base, and both strands', async () => {
  const { value } = built(deepBind({ ...DEEPBIND, ...SMALL }), 5)
  const conv = inOrder([value]).find(({ op }) => op.name === 'convolution')!
  // A, C, G, T, N.
  const codes = feedOf([Uint8Array.of(0, 1, 2, 3, 4)])
  const { map } = await runOnnx({ map: conv.inputs[0]! }, { codes })
  expect(map!.dims).toEqual([1, 4, 2, 11])
  const rows = (strand: number) =>
    [0, 1, 2, 3].map(base => Array.from({ length: 11 }, (_, i) => map!.data[(2 * base + strand) * 11 + i]))
  const end = [0.25, 0.25, 0.25]
  expect(rows(0)).toEqual([
    [...end, 1, 0, 0, 0, 0.25, ...end],
    [...end, 0, 1, 0, 0, 0.25, ...end],
    [...end, 0, 0, 1, 0, 0.25, ...end],
    [...end, 0, 0, 0, 1, 0.25, ...end],
  ])
  // N, A, C, G, T.
  expect(rows(1)).toEqual([
    [...end, 0.25, 1, 0, 0, 0, ...end],
    [...end, 0.25, 0, 1, 0, 0, ...end],
    [...end, 0.25, 0, 0, 1, 0, ...end],
    [...end, 0.25, 0, 0, 0, 1, ...end],
  ])
})

it('drops pooled answers of each strand while training', () => {
  const network = (dropout: number) => deepBind({ ...DEEPBIND, dropout })
  expect(built(network(0), 20, 'training').net.masks).toEqual([])
  expect(built(network(0.25), 20, 'training').net.masks).toMatchObject([
    { name: 'dropout', shape: [2, 2, 16], keep: 0.75 },
  ])
})

it('starts from normal numbers of the scales asked for, with biases at zero', () => {
  const { parameters } = tensorsOf(deepBind({ ...DEEPBIND, motifScale: 2e-3, hidden: 32 }), 101)
  const spreadOf = (name: string) => {
    const { shape, initial } = parameters.find(tensor => tensor.name === name)!
    const data = initial(shape, seededRandom(1))
    return Math.sqrt(data.reduce((sum, number) => sum + number ** 2, 0) / data.length)
  }
  expect(spreadOf('detectors.weight')).toBeCloseTo(2e-3, 3)
  expect(spreadOf('hidden.weight')).toBeCloseTo(1e-2, 3)
  expect(['detectors.bias', 'hidden.bias', 'out.bias'].map(spreadOf)).toEqual([0, 0, 0])
})

it('normal numbers have the mean and the shares of a normal distribution', () => {
  const data = normal(2)([20_000], seededRandom(3))
  const share = (limit: number) => data.filter(number => Math.abs(number) < limit).length / data.length
  expect(data.reduce((sum, number) => sum + number, 0) / data.length).toBeCloseTo(0, 1)
  expect([share(2), share(4)]).toEqual([expect.closeTo(0.683, 2), expect.closeTo(0.954, 2)])
})

it('learns', async () => {
  const network = deepBind({ ...DEEPBIND, motifLength: 6, motifScale: 0.1, denseScale: 0.1 })
  const losses = await lossesOfSteps(network, { length: 21, position: 10, rate: 0.2, steps: 150 })
  expect(losses.every(Number.isFinite)).toBe(true)
  expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!)
})

it('is trained as published', () => {
  expect(resolveConfig([{ model: 'deepbind' }], { cores: 1 })).toMatchObject({
    batchSize: 64,
    loss: { kind: 'cross-entropy' },
    optimiser: { kind: 'sgd', momentum: 0.98, nesterov: false },
    metric: 'auroc',
  })
  expect(networkEntry('deepbind').windowLength).toBe(101)
})

it('options are checked', () => {
  expect(() => architecture('deepbind', { pooling: 'mean' })).toThrow(
    'option pooling: expected max or max-mean, found "mean"',
  )
})
