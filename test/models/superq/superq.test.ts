import { describe, expect, it } from 'vitest'
import { exportModel } from '../../../src/export/export-model.ts'
import { type Architecture, encoderOf, tensorsOf } from '../../../src/models/architecture.ts'
import { presetOptions } from '../../../src/models/network-entry.ts'
import { architecture, networkEntry, networkSize } from '../../../src/models/registry.ts'
import { resolveConfig } from '../../../src/training/run-config.ts'
import { MADE_FACTS } from '../../support/made-facts.ts'
import { bothEngines } from '../../support/network-check.ts'
import { randomTensors } from '../../support/random-tensors.ts'

const LENGTH = 31
const RECURRENT = { filters: 6, width: 5, pool: 3, units: 4, code: 7 }
const SMALL: [string, Record<string, number>][] = [
  ['superq-as-reported', { filters: 6, width: 5, code: 7 }],
  ['superq-repaired', RECURRENT],
  ['superq-2d', { filters: 3, width: 4, pool: 2, code: 7 }],
]

it.each([
  ['superq-as-reported', 158_038_100],
  ['superq-repaired', 27_679_060],
  // Ours.
  ['superq-2d', 18_033_076],
])('%s has %i parameters for windows of 1,000', (name, parameters) => {
  const network = architecture(name)
  expect([network.output, network.channels]).toEqual(['bases', [0, 2, 1, 3]])
  expect(networkSize(network, 1000)).toEqual({ parameters, statistics: 0 })
})

it.each(SMALL)('the reduced %s is for windows of 101', name => {
  const network = architecture(name, presetOptions(networkEntry(name), 'reduced'))
  expect(networkSize(network, 101).parameters).toBeLessThan(1_300_000)
})

describe.each(SMALL)('%s', (name, options) => {
  const network = architecture(name, options)

  it('gives a number for each base, the same in ONNX Runtime and in TensorFlow.js', async () => {
    expect((await bothEngines(network, LENGTH)).slice(1)).toEqual([4, 1, LENGTH])
  })

  it.each(['exclusive', 'numbers'] as const)('is exported as bases, %s', async labels => {
    const layout = { kind: 'bases', window: { length: LENGTH } } as const
    const tensors = randomTensors(network, LENGTH)
    const { metadata, difference } = await exportModel({
      architecture: network,
      tensors,
      layout,
      labels,
      facts: MADE_FACTS,
    })
    expect(difference).toBeLessThan(1e-5)
    expect(metadata).toMatchObject({ ...layout, columns: ['A', 'G', 'C', 'T'] })
    expect(metadata.kind === 'bases' && metadata.labels).toBe(labels === 'exclusive' ? labels : undefined)
  })

  it('has an encoder, exported as numbers, whose tensors are those of the whole', async () => {
    const encoder = encoderOf(network) as Architecture
    const tensors = randomTensors(network, LENGTH)
    const names = tensorsOf(encoder, LENGTH).parameters.map(tensor => tensor.name)
    expect(names.every(name => tensors.has(name))).toBe(true)
    expect(tensors.size - names.length).toBe(2)
    const layout = { kind: 'values', window: { length: LENGTH } } as const
    const { metadata } = await exportModel({
      architecture: encoder,
      tensors,
      layout,
      labels: 'exclusive',
      facts: MADE_FACTS,
    })
    expect(metadata).toMatchObject({
      kind: 'values',
      columns: Array.from({ length: 7 }, (_, i) => `code${i + 1}`),
    })
    expect('labels' in metadata).toBe(false)
  })
})

it('networks of anything else have no encoder', () => {
  expect(encoderOf(architecture('danq'))).toBeUndefined()
})

it('is trained as reported, and repaired as we chose', () => {
  const configOf = (model: string) => resolveConfig([{ model }], { cores: 1 })
  expect(configOf('superq-as-reported')).toMatchObject({
    epochs: 10,
    batchSize: 100,
    learningRate: 0.015,
    loss: { kind: 'mean-squared-error' },
    optimiser: { kind: 'nadam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    metric: 'baseAccuracy',
  })
  for (const name of ['superq-repaired', 'superq-2d']) {
    expect(configOf(name)).toMatchObject({
      learningRate: 1e-3,
      loss: { kind: 'cross-entropy' },
      patience: 2,
      metric: 'logLoss',
    })
  }
})
