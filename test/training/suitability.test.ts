import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { type Dataset, readDataset } from '../../src/curation/dataset.ts'
import { architecture } from '../../src/models/registry.ts'
import { trainPwmOnDataset } from '../../src/training/pwm-dataset.ts'
import { type PartialConfig, resolveConfig } from '../../src/training/run-config.ts'
import { requireSuitable } from '../../src/training/suitability.ts'
import { folderOf, tableOf } from '../curation/dataset-folder.ts'

const opened: Dataset[] = []
afterAll(() => Promise.all(opened.map(dataset => dataset.close())))

/** Returns a dataset of windows of 800 bases, no two the same. */
async function datasetOf(
  rows: readonly [answer: string, split: string][],
  column = 'class',
): Promise<Dataset> {
  const window = (i: number) => `${'ACGT'.charAt(i % 4)}${'ACGT'.charAt((i >> 2) % 4)}`.padEnd(800, 'ACCGT')
  const dataset = await readDataset(
    folderOf({
      'windows.tsv': tableOf(
        ['sequence', column, 'split'],
        ...rows.map(([answer, split], i) => [window(i), answer, split]),
      ),
      'dataset.json': JSON.stringify({ name: 'made' }),
    }),
    { scratchFolder: tmpdir(), validationFraction: 0 },
  )
  opened.push(dataset)
  return dataset
}

const pwm = (dataset: Dataset) =>
  trainPwmOnDataset({ dataset, name: 'm', licence: 'MIT', toolVersion: '0.1.0' })
const SPLAM: PartialConfig = { model: 'splam' }
const network = async (dataset: Dataset) => {
  const config = resolveConfig([SPLAM], { cores: 1 })
  requireSuitable(dataset, architecture(config.model, config.options), config)
}

describe.each([
  ['the weight matrices', pwm],
  ['a network', network],
])('%s', (_, train) => {
  const failure = async (dataset: Dataset): Promise<InputDataError> => {
    const error = await train(dataset).then(
      () => undefined,
      (caught: unknown) => caught,
    )
    expect(error).toBeInstanceOf(InputDataError)
    return error as InputDataError
  }

  it('say that all rows are test rows, and what they are for', async () => {
    const { message, hint } = await failure(
      await datasetOf([
        ['positive', 'test'],
        ['negative', 'test'],
      ]),
    )
    expect(message).toBe('dataset made: expected rows in the train part, found none: all 2 rows are in test')
    expect(hint).toBe(
      'name rows to train on in the split column; a dataset of test rows alone is for `evaluate`',
    )
  })

  it('say in which parts the rows are, and how many are no examples', async () => {
    const { message, hint } = await failure(
      await datasetOf([
        ['positive', 'test'],
        ['negative', 'validation'],
        ['positive', 'validation'],
        ['unknown', 'train'],
      ]),
    )
    expect(message).toBe(
      'dataset made: expected rows in the train part, found none: no row is in train, 2 in validation, 1 in test; 1 of class unknown are no examples',
    )
    expect(hint).not.toContain('validationFraction')
  })

  it('need both labels to validate on', async () => {
    const { message } = await failure(
      await datasetOf([
        ['positive', 'train'],
        ['negative', 'train'],
        ['negative', 'validation'],
      ]),
    )
    expect(message).toBe(
      'dataset made: expected positives and negatives among the validation examples, found 0 of 1 positive',
    )
  })

  it('need classes', async () => {
    const rows: [string, string][] = [
      ['0.5', 'train'],
      ['1.5', 'validation'],
    ]
    expect((await failure(await datasetOf(rows, 'target'))).message).toContain(
      'expected a dataset with classes, found made with targets',
    )
  })
})

it('the weight matrices need both labels to train on', async () => {
  const dataset = await datasetOf([
    ['negative', 'train'],
    ['negative', 'train'],
    ['positive', 'validation'],
    ['negative', 'validation'],
  ])
  await expect(pwm(dataset)).rejects.toThrow(
    'dataset made: expected positives and negatives among the training examples, found 0 of 2 positive',
  )
})

it('a network without rows to validate on is told of validationFraction', async () => {
  const dataset = await datasetOf([
    ['positive', 'train'],
    ['negative', 'train'],
  ])
  const error = await network(dataset).catch((caught: InputDataError) => caught)
  expect(error).toMatchObject({
    message: 'dataset made: expected examples to validate on, found none beside 2 to train on',
    hint: 'name a split for each row, or set validationFraction above 0',
  })
})
