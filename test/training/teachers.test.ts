import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InputDataError, InterruptedError, UsageError } from '../../src/core/errors.ts'
import type { Dataset } from '../../src/curation/dataset.ts'
import { UNKNOWN_LABEL } from '../../src/curation/site-labels.ts'
import type { Bundle } from '../../src/export/bundle.ts'
import { architecture } from '../../src/models/registry.ts'
import { exportRun } from '../../src/training/run-export.ts'
import { RUN_FILES } from '../../src/training/run-folder.ts'
import { taughtLabels } from '../../src/training/teachers.ts'
import { datasetOf, tableOf } from '../curation/dataset-folder.ts'
import { requireBuild } from '../support/build.ts'
import { toyPairDataset } from '../support/toy-dataset.ts'
import { modelOf } from './evaluation-support.ts'
import { EXPORT, runAt, scoresOf, toyData, trainPair } from './pair-run.ts'
import { scriptedLength, scriptedModel, scriptedWindow } from './scripted-model.ts'

// Teachers score in compiled threads.
requireBuild()

const WINDOW = { length: scriptedLength(3), donor: 8, acceptor: 16 }
const COLUMNS = ['donor', 'acceptor', 'junction']
const network = architecture('site-pair')
const logit = (p: number) => Math.log(p / (1 - p))
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))

/** A teacher that scores `scale` times what a window spells. */
const teacher = async (scale = 1) =>
  modelOf(await scriptedModel({ kind: 'junction', window: WINDOW }, { columns: COLUMNS, scale }))

/** Rows: what the window spells, class, how a decoy was made, part. */
const ROWS = [
  [[0.75, 0.5, 0.25], 'positive', '.', 'train'],
  [[0.5, 0.875, 0.125], 'negative-near', 'near-donor', 'train'],
  [[0.625, 0.25, 0.0625], 'negative', '.', 'train'],
  [[0.5, 0.5, 0.5], 'positive', '.', 'validation'],
  [[0.25, 0.25, 0.25], 'negative', 'random', 'test'],
] as const

const table = tableOf(
  ['sequence', 'class', 'decoy', 'split'],
  ...ROWS.map(([scores, ...rest]) => [scriptedWindow(scores), ...rest]),
)
const read = (window: object = WINDOW) => datasetOf(table, { description: { name: 'spelt', window } })

async function labelsOf(teachers: Awaited<ReturnType<typeof teacher>>[], share: number) {
  const dataset = await read()
  const labels = await taughtLabels(dataset, network, { teachers, share })
  await dataset.close()
  return ROWS.map((_, i) => Array.from(labels.subarray(3 * i, 3 * i + 3)))
}
const near = (numbers: readonly number[]) => numbers.map(number => expect.closeTo(number, 6))
const NOTHING = [UNKNOWN_LABEL, UNKNOWN_LABEL, UNKNOWN_LABEL]

describe('taught labels', () => {
  it('are mixed by share, and all of the teacher where the table says nothing', async () => {
    expect(await labelsOf([await teacher()], 0.25)).toEqual([
      near([0.75 + 0.25 * 0.75, 0.75 + 0.25 * 0.5, 0.75 + 0.25 * 0.25]),
      near([0.25 * 0.5, 0.75 + 0.25 * 0.875, 0.25 * 0.125]),
      near([0.625, 0.25, 0.25 * 0.0625]),
      NOTHING,
      NOTHING,
    ])
  })

  it('of the share 0 are those of the table where it says something', async () => {
    const labels = await labelsOf([await teacher()], 0)
    expect(labels.slice(0, 3)).toEqual([[1, 1, 1], [0, 1, 0], near([0.625, 0.25, 0])])
  })

  it('of two teachers come from the mean of their logits', async () => {
    const labels = await labelsOf([await teacher(), await teacher(0.5)], 1)
    const mean = (score: number) => sigmoid((logit(score) + logit(score / 2)) / 2)
    expect(labels.slice(0, 3)).toEqual(ROWS.slice(0, 3).map(([scores]) => near(scores.map(mean))))
  })

  it('of a teacher that is certain come from its odds of a million to one', async () => {
    const [first] = await labelsOf([await teacher(0), await teacher()], 1)
    expect(first).toEqual(near([0.75, 0.5, 0.25].map(p => sigmoid((logit(1e-6) + logit(p)) / 2))))
  })

  it('are not for a network without the three scores', async () => {
    const dataset = await read()
    const teachers = [await teacher()]
    const taught = taughtLabels(dataset, architecture('splam'), { teachers, share: 0.5 })
    await expect(taught).rejects.toThrow(UsageError)
    await expect(taught).rejects.toThrow(
      'model splam: expected a network that scores donor, acceptor and pair to be taught, found one whose output is positions',
    )
    await dataset.close()
  })

  it('are not for windows without both sites', async () => {
    const dataset = await read({ length: WINDOW.length, site: 8 })
    const taught = taughtLabels(dataset, network, { teachers: [await teacher()], share: 0.5 })
    await expect(taught).rejects.toThrow(InputDataError)
    await expect(taught).rejects.toThrow(
      'dataset spelt: expected windows with a donor and an acceptor, found {"length":24,"site":8}',
    )
    await dataset.close()
  })

  it('are not of teachers without the three scores, or of other windows', async () => {
    const two = { length: scriptedLength(2), donor: 4, acceptor: 12 }
    const scored = scriptedWindow([0.5, 0.5])
    const dataset = await datasetOf(
      tableOf(['sequence', 'class'], [scored, 'positive'], [`${scored}`, 'negative']),
      {
        description: { window: two },
        validationFraction: 0,
      },
    )
    const columns = ['donor', 'junction']
    const other = await modelOf(await scriptedModel({ kind: 'junction', window: two }, { columns }))
    await expect(taughtLabels(dataset, network, { teachers: [other], share: 0.5 })).rejects.toThrow(
      'model scripted: expected a teacher with the scores donor, acceptor, junction, found donor, junction',
    )
    await expect(taughtLabels(dataset, network, { teachers: [await teacher()], share: 0.5 })).rejects.toThrow(
      'model scripted takes windows of 24 bases: expected those, found a dataset with windows of 16',
    )
    await dataset.close()
  })

  it('end with the signal', async () => {
    const dataset = await read()
    const signal = AbortSignal.abort()
    const taught = taughtLabels(dataset, network, { teachers: [await teacher()], share: 0.5, signal })
    await expect(taught).rejects.toThrow(InterruptedError)
    await dataset.close()
  })
})

describe('a run with teachers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'splice-score-taught-'))
  const data = toyPairDataset(60)
  const at = (name: string) => join(folder, name)
  const checkpoint = (name: string) => readFileSync(join(at(name), RUN_FILES.checkpoint)).toString('base64')
  let dataset: Dataset
  let teachers: Bundle[]

  beforeAll(async () => {
    dataset = await toyData(data)
    teachers = []
    for (const seed of [1, 2]) {
      const path = at(`teacher-${seed}`)
      await trainPair(dataset, path, { seed, epochs: 1, calibration: 'none' })
      const model = await exportRun(await runAt(path), { ...EXPORT, name: `teacher-${seed}` })
      teachers.push({ ...model, path, sha256: `${seed}`.repeat(64) })
    }
    await trainPair(dataset, at('taught'), {}, { teachers })
  }, 60_000)
  afterAll(async () => {
    await dataset.close()
    rmSync(data, { recursive: true })
    rmSync(folder, { recursive: true })
  })

  it('names them in its description, and its model in what it was trained on', async () => {
    const named = [1, 2].map(seed => ({ name: `teacher-${seed}`, sha256: `${seed}`.repeat(64) }))
    const run = await runAt(at('taught'))
    expect(run.run.teachers).toEqual(named)
    const { metadata } = await exportRun(run, EXPORT)
    expect(metadata.trainingData.filter(({ role }) => role === 'teacher')).toEqual(
      named.map(file => ({ ...file, role: 'teacher' })),
    )
    expect(metadata.trainingData.map(({ role }) => role)).toEqual([
      'windows',
      'description',
      'teacher',
      'teacher',
    ])
    expect((await runAt(at('teacher-1'))).run.teachers).toBeUndefined()
  })

  it('of the share 0 is the run without, where every label is known', async () => {
    await trainPair(dataset, at('untaught'))
    await trainPair(dataset, at('share-0'), { teacherShare: 0 }, { teachers })
    const parameters = async (name: string) => [...(await runAt(at(name))).tensors]
    expect(await parameters('share-0')).toEqual(await parameters('untaught'))
    expect(await parameters('taught')).not.toEqual(await parameters('untaught'))
  })

  it('is validated on the labels of the table', async () => {
    const run = await runAt(at('taught'))
    const { threshold, rates } = run.result.decision!
    const model = await exportRun(run, EXPORT)
    const { validation } = dataset.splits
    const scores = await scoresOf(model, dataset, validation)
    const passing = validation.filter((_, i) => scores[i]![2]! >= threshold)
    const positives = passing.filter(example => dataset.labels[example] === 1)
    expect([positives.length, passing.length - positives.length]).toEqual([
      rates.truePositives,
      rates.falsePositives,
    ])
  })

  it('is resumed with the same teachers only', async () => {
    const resumed = (given: readonly Bundle[]) =>
      trainPair(dataset, at('taught'), {}, { teachers: given, resume: true })
    const before = checkpoint('taught')
    await resumed(teachers)
    expect(checkpoint('taught')).toBe(before)
    for (const [given, found] of [
      [[], 'found 0 for 2, or others'],
      [teachers.slice(0, 1), 'found 1 for 2, or others'],
      [teachers.toReversed(), 'found 2 for 2, or others'],
    ] as const) {
      await expect(resumed(given)).rejects.toThrow(UsageError)
      await expect(resumed(given)).rejects.toThrow(
        `--resume: expected the teachers the run began with, ${found}`,
      )
    }
    const untaught = trainPair(
      dataset,
      at('teacher-1'),
      { epochs: 1, calibration: 'none' },
      { teachers, resume: true },
    )
    await expect(untaught).rejects.toThrow('found 2 for 0, or others')
  })

  it('that was ended and resumed is the run that was not', async () => {
    const ending = new AbortController()
    const end = { teachers, signal: ending.signal, onProgress: () => ending.abort() }
    await expect(trainPair(dataset, at('ended'), {}, end)).rejects.toThrow(InterruptedError)
    await trainPair(dataset, at('ended'), {}, { teachers, resume: true })
    expect(checkpoint('ended')).toBe(checkpoint('taught'))
  })

  it('does not begin with a teacher that cannot teach', async () => {
    const columns = ['donor', 'acceptor', 'junction']
    const stranger = await modelOf(await scriptedModel({ kind: 'junction', window: WINDOW }, { columns }))
    const given = [{ ...stranger, path: 'stranger.onnx', sha256: '0'.repeat(64) }]
    await expect(trainPair(dataset, at('strange'), {}, { teachers: given })).rejects.toThrow(InputDataError)
    expect(existsSync(at('strange'))).toBe(false)
  })
})
