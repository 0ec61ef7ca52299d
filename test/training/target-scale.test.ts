import { describe, expect, it } from 'vitest'
import { openSession } from '../../src/graph/session.ts'
import { architecture } from '../../src/models/registry.ts'
import { drawnState } from '../../src/training/first-state.ts'
import type { LossSettings } from '../../src/training/losses.ts'
import { OPTIMISER_DEFAULTS } from '../../src/training/optimisers.ts'
import { gradientGraph, gradientProgram, stateLayout } from '../../src/training/program.ts'
import { withTargetScale } from '../../src/training/target-scale.ts'

import { randomCodes, randomTensors } from '../support/random-tensors.ts'

const LENGTH = 24
const SMALL = { filters: 2, convolutions: 1, blocks: 1, units: 2, hidden: 3, dropout: 0, values: 2 }
const MSE: LossSettings = { kind: 'mean-squared-error' }
const CONFIG = { seed: 1, optimiser: OPTIMISER_DEFAULTS.adam, averaging: 0 }

/** Of five examples three are trained on. */
const DATASET = {
  targets: { values: Float32Array.of(100, 100, 1, 7, 2, 7, 6, 7, 100, 100), columns: 2 },
  splits: {
    train: Uint32Array.of(1, 2, 3),
    validation: Uint32Array.of(0),
    test: Uint32Array.of(4),
  },
}

function statisticsAfter(
  options: object,
  dataset: Parameters<typeof withTargetScale>[2],
  loss: LossSettings,
) {
  const layout = stateLayout(architecture('promoter-net', { ...SMALL, ...options }), LENGTH)
  const before = drawnState(layout, CONFIG)
  const after = withTargetScale(before, layout, dataset, { loss })
  return { before, after, named: new Map(layout.statistics.named(after.statistics)) }
}

describe('a network that standardises its targets', () => {
  it('begins with the mean and deviation of each among the training examples', () => {
    const { before, after, named } = statisticsAfter({}, DATASET, MSE)
    expect([...named.get('targets.mean')!]).toEqual([3, 7])
    // Of 1, 2, 6; a target that is the same everywhere is only shifted.
    expect([...named.get('targets.scale')!]).toEqual([expect.closeTo(Math.sqrt(14 / 3), 6), 1])
    expect(after.parameters).toBe(before.parameters)
    expect(before.statistics).not.toEqual(after.statistics)
  })

  it.each<[string, object, Parameters<typeof withTargetScale>[2], LossSettings]>([
    ['learns labels of 0 and 1', {}, DATASET, { kind: 'binary-cross-entropy' }],
    ['has another number of outputs, which is refused later', { values: 3 }, DATASET, MSE],
    ['has no targets', {}, { ...DATASET, targets: undefined }, MSE],
    ['is told not to', { standardise: false }, DATASET, MSE],
  ])('leaves them as they are where it %s', (_, options, dataset, loss) => {
    const { before, after } = statisticsAfter(options, dataset, loss)
    expect(after).toBe(before)
  })

  it('compares its numbers with standardised targets', async () => {
    const truth = Float32Array.of(1, 7, 2, 9, 6, 8)
    const [mean, scale] = [
      [3, 7],
      [2, 0.5],
    ]
    const expected = await lossOf(
      { standardise: false },
      truth.map((x, i) => (x - mean![i % 2]!) / scale![i % 2]!),
    )
    expect(await lossOf({}, truth, { mean: mean!, scale: scale! })).toBeCloseTo(expected, 4)
  })
})

/** Returns the loss of a batch of three with random tensors. */
async function lossOf(
  options: object,
  truth: Float32Array,
  targets?: { mean: number[]; scale: number[] },
): Promise<number> {
  const network = architecture('promoter-net', { ...SMALL, ...options })
  const layout = stateLayout(network, LENGTH)
  const tensors = randomTensors(network, LENGTH)
  if (targets) {
    tensors.set('targets.mean', Float32Array.from(targets.mean))
    tensors.set('targets.scale', Float32Array.from(targets.scale))
  }
  const vector = (data: Float32Array) => ({ type: 'float32', dims: [data.length], data }) as const
  const flat = (part: 'parameters' | 'statistics') =>
    vector(Float32Array.from(layout[part].tensors.flatMap(({ name }) => [...tensors.get(name)!])))
  const program = gradientProgram(
    {
      architecture: network,
      windowLength: LENGTH,
      sites: {},
      batch: 3,
      loss: MSE,
      optimiser: OPTIMISER_DEFAULTS.adam,
      clip: {},
    },
    layout,
  )
  const session = await openSession(await gradientGraph(program).toBytes(), { provider: 'cpu', threads: 1 })
  const { loss } = await session.run({
    parameters: flat('parameters'),
    statistics: flat('statistics'),
    codes: { type: 'uint8', dims: [3, LENGTH], data: randomCodes(3 * LENGTH) },
    truth: { type: 'float32', dims: [3, 2], data: truth },
    weights: vector(new Float32Array(3).fill(1)),
  })
  await session.close()
  return (loss!.data as Float32Array)[0]!
}
