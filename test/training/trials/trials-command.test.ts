import { describe, expect, it } from 'vitest'
import { trialsAsked, withoutTrials } from '../../../src/cli/commands/train-trials.ts'
import { resolveConfig } from '../../../src/training/run-config.ts'

const config = resolveConfig([{ model: 'deepbind' }], { cores: 1 })

describe('settings of trials on the command line', () => {
  it('are told from those of the run, the later over the earlier, spaces setting by setting', () => {
    const momentum = { kind: 'uniform', least: 0, most: 0.9 }
    const given = withoutTrials([
      {
        model: 'deepbind',
        trials: { count: 30, folds: 3, space: { learningRate: [0.1], optimiser: { momentum } } },
      },
      { epochs: 3 },
      { trials: { folds: 5 } },
      { trials: { space: { learningRate: { kind: 'uniform', least: 1, most: 2 } } } },
      { trials: { space: { optimiser: { weightDecay: [0] } } } },
    ])
    expect(given.layers).toEqual([{ model: 'deepbind' }, { epochs: 3 }, {}, {}, {}])
    expect(given.trials).toEqual({
      count: 30,
      folds: 5,
      space: {
        learningRate: { kind: 'uniform', least: 1, most: 2 },
        optimiser: { momentum, weightDecay: [0] },
      },
    })
  })

  it('ask for trials by a number of them, by flag or setting', () => {
    expect(trialsAsked({}, undefined, config)).toBeUndefined()
    expect(trialsAsked({}, 4, config)).toMatchObject({ count: 4, folds: 3, finals: 6, steps: 4000 })
    expect(trialsAsked({ count: 5, folds: 2 }, undefined, config)).toMatchObject({ count: 5, folds: 2 })
    expect(trialsAsked({ count: 5 }, 6, config)).toMatchObject({ count: 6 })
  })

  it('without a number, or as no group, are refused', () => {
    expect(() => trialsAsked({ folds: 2 }, undefined, config)).toThrow(
      'setting trials: expected the number of trials, found none',
    )
    expect(() => withoutTrials([{ trials: 3 }])).toThrow(
      'setting trials: expected a group of settings, found 3',
    )
  })
})
