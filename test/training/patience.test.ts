import { describe, expect, it } from 'vitest'
import type { EpochRecord } from '../../src/training/checkpoint.ts'
import { lastGain } from '../../src/training/patience.ts'
import { resolveConfig } from '../../src/training/run-config.ts'
import { isOver } from '../../src/training/trainer.ts'
import type { MetricName } from '../../src/training/validation.ts'

const history = (metric: MetricName, values: readonly (number | undefined)[]): EpochRecord[] =>
  values.map((value, i) => ({
    epoch: i + 1,
    step: i,
    learningRate: 0.1,
    trainLoss: 1,
    metrics: value === undefined ? {} : { [metric]: value },
  }))

describe('the last epoch that was better', () => {
  it.each<[string, MetricName, number, (number | undefined)[], number | undefined]>([
    ['by any amount', 'mse', 0, [0.2, 0.1999, 0.3], 2],
    ['by more than the least amount', 'mse', 0.001, [0.2, 0.1995, 0.1985, 0.198], 3],
    ['by exactly the least amount does not count', 'mse', 0.25, [1, 0.75], 1],
    ['than the last that counted, not than the last that was best', 'mse', 0.01, [0.2, 0.195, 0.189], 3],
    ['where larger is better', 'auprc', 0.01, [0.5, 0.505, 0.52, 0.515], 3],
    ['is none without a number', 'mse', 0, [Number.NaN, undefined], undefined],
    ['passes over epochs without a number', 'pearson', 0, [0.1, Number.NaN, 0.2], 3],
  ])('%s', (_, metric, minDelta, values, expected) => {
    expect(lastGain(history(metric, values), metric, minDelta)).toBe(expected)
  })
})

describe('a run ends', () => {
  const settings = { epochs: 9, patience: 2, metric: 'mse', minDelta: 0.001 } as const
  it.each<[string, number[], object, boolean]>([
    ['after so many epochs that were not better by enough', [0.2, 0.1995, 0.1993], {}, true],
    ['not while they are', [0.2, 0.1985, 0.197], {}, false],
    ['not where any gain counts', [0.2, 0.1995, 0.1993], { minDelta: 0 }, false],
    ['never without patience', [0.2, 0.3, 0.4], { patience: 0 }, false],
    ['when all epochs are done', [0.3, 0.2, 0.1], { epochs: 3 }, true],
  ])('%s', (_, values, changed, over) => {
    const position = { epoch: values.length, history: history('mse', values) }
    expect(isOver(position, { ...settings, ...changed })).toBe(over)
  })
})

it('a gain of 0.001 counts for the yeast networks, as published, and any gain for others', () => {
  expect(resolveConfig([{ model: 'yeast-cnn' }], { cores: 1 })).toMatchObject({
    patience: 2,
    minDelta: 0.001,
  })
  expect(resolveConfig([{ model: 'splam' }], { cores: 1 }).minDelta).toBe(0)
  expect(() => resolveConfig([{ model: 'splam', minDelta: -1 }], { cores: 1 })).toThrow(
    'setting minDelta: expected a number of at least 0, found -1',
  )
})
