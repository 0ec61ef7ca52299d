import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SpliceScoreError } from '../../../src/core/errors.ts'
import { silentLog } from '../../../src/core/log.ts'
import { type Dataset, readDataset } from '../../../src/curation/dataset.ts'
import { type PartialConfig, resolveConfig } from '../../../src/training/run-config.ts'
import { readRun } from '../../../src/training/run-export.ts'
import { RUN_FILES, RunFolder } from '../../../src/training/run-folder.ts'
import type { FoldRun } from '../../../src/training/trials/fold-run.ts'
import { runTrials } from '../../../src/training/trials/run-trials.ts'
import { trialSettings } from '../../../src/training/trials/trial-settings.ts'
import type { TrialsRecord } from '../../../src/training/trials/trials-file.ts'
import { requireBuild } from '../../support/build.ts'
import { toyDataset } from '../../support/toy-dataset.ts'

// Shards run in compiled threads.
requireBuild()

const SETTINGS: PartialConfig = {
  model: 'cnn',
  options: { width: 4, filters: 4, kernel: 3, hidden: 4 },
  epochs: 2,
  batchSize: 16,
  learningRate: 0.01,
  metric: 'auroc',
  shards: 1,
  threads: 1,
}
const TRIALS = { count: 3, folds: 2, finals: 2, steps: 4, finalSteps: 20 }
/** For tests that end with the trials. */
const ONE_FINAL = { finals: 1, finalSteps: 4 }

let data: string
let dataset: Dataset

beforeAll(async () => {
  data = toyDataset(200)
  dataset = await readDataset(data, { scratchFolder: join(data, 'scratch') })
})
afterAll(async () => {
  await dataset.close()
  rmSync(data, { recursive: true })
})

interface Options {
  settings?: PartialConfig
  trials?: Record<string, unknown>
  resume?: boolean
  evaluate?(run: FoldRun): Promise<number>
  signal?: AbortSignal
}

function run(name: string, { settings = {}, trials = {}, resume = false, evaluate, signal }: Options = {}) {
  const config = resolveConfig([SETTINGS, settings], { cores: 1 })
  return runTrials({
    config,
    dataset,
    folder: new RunFolder(join(data, name)),
    trials: trialSettings({ ...TRIALS, ...trials }, config),
    resume,
    toolVersion: '0.0.0',
    log: silentLog,
    onProgress() {},
    drawCurves: () => '<svg/>',
    clock: () => performance.now(),
    ...(evaluate && { evaluate }),
    ...(signal && { signal }),
  })
}

const recordIn = (name: string) =>
  JSON.parse(readFileSync(join(data, name, 'trials.json'), 'utf8')) as TrialsRecord

/** The nearer the rate to 0.02, the better. */
const byRate = async ({ config }: FoldRun) => 1 - Math.abs(Math.log(config.learningRate / 0.02)) / 10

describe('trials', () => {
  it('draw settings, try each on every part, and train with the best; the best run is kept as the run', async () => {
    const result = await run('whole')
    const { done, best, finals, kept } = recordIn('whole')
    expect(done.map(({ trial, folds }) => [trial, folds.length])).toEqual([
      [1, 2],
      [2, 2],
      [3, 2],
    ])
    for (const { folds, score, settings } of done) {
      expect(score).toBeCloseTo((folds[0]! + folds[1]!) / 2, 12)
      expect(Object.keys(settings)).toEqual(['learningRate', 'options.dropout'])
    }
    expect(best).toBe(done.toSorted((a, b) => b.score! - a.score!)[0]!.trial)
    expect(new Set(finals.map(({ seed }) => seed)).size).toBe(2)
    expect(kept).toBe(finals.toSorted((a, b) => b.metric! - a.metric!)[0]!.run)
    const trained = await readRun(new RunFolder(join(data, 'whole')))
    expect(trained.result).toEqual(JSON.parse(JSON.stringify(result)))
    const { settings } = done[best! - 1]!
    expect(trained.run.config).toMatchObject({
      learningRate: settings.learningRate,
      options: { ...(SETTINGS.options as object), dropout: settings['options.dropout'] },
      seed: finals[kept! - 1]!.seed,
      // 160 examples are 10 batches, of which every 4 are judged.
      sampling: { examplesPerEpoch: 64 },
      epochs: 5,
    })
  })

  it('are the same by the same seed and other ones by another', async () => {
    await run('one', { evaluate: byRate })
    await run('same', { evaluate: byRate })
    await run('other', { evaluate: byRate, settings: { seed: 2 }, trials: ONE_FINAL })
    expect(recordIn('same')).toEqual(recordIn('one'))
    expect(recordIn('one').done.map(({ settings }) => settings)).toEqual(
      recordIn('whole').done.map(({ settings }) => settings),
    )
    expect(recordIn('other').done).not.toEqual(recordIn('one').done)
    for (const file of ['best', 'result'] as const) {
      const bytes = (name: string) => readFileSync(join(data, name, RUN_FILES[file])).toString('base64')
      expect(bytes('same')).toBe(bytes('one'))
    }
  })

  it('give each run its steps, examples that it does not validate on, and a seed of its own', async () => {
    const runs: FoldRun[] = []
    await run('runs', {
      trials: ONE_FINAL,
      evaluate: async fold => {
        runs.push(fold)
        return 0.5
      },
    })
    expect(runs).toHaveLength(6)
    expect(new Set(runs.map(({ config }) => config.seed)).size).toBe(6)
    for (const { config, dataset: part } of runs) {
      expect([config.epochs, config.sampling.examplesPerEpoch]).toEqual([4, 16])
      const { train, validation } = part.splits
      expect(train.length + validation.length).toBe(dataset.splits.train.length)
      expect(validation.some(example => train.includes(example))).toBe(false)
      expect(validation.some(example => dataset.splits.validation.includes(example))).toBe(false)
    }
    // Of equals the first.
    expect(recordIn('runs').best).toBe(1)
  })

  it.each([1, 4])('ended in run %i and resumed are those that were not ended', async ended => {
    const name = `ended-${ended}`
    let count = 0
    const evaluate = (fold: FoldRun) => {
      count++
      return count === ended ? Promise.reject(new Error('killed')) : byRate(fold)
    }
    await expect(run(name, { evaluate })).rejects.toThrow('killed')
    expect(recordIn(name).done).toHaveLength(ended < 2 ? 0 : 1)
    await run(name, { resume: true, evaluate: byRate })
    expect(recordIn(name)).toEqual(recordIn('one'))
  })

  it('that are over are resumed to the same result, without a run', async () => {
    const before = recordIn('one')
    const evaluate = () => Promise.reject(new Error('tried again'))
    await run('one', { resume: true, evaluate })
    expect(recordIn('one')).toEqual(before)
  })

  it('ended in the last runs go on with the run that was ended', async () => {
    const ending = new AbortController()
    let count = 0
    const evaluate = (fold: FoldRun) => {
      // After the last trial: the first of the last runs ends after its first step.
      count++
      if (count === 6) {
        ending.abort()
      }
      return byRate(fold)
    }
    await expect(run('last', { evaluate, signal: ending.signal })).rejects.toThrow('interrupted')
    expect(existsSync(join(data, 'last', 'finals', '1', RUN_FILES.description))).toBe(true)
    expect(existsSync(join(data, 'last', RUN_FILES.description))).toBe(false)
    await run('last', { resume: true })
    expect(recordIn('last')).toEqual(recordIn('one'))
  })

  it('pick the smallest number of a metric that is an error', async () => {
    const evaluate = async ({ config }: FoldRun) => config.learningRate
    await run('errors', { evaluate, settings: { metric: 'logLoss' }, trials: ONE_FINAL })
    const { done, best } = recordIn('errors')
    expect(best).toBe(done.toSorted((a, b) => a.score! - b.score!)[0]!.trial)
  })

  it('note settings that diverge, and go on', async () => {
    let count = 0
    const evaluate = (fold: FoldRun) => {
      count++
      return count === 1 ? Promise.reject(new SpliceScoreError('DIVERGED', 2, 'no number')) : byRate(fold)
    }
    await run('diverging', { evaluate, trials: ONE_FINAL })
    const [first, ...others] = recordIn('diverging').done
    expect(first).toMatchObject({ trial: 1, folds: [], failure: 'no number' })
    expect(first!.score).toBeUndefined()
    expect(others.every(({ score }) => score !== undefined)).toBe(true)
  })

  it('of which none ended with a number say so', async () => {
    const trials = { count: 1, space: { learningRate: [1e38] } }
    const settings = { optimiser: { kind: 'sgd', momentum: 0 } }
    await expect(run('hopeless', { trials, settings })).rejects.toThrow(
      /expected one of 1 trials to end with a number, found none; the last: training stopped at step/,
    )
    expect(recordIn('hopeless').done[0]).toMatchObject({ folds: [], settings: { learningRate: 1e38 } })
  })

  it.each<[string, Options, string]>([
    ['where trials are', {}, 'expected a new folder, found trials'],
    ['with other settings', { resume: true, settings: { batchSize: 8 } }, 'found others in config'],
    ['with more trials', { resume: true, trials: { count: 4 } }, 'found others in trials'],
  ])('are refused %s', async (_, options, message) => {
    await expect(run('one', options)).rejects.toThrow(message)
  })

  it('of settings that the network does not have leave no folder behind', async () => {
    await expect(run('unknown', { trials: { space: { 'options.colour': [1, 2] } } })).rejects.toThrow(
      'model cnn: expected options among width',
    )
    await expect(run('unknown', { trials: { space: { 'optimizer.momentum': [1, 2] } } })).rejects.toThrow(
      'setting optimizer: expected one of',
    )
    expect(existsSync(join(data, 'unknown'))).toBe(false)
  })
})
