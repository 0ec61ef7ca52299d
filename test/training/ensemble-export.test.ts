import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runExport } from '../../src/cli/commands/export.ts'
import { applyCalibrator } from '../../src/core/calibration.ts'
import { UsageError } from '../../src/core/errors.ts'
import { type Dataset, readDataset } from '../../src/curation/dataset.ts'
import { parseBundle, readBundle } from '../../src/export/bundle.ts'
import { architecture } from '../../src/models/registry.ts'
import { exportEnsemble } from '../../src/training/ensemble-export.ts'
import { exportRun, type TrainedRun } from '../../src/training/run-export.ts'
import { decisionsOf } from '../../src/training/run-result.ts'
import { requireBuild } from '../support/build.ts'
import { fakeContext } from '../support/command-context.ts'
import { TINY_SITE_PAIR, toyPairDataset } from '../support/toy-dataset.ts'
import { EXPORT, runAt, scoresOf, toyData, trainPair, uncalibrated } from './pair-run.ts'

// Validation examples are scored in compiled threads.
requireBuild()

const folder = mkdtempSync(join(tmpdir(), 'splice-score-ensemble-'))
const at = (name: string) => join(folder, name)
const data = toyPairDataset(120)
let dataset: Dataset
let runs: TrainedRun[]
let validation: Uint32Array
/** Scores of the validation examples by the mean of both runs' logits. */
let means: number[][]

const logit = (p: number) => Math.log(p / (1 - p))
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))

beforeAll(async () => {
  dataset = await toyData(data)
  validation = dataset.splits.validation
  await trainPair(dataset, at('one'), { seed: 1, epochs: 3 })
  await trainPair(dataset, at('two'), { seed: 2, epochs: 3 })
  runs = [await runAt(at('one')), await runAt(at('two'))]
  const [one, two] = await Promise.all(
    runs.map(async run => scoresOf(await uncalibrated(run), dataset, validation)),
  )
  means = one!.map((row, i) => row.map((p, column) => sigmoid((logit(p) + logit(two![i]![column]!)) / 2)))
}, 60_000)
afterAll(async () => {
  await dataset.close()
  rmSync(folder, { recursive: true })
  rmSync(data, { recursive: true })
})

const near = (rows: readonly (readonly number[])[], digits: number) =>
  rows.map(row => row.map(score => expect.closeTo(score, digits)))
/** Returns the runs with other settings, of which the first's count. */
const set = (changes: object): TrainedRun[] =>
  runs.map(run => ({ ...run, run: { ...run.run, config: { ...run.run.config, ...changes } } }))

describe('the model of several runs', () => {
  it('gives the mean of their logits', async () => {
    const model = await exportEnsemble(set({ calibration: 'none' }), dataset, EXPORT)
    expect(model.metadata.calibrators).toBeUndefined()
    expect(model.metadata.columns).toEqual(['donor', 'acceptor', 'junction'])
    expect(await parseBundle(model.bytes, 'model')).toEqual(model.metadata)
    expect(await scoresOf(model, dataset, validation)).toEqual(near(means, 5))
    const [one] = runs
    expect(await scoresOf(await uncalibrated(one!), dataset, validation)).not.toEqual(near(means, 2))
  })

  it('has threshold, calibrators and metrics of the mean', async () => {
    const { metadata, ...model } = await exportEnsemble(runs, dataset, EXPORT)
    const scores = Float32Array.from(means.flat())
    const { decision, sites } = decisionsOf(runs[0]!.run.config, dataset, { scores, columns: 3 })
    const found = metadata.calibrators!
    for (const [column, part] of Object.entries({ ...sites, junction: decision! })) {
      for (const probability of [0.1, 0.5, 0.9]) {
        const expected = applyCalibrator(part!.calibrator!, probability)
        expect(applyCalibrator(found[column]!, probability)).toBeCloseTo(expected, 2)
      }
    }
    expect(Object.keys(found)).toEqual(['donor', 'acceptor', 'junction'])
    expect(metadata.threshold).toBeCloseTo(decision!.threshold, 3)
    expect(metadata.metrics.reliabilityBefore!.brier).toBeCloseTo(decision!.reliability.before.brier, 5)
    expect(metadata.metrics.validation!.brier).toBeCloseTo(decision!.reliability.before.brier, 5)
    const columns = ['donor', 'acceptor', 'junction']
    const calibrated = means.map(row => row.map((p, i) => applyCalibrator(found[columns[i]!]!, p)))
    expect(await scoresOf({ ...model, metadata }, dataset, validation)).toEqual(near(calibrated, 4))
    const passing = calibrated.filter(
      (row, i) => row[2]! >= metadata.threshold! && dataset.labels[validation[i]!] === 1,
    )
    expect(passing.length).toBe(decision!.rates.truePositives)
  })

  it('says of how many runs it is, and of which seeds', async () => {
    const { metadata } = await exportEnsemble(runs, dataset, { ...EXPORT, name: 'both' })
    expect(metadata.name).toBe('both')
    const epochs = runs.map(({ result }) => `${result.bestEpoch} of ${result.epochs}`).join(', ')
    expect(metadata.description).toBe(
      `one trunk for both sites, a head for each and one for the pair; mean of 2 runs, epochs ${epochs}, on toy-pairs`,
    )
    expect(metadata.metrics.examples).toEqual({ train: 96, validation: 24, test: 0, seed: 1, seed2: 2 })
  })

  it('of the same run twice is that of the run', async () => {
    const [one] = runs
    const twice = await exportEnsemble([one!, one!], dataset, EXPORT)
    const once = await exportRun(one!, EXPORT)
    const scores = await scoresOf(once, dataset, validation)
    expect(await scoresOf(twice, dataset, validation)).toEqual(near(scores, 4))
    expect(twice.metadata.threshold).toBeCloseTo(once.metadata.threshold!, 4)
  })

  it('names every teacher once', async () => {
    const files = ['a', 'b', 'c'].map(letter => ({ name: letter, sha256: letter.repeat(64) }))
    const taught = runs.map((run, i) => ({ ...run, run: { ...run.run, teachers: files.slice(i, i + 2) } }))
    const { metadata } = await exportEnsemble(taught, dataset, EXPORT)
    const teachers = metadata.trainingData.filter(({ role }) => role === 'teacher')
    expect(teachers.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })
})

describe('runs that are not alike are refused:', () => {
  it('other options', async () => {
    await trainPair(dataset, at('smaller'), { options: { hidden: 5 }, epochs: 1 })
    const exporting = exportEnsemble([runs[0]!, await runAt(at('smaller'))], dataset, EXPORT)
    await expect(exporting).rejects.toThrow(UsageError)
    await expect(exporting).rejects.toThrow(
      `${at('smaller')}: expected a run of the same network as ${at('one')}, site-pair {"channels":4,`,
    )
  })

  it('another network', async () => {
    const other = { ...runs[1]!, architecture: architecture('splam') }
    const exporting = exportEnsemble([runs[0]!, other], dataset, EXPORT)
    await expect(exporting).rejects.toThrow(UsageError)
    await expect(exporting).rejects.toThrow('found splam {"channels":64,')
  })

  it('but not for options in another order, or for a default that is not given', async () => {
    const { centre: _, ...given } = TINY_SITE_PAIR
    const options = Object.fromEntries(Object.entries(given).toReversed())
    const { run, ...rest } = runs[1]!
    const again = {
      ...rest,
      run: { ...run, config: { ...run.config, options } },
      architecture: architecture('site-pair', options),
    }
    const model = await exportEnsemble([runs[0]!, again], dataset, EXPORT)
    expect(model.metadata).toEqual((await exportEnsemble(runs, dataset, EXPORT)).metadata)
  })

  it('other data than given', async () => {
    const other = toyPairDataset(40, { seed: 8 })
    const set = await toyData(other)
    await trainPair(set, at('elsewhere'), { epochs: 1 })
    const elsewhere = await runAt(at('elsewhere'))
    for (const [list, given, stranger] of [
      [[runs[0]!, elsewhere], dataset, 'elsewhere'],
      [runs, set, 'one'],
    ] as const) {
      const exporting = exportEnsemble(list, given, EXPORT)
      await expect(exporting).rejects.toThrow(UsageError)
      await expect(exporting).rejects.toThrow(
        `${at(stranger)}: expected a run on the dataset given with --data, toy-pairs, found one on toy-pairs, whose files are others`,
      )
    }
    await set.close()
    rmSync(other, { recursive: true })
  })

  it('validated on examples that each drew by its own seed', async () => {
    const drawn = toyPairDataset(60, { split: false })
    const read = (seed: number) => readDataset(drawn, { scratchFolder: join(drawn, 'scratch'), seed })
    const trained: TrainedRun[] = []
    for (const seed of [1, 2]) {
      const set = await read(seed)
      await trainPair(set, at(`drawn-${seed}`), { seed, epochs: 1 })
      trained.push(await runAt(at(`drawn-${seed}`)))
      await set.close()
    }
    const set = await read(1)
    const exporting = exportEnsemble(trained, set, EXPORT)
    await expect(exporting).rejects.toThrow(UsageError)
    await expect(exporting).rejects.toThrow(
      `${at('drawn-2')}: expected a run that validated on the same examples as ${at('drawn-1')}, drawn with seed 1 and validationFraction 0.1, found seed 2 and`,
    )
    await expect(exportEnsemble([trained[0]!, trained[0]!], set, EXPORT)).resolves.toBeDefined()
    await set.close()
    rmSync(drawn, { recursive: true })
  })
})

describe('export', () => {
  const options = { licence: 'MIT' }

  it('of several runs writes the model of their mean', async () => {
    const context = fakeContext()
    const out = at('mean.onnx')
    await runExport([at('one'), at('two')], { ...options, out, data, name: 'mean' }, context)
    const expected = await exportEnsemble(runs, dataset, { ...EXPORT, name: 'mean' })
    const bundle = await readBundle(out)
    expect({ ...bundle.metadata, toolVersion: '0.0.0' }).toEqual(expected.metadata)
    expect(await scoresOf(bundle, dataset, validation)).toEqual(
      near(await scoresOf(expected, dataset, validation), 6),
    )
    expect(context.messages()).toContain(
      `mean.onnx: mean, kind junction, columns donor, acceptor, junction, threshold ${expected.metadata.threshold}, `,
    )
  })

  it('of one run needs no dataset', async () => {
    const out = at('one.onnx')
    await runExport([at('one')], { ...options, out }, fakeContext())
    const { metadata } = await readBundle(out)
    expect(metadata.threshold).toBe(runs[0]!.result.decision!.threshold)
    expect(metadata.description).toContain(`; epoch ${runs[0]!.result.bestEpoch} of 3, on toy-pairs`)
  })

  it.each<[string, string[], object, string]>([
    [
      'of several runs without one',
      ['one', 'two'],
      {},
      'expected --data with 2 runs: threshold and calibration of their mean come from its validation examples',
    ],
    ['of one run with one', ['one'], { data }, '--data: expected with several runs only, found one'],
    ['of one run with a reference', ['one'], { ref: 'genome.fa' }, '--ref: expected with several runs only'],
  ])('%s is an error of usage', async (_, names, more, message) => {
    const exporting = runExport(names.map(at), { ...options, ...more, out: at('none.onnx') }, fakeContext())
    await expect(exporting).rejects.toThrow(UsageError)
    await expect(exporting).rejects.toThrow(message)
  })
})
