import { isDeepStrictEqual } from 'node:util'
import { InputDataError, UsageError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Dataset } from '../curation/dataset.ts'
import type { Architecture } from '../models/architecture.ts'
import { architecture } from '../models/registry.ts'
import type { Checkpoint, RunPosition } from './checkpoint.ts'
import { startBatchSource } from './data/batch-source.ts'
import { startEngine } from './engine/engine.ts'
import { type StateLayout, stateLayout } from './program.ts'
import type { RunConfig } from './run-config.ts'
import { metricsTable, type RunDescription, type RunFolder } from './run-folder.ts'
import { type RunResult, runResult } from './run-result.ts'
import { initialState, START, Trainer, type TrainingProgress } from './trainer.ts'

export interface TrainRunOptions {
  config: RunConfig
  dataset: Dataset
  folder: RunFolder
  /** Goes on with the run in the folder. */
  resume: boolean
  toolVersion: string
  log: Log
  onProgress(progress: TrainingProgress): void
  /** Returns the text of `curves.svg`. */
  drawCurves(checkpoint: Checkpoint): string
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
export async function trainRun(options: TrainRunOptions): Promise<RunResult> {
  const { config, dataset, folder, resume, log } = options
  const network = architecture(config.model, config.options)
  requireExamples(dataset)
  const layout = stateLayout(network, dataset.window.length)
  const description: RunDescription = {
    toolVersion: options.toolVersion,
    config,
    dataset: { name: dataset.name, window: dataset.window, files: dataset.files },
  }
  let checkpoint: Checkpoint = { state: initialState(layout, config), position: START }
  if (resume) {
    requireSameRun(await folder.description(), description)
    checkpoint = (await folder.checkpoint('checkpoint', layout, config)) ?? checkpoint
    log.info(`going on after step ${checkpoint.position.step}, in epoch ${checkpoint.position.epoch + 1}`)
  } else {
    await folder.begin(description)
  }
  const end = await train(options, network, layout, checkpoint)
  const best = await folder.checkpoint('best', layout, config)
  if (best === undefined) {
    throw new InputDataError(
      `${folder.path}: no epoch had a ${config.metric} that is a number`,
      'look at metrics.tsv; a lower learningRate or another metric may help',
    )
  }
  const result = runResult(config, dataset, best, end.history.length)
  await folder.write('result', `${JSON.stringify(result, undefined, 2)}\n`)
  return result
}

async function train(
  options: TrainRunOptions,
  network: Architecture,
  layout: StateLayout,
  checkpoint: Checkpoint,
): Promise<RunPosition> {
  const { config, dataset, folder, log, signal } = options
  const { batchSize, seed, sampling, maskFlanks } = config
  const source = await startBatchSource({
    dataset,
    batchSize,
    train: { indices: dataset.splits.train, seed, sampling, maskFlanks },
  })
  try {
    const engine = await startEngine(
      {
        ...config,
        model: { name: config.model, options: config.options },
        windowLength: dataset.window.length,
        sites: dataset.window,
      },
      checkpoint.state,
      log,
    )
    try {
      log.info(
        `${network.name}: ${layout.parameters.size} parameters, ${source.batchesPerEpoch} batches of ${batchSize} an epoch; ${engine.description}`,
      )
      return await new Trainer({
        ...options,
        architecture: network,
        layout,
        source,
        engine,
        position: checkpoint.position,
        signal,
        async save(checkpoint, best) {
          await folder.writeCheckpoint('checkpoint', checkpoint, layout)
          if (best) {
            await folder.writeCheckpoint('best', { ...checkpoint, validation: best }, layout)
          }
          if (checkpoint.position.batch === 0) {
            await folder.write('metrics', metricsTable(checkpoint.position.history))
            await folder.write('curves', options.drawCurves(checkpoint))
          }
        },
      }).run()
    } finally {
      await engine.close()
    }
  } finally {
    await source.close()
  }
}

function requireExamples({ splits, name }: Dataset): void {
  if (splits.train.length === 0 || splits.validation.length === 0) {
    throw new InputDataError(
      `dataset ${name}: expected examples to train on and to validate on, found ${splits.train.length} and ${splits.validation.length}`,
      'name a split for each row, or set validationFraction above 0',
    )
  }
}

/** A resumed run must be the run it resumes: other data or settings would make a mixture of two. */
function requireSameRun(before: RunDescription, now: RunDescription): void {
  const differing = Object.keys(now.config).filter(
    key =>
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
  if (!isDeepStrictEqual(before.dataset, plain(now.dataset))) {
    throw new InputDataError(
      '--resume: expected the dataset the run began with, found another (name, window or SHA-256 differ)',
      'give the same --data, unchanged',
    )
  }
}

/** Returns a value as it comes back from JSON. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
