import { describe, expect, it } from 'vitest'
import { architecture } from '../../src/models/registry.ts'
import { labelMeans, labelReport } from '../../src/report/evaluation/labels.ts'
import { type PartialConfig, resolveConfig } from '../../src/training/run-config.ts'
import { exportRun, type TrainedRun } from '../../src/training/run-export.ts'
import { requireSuitable } from '../../src/training/suitability.ts'
import { truthKindOf } from '../../src/training/truth.ts'
import { labelMetrics } from '../../src/training/validation.ts'
import { datasetOf, tableOf } from '../curation/dataset-folder.ts'
import { randomTensors } from '../support/random-tensors.ts'
import { modelOf, scored } from './evaluation-support.ts'

const NONE = { resamples: 0, confidence: 0.95, seed: 1 }
const LSTM = { model: 'lstm', options: { values: 3, width: 3, units: 3, hidden: 4 } }
const LABELS = { ...LSTM, loss: 'binary-cross-entropy', metric: 'auroc' }
const ROWS = [
  ['ACGTACGT', '1,0,1', 'train'],
  ['ACGTACGA', '0,0,2', 'train'],
  ['CCGTACGT', '1,0,0', 'validation'],
  ['ACGTTTTT', '0,0,1', 'validation'],
]

describe('labels that are independent of each other', () => {
  it('have metrics that are means over the labels with both values, of those known', () => {
    // Columns: perfect; all 0; reversed, with one unknown.
    const scores = Float32Array.of(0.9, 0.2, 0.3, 0.8, 0.1, 0.6, 0.1, 0.4, 0.4)
    const labels = Float32Array.of(1, 0, 1, 1, 0, 0, 0, 0, 2)
    const found = labelMetrics(scores, labels, 3)
    expect(found.auroc).toBeCloseTo((1 + 0) / 2, 12)
    expect(found.auprc).toBeCloseTo((1 + 0.5) / 2, 12)
    expect(found.accuracy).toBeCloseTo((1 + 1 + 0) / 3, 12)
    const loss = (...shares: number[]) => shares.reduce((sum, p) => sum - Math.log(p), 0) / shares.length
    expect(found.logLoss).toBeCloseTo((loss(0.9, 0.8, 0.9) + loss(0.8, 0.9, 0.6) + loss(0.3, 0.4)) / 3, 6)
  })

  it('are targets of 0 and 1, or 2 where not known, with the loss that takes them so', () => {
    const network = architecture('lstm', LSTM.options)
    const kind = (loss: 'binary-cross-entropy' | 'mean-squared-error', ...values: number[]) =>
      truthKindOf(network, { kind: loss }, { targets: { values: Float32Array.from(values), columns: 1 } })
    expect(kind('binary-cross-entropy', 0, 1, 2)).toBe('labels')
    expect(kind('binary-cross-entropy', 0, 0.5)).toBe('numbers')
    expect(kind('mean-squared-error', 0, 1)).toBe('numbers')
  })

  it.each(['auroc', 'auprc', 'logLoss', 'accuracy', 'mse'])('can be judged by %s', async metric => {
    await expect(check({ ...LABELS, metric })).resolves.toBeUndefined()
  })

  it('are not judged as bases, nor numbers as labels', async () => {
    await expect(check({ ...LABELS, metric: 'baseAccuracy' })).rejects.toThrow(
      'expected one for a dataset with labels as targets, found baseAccuracy',
    )
    await expect(check({ ...LABELS, loss: 'mean-squared-error' })).rejects.toThrow(
      'expected one for a dataset with targets, found auroc',
    )
  })

  async function check(settings: PartialConfig) {
    const dataset = await datasetOf(tableOf(['sequence', 'target', 'split'], ...ROWS), {
      validationFraction: 0,
    })
    const config = resolveConfig([settings], { cores: 1 })
    try {
      requireSuitable(dataset, architecture(config.model, config.options), config)
    } finally {
      await dataset.close()
    }
  }
})

describe('a report of labels', () => {
  it('counts the labels that are known, and has areas where both values occur', () => {
    const report = labelReport(
      { column: 'a', scores: [0.9, 0.1, 0.5, 0.4], labels: [1, 0, 2, 1] },
      { ...NONE, resamples: 50 },
    )
    expect(report).toMatchObject({ column: 'a', positives: 2, negatives: 1 })
    expect(report.estimates).toEqual({
      auroc: { value: 1, low: 1, high: 1 },
      auprc: { value: 1, low: 1, high: 1 },
    })
    expect(labelReport({ column: 'b', scores: [0.9, 0.1], labels: [0, 0] }, NONE)).toEqual({
      column: 'b',
      positives: 0,
      negatives: 2,
      estimates: undefined,
    })
  })

  it('has means over the labels that have both values', () => {
    const of = (scores: number[], labels: number[]) => labelReport({ column: 'x', scores, labels }, NONE)
    const means = labelMeans([of([0.9, 0.1], [1, 0]), of([0.1, 0.9], [1, 0]), of([0.3, 0.4], [1, 1])])
    expect(means).toEqual({ auroc: { value: 0.5, columns: 2 }, auprc: { value: 0.75, columns: 2 } })
    expect(labelMeans([]).auroc).toEqual({ value: undefined, columns: 0 })
  })
})

describe('a model of labels', () => {
  const LENGTH = 8
  const modelFor = async (settings: PartialConfig) => {
    const config = resolveConfig([settings], { cores: 1 })
    const network = architecture(config.model, config.options)
    const run = {
      path: 'run',
      run: { config, dataset: { name: 'toy', window: { length: LENGTH }, files: [] } },
      result: { bestEpoch: 1, epochs: 1, examples: { train: 1, validation: 1, test: 0 }, metrics: {} },
      title: 'made',
      architecture: network,
      tensors: randomTensors(network, LENGTH),
    } as unknown as TrainedRun
    const { bytes } = await exportRun(run, { licence: 'MIT', precision: 'float32', toolVersion: '0.0.0' })
    return modelOf(bytes)
  }
  const dataset = (rows: string[][]) =>
    datasetOf(tableOf(['sequence', 'target', 'split'], ...rows), { validationFraction: 0 })

  it('says so in its file, and is held against labels as such', async () => {
    const model = await modelFor(LABELS)
    expect(model.metadata).toMatchObject({ kind: 'values', labels: 'independent' })
    const { truth, columns } = await scored(await dataset(ROWS), model, { split: 'all' })
    expect(truth).toBe('labels')
    expect(columns.map(({ column }) => column)).toEqual(['value1', 'value2', 'value3'])
  })

  it('is held against numbers as numbers, and so is a model of numbers against labels', async () => {
    const halves = ROWS.map(([sequence, , split]) => [sequence!, '0.5,0,1', split!])
    const model = await modelFor(LABELS)
    expect((await scored(await dataset(halves), model, { split: 'all' })).truth).toBe('numbers')
    const numbers = await modelFor({ ...LSTM, loss: 'mean-squared-error', metric: 'mse' })
    expect('labels' in numbers.metadata).toBe(false)
    expect((await scored(await dataset(ROWS), numbers, { split: 'all' })).truth).toBe('numbers')
  })

  it('of bases is held against the windows, in a dataset with targets or with one class', async () => {
    const options = { filters: 2, width: 3, pool: 2, code: 4 }
    const model = await modelFor({ model: 'superq-2d', options })
    expect(model.metadata).toMatchObject({
      kind: 'bases',
      labels: 'exclusive',
      columns: ['A', 'G', 'C', 'T'],
    })
    const { truth, columns } = await scored(await dataset(ROWS), model, { split: 'all' })
    expect([truth, columns.map(({ column }) => column)]).toEqual([
      'bases',
      ['known', 'correct', 'squaredError', 'logLoss'],
    ])
    expect([...columns[0]!.scores]).toEqual([8, 8, 8, 8])
    const oneClass = tableOf(['sequence', 'class'], ['ACGTACGN', 'positive'])
    const { columns: counts } = await scored(await datasetOf(oneClass, { validationFraction: 0 }), model, {
      split: 'all',
    })
    expect([...counts[0]!.scores]).toEqual([7])
    expect(counts[1]!.scores[0]).toBeLessThanOrEqual(7)
  })
})
