import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { openSession } from '../../../src/graph/session.ts'
import type { TensorLayout } from '../../../src/graph/tensor-layout.ts'
import { architecture } from '../../../src/models/registry.ts'
import { OPTIMISER_DEFAULTS } from '../../../src/training/optimisers.ts'
import { gradientGraph, gradientProgram, stateLayout } from '../../../src/training/program.ts'
import { randomCodes } from '../../support/random-tensors.ts'

const BATCH = 8
const LENGTH = 120

it.each<[string, Record<string, unknown>]>([
  ['yeast-cnn', { channels: 4 }],
  ['yeast-cnn', { channels: 4, variant: '4resblock' }],
  ['yeast-rnn', { input: 'window', filters: 4, units: 3, hidden: 5, dropout: 0 }],
])('%s with %j learns numbers', async (name, options) => {
  const network = architecture(name, { ...options, head: 'linear' })
  const layout = stateLayout(network, LENGTH)
  const settings = {
    architecture: network,
    windowLength: LENGTH,
    sites: {},
    batch: BATCH,
    loss: { kind: 'mean-squared-error' },
    optimiser: OPTIMISER_DEFAULTS.sgd,
    clip: {},
  } as const
  const random = seededRandom(5)
  const firstOf = ({ tensors }: TensorLayout) =>
    Float32Array.from(tensors.flatMap(({ shape, initial }) => [...initial(shape, random)]))
  const vector = (data: Float32Array) => ({ type: 'float32', dims: [data.length], data }) as const
  let parameters = firstOf(layout.parameters)
  const targets = Float32Array.from({ length: BATCH }, (_, i) => (i % 2 === 0 ? 0.9 : 0.1))
  const constants = {
    statistics: vector(firstOf(layout.statistics)),
    codes: { type: 'uint8', dims: [BATCH, LENGTH], data: randomCodes(BATCH * LENGTH) },
    truth: { type: 'float32', dims: [BATCH, 1], data: targets },
    weights: vector(new Float32Array(BATCH).fill(1)),
  } as const
  const bytes = await gradientGraph(gradientProgram(settings, layout)).toBytes()
  const session = await openSession(bytes, { provider: 'cpu', threads: 1, optimise: false })
  const losses: number[] = []
  for (let step = 0; step < 30; step++) {
    const { loss, gradient } = await session.run({ parameters: vector(parameters), ...constants })
    losses.push((loss!.data as Float32Array)[0]!)
    const slope = gradient!.data as Float32Array
    parameters = parameters.map((x, i) => x - 0.01 * slope[i]!)
  }
  await session.close()
  expect(losses.every(Number.isFinite)).toBe(true)
  expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!)
})
