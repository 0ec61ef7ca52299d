import { isDeepStrictEqual } from 'node:util'
import { TEMPERATURES } from '../core/calibration.ts'
import { InputDataError, UsageError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Dataset } from '../curation/dataset.ts'
import type { Bundle } from '../export/bundle.ts'
import type { Architecture } from '../models/architecture.ts'
import { architecture } from '../models/registry.ts'
import type { Checkpoint, RunPosition } from './checkpoint.ts'
import { startBatchSource } from './data/batch-source.ts'
import { startEngine } from './engine/engine.ts'
import { engineSettings } from './engine/settings.ts'
import { firstState } from './first-state.ts'
import { judgedByPairs } from './judged-examples.ts'
import { memoryNeed, tellMemory } from './memory-need.ts'
import { type StateLayout, stateLayout } from './program.ts'
import type { RunConfig } from './run-config.ts'
import { metricsTable, type RunDescription, type RunFolder } from './run-folder.ts'
import { type RunResult, runResult } from './run-result.ts'
import { requireSuitable } from './suitability.ts'
import { taughtLabels } from './teachers.ts'
import { isOver, START, Trainer, type TrainingProgress } from './trainer.ts'
import { requireWindowsFit } from './window-fit.ts'

export interface TrainRunOptions {
  config: RunConfig
  dataset: Dataset
  folder: RunFolder
  /** Models to learn from, besides the labels. */
  teachers?: readonly Bundle[]
  /** Goes on with the run in the folder. */
  resume: boolean
  toolVersion: string
  log: Log
  onProgress(progress: TrainingProgress): void
  /** Returns the text of `curves.svg`. */
  drawCurves(checkpoint: Checkpoint): string
  /** Memory there is for the run; left out where it is not known. Units: bytes. */
  freeMemory?: number
  /** Milliseconds, from any beginning. */
  clock(): number
  /** Ends the run after the step being computed, with a checkpoint. */
  signal?: AbortSignal
}

/**
 * Returns what a training run led to, after writing its folder: `run.json` at once, `checkpoint.safetensors`, `metrics.tsv` and
 * `curves.svg` as it goes, `best.safetensors` at each best epoch and `result.json` at the end. A run that was ended and resumed, with
 * the same threads on the CPU, ends with the same bytes as one that was not.
 * Throws: UsageError when the folder holds a run and `resume` is not set, or one with other settings; InputDataError when
 * the dataset does not suit the model; InterruptedError after the signal; SpliceScoreError when the loss is not finite.
 */
export async function trainRun(given: TrainRunOptions): Promise<RunResult> {
  const options = { ...given, dataset: judgedByPairs(given.dataset) }
  const { config, dataset, folder, resume, log, teachers = [] } = options
  const network = architecture(config.model, config.options)
  requireWindowsFit(dataset, network)
  const layout = stateLayout(network, dataset.window.length)
  const description: RunDescription = {
    toolVersion: options.toolVersion,
    config,
    dataset: { name: dataset.name, window: dataset.window, files: dataset.files },
    ...(teachers.length > 0
      ? { teachers: teachers.map(({ metadata: { name }, sha256 }) => ({ name, sha256 })) }
      : {}),
  }
  let checkpoint: Checkpoint = {
    state: firstState(layout, dataset, config),
    position: START,
  }
  if (resume) {
    requireSameRun(await folder.description(), description)
    requireSuitable(dataset, network, config)
    await folder.removeUnfinished()
    checkpoint = (await folder.checkpoint('checkpoint', layout, config)) ?? checkpoint
    const { step, epoch } = checkpoint.position
    log.info(
      isOver(checkpoint.position, config)
        ? `all ${epoch} epochs were done`
        : `going on after step ${step}, in epoch ${epoch + 1}`,
    )
  } else {
    requireSuitable(dataset, network, config)
    await folder.requireNew()
  }
  const begin = () => (resume ? Promise.resolve() : folder.begin(description))
  const end = isOver(checkpoint.position, config)
    ? checkpoint.position
    : await train(options, network, layout, checkpoint, begin)
  return finish(options, network, layout, end)
}

/** Writes the result of a run whose epochs are done. */
async function finish(
  { config, dataset, folder, log }: TrainRunOptions,
  network: Architecture,
  layout: StateLayout,
  end: RunPosition,
): Promise<RunResult> {
  const best = await folder.checkpoint('best', layout, config)
  if (best === undefined || best.position.best?.epoch !== end.best?.epoch) {
    throw new InputDataError(
      `${folder.path}: expected the checkpoint of the best epoch, ${end.best?.epoch ?? 'of which there is none'}, found ${best ? `that of epoch ${best.position.best?.epoch}` : 'none'}`,
      end.best
        ? 'files of the folder were changed; begin a run in another folder'
        : `no epoch had a ${config.metric} that is a number; look at metrics.tsv`,
    )
  }
  const result = runResult(config, network, dataset, best, end.history.length)
  const calibrator = result.decision?.calibrator
  if (calibrator?.method === 'temperature' && TEMPERATURES.includes(calibrator.temperature)) {
    log.warn(
      `temperature calibration came to its limit, ${calibrator.temperature}: one temperature cannot make these scores probabilities; set calibration=platt or isotonic`,
    )
  }
  await folder.write('result', `${JSON.stringify(result, undefined, 2)}\n`)
  return result
}

async function train(
  options: TrainRunOptions,
  network: Architecture,
  layout: StateLayout,
  checkpoint: Checkpoint,
  begin: () => Promise<void>,
): Promise<RunPosition> {
  const { config, dataset, folder, log, signal, teachers = [] } = options
  const { batchSize, seed, sampling, maskFlanks, teacherShare } = config
  for (const { metadata } of teachers) {
    if (metadata.calibrators !== undefined) {
      log.warn(
        `teacher ${metadata.name} is calibrated, maybe for another class ratio than that of the labels: better train and export it with calibration none`,
      )
    }
  }
  if (teachers.length > 0) {
    log.info(`${teachers.length} teachers score ${dataset.splits.train.length} training examples`)
  }
  const taught =
    teachers.length > 0
      ? await taughtLabels(dataset, network, {
          teachers,
          share: teacherShare,
          ...(signal && { signal }),
        })
      : undefined
  const settings = engineSettings(config, dataset.window)
  tellMemory(config.model, memoryNeed(settings), options.freeMemory, log)
  const source = await startBatchSource({
    dataset,
    taughtLabels: taught,
    batchSize,
    train: { indices: dataset.splits.train, seed, sampling, maskFlanks },
  })
  try {
    const engine = await startEngine(settings, checkpoint.state, log)
    try {
      log.info(
        `${network.name}: ${layout.parameters.size} parameters, ${source.batchesPerEpoch} batches of ${batchSize} an epoch; ${engine.description}`,
      )
      warnOfWarmup(config, source.batchesPerEpoch * config.epochs, log)
      // Not before everything has started: a folder must not hold a run that never began.
      await begin()
      return await new Trainer({
        ...options,
        architecture: network,
        layout,
        source,
        engine,
        position: checkpoint.position,
        signal,
        // The checkpoint last: a run that is killed between two files then does the epoch again and writes all of them.
        async save(checkpoint, best) {
          if (best) {
            await folder.writeCheckpoint('best', { ...checkpoint, validation: best }, layout)
          }
          if (checkpoint.position.batch === 0) {
            await folder.write('metrics', metricsTable(checkpoint.position.history))
            await folder.write('curves', options.drawCurves(checkpoint))
          }
          await folder.writeCheckpoint('checkpoint', checkpoint, layout)
        },
      }).run()
    } finally {
      await engine.close()
    }
  } finally {
    await source.close()
  }
}

function warnOfWarmup({ schedule, learningRate }: RunConfig, steps: number, log: Log): void {
  if (schedule.kind === 'warmup-cosine' && schedule.warmupSteps >= steps) {
    log.warn(
      `the warm-up of ${schedule.warmupSteps} steps is longer than the run of ${steps}: it never reaches the rate ${learningRate}; set schedule.warmupSteps`,
    )
  }
}

/** A resumed run must be the run it resumes: other data or settings would make a mixture of two. */
function requireSameRun(before: RunDescription, now: RunDescription): void {
  const differing = Object.keys(now.config).filter(
    // A setting that is newer than the run was at its default.
    key =>
      key in before.config &&
      !isDeepStrictEqual(before.config[key as keyof RunConfig], plain(now.config[key as keyof RunConfig])),
  )
  if (differing.length > 0) {
    const shown = differing.map(key => {
      const [was, is] = [before, now].map(run => JSON.stringify(run.config[key as keyof RunConfig]))
      return `${key} (${was}, now ${is})`
    })
    throw new UsageError(
      `--resume: expected the settings the run began with, found others: ${shown.join(', ')}`,
      'leave the settings out when resuming; they are read from run.json',
    )
  }
  const hashes = ({ teachers = [] }: RunDescription) => teachers.map(({ sha256 }) => sha256)
  if (!isDeepStrictEqual(hashes(before), hashes(now))) {
    throw new UsageError(
      `--resume: expected the teachers the run began with, found ${hashes(now).length} for ${hashes(before).length}, or others`,
      'give the same files with --teacher, in the same order',
    )
  }
  if (!isDeepStrictEqual(before.dataset, plain(now.dataset))) {
    throw new InputDataError(
      '--resume: expected the dataset the run began with, found another (name, window or SHA-256 differ)',
      'give the same --data, unchanged',
    )
  }
}

/** Returns a value as it comes back from JSON. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
