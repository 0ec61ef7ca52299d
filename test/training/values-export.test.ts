import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../src/core/errors.ts'
import { seededRandom } from '../../src/core/random.ts'
import type { Dataset } from '../../src/curation/dataset.ts'
import { readBundle } from '../../src/export/bundle.ts'
import { decodeText } from '../../src/genome/sequence.ts'
import { architecture, networkEntry } from '../../src/models/registry.ts'
import { exportEnsemble } from '../../src/training/ensemble-export.ts'
import { type PartialConfig, resolveConfig } from '../../src/training/run-config.ts'
import { decisionColumnOf, exportRun, type TrainedRun } from '../../src/training/run-export.ts'
import { regressionMetrics } from '../../src/training/validation.ts'
import { datasetOf, folderOf, tableOf } from '../curation/dataset-folder.ts'
import { requireBuild } from '../support/build.ts'
import { cli } from '../support/cli.ts'
import { randomTensors } from '../support/random-tensors.ts'
import { failure, modelOf, scored } from './evaluation-support.ts'

const EXPORT = { licence: 'MIT', precision: 'float32', toolVersion: '0.0.0' } as const
const YEAST = { model: 'yeast-cnn', options: { channels: 2, head: 'linear' } }

/** Returns a finished run of a network with random weights. */
function trained(settings: PartialConfig, length = 120): TrainedRun {
  const config = resolveConfig([settings], { cores: 1 })
  const network = architecture(config.model, config.options)
  return {
    path: 'run',
    run: {
      config,
      dataset: { name: 'toy', window: { length }, files: [] },
    } as unknown as TrainedRun['run'],
    result: {
      bestEpoch: 2,
      epochs: 3,
      examples: { train: 8, validation: 2, test: 0 },
      metrics: { mse: 0.25, pearson: 0.5 },
    },
    title: networkEntry(config.model).title,
    architecture: network,
    tensors: randomTensors(network, length),
  }
}

/** Returns a table of random windows; the target is the share of A. */
function targetTable(rows: number, length: number): string {
  const random = seededRandom(9)
  return tableOf(
    ['sequence', 'target', 'split'],
    ...Array.from({ length: rows }, (_, i) => {
      const sequence = decodeText(Uint8Array.from({ length }, () => random.int(4)))
      const share = [...sequence].filter(base => base === 'A').length / length
      return [sequence, share.toFixed(4), ['train', 'train', 'train', 'validation', 'test'][i % 5]!]
    }),
  )
}

describe('a run of a network of numbers', () => {
  it('is exported as values, with its metrics and without a threshold', async () => {
    const { metadata, difference } = await exportRun(trained(YEAST), EXPORT)
    expect(difference).toBeLessThan(1e-5)
    expect(metadata).toMatchObject({
      kind: 'values',
      window: { length: 120 },
      columns: ['efficiency'],
      metrics: { validation: { mse: 0.25, pearson: 0.5 } },
    })
    expect([metadata.threshold, metadata.decisionColumn]).toEqual([undefined, undefined])
  })

  it('is exported as nothing else, nor as the mean of several', async () => {
    const run = trained(YEAST)
    expect(() => exportRun(run, { ...EXPORT, as: 'site' })).toThrow(
      'model yeast-cnn: its output is numbers: expected to export it as values, found site',
    )
    const files = { files: [], splitSource: 'column' } as unknown as Dataset
    const mean = exportEnsemble([run, run], files, EXPORT)
    await expect(mean).rejects.toThrow(UsageError)
    await expect(mean).rejects.toThrow('expected one run to export, found 2')
  })

  it('gives probabilities where it learnt labels, and numbers where it learnt numbers', async () => {
    const dataset = () => datasetOf(targetTable(20, 30), { validationFraction: 0 })
    const numbersOf = async (loss: string) => {
      const options = { values: 1, width: 4, units: 4, hidden: 6 }
      const { bytes } = await exportRun(trained({ model: 'lstm', options, loss, metric: 'mse' }, 30), EXPORT)
      const { columns } = await scored(await dataset(), await modelOf(bytes), { split: 'all' })
      return [columns[0]!.column, Array.from(columns[0]!.scores)] as const
    }
    const [column, logits] = await numbersOf('mean-squared-error')
    expect(column).toBe('value1')
    const [, probabilities] = await numbersOf('binary-cross-entropy')
    expect(probabilities).toEqual(logits.map(logit => expect.closeTo(1 / (1 + Math.exp(-logit)), 5)))
  })

  it('has no column that decides', () => {
    expect(decisionColumnOf({ kind: 'values', window: { length: 4 } })).toBeUndefined()
    expect(decisionColumnOf({ kind: 'site', window: { length: 4, site: 1 } })).toBe('site')
  })
})

describe('a model of numbers', () => {
  it('is evaluated on targets', async () => {
    const { bytes } = await exportRun(trained(YEAST), EXPORT)
    const dataset = await datasetOf(targetTable(20, 120), { validationFraction: 0 })
    const { columns, targets, warnings } = await scored(dataset, await modelOf(bytes), { split: 'all' })
    expect(columns.map(({ column, scores }) => [column, scores.length])).toEqual([['efficiency', 20]])
    expect(targets![0]).toHaveLength(20)
    expect(regressionMetrics(columns[0]!.scores, targets![0]!).mse).toBeGreaterThan(0)
    // Numbers are not of sites, so that nothing need say where those are.
    expect(warnings).toEqual([])
  })

  it('is refused on classes, and on windows of another length', async () => {
    const model = await modelOf((await exportRun(trained(YEAST), EXPORT)).bytes)
    const classes = tableOf(
      ['sequence', 'class'],
      ['A'.repeat(120), 'positive'],
      ['C'.repeat(120), 'negative'],
    )
    expect((await failure(scored(await datasetOf(classes, {}), model))).message).toMatch(
      /^model yeast-cnn tells numbers: expected a dataset with targets, found .* with classes$/,
    )
    const short = await datasetOf(targetTable(5, 60), { validationFraction: 0 })
    expect((await failure(scored(short, model, { split: 'all' }))).message).toContain(
      'takes windows of 120 bases',
    )
  })
})

it('a network of numbers is trained, exported and evaluated by the command line', async () => {
  requireBuild()
  const folder = folderOf({ 'windows.tsv': targetTable(100, 120) })
  const [run, model] = [join(folder, 'run'), join(folder, 'model.onnx')]
  const set = ['options.channels=2', 'options.head=linear'].flatMap(setting => ['--set', setting])
  const train = await cli(
    [
      'train',
      '--model',
      'yeast-cnn',
      '--data',
      folder,
      '--out',
      run,
      '--epochs',
      '2',
      '--batch-size',
      '8',
    ].concat(set),
  )
  expect(train.stderr).toContain('next: splice-score export')
  const exported = await cli(['export', run, '-o', model])
  expect(exported.stderr).toMatch(/model\.onnx: yeast-cnn, kind values, columns efficiency, \d+ bytes/)
  expect((await readBundle(model)).metadata.metrics.validation).toHaveProperty('mse')
  const evaluated = await cli(['evaluate', '--model', model, '--data', folder, '--resamples', '0'])
  expect(evaluated.stdout).toMatch(/efficiency:\n/)
  expect(evaluated.stdout).toMatch(/^ {2}mse /m)
  rmSync(folder, { recursive: true })
}, 60_000)
