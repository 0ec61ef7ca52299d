import { describe, expect, it } from 'vitest'
import { InputDataError, UsageError } from '../../src/core/errors.ts'
import { gradients } from '../../src/graph/gradient.ts'
import { input } from '../../src/graph/ops/leaves.ts'
import { architecture } from '../../src/models/registry.ts'
import { reconstructionReport } from '../../src/report/evaluation/reconstruction.ts'
import type { Batch } from '../../src/training/data/batch-maker.ts'
import { type LossSettings, lossOf, requireLossFits } from '../../src/training/losses.ts'
import { reconstructionCounts, reconstructionMetrics } from '../../src/training/reconstruction.ts'
import { type PartialConfig, resolveConfig } from '../../src/training/run-config.ts'
import { requireSuitable } from '../../src/training/suitability.ts'
import { truthKindOf, truthOf } from '../../src/training/truth.ts'
import { datasetOf, tableOf } from '../curation/dataset-folder.ts'
import { runOnnx } from '../support/run-onnx.ts'

/** Of SuperQ: A, G, C, T. */
const CHANNELS = [0, 2, 1, 3]
const network = architecture('superq-2d', { filters: 2, width: 3, pool: 2, code: 4 })

it('the truth of a network of bases is the window itself, in its order, whatever the dataset says', () => {
  const codes = Uint8Array.of(0, 1, 2, 3, 4)
  const batch = { codes, labels: Uint8Array.of(0), targets: Float32Array.of(7) } as unknown as Batch
  expect([...truthOf(network, {}, batch)]).toEqual([0, 2, 1, 3, 4])
  expect(truthKindOf(network, { kind: 'cross-entropy' }, { targets: undefined })).toBe('bases')
})

describe('the loss of bases', () => {
  // One window of three bases, the last unknown; of each base four numbers.
  const NUMBERS = [0.5, -1, 2, 0, 1, 0.25, -0.5, 3, 1, 1.5, 0, 2]
  const TRUTH = Uint8Array.of(0, 2, 4)
  const at = (channel: number, position: number) => NUMBERS[channel * 3 + position]!
  const lossAndGradient = async (settings: LossSettings) => {
    const logits = input('logits', 'float32', [1, 4, 1, 3])
    const truth = input('truth', 'uint8', [1, 3])
    const weights = input('weights', 'float32', [1])
    const loss = lossOf(settings, { logits, truth, weights })
    const found = await runOnnx(
      { loss, gradient: gradients(loss, [logits])[0]! },
      {
        logits: { type: 'float32', dims: [1, 4, 1, 3], data: Float32Array.from(NUMBERS) },
        truth: { type: 'uint8', dims: [1, 3], data: TRUTH },
        weights: { type: 'float32', dims: [1], data: Float32Array.of(2) },
      },
    )
    return [(found.loss!.data as Float32Array)[0]!, [...(found.gradient!.data as Float32Array)]] as const
  }

  it('is the squared difference from one-hot bases, nothing for an unknown base', async () => {
    const [loss, gradient] = await lossAndGradient({ kind: 'mean-squared-error' })
    const difference = (channel: number, position: number) =>
      TRUTH[position] === 4 ? 0 : at(channel, position) - (TRUTH[position] === channel ? 1 : 0)
    const all = NUMBERS.map((_, i) => difference(Math.floor(i / 3), i % 3))
    expect(loss).toBeCloseTo((2 * all.reduce((sum, x) => sum + x * x, 0)) / 12, 5)
    expect(gradient).toEqual(all.map(x => expect.closeTo((2 * 2 * x) / 12, 5)))
  })

  it('is cross entropy at each position, nothing for an unknown base', async () => {
    const [loss, gradient] = await lossAndGradient({ kind: 'cross-entropy' })
    const share = (channel: number, position: number) =>
      Math.exp(at(channel, position)) / [0, 1, 2, 3].reduce((sum, c) => sum + Math.exp(at(c, position)), 0)
    expect(loss).toBeCloseTo((-2 * (Math.log(share(0, 0)) + Math.log(share(2, 1)))) / 3, 5)
    expect(gradient[2]).toBeCloseTo(0, 12)
    expect(gradient[0]).toBeCloseTo((2 * (share(0, 0) - 1)) / 3, 5)
    expect(gradient[4]).toBeCloseTo((2 * share(1, 1)) / 3, 5)
  })

  it('is one of these two', () => {
    const check = (loss: LossSettings) => () => requireLossFits(loss, network, 4)
    expect(check({ kind: 'binary-cross-entropy' })).toThrow(
      'setting loss: expected cross-entropy or mean-squared-error for model superq-2d, whose output is bases',
    )
    expect(check({ kind: 'cross-entropy', classWeights: [1, 1, 1, 2] })).not.toThrow()
    expect(check({ kind: 'cross-entropy', classWeights: [1, 1] })).toThrow('expected 4 numbers')
  })
})

describe('a reconstruction', () => {
  // Two windows of two bases: AC and GN.
  const codes = Uint8Array.of(0, 1, 2, 4)
  // Channels A, G, C, T by position: the first base is named right, the second T; G is named right by a tie with C, as the first.
  const numbers = Float32Array.of(0.7, 0.1, 0.1, 0.2, 0.1, 0.3, 0.1, 0.4, 0.2, 0.9, 0.4, 0, 0.4, 0, 0, 0)

  it('is counted in known bases, right ones, squared differences and -log of the true base', () => {
    const counts = [...reconstructionCounts(codes, numbers, CHANNELS, 2)]
    expect(counts).toEqual([
      2,
      1,
      expect.closeTo(0.09 + 0.01 + 0.01 + 0.01 + 0.01 + 0.04 + 0.49 + 0.16, 5),
      expect.closeTo(-Math.log(0.7) - Math.log(0.3), 5),
      1,
      1,
      expect.closeTo(0.04 + 0.36 + 0.16, 5),
      expect.closeTo(-Math.log(0.4), 5),
    ])
  })

  it('has the metrics of all known bases together', () => {
    const counts = Float32Array.of(2, 1, 0.8, 1.5, 1, 1, 0.4, 0.9)
    expect(reconstructionMetrics(counts, true)).toEqual({
      logLoss: expect.closeTo(0.8, 5),
      mse: expect.closeTo(0.1, 5),
      baseAccuracy: expect.closeTo(2 / 3, 5),
    })
    expect(Object.keys(reconstructionMetrics(counts, false))).toEqual(['mse', 'baseAccuracy'])
  })

  it('is reported with intervals over windows', () => {
    const windows = { known: [2, 1, 4], correct: [1, 1, 3], squaredError: [1, 0.5, 2] }
    const settings = { resamples: 200, confidence: 0.95, seed: 1 }
    const { estimates, ...counts } = reconstructionReport(windows, settings)
    expect(counts).toEqual({ windows: 3, bases: 7 })
    expect(estimates.baseAccuracy.value).toBeCloseTo(5 / 7, 12)
    expect(estimates.mse.value).toBeCloseTo(3.5 / 7 / 4, 12)
    expect(estimates.baseAccuracy.low).toBe(0.5)
    expect(estimates.baseAccuracy.high).toBe(1)
    expect(reconstructionReport({ ...windows, clusters: [5, 5, 5] }, settings).estimates.mse).toEqual({
      value: estimates.mse.value,
      low: estimates.mse.value,
      high: estimates.mse.value,
    })
    expect(() => reconstructionReport({ known: [0], correct: [0], squaredError: [0] }, settings)).toThrow(
      InputDataError,
    )
  })
})

describe('a network of bases', () => {
  const sequences = ['ACGTACGTAC', 'ACGTACGTAA', 'ACGTACGTCC']
  const tables = {
    classes: tableOf(
      ['sequence', 'class', 'split'],
      ...sequences.map((s, i) => [s, 'positive', i === 0 ? 'validation' : 'train']),
    ),
    targets: tableOf(
      ['sequence', 'target', 'split'],
      ...sequences.map((s, i) => [s, '0.5,2', i === 0 ? 'validation' : 'train']),
    ),
  }
  const check = async (table: string, settings: PartialConfig = {}) => {
    const dataset = await datasetOf(table, { validationFraction: 0 })
    const config = resolveConfig([{ model: 'superq-2d', ...settings }], { cores: 1 })
    try {
      requireSuitable(dataset, network, config)
    } finally {
      await dataset.close()
    }
  }

  it.each(['classes', 'targets'] as const)(
    'takes a dataset with %s, of which it looks at the windows alone',
    async kind => {
      await expect(check(tables[kind])).resolves.toBeUndefined()
    },
  )

  it('has metrics of its own', async () => {
    await expect(check(tables.classes, { metric: 'auroc' })).rejects.toThrow(
      'setting metric: expected one for a network that gives back bases, found auroc',
    )
    await expect(check(tables.classes, { loss: 'mean-squared-error' })).rejects.toThrow(UsageError)
    await expect(
      check(tables.classes, { loss: 'mean-squared-error', metric: 'baseAccuracy' }),
    ).resolves.toBeUndefined()
  })
})
