import { describe, expect, it } from 'vitest'
import { type PartialConfig, resolveConfig } from '../../src/training/run-config.ts'

const MACHINE = { cores: 4 }
const resolve = (...layers: PartialConfig[]) => resolveConfig([{ model: 'splam' }, ...layers], MACHINE)

describe('a run is configured', () => {
  it('by the recipe the model was published with', () => {
    expect(resolve()).toMatchObject({
      epochs: 15,
      batchSize: 100,
      learningRate: 0.001,
      loss: { kind: 'focal', gamma: 2 },
      optimiser: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
      schedule: { kind: 'warmup-cosine', warmupSteps: 1000 },
    })
  })

  it('by the later layer over the earlier, object by object', () => {
    const config = resolve(
      { options: { channels: 16 }, epochs: 3, schedule: { warmupSteps: 50 } },
      { options: { groups: 2 }, epochs: 4 },
    )
    expect(config).toMatchObject({
      options: { channels: 16, groups: 2 },
      epochs: 4,
      schedule: { kind: 'warmup-cosine', warmupSteps: 50 },
    })
  })

  it('by another kind with its own numbers, not those of the kind before', () => {
    expect(resolve({ optimiser: 'sgd' }).optimiser).toEqual({
      kind: 'sgd',
      momentum: 0.9,
      nesterov: true,
      weightDecay: 0,
    })
    expect(resolve({ loss: { kind: 'cross-entropy' } }).loss).toEqual({ kind: 'cross-entropy' })
  })

  it('with two shards on a CPU of several cores, and one otherwise', () => {
    expect(resolve()).toMatchObject({ shards: 2, threads: 2 })
    expect(resolve({ batchSize: 15 })).toMatchObject({ shards: 1, threads: 4 })
    expect(resolve({ engine: 'tfjs' }).shards).toBe(1)
    expect(resolve({ provider: 'cuda' }).shards).toBe(1)
    expect(resolveConfig([{ model: 'splam' }], { cores: 1 })).toMatchObject({ shards: 1, threads: 1 })
  })

  it('to the same settings again from what it was resolved to', () => {
    const config = resolve({ sampling: { negativesPerPositive: 2 }, clip: { norm: 1 } })
    expect(resolveConfig([JSON.parse(JSON.stringify(config))], { cores: 64 })).toEqual(config)
  })
})

describe('a wrong setting is named, with what was expected and found', () => {
  it.each<[PartialConfig, string]>([
    [{ epoch: 3 } as PartialConfig, 'setting epoch: expected one of model, options, engine'],
    [{ epochs: 0 }, 'setting epochs: expected a whole number of at least 1, found 0'],
    [{ batchSize: 2.5 }, 'setting batchSize: expected a whole number of at least 1, found 2.5'],
    [{ learningRate: 'fast' }, 'setting learningRate: expected a number above 0, found "fast"'],
    [{ engine: 'torch' }, 'setting engine: expected one of ort, tfjs, found "torch"'],
    [
      { optimiser: 'lion' },
      'setting optimiser.kind: expected one of sgd, adam, adamw, nadam, rmsprop, found "lion"',
    ],
    [{ optimiser: { momentum: 0.9 } }, 'setting optimiser.momentum: adamw has no such setting'],
    [
      { optimiser: { beta1: 'x' } },
      'setting optimiser.beta1: expected a number from 0 to below 1, found "x"',
    ],
    [{ schedule: 'linear' }, 'setting schedule.kind: expected one of constant'],
    [
      { loss: { kind: 'cross-entropy', gamma: 2 } },
      'setting loss.gamma: only focal has it, found cross-entropy',
    ],
    [{ loss: { classWeights: 3 } }, 'setting loss.classWeights: expected a list of numbers'],
    [{ clip: { length: 1 } }, 'setting clip.length: expected norm or value'],
    [{ metric: 'f1' }, 'setting metric: expected one of auprc'],
    [
      { operatingPoint: { kind: 'specificity', value: 0.9 } },
      'setting operatingPoint.kind: expected one of sensitivity, precision, found "specificity"',
    ],
    [
      { operatingPoint: { kind: 'precision' } },
      'setting operatingPoint.value: expected a number above 0, at most 1',
    ],
    [{ operatingPoint: { target: 0.9 } }, 'setting operatingPoint.target: expected kind or value'],
    [{ shards: 3 }, 'setting batchSize: expected a multiple of the 3 shards, found 100'],
    [{ engine: 'tfjs', shards: 2 }, 'setting shards: expected 1 with the engine tfjs, found 2'],
  ])('%j', (settings, message) => {
    expect(() => resolve(settings)).toThrow(message)
  })
})

const SHARE = 'expected a number from 0 to below 1, found'
const ABOVE_0 = 'expected a number above 0, found'
const FROM_0 = 'expected a number of at least 0, found'
const WEIGHTS = 'expected a list of numbers of at least 0, one for each class, found'
const RATIOS = 'expected a number above 0, or an object with one for each negative class, found'

describe('a number out of its range is named', () => {
  it.each<[PartialConfig, string]>([
    [{ learningRate: 0 }, `learningRate: ${ABOVE_0} 0`],
    [{ learningRate: Infinity }, `learningRate: ${ABOVE_0} Infinity`],
    [{ learningRate: Number.NaN }, `learningRate: ${ABOVE_0} NaN`],
    [{ seed: 2 ** 32 }, 'seed: expected a whole number from 0 to 4294967295, found 4294967296'],
    [{ seed: -1 }, 'seed: expected a whole number from 0 to 4294967295, found -1'],
    [{ epochs: 1e300 }, 'epochs: expected a whole number of at least 1, found 1e+300'],
    [{ averaging: 1 }, `averaging: ${SHARE} 1`],
    [{ optimiser: { beta1: 1 } }, `optimiser.beta1: ${SHARE} 1`],
    [{ optimiser: { beta2: -0.1 } }, `optimiser.beta2: ${SHARE} -0.1`],
    [{ optimiser: { epsilon: 0 } }, `optimiser.epsilon: ${ABOVE_0} 0`],
    [{ optimiser: { weightDecay: -1 } }, `optimiser.weightDecay: ${FROM_0} -1`],
    [{ optimiser: { weightDecay: Infinity } }, `optimiser.weightDecay: ${FROM_0} Infinity`],
    [{ optimiser: { kind: 'sgd', momentum: 1 } }, `optimiser.momentum: ${SHARE} 1`],
    [{ optimiser: { kind: 'sgd', nesterov: 1 } }, 'optimiser.nesterov: expected true or false, found 1'],
    [{ optimiser: { kind: 'rmsprop', decay: 1 } }, `optimiser.decay: ${SHARE} 1`],
    [{ schedule: { warmupSteps: 2.5 } }, 'schedule.warmupSteps: expected a whole number of at least 0'],
    [{ schedule: { kind: 'step', factor: 0 } }, `schedule.factor: ${ABOVE_0} 0`],
    [
      { schedule: { kind: 'step', epochs: [0, 2] } },
      'schedule.epochs: expected a list of whole numbers of at least 1, found [0,2]',
    ],
    [{ schedule: { kind: 'step', epochs: 3 } }, 'schedule.epochs: expected a list of whole numbers'],
    [{ schedule: { kind: 'inverse', decay: -1 } }, `schedule.decay: ${FROM_0} -1`],
    [{ loss: { gamma: -1 } }, `loss.gamma: ${FROM_0} -1`],
    [{ loss: { classWeights: [1, Infinity, 1] } }, `loss.classWeights: ${WEIGHTS}`],
    [{ loss: { classWeights: [1, -1, 1] } }, `loss.classWeights: ${WEIGHTS} [1,-1,1]`],
    [{ clip: { norm: 0 } }, `clip.norm: ${ABOVE_0} 0`],
    [{ classRatio: -1 }, `classRatio: ${FROM_0} -1`],
    [{ teacherShare: 1.5 }, 'teacherShare: expected a number from 0 to 1, found 1.5'],
    [{ operatingPoint: { value: 0 } }, 'operatingPoint.value: expected a number above 0, at most 1, found 0'],
    [{ operatingPoint: { value: 1.1 } }, 'operatingPoint.value: expected a number above 0, at most 1'],
    [{ clip: { value: Infinity } }, `clip.value: ${ABOVE_0} Infinity`],
  ])('%j', (settings, message) => {
    expect(() => resolve(settings)).toThrow(`setting ${message}`)
  })

  it('and the ends of the ranges are in them', () => {
    const config = resolve({
      seed: 2 ** 32 - 1,
      optimiser: { beta1: 0, weightDecay: 0 },
      schedule: { warmupSteps: 0 },
      loss: { gamma: 0, classWeights: [0, 1, 1] },
    })
    expect(config).toMatchObject({
      seed: 4_294_967_295,
      optimiser: { kind: 'adamw', beta1: 0, weightDecay: 0 },
      schedule: { kind: 'warmup-cosine', warmupSteps: 0 },
      loss: { kind: 'focal', gamma: 0, classWeights: [0, 1, 1] },
    })
  })
})

describe('no setting is passed over', () => {
  it.each<[PartialConfig, string]>([
    [{ toString: 1 } as PartialConfig, 'setting toString: expected one of model, options'],
    [{ optimiser: { constructor: 1 } }, 'setting optimiser.constructor: adamw has no such setting'],
    [
      { loss: { kind: 'mean-squared-error', classWeights: [1] } },
      'setting loss.classWeights: losses of classes have them, found mean-squared-error',
    ],
    [{ loss: { weights: [1] } }, 'setting loss.weights: expected kind, gamma or classWeights'],
    [
      { sampling: { balanced: true } },
      'setting sampling.balanced: expected balance, negativesPerPositive or examplesPerEpoch',
    ],
    [{ sampling: 'balanced' }, 'setting sampling: expected an object, found "balanced"'],
    [
      { sampling: { balance: 'even' } },
      'setting sampling.balance: expected one of natural, balanced, found "even"',
    ],
    [{ sampling: { balance: null } }, 'setting sampling.balance: expected one of natural, balanced'],
    [{ sampling: { negativesPerPositive: '2' } }, `setting sampling.negativesPerPositive: ${RATIOS} "2"`],
    [{ sampling: { negativesPerPositive: 0 } }, `setting sampling.negativesPerPositive: ${RATIOS} 0`],
    [{ sampling: { negativesPerPositive: [2] } }, `setting sampling.negativesPerPositive: ${RATIOS} [2]`],
    [{ sampling: { negativesPerPositive: {} } }, `setting sampling.negativesPerPositive: ${RATIOS} {}`],
    [
      { sampling: { negativesPerPositive: { negative: '1' } } },
      `setting sampling.negativesPerPositive.negative: ${ABOVE_0} "1"`,
    ],
    [
      { sampling: { examplesPerEpoch: 0 } },
      'setting sampling.examplesPerEpoch: expected a whole number of at least 1, found 0',
    ],
    [
      { sampling: { examplesPerEpoch: 2.5 } },
      'setting sampling.examplesPerEpoch: expected a whole number of at least 1, found 2.5',
    ],
  ])('%j', (settings, message) => {
    expect(() => resolve(settings)).toThrow(message)
  })

  it.each([
    {},
    { balance: 'natural' },
    { balance: 'balanced', examplesPerEpoch: 1 },
    { negativesPerPositive: 0.5 },
    { negativesPerPositive: { negative: 1, 'negative-random': 3 }, examplesPerEpoch: 1000 },
  ])('sampling %j is kept as it is', sampling => {
    expect(resolve({ sampling }).sampling).toEqual(sampling)
  })
})
