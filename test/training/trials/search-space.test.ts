import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { architecture } from '../../../src/models/registry.ts'
import { type PartialConfig, resolveConfig } from '../../../src/training/run-config.ts'
import {
  type Distribution,
  drawSettings,
  layerOf,
  searchSpace,
  searchSpaceOf,
} from '../../../src/training/trials/search-space.ts'
import { stepsOf, trialSettings, withSteps } from '../../../src/training/trials/trial-settings.ts'

const configOf = (...layers: PartialConfig[]) => resolveConfig(layers, { cores: 1 })

/** Returns numbers drawn of a distribution. */
function drawn(distribution: Distribution, count = 4000): number[] {
  const random = seededRandom(1)
  return Array.from({ length: count }, () => drawSettings({ x: distribution }, random).x as number)
}

const shareBelow = (numbers: readonly number[], limit: number) =>
  numbers.filter(number => number < limit).length / numbers.length

describe('a setting is drawn', () => {
  it.each<[Distribution, number, number]>([
    [{ kind: 'uniform', least: 2, most: 4 }, 3, 0.5],
    [{ kind: 'log-uniform', least: 1e-4, most: 1 }, 1e-3, 0.25],
    // sqrt(u) < 1/2 for a quarter.
    [{ kind: 'root-uniform', least: 0.95, most: 0.99 }, 0.97, 0.25],
  ])('by %j: below %d in a share of %d', (distribution, limit, share) => {
    const numbers = drawn(distribution)
    expect(shareBelow(numbers, limit)).toBeCloseTo(share, 1)
    const { least, most } = distribution as { least: number; most: number }
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(least)
    expect(Math.max(...numbers)).toBeLessThanOrEqual(most)
  })

  it('by choice: a value named twice twice as often', () => {
    const numbers = drawn({ kind: 'choice', values: [0, 0, 0.25, 0.5] })
    expect(shareBelow(numbers, 0.1)).toBeCloseTo(0.5, 1)
    expect(new Set(numbers)).toEqual(new Set([0, 0.25, 0.5]))
  })

  it('the same by the same seed, whatever the order of the paths, and otherwise by another', () => {
    fc.assert(
      fc.property(fc.nat(), seed => {
        const rate = { kind: 'uniform', least: 0, most: 1 } as const
        const draw = (s: number, paths: string[]) =>
          drawSettings(Object.fromEntries(paths.map(path => [path, rate])), seededRandom(s))
        expect(draw(seed, ['a', 'b'])).toEqual(draw(seed, ['b', 'a']))
        expect(draw(seed, ['a', 'b'])).not.toEqual(draw(seed + 1, ['a', 'b']))
      }),
    )
  })

  it('and laid over a configuration by its path', () => {
    const layer = layerOf({
      learningRate: 0.5,
      'optimiser.momentum': 0.97,
      'options.hidden': 32,
      'options.dropout': 0,
    })
    expect(layer).toEqual({
      learningRate: 0.5,
      optimiser: { momentum: 0.97 },
      options: { hidden: 32, dropout: 0 },
    })
    const config = configOf({ model: 'deepbind', options: { pooling: 'max-mean' } }, layer)
    expect(config.options).toEqual({ pooling: 'max-mean', hidden: 32, dropout: 0 })
    expect(config.optimiser).toMatchObject({ kind: 'sgd', momentum: 0.97, nesterov: false })
  })
})

describe('the space', () => {
  it("of DeepBind is the published one, and each draw of it a configuration of the network's", () => {
    const config = configOf({ model: 'deepbind' })
    const space = searchSpaceOf(config, {})
    expect(Object.keys(space).sort()).toEqual([
      'learningRate',
      'optimiser.momentum',
      'optimiser.weightDecay',
      'options.denseScale',
      'options.dropout',
      'options.hidden',
      'options.motifScale',
    ])
    for (let seed = 0; seed < 20; seed++) {
      const { model, options, learningRate, optimiser } = configOf(
        { ...config },
        layerOf(drawSettings(space, seededRandom(seed))),
      )
      expect([0, 32]).toContain(architecture(model, options).options.hidden)
      expect(learningRate >= 5e-4 && learningRate <= 5e-2).toBe(true)
      expect(optimiser).toMatchObject({ kind: 'sgd' })
    }
  })

  it.each([
    ['splam', ['learningRate']],
    ['cnn', ['learningRate', 'options.dropout']],
  ])('of %s is the rate within a factor of ten, and dropout where it has any', (model, paths) => {
    const config = configOf({ model, learningRate: 0.01 })
    const { space } = trialSettings({}, config)
    expect(Object.keys(space)).toEqual(paths)
    expect(space.learningRate).toEqual({ kind: 'log-uniform', least: 0.001, most: 0.1 })
  })

  it('may be given, with whole paths or as groups, and a list for a choice', () => {
    const space = {
      'optimiser.momentum': { kind: 'uniform', least: 0, most: 0.9 },
      options: { hidden: [0, 32], dropout: { kind: 'choice', values: [0.5] } },
    }
    expect(searchSpace(space)).toEqual({
      'optimiser.momentum': { kind: 'uniform', least: 0, most: 0.9 },
      'options.hidden': { kind: 'choice', values: [0, 32] },
      'options.dropout': { kind: 'choice', values: [0.5] },
    })
  })

  it.each<[unknown, string]>([
    [{}, 'trials.space: expected at least one setting'],
    [3, 'setting trials.space: expected an object, found 3'],
    [{ x: [] }, 'setting trials.space.x.values: expected a list of values'],
    [{ x: { kind: 'normal' } }, 'setting trials.space.x.kind: expected one of uniform'],
    [{ x: { kind: 'uniform', least: 2, most: 1 } }, 'setting trials.space.x: expected least and most'],
    [
      { x: { kind: 'log-uniform', least: 0, most: 1 } },
      'setting trials.space.x.least: expected a number above 0',
    ],
    [{ x: { kind: 'uniform', least: 0, most: 1, step: 1 } }, 'setting trials.space.x.step: expected kind'],
  ])('%j is refused', (space, message) => {
    expect(() => searchSpace(space)).toThrow(message)
  })
})

describe('the settings of trials', () => {
  it('of DeepBind are the published ones', () => {
    expect(trialSettings({}, configOf({ model: 'deepbind' }))).toMatchObject({
      count: 30,
      folds: 3,
      finals: 6,
      steps: 4000,
      finalSteps: 20_000,
    })
  })

  it.each<[unknown, string]>([
    [{ count: 0 }, 'setting trials.count: expected a whole number of at least 1, found 0'],
    [{ folds: 1 }, 'setting trials.folds: expected a whole number of at least 2, found 1'],
    [{ trials: 3 }, 'setting trials.trials: expected count, folds'],
  ])('%j are refused', (given, message) => {
    expect(() => trialSettings(given, configOf({ model: 'cnn' }))).toThrow(message)
  })

  it.each([
    // Epochs larger than a fifth of the steps are cut, so that the run is judged five times.
    [1000, 900, { epochs: 5, examplesPerEpoch: 200 * 64, steps: 1000 }],
    [1000, 150, { epochs: 6, examplesPerEpoch: undefined, steps: 900 }],
    [3, 100, { epochs: 3, examplesPerEpoch: 64, steps: 3 }],
  ])('%i steps of %i an epoch are %j', (steps, perEpoch, expected) => {
    const { epochs, sampling } = withSteps(configOf({ model: 'deepbind' }), steps, perEpoch)
    const { examplesPerEpoch } = sampling
    const size = examplesPerEpoch === undefined ? perEpoch : examplesPerEpoch / 64
    expect({ epochs, examplesPerEpoch, steps: epochs * size }).toEqual(expected)
  })

  it('are a fifth of the epochs where no steps are named', () => {
    const config = configOf({ model: 'cnn', epochs: 10 })
    expect(stepsOf(trialSettings({}, config), config, 40)).toEqual({ trial: 80, final: 400 })
    expect(stepsOf(trialSettings({ steps: 7 }, config), config, 40)).toEqual({ trial: 7, final: 400 })
  })
})
