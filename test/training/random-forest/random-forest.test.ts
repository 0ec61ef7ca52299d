import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { InputDataError, UsageError } from '../../../src/core/errors.ts'
import { silentLog } from '../../../src/core/log.ts'
import { seededRandom } from '../../../src/core/random.ts'
import type { Dataset } from '../../../src/curation/dataset.ts'
import { readDataset } from '../../../src/curation/dataset.ts'
import { type Bundle, parseBundle } from '../../../src/export/bundle.ts'
import { exportModel } from '../../../src/export/export-model.ts'
import { decodeText } from '../../../src/genome/sequence.ts'
import { architecture } from '../../../src/models/registry.ts'
import type { OwnTrainingRequest } from '../../../src/training/own-trainers.ts'
import { ownTrainer } from '../../../src/training/own-trainers.ts'
import { datasetOf, tableOf } from '../../curation/dataset-folder.ts'
import { randomTensors } from '../../support/random-tensors.ts'
import { TOY_WINDOW, toyDataset } from '../../support/toy-dataset.ts'
import { modelOf, scored } from '../evaluation-support.ts'

const trainer = ownTrainer('random-forest')!
const FACTS = { seed: 1, name: 'mine', licence: 'MIT', toolVersion: '0.0.0', log: silentLog }

const train = (dataset: Dataset, settings: object = {}, rest: Partial<OwnTrainingRequest> = {}) =>
  trainer.train({ dataset, settings: { trees: 30, ...settings }, ...FACTS, ...rest })

const LENGTH = 30

/** Returns a table of random windows with what `of` says of each; of five rows one is to validate on, one to test. */
function tableWith(
  rows: number,
  header: string[],
  of: (sequence: string, row: number) => (string | number)[],
): string {
  const random = seededRandom(5)
  return tableOf(
    ['sequence', 'split', ...header],
    ...Array.from({ length: rows }, (_, row) => {
      const sequence = decodeText(Uint8Array.from({ length: LENGTH }, () => random.int(4)))
      return [sequence, ['train', 'train', 'train', 'validation', 'test'][row % 5]!, ...of(sequence, row)]
    }),
  )
}

const isG = (sequence: string, at: number) => (sequence[at] === 'G' ? 1 : 0)

/** Two labels, each a base at a place. */
const labelled = () =>
  datasetOf(tableWith(500, ['target'], sequence => [`${isG(sequence, 3)},${isG(sequence, 20)}`]))

/** Returns a network that makes six numbers of a window, with random weights. */
async function encoder(length = LENGTH): Promise<Bundle> {
  const network = architecture('hybrid', { values: 6, width: 4, filters: 4, kernel: 3, units: 5 })
  const { bytes, metadata } = await exportModel({
    architecture: network,
    tensors: randomTensors(network, length),
    layout: { kind: 'values', window: { length } },
    facts: {
      name: 'code',
      description: 'code',
      calibration: [],
      trainingData: [],
      metrics: {},
      toolVersion: '0',
      licence: 'MIT',
    },
  })
  return { path: 'code.onnx', bytes, sha256: 'a'.repeat(64), metadata }
}

describe('a random forest of a dataset', () => {
  it('tells junctions apart, says so in its file, and is scored like any model', async () => {
    const folder = toyDataset(400)
    const dataset = await readDataset(folder, { scratchFolder: folder })
    const { bundle, metadata } = await train(dataset)
    expect(await parseBundle(bundle, 'forest')).toEqual(metadata)
    expect(metadata).toMatchObject({
      kind: 'junction',
      window: TOY_WINDOW,
      columns: ['junction'],
      decisionColumn: 'junction',
      description: 'Random forest of 30 trees over bases; on toy',
    })
    const { junction, validation, outOfBag, examples, forest } = metadata.metrics
    expect(junction!.auroc).toBeGreaterThan(0.97)
    expect(junction!.sensitivity).toBeGreaterThanOrEqual(0.97)
    expect(validation!.auroc).toBe(junction!.auroc)
    expect(outOfBag!.auroc).toBeGreaterThan(0.95)
    expect(outOfBag!.examples).toBe(320)
    expect(examples).toEqual({ train: 320, validation: 80, test: 0, seed: 1 })
    expect(forest).toMatchObject({ trees: 30, maxDepth: 0, minLeaf: 1, bins: 256, features: 160 })
    // The file's own scores give the metrics that it states.
    const { columns, labels } = await scored(dataset, await modelOf(bundle), { split: 'validation' })
    const called = columns[0]!.scores.map(score => (score >= metadata.threshold! ? 1 : 0))
    const right = called.filter((call, i) => call === labels[i]).length
    expect(right / labels.length).toBeCloseTo(junction!.accuracy!, 12)
    rmSync(folder, { recursive: true })
  })

  it('of windows without a site is of kind window', async () => {
    const table = tableWith(200, ['class'], sequence => [isG(sequence, 7) ? 'positive' : 'negative'])
    const dataset = await datasetOf(table)
    const { metadata } = await train(dataset, {
      maxDepth: 3,
      minLeaf: 2,
      features: 'all',
      classWeights: 'balanced',
    })
    expect(metadata).toMatchObject({ kind: 'window', window: { length: LENGTH }, decisionColumn: 'window' })
    expect(metadata.metrics.window!.auroc).toBe(1)
    await dataset.close()
  })

  it('learns labels as targets, and counts the examples of which all are right', async () => {
    const dataset = await labelled()
    const { bundle, metadata } = await train(dataset)
    expect(metadata).toMatchObject({ kind: 'values', columns: ['value1', 'value2'] })
    expect(metadata.threshold).toBeUndefined()
    const { validation, outOfBag } = metadata.metrics
    expect(validation!.auroc).toBeGreaterThan(0.95)
    expect(validation!.exactMatch).toBeGreaterThan(0.8)
    expect(outOfBag!.auroc).toBeGreaterThan(0.95)
    const { columns, targets } = await scored(dataset, await modelOf(bundle), { split: 'validation' })
    const right = targets![0]!.filter((_, i) =>
      columns.every(({ scores }, k) => scores[i]! > 0.5 === (targets![k]![i] === 1)),
    )
    expect(right.length / targets![0]!.length).toBeCloseTo(validation!.exactMatch!, 12)
  })

  it('learns numbers', async () => {
    const dataset = await datasetOf(
      tableWith(500, ['target'], sequence => [10 * isG(sequence, 3) - 4 * isG(sequence, 9)]),
    )
    const { metadata } = await train(dataset, { features: 40 })
    expect(metadata.kind).toBe('values')
    expect(metadata.metrics.validation!.pearson).toBeGreaterThan(0.9)
    expect(metadata.metrics.validation!.auroc).toBeUndefined()
    await dataset.close()
  })

  it('is the same file for the same seed, and another for another', async () => {
    const dataset = await labelled()
    const bytes = async (seed: number) => (await train(dataset, { trees: 3 }, { seed })).bundle
    expect(await bytes(1)).toEqual(await bytes(1))
    expect(await bytes(2)).not.toEqual(await bytes(1))
    await dataset.close()
  })

  it('warns of targets that look like labels not known', async () => {
    const dataset = await datasetOf(tableWith(50, ['target'], (_, row) => [row % 3]))
    const warnings: string[] = []
    await train(dataset, { trees: 2 }, { log: { ...silentLog, warn: text => warnings.push(text) } })
    expect(warnings.join()).toContain('targets of 0, 1 and 2 are learnt as numbers')
    await dataset.close()
  })
})

describe('a random forest over an encoder', () => {
  it('is one file, from bases to labels', async () => {
    const dataset = await labelled()
    const { bundle, metadata } = await train(dataset, {}, { encoder: await encoder() })
    expect(metadata).toMatchObject({
      kind: 'values',
      window: { length: LENGTH },
      columns: ['value1', 'value2'],
      description: `Random forest of 30 trees over the numbers of code; on ${dataset.name}`,
    })
    expect(metadata.trainingData).toContainEqual({ name: 'code', sha256: 'a'.repeat(64), role: 'encoder' })
    expect(metadata.metrics.forest!.features).toBe(6)
    const { columns, targets } = await scored(dataset, await modelOf(bundle), {
      split: 'validation',
      batchSize: 64,
    })
    let error = 0
    for (const [k, { scores }] of columns.entries()) {
      error += scores.reduce((sum, score, i) => sum + (score - targets![k]![i]!) ** 2, 0) / scores.length / 2
    }
    // As stated, but for windows that the encoder puts right at a threshold in another batch.
    expect(error).toBeCloseTo(metadata.metrics.validation!.brier!, 3)
  })

  it('refuses an encoder of other windows, and a model that gives no numbers', async () => {
    const dataset = await labelled()
    const other = train(dataset, {}, { encoder: await encoder(40) })
    await expect(other).rejects.toThrow(InputDataError)
    await expect(other).rejects.toThrow('takes windows of 40 bases')
    const classes = await datasetOf(
      tableWith(100, ['class'], (_, row) => [row % 2 ? 'positive' : 'negative']),
    )
    const { bundle, metadata } = await train(classes, { trees: 1 })
    const forest = { path: 'f.onnx', bytes: bundle, sha256: 'b'.repeat(64), metadata }
    await expect(train(dataset, {}, { encoder: forest })).rejects.toThrow(
      '--encoder f.onnx: expected a model of kind values, found window',
    )
    await dataset.close()
    await classes.close()
  })
})

describe('what a random forest cannot learn from', () => {
  it.each([
    [{ trees: 0 }, 'setting trees: expected a whole number of at least 1, found 0'],
    [{ bins: 300 }, 'setting bins: expected a whole number from 2 to 256, found 300'],
    [{ features: 'log2' }, 'setting features: expected one of sqrt, all, found "log2"'],
    [{ classWeights: 1 }, 'setting classWeights: expected one of equal, balanced, found 1'],
    [{ depth: 3 }, 'setting random-forest.depth: expected trees, maxDepth'],
  ])('is the setting %j', async (settings, message) => {
    const dataset = await labelled()
    const training = train(dataset, settings)
    await expect(training).rejects.toThrow(UsageError)
    await expect(training).rejects.toThrow(message)
    await dataset.close()
  })

  it('are one class, and no rows to validate on', async () => {
    const one = await datasetOf(tableWith(50, ['class'], () => ['positive']))
    await expect(train(one)).rejects.toThrow('expected positives and negatives among the training examples')
    const none = await datasetOf(
      tableWith(50, ['target'], () => [1]).replaceAll('\tvalidation\t', '\ttest\t'),
      { validationFraction: 0 },
    )
    await expect(train(none)).rejects.toThrow('expected examples to validate on, found none')
    await one.close()
    await none.close()
  })
})
