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
    [{ learningRate: 'fast' }, 'setting learningRate: expected a number of at least 0, found "fast"'],
    [{ engine: 'torch' }, 'setting engine: expected one of ort, tfjs, found "torch"'],
    [
      { optimiser: 'lion' },
      'setting optimiser.kind: expected one of sgd, adam, adamw, nadam, rmsprop, found "lion"',
    ],
    [{ optimiser: { momentum: 0.9 } }, 'setting optimiser.momentum: adamw has no such setting'],
    [{ optimiser: { beta1: 'x' } }, 'setting optimiser.beta1: expected a value like 0.9, found "x"'],
    [{ schedule: 'linear' }, 'setting schedule.kind: expected one of constant'],
    [
      { loss: { kind: 'cross-entropy', gamma: 2 } },
      'setting loss.gamma: only focal has it, found cross-entropy',
    ],
    [{ loss: { classWeights: 3 } }, 'setting loss.classWeights: expected a list of numbers'],
    [{ clip: { length: 1 } }, 'setting clip.length: expected norm or value'],
    [{ metric: 'f1' }, 'setting metric: expected one of auprc'],
    [{ shards: 3 }, 'setting batchSize: expected a multiple of the 3 shards, found 100'],
    [{ engine: 'tfjs', shards: 2 }, 'setting shards: expected 1 with the engine tfjs, found 2'],
  ])('%j', (settings, message) => {
    expect(() => resolve(settings)).toThrow(message)
  })
})
