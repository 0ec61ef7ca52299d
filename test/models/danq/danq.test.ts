import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { exportModel } from '../../../src/export/export-model.ts'
import { tensorsOf } from '../../../src/models/architecture.ts'
import { presetOptions } from '../../../src/models/network-entry.ts'
import { architecture, networkEntry, networkSize } from '../../../src/models/registry.ts'
import { resolveConfig } from '../../../src/training/run-config.ts'
import { lossesOfSteps } from '../../support/descend.ts'
import { MADE_FACTS } from '../../support/made-facts.ts'
import { bothEngines } from '../../support/network-check.ts'
import { randomTensors } from '../../support/random-tensors.ts'

const SMALL = { filters: 6, width: 5, pool: 3, units: 4, hidden: 7, values: 3 }
const LENGTH = 31

describe('the sizes', () => {
  it.each([
    ['danq', 46_926_479],
    ['danq-jaspar', 67_892_175],
  ])('of %s are the published ones', (name, parameters) => {
    const network = architecture(name)
    expect([network.output, network.channels]).toEqual(['values', [0, 2, 1, 3]])
    expect(networkSize(network, 1000)).toEqual({ parameters, statistics: 0 })
  })

  it.each(['danq', 'danq-jaspar'])('of the reduced %s suit little data', name => {
    const network = architecture(name, presetOptions(networkEntry(name), 'reduced'))
    expect(network.output).toBe('classes')
    expect(networkSize(network, 101).parameters).toBeLessThan(200_000)
  })
})

it.each(['danq', 'danq-jaspar'])(
  '%s gives the same logits in ONNX Runtime and in TensorFlow.js',
  async name => {
    expect((await bothEngines(architecture(name, SMALL), LENGTH)).slice(1)).toEqual([3])
  },
)

it('begins to learn by its gradient', async () => {
  const options = { ...SMALL, values: 0, convDropout: 0, lstmDropout: 0 }
  const losses = await lossesOfSteps(architecture('danq', options), {
    length: LENGTH,
    position: 10,
    rate: 0.5,
    steps: 60,
  })
  expect(losses[0]).toBeCloseTo(Math.log(2), 1)
  expect(losses.at(-1)).toBeLessThan(0.35)
})

it.each([
  ['windows of two classes', 0, { kind: 'window', window: { length: LENGTH } }, ['window']],
  ['labels', 3, { kind: 'values', window: { length: LENGTH } }, ['value1', 'value2', 'value3']],
] as const)('is exported as a model of %s', async (_, values, layout, columns) => {
  const network = architecture('danq', { ...SMALL, values })
  const { metadata, difference } = await exportModel({
    architecture: network,
    tensors: randomTensors(network, LENGTH),
    layout,
    labels: 'independent',
    facts: MADE_FACTS,
  })
  expect(difference).toBeLessThan(1e-5)
  expect(metadata).toMatchObject({ kind: layout.kind, columns })
  expect('labels' in metadata && metadata.labels).toBe(values === 0 ? false : 'independent')
})

it('is trained as published: as labels, or with two classes by the same loss under its other name', () => {
  const configOf = (model: string, options: object) => resolveConfig([{ model, options }], { cores: 1 })
  expect(configOf('danq', {})).toMatchObject({
    epochs: 60,
    batchSize: 100,
    learningRate: 1e-3,
    loss: { kind: 'binary-cross-entropy' },
    optimiser: { kind: 'rmsprop', decay: 0.9 },
    patience: 5,
    metric: 'logLoss',
  })
  expect(configOf('danq-jaspar', {}).epochs).toBe(32)
  expect(configOf('danq', { values: 0 }).loss).toEqual({ kind: 'cross-entropy' })
})

it('names the fewest bases it reads', () => {
  expect(() => networkSize(architecture('danq'), 37)).toThrow(
    'model danq: expected windows of at least 38 bases, found 37',
  )
  expect(networkSize(architecture('danq'), 38).parameters).toBeGreaterThan(0)
})

const CACGTG = [...'CACGTG'].map(base => [...'ACGT'].map(other => (other === base ? 1 : 0)))

describe('motifs', () => {
  const network = architecture('danq-jaspar', { ...SMALL, width: 9, motifs: [CACGTG, CACGTG.slice(0, 3)] })
  const first = (seed: number) => randomTensors(network, LENGTH, seed)
  const biasOf = (seed: number) => {
    const { shape, initial } = tensorsOf(network, LENGTH).parameters.find(({ name }) => name === 'conv.bias')!
    return initial(shape, seededRandom(seed))
  }

  it('are what the first kernels begin with, less 0.25, in the order of the channels', () => {
    const weights = first(1).get('conv.weight')!
    // Channels A, G, C, T: of CACGTG rows 2, 0, 2, 1, 3, 1 are hit.
    const kernel = (filter: number) =>
      Array.from({ length: 4 }, (_, channel) =>
        weights.slice((filter * 4 + channel) * 9, (filter * 4 + channel + 1) * 9),
      )
    const hits = kernel(0).map(row => [...row].map(number => number === 0.75))
    const path = Array.from({ length: 9 }, (_, p) => hits.findIndex(row => row[p]))
    const start = path.findIndex(channel => channel >= 0)
    expect(path.slice(start, start + 6)).toEqual([2, 0, 2, 1, 3, 1])
    expect(path.filter(channel => channel >= 0)).toHaveLength(6)
    expect(
      kernel(0)
        .flatMap(row => [...row])
        .filter(number => number === -0.25),
    ).toHaveLength(18)
    expect(
      kernel(1)
        .flatMap(row => [...row])
        .filter(number => number === 0.75),
    ).toHaveLength(3)
    expect(
      kernel(2)
        .flatMap(row => [...row])
        .some(number => number === 0.75),
    ).toBe(false)
  })

  it('lie at a place that the seed draws, and have biases from -1 to 0', () => {
    const places = Array.from({ length: 20 }, (_, seed) =>
      first(seed + 1)
        .get('conv.weight')!
        .indexOf(0.75),
    )
    expect(new Set(places).size).toBeGreaterThan(2)
    const bias = biasOf(3)
    expect(bias.slice(0, 2).every(number => number < 0 && number >= -1)).toBe(true)
    expect([...bias.slice(2)]).toEqual([0, 0, 0, 0])
  })

  it('are no more than there are kernels, and probabilities', () => {
    const motifs = Array.from({ length: 7 }, () => CACGTG)
    expect(() => architecture('danq-jaspar', { ...SMALL, motifs })).toThrow(
      'expected a kernel for each of the 7 motifs, found 6',
    )
    expect(() => architecture('danq-jaspar', { motifs: [[[0.5, 0.5, 0.5, 0]]] })).toThrow(
      'expected a list of motifs',
    )
  })

  it('longer than a kernel are cut to what says most', () => {
    const vague = [0.25, 0.25, 0.25, 0.25]
    const long = [vague, vague, ...CACGTG, vague]
    const cut = architecture('danq-jaspar', { ...SMALL, width: 6, motifs: [long] })
    const weights = randomTensors(cut, LENGTH).get('conv.weight')!
    expect([...weights.slice(0, 24)].filter(number => number === 0.75)).toHaveLength(6)
  })
})
