import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { derivedSeed } from '../../core/derived-seed.ts'
import { InputDataError, SpliceScoreError, UsageError } from '../../core/errors.ts'
import { seededRandom } from '../../core/random.ts'
import type { Dataset } from '../../curation/dataset.ts'
import { readWholeFileIfThere } from '../../io/whole-file.ts'
import { architecture } from '../../models/registry.ts'
import { Sampler } from '../data/sampler.ts'
import { judgedByPairs } from '../judged-examples.ts'
import { type RunConfig, resolveConfig } from '../run-config.ts'
import { RUN_FILES, RunFolder } from '../run-folder.ts'
import type { RunResult } from '../run-result.ts'
import { requireSuitable } from '../suitability.ts'
import { type TrainRunOptions, trainRun } from '../train-run.ts'
import { isBetter } from '../validation.ts'
import { bestMetricOf, DIVERGED, type FoldRun } from './fold-run.ts'
import { foldsOf } from './folds.ts'
import { type DrawnSettings, drawSettings, layerOf } from './search-space.ts'
import { stepsOf, type TrialSettings, withSteps } from './trial-settings.ts'
import { type FinalRecord, type TrialRecord, TrialsFile, type TrialsRecord } from './trials-file.ts'

/** Purposes of random streams, the first counter; those of a run are in data/seeds.ts. */
const FOLD_STREAM = 101
const DRAW_STREAM = 102
const TRIAL_STREAM = 103
const FINAL_STREAM = 104

export interface TrialsOptions extends Omit<TrainRunOptions, 'teachers'> {
  trials: TrialSettings
  /** Returns the metric of a run of a trial; default: trains it. */
  evaluate?(run: FoldRun): Promise<number>
}

/**
 * Returns what the best of several runs led to, with settings found by random trials, after writing its folder: `trials.json` after each trial, the
 * last runs in `finals/1` and so on, and in the folder itself the files of the best of them. Trials that were ended and resumed draw the
 * same settings and go on after the last that was over.
 * Throws: what `trainRun` throws; UsageError when every trial failed.
 */
export async function runTrials(given: TrialsOptions): Promise<RunResult> {
  const dataset = judgedByPairs(given.dataset)
  const options = { ...given, dataset }
  const { config, folder } = options
  requireSuitable(dataset, architecture(config.model, config.options), config)
  requireDrawable(options)
  const file = new TrialsFile(folder.path)
  const record = await recordOf(options, file)
  await doTrials(options, record, file)
  await doFinals(options, record, file)
  return keepBest(options, record, file)
}

/** Returns the record of the trials so far. */
async function recordOf(options: TrialsOptions, file: TrialsFile): Promise<TrialsRecord> {
  const { config, trials, dataset, folder, toolVersion } = options
  const fresh: TrialsRecord = {
    toolVersion,
    config,
    trials,
    dataset: { name: dataset.name, window: dataset.window, files: dataset.files },
    done: [],
    finals: [],
  }
  if (!options.resume) {
    await file.requireNone()
    await folder.requireNew()
    await file.write(fresh)
    return fresh
  }
  const found = await file.read()
  if (found === undefined) {
    throw new UsageError(`--resume: expected ${file.path}, found none`, 'the folder holds no trials')
  }
  for (const part of ['config', 'trials'] as const) {
    if (!isDeepStrictEqual(found[part], plain(fresh[part]))) {
      throw new UsageError(
        `--resume: expected the settings the trials began with, found others in ${part}`,
        `leave the settings out when resuming; they are read from ${file.path}`,
      )
    }
  }
  if (!isDeepStrictEqual(found.dataset, plain(fresh.dataset))) {
    throw new InputDataError(
      '--resume: expected the dataset the trials began with, found another (name, window or SHA-256 differ)',
      'give the same --data, unchanged',
    )
  }
  return found
}

/** Returns a value as it comes back from JSON. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Returns a configuration with drawn settings in it. */
function configWith(config: RunConfig, settings: DrawnSettings): RunConfig {
  // Shards and threads are settled already.
  return resolveConfig([{ ...config }, layerOf(settings)], { cores: 1 })
}

/** Throws: UsageError for a space with settings that the network or the tool does not have. */
function requireDrawable({ config, trials }: TrialsOptions): void {
  const { model, options } = configWith(config, drawSettings(trials.space, seededRandom(config.seed)))
  architecture(model, options)
}

function stepsPerEpoch(dataset: Dataset, { sampling, seed, batchSize }: RunConfig): number {
  const { labels, classes, classNames, targets, splits } = dataset
  const examples = { indices: splits.train, labels, classes, classNames, hasTargets: targets !== undefined }
  return new Sampler({ examples, sampling, seed, batchSize }).batchesPerEpoch
}

async function doTrials(options: TrialsOptions, record: TrialsRecord, file: TrialsFile): Promise<void> {
  const { config, trials, dataset, log } = options
  if (record.best !== undefined) {
    return
  }
  const parts = foldsOf(dataset, trials.folds, seededRandom(derivedSeed(config.seed, FOLD_STREAM)))
  const folds = parts.map((validation, i) => ({
    ...dataset,
    splits: {
      ...dataset.splits,
      train: Uint32Array.from(parts.flatMap((part, j) => (i === j ? [] : [...part]))).sort(),
      validation,
    },
  }))
  for (let trial = record.done.length + 1; trial <= trials.count; trial++) {
    const done = await oneTrial(options, trial, folds)
    record.done.push(done)
    await file.write(record)
    log.info(describeTrial(done, options))
  }
  const best = bestOf(config, record.done, ({ score }) => score)
  if (best === undefined) {
    throw new UsageError(
      `expected one of ${trials.count} trials to end with a number, found none; the last: ${record.done.at(-1)?.failure}`,
      'look at trials.json; lower rates may help: --set trials.space.learningRate=...',
    )
  }
  record.best = best.trial
  await file.write(record)
  log.info(`best trial: ${best.trial}, mean ${config.metric} ${best.score!.toPrecision(4)}`)
}

async function oneTrial(
  options: TrialsOptions,
  trial: number,
  folds: readonly Dataset[],
): Promise<TrialRecord> {
  const { config, trials, log, onProgress, clock, signal, evaluate = bestMetricOf } = options
  const settings = drawSettings(trials.space, seededRandom(derivedSeed(config.seed, DRAW_STREAM, trial)))
  const scores: number[] = []
  for (const [fold, dataset] of folds.entries()) {
    const drawn = configWith(config, settings)
    const perEpoch = stepsPerEpoch(dataset, drawn)
    const run = withSteps(drawn, stepsOf(trials, config, perEpoch).trial, perEpoch)
    const seed = derivedSeed(config.seed, TRIAL_STREAM, trial, fold)
    try {
      scores.push(await evaluate({ config: { ...run, seed }, dataset, log, onProgress, clock, signal }))
    } catch (error) {
      return { trial, settings, folds: scores, failure: failureOf(error) }
    }
  }
  const score = scores.reduce((sum, value) => sum + value, 0) / scores.length
  return { trial, settings, folds: scores, score }
}

/** Returns what to note of settings that lead nowhere. Throws: any other error. */
function failureOf(error: unknown): string {
  if (error instanceof SpliceScoreError && error.code === DIVERGED) {
    return error.message
  }
  throw error
}

/** Returns the best of those that ended with a number, of equals the first. */
function bestOf<T>(
  { metric }: RunConfig,
  records: readonly T[],
  numberOf: (record: T) => number | undefined,
): T | undefined {
  let best: T | undefined
  for (const record of records) {
    const value = numberOf(record)
    if (value !== undefined && isBetter(metric, value, best && numberOf(best))) {
      best = record
    }
  }
  return best
}

function describeTrial(
  { trial, settings, folds, score, failure }: TrialRecord,
  options: TrialsOptions,
): string {
  const drawn = Object.entries(settings).map(
    ([path, value]) =>
      `${path} ${typeof value === 'number' ? Number(value.toPrecision(3)) : JSON.stringify(value)}`,
  )
  const found =
    score === undefined
      ? `failed: ${failure}`
      : `${options.config.metric} ${score.toPrecision(4)} (${folds.map(value => value.toPrecision(4)).join(', ')})`
  return `trial ${trial}/${options.trials.count}: ${found}; ${drawn.join(', ')}`
}

const finalFolder = (folder: RunFolder, run: number) =>
  new RunFolder(join(folder.path, 'finals', String(run)))

async function doFinals(options: TrialsOptions, record: TrialsRecord, file: TrialsFile): Promise<void> {
  const { config, trials, dataset, log } = options
  const best = record.done.find(({ trial }) => trial === record.best)!
  const drawn = configWith(config, best.settings)
  const perEpoch = stepsPerEpoch(dataset, drawn)
  const chosen = withSteps(drawn, stepsOf(trials, config, perEpoch).final, perEpoch)
  for (let run = record.finals.length + 1; run <= trials.finals; run++) {
    const folder = finalFolder(options.folder, run)
    const seed = derivedSeed(config.seed, FINAL_STREAM, run)
    const begun = (await readWholeFileIfThere(folder.file('description'))) !== undefined
    log.info(`last runs: ${run}/${trials.finals}, seed ${seed}`)
    record.finals.push(
      await oneFinal({ ...options, config: { ...chosen, seed }, folder, resume: begun }, run),
    )
    await file.write(record)
  }
}

async function oneFinal(options: TrainRunOptions, run: number): Promise<FinalRecord> {
  const { seed, metric } = options.config
  try {
    const { bestEpoch, metrics } = await trainRun(options)
    const value = metrics[metric]
    return { run, seed, bestEpoch, ...(value === undefined ? {} : { metric: value }) }
  } catch (error) {
    return { run, seed, failure: failureOf(error) }
  }
}

/** Copies the files of the best of the last runs to the folder itself, and returns its result. */
async function keepBest(options: TrialsOptions, record: TrialsRecord, file: TrialsFile): Promise<RunResult> {
  const { config, folder, log } = options
  const best = bestOf(config, record.finals, ({ metric }) => metric)
  if (best === undefined) {
    throw new UsageError(
      `expected one of ${record.finals.length} last runs to end with a number, found none: ${record.finals.at(-1)?.failure}`,
      `the settings of trial ${record.best} lead nowhere with more steps; begin in another folder with another seed, or lower rates`,
    )
  }
  const from = finalFolder(folder, best.run)
  for (const name of Object.keys(RUN_FILES) as (keyof typeof RUN_FILES)[]) {
    const content = await readWholeFileIfThere(from.file(name))
    if (content === undefined) {
      throw new InputDataError(
        `${from.path}: expected the file ${RUN_FILES[name]} of a finished run, found none`,
        'files of the folder were changed; begin in another folder',
      )
    }
    await folder.write(name, content)
  }
  record.kept = best.run
  await file.write(record)
  log.info(
    `kept: run ${best.run} of ${record.finals.length}, ${config.metric} ${best.metric!.toPrecision(4)}`,
  )
  return (await folder.result())!
}
