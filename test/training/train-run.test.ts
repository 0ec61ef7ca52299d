import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { type Dataset, readDataset } from '../../src/curation/dataset.ts'
import { type PartialConfig, resolveConfig } from '../../src/training/run-config.ts'
import { RUN_FILES, RunFolder } from '../../src/training/run-folder.ts'
import { trainRun } from '../../src/training/train-run.ts'
import { requireBuild } from '../support/build.ts'
import { TINY_SPLAM, toyDataset } from '../support/toy-dataset.ts'

// Shards run in compiled threads.
requireBuild()

const SETTINGS: PartialConfig = {
  model: 'splam',
  options: TINY_SPLAM,
  epochs: 6,
  batchSize: 16,
  learningRate: 0.02,
  schedule: 'constant',
  averaging: 0.95,
  checkpointSteps: 3,
  shards: 2,
  threads: 1,
}

let data: string
let dataset: Dataset

beforeAll(async () => {
  data = toyDataset(400)
  dataset = await readDataset(data, { scratchFolder: join(data, 'scratch') })
})
afterAll(async () => {
  await dataset.close()
  rmSync(data, { recursive: true })
})

interface RunOptions {
  settings?: PartialConfig
  resume?: boolean
  /** Ends the run after this step. */
  endAfter?: number
}

async function run(name: string, { settings = {}, resume = false, endAfter }: RunOptions = {}) {
  const ending = new AbortController()
  let steps = 0
  return trainRun({
    config: resolveConfig([SETTINGS, settings], { cores: 2 }),
    dataset,
    folder: new RunFolder(join(data, name)),
    resume,
    toolVersion: '0.0.0',
    log: silentLog,
    onProgress: () => {
      steps++
      if (steps === endAfter) {
        ending.abort()
      }
    },
    drawCurves: ({ position }) => `<svg>${position.history.length}</svg>`,
    clock: () => performance.now(),
    signal: ending.signal,
  })
}

const bytes = (name: string, file: keyof typeof RUN_FILES) =>
  readFileSync(join(data, name, RUN_FILES[file])).toString('base64')

describe('a training run', () => {
  it('learns, keeps the best epoch and chooses threshold and calibration on the validation examples', async () => {
    const result = await run('learns')
    expect(result.metrics.auprc).toBeGreaterThan(0.9)
    expect(result.examples).toEqual({ train: 320, validation: 80, test: 0 })
    expect(result.decision!.rates.sensitivity).toBeGreaterThanOrEqual(0.97)
    expect(result.decision!.calibrator?.method).toBe('platt')
    const { before, after } = result.decision!.reliability
    expect(after!.logLoss).toBeLessThan(before.logLoss)
    const rows = readFileSync(join(data, 'learns', 'metrics.tsv'), 'utf8')
      .trim()
      .split('\n')
    expect(rows[0]).toBe('epoch\tstep\tlearning_rate\ttrain_loss\tauprc\tauroc\taccuracy\tlogLoss\tbrier')
    expect(rows).toHaveLength(7)
    expect(rows.at(-1)!.split('\t').slice(0, 3)).toEqual(['6', '120', '0.02'])
  })

  it.each([
    ['within an epoch, between checkpoints', 44],
    ['at a checkpoint', 45],
    ['at the end of an epoch', 60],
  ])('that was ended %s and resumed writes the same bytes as one that was not', async (_, endAfter) => {
    const name = `ended-${endAfter}`
    await expect(run(name, { endAfter })).rejects.toThrow('interrupted')
    await run(name, { resume: true })
    for (const file of Object.keys(RUN_FILES) as (keyof typeof RUN_FILES)[]) {
      expect(bytes(name, file), file).toBe(bytes('learns', file))
    }
  })

  it('killed between checkpoints goes on from the last of them to the same bytes', async () => {
    // What a kill leaves: the checkpoint of step 33, and nothing of the steps after it.
    await expect(run('killed', { endAfter: 33 })).rejects.toThrow('interrupted')
    cpSync(join(data, 'killed', RUN_FILES.checkpoint), join(data, 'kept'))
    await expect(run('killed', { resume: true, endAfter: 5 })).rejects.toThrow('interrupted')
    cpSync(join(data, 'kept'), join(data, 'killed', RUN_FILES.checkpoint))
    await run('killed', { resume: true })
    expect(bytes('killed', 'checkpoint')).toBe(bytes('learns', 'checkpoint'))
    expect(bytes('killed', 'best')).toBe(bytes('learns', 'best'))
  })

  it('killed between the files of an epoch does the epoch again and writes them all', async () => {
    // The checkpoint is the last of them: what a kill before it leaves is the checkpoint of an earlier step.
    await expect(run('between', { endAfter: 18 })).rejects.toThrow('interrupted')
    cpSync(join(data, 'between', RUN_FILES.checkpoint), join(data, 'kept'))
    await expect(run('between', { resume: true, endAfter: 4 })).rejects.toThrow('interrupted')
    expect(existsSync(join(data, 'between', RUN_FILES.best))).toBe(true)
    cpSync(join(data, 'kept'), join(data, 'between', RUN_FILES.checkpoint))
    writeFileSync(join(data, 'between', `.${RUN_FILES.checkpoint}.tmp-0123456789ab`), 'unfinished')
    await run('between', { resume: true })
    expect(readdirSync(join(data, 'between')).sort()).toEqual(Object.values(RUN_FILES).sort())
    for (const file of Object.keys(RUN_FILES) as (keyof typeof RUN_FILES)[]) {
      expect(bytes('between', file), file).toBe(bytes('learns', file))
    }
  })

  it('that is over is resumed to the same result, without a step', async () => {
    const before = bytes('learns', 'result')
    rmSync(join(data, 'learns', RUN_FILES.result))
    await run('learns', { resume: true, endAfter: 1 })
    expect(bytes('learns', 'result')).toBe(before)
  })

  it('that cannot begin leaves no folder behind', async () => {
    await expect(run('no-cuda', { settings: { provider: 'cuda', shards: 1 } })).rejects.toThrow(
      'provider cuda',
    )
    expect(existsSync(join(data, 'no-cuda'))).toBe(false)
  })

  it.each<[string, PartialConfig, string]>([
    [
      'a metric of targets',
      { metric: 'mse' },
      'setting metric: expected one for a dataset with classes, found mse',
    ],
    ['a loss of numbers', { loss: 'mean-squared-error' }, 'mean-squared-error'],
    ['weights of another number of classes', { loss: { classWeights: [1, 2] } }, 'classWeights'],
  ])('does not begin with %s', async (_, settings, message) => {
    await expect(run('unsuitable', { settings })).rejects.toThrow(message)
    expect(existsSync(join(data, 'unsuitable'))).toBe(false)
  })

  it('draws other examples with another seed', async () => {
    await run('other-seed', { settings: { seed: 2, epochs: 1 } })
    expect(bytes('other-seed', 'checkpoint')).not.toBe(bytes('learns', 'checkpoint'))
  })

  it('ends when no epoch is better for as long as patience says', async () => {
    const result = await run('patient', { settings: { epochs: 30, patience: 2, learningRate: 0.05 } })
    expect(result.epochs).toBe(result.bestEpoch + 2)
  })

  it('stops with step, batch and examples when the loss is not finite', async () => {
    const settings = { learningRate: 1e38, optimiser: { kind: 'sgd', momentum: 0 } }
    await expect(run('diverges', { settings })).rejects.toThrow(
      /training stopped at step [1-9], epoch 1, batch [1-9]: expected finite numbers, found a (loss|gradient of norm) .*examples of the batch/,
    )
  })

  it('refuses to begin where a run is, and to resume one with other settings or data', async () => {
    await expect(run('learns')).rejects.toThrow('expected a new folder, found a training run')
    await expect(run('learns', { resume: true, settings: { batchSize: 32 } })).rejects.toThrow(
      'expected the settings the run began with, found others: batchSize (16, now 32)',
    )
    const other = toyDataset(100, 8)
    const own = dataset
    dataset = await readDataset(other, { scratchFolder: join(other, 'scratch') })
    await expect(run('learns', { resume: true })).rejects.toThrow('expected the dataset the run began with')
    await dataset.close()
    dataset = own
    rmSync(other, { recursive: true })
  })
})

describe('the two engines', () => {
  it('agree after a run, dropout aside', async () => {
    const settings = { epochs: 1, batchSize: 40, shards: 1, optimiser: 'sgd', learningRate: 0.05 }
    const ort = await run('ort', { settings })
    const tfjs = await run('tfjs', { settings: { ...settings, engine: 'tfjs' } })
    expect(tfjs.metrics.logLoss).toBeCloseTo(ort.metrics.logLoss!, 4)
    expect(tfjs.metrics.auprc).toBeCloseTo(ort.metrics.auprc!, 4)
  }, 60_000)
})
