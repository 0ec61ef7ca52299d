import { EXIT, SpliceScoreError, throwIfAborted } from '../core/errors.ts'
import { joinFloats } from '../core/join-floats.ts'
import type { Log } from '../core/log.ts'
import type { Dataset } from '../curation/dataset.ts'
import { UNKNOWN_LABEL } from '../curation/site-labels.ts'
import type { Architecture } from '../models/architecture.ts'
import type { Checkpoint, EpochRecord, RunPosition } from './checkpoint.ts'
import type { Batch } from './data/batch-maker.ts'
import type { BatchSource } from './data/batch-source.ts'
import type { Engine } from './engine/engine.ts'
import { meaningOf } from './losses.ts'
import { stepScalars } from './optimisers.ts'
import { lastGain } from './patience.ts'
import type { StateLayout } from './program.ts'
import { reconstructionCounts, reconstructionMetrics } from './reconstruction.ts'
import type { RunConfig } from './run-config.ts'
import { rateAt } from './schedules.ts'
import { truthKindOf, truthOf } from './truth.ts'
import {
  classMetrics,
  isBetter,
  labelMetrics,
  type MetricName,
  type Metrics,
  regressionMetrics,
  tallyColumn,
} from './validation.ts'

/** How far a run is, for a display. */
export interface TrainingProgress {
  epoch: number
  epochs: number
  /** Batches of the epoch done, and in all. */
  batch: number
  batches: number
  /** Mean of the epoch so far. */
  loss: number
  learningRate: number
  /** Since this process began. */
  samplesPerSecond: number
  /** To the end of all epochs. */
  secondsLeft: number
  /** The metric that decides, after the last epoch. */
  metric: { name: MetricName; value: number | undefined }
}

/** What a trainer works with. */
export interface TrainerParts {
  config: RunConfig
  architecture: Architecture
  layout: StateLayout
  dataset: Dataset
  source: BatchSource
  engine: Engine
  position: RunPosition
  /** Called at the end of each epoch and every `checkpointSteps`; with the validation scores of the best epoch so far. */
  save(checkpoint: Checkpoint, best: ValidationScores | undefined): Promise<void>
  onProgress(progress: TrainingProgress): void
  log: Log
  /** Milliseconds, from any beginning. */
  clock(): number
  signal?: AbortSignal | undefined
}

/** Whether no epoch is left: all are done, or none was better by enough for as long as the settings wait. */
export function isOver(
  { epoch, history }: Pick<RunPosition, 'epoch' | 'history'>,
  { epochs, patience, metric, minDelta }: Pick<RunConfig, 'epochs' | 'patience' | 'metric' | 'minDelta'>,
): boolean {
  const gain = patience > 0 ? lastGain(history, metric, minDelta) : undefined
  return epoch >= epochs || (gain !== undefined && epoch - gain >= patience)
}

/** Returns the position before the first step. */
export const START: RunPosition = { step: 0, epoch: 0, batch: 0, lossSum: 0, history: [], best: undefined }

/** Runs the epochs of a training run from wherever its position says. */
export class Trainer {
  readonly #parts: TrainerParts
  readonly #started: number
  #position: RunPosition
  #samples = 0

  constructor(parts: TrainerParts) {
    this.#parts = parts
    this.#position = { ...parts.position, history: [...parts.position.history] }
    this.#started = parts.clock()
  }

  /**
   * Returns the position at the end: all epochs done, or none better for as long as the settings wait. When the signal
   * is given, the step is ended and a checkpoint written.
   * Throws: InterruptedError after a signal; SpliceScoreError naming step and batch when a loss is not finite.
   */
  async run(): Promise<RunPosition> {
    const { config, source } = this.#parts
    while (!isOver(this.#position, config)) {
      const { epoch, batch } = this.#position
      // A run that was ended while it validated has no batch left in its epoch.
      if (batch < source.batchesPerEpoch) {
        for await (const next of source.train({ epoch, batch })) {
          await this.#step(next)
          if (this.#position.batch === source.batchesPerEpoch) {
            break
          }
          await this.#pause()
        }
      }
      await this.#endEpoch()
    }
    return this.#position
  }

  #rate(step: number): number {
    const { config, source } = this.#parts
    const stepsPerEpoch = source.batchesPerEpoch
    return rateAt(config.schedule, config.learningRate, step, {
      total: stepsPerEpoch * config.epochs,
      stepsPerEpoch,
    })
  }

  async #step(batch: Batch): Promise<void> {
    const { config, architecture, dataset, engine } = this.#parts
    const { step } = this.#position
    const truth = truthOf(architecture, dataset.window, batch)
    const scalars = stepScalars(config.optimiser, step + 1, this.#rate(step))
    const { loss, norm } = await engine.step(
      { codes: batch.codes, truth, weights: batch.weights },
      step,
      scalars,
    )
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      const what = Number.isFinite(loss) ? `a gradient of norm ${norm}` : `a loss of ${loss}`
      throw divergedError({ step: step + 1, epoch: batch.epoch, batch: batch.batch + 1 }, what, batch.indices)
    }
    this.#position = {
      ...this.#position,
      step: step + 1,
      batch: batch.batch + 1,
      lossSum: this.#position.lossSum + loss,
    }
    this.#samples += batch.labels.length
    this.#report()
  }

  /** Between two batches of an epoch: a checkpoint when one is due or the run is being ended. */
  async #pause(): Promise<void> {
    const { config, signal } = this.#parts
    const due = config.checkpointSteps > 0 && this.#position.step % config.checkpointSteps === 0
    if (due || signal?.aborted) {
      await this.#save(undefined)
    }
    throwIfAborted(signal)
  }

  async #endEpoch(): Promise<void> {
    const { config, source, log, signal } = this.#parts
    const { step, epoch, lossSum, history, best } = this.#position
    const scores = await this.#validate()
    const metrics = validationMetrics(this.#parts, scores)
    const record: EpochRecord = {
      epoch: epoch + 1,
      step,
      learningRate: this.#rate(step - 1),
      trainLoss: lossSum / source.batchesPerEpoch,
      metrics,
    }
    const value = metrics[config.metric] ?? Number.NaN
    const better = isBetter(config.metric, value, best?.value)
    this.#position = {
      step,
      epoch: epoch + 1,
      batch: 0,
      lossSum: 0,
      history: [...history, record],
      best: better ? { epoch: epoch + 1, value } : best,
    }
    log.info(describeEpoch(record, config.epochs, better))
    await this.#save(better ? scores : undefined)
    throwIfAborted(signal)
  }

  async #validate(): Promise<ValidationScores> {
    const { architecture, dataset, engine, source, signal } = this.#parts
    const parts: Float32Array[] = []
    const { validation } = dataset.splits
    for await (const batch of source.inOrder(validation)) {
      if (signal?.aborted) {
        await this.#save(undefined)
      }
      throwIfAborted(signal)
      const scores = await engine.predict(batch.codes, batch.labels.length)
      if (scores.some(Number.isNaN)) {
        throw divergedError(this.#position, 'scores of validation examples that are no numbers')
      }
      // Of bases there are far more numbers than anything is to be known of.
      parts.push(
        architecture.output === 'bases'
          ? reconstructionCounts(batch.codes, scores, architecture.channels!, dataset.window.length)
          : scores,
      )
    }
    return {
      scores: joinFloats(parts),
      columns: parts[0]!.length / Math.min(validation.length, source.batchSize),
    }
  }

  async #save(best: ValidationScores | undefined): Promise<void> {
    await this.#parts.save({ state: await this.#parts.engine.state(), position: this.#position }, best)
  }

  #report(): void {
    const { config, source, onProgress, clock } = this.#parts
    const { step, epoch, batch, lossSum, history } = this.#position
    const seconds = (clock() - this.#started) / 1000
    const samplesPerSecond = this.#samples / Math.max(seconds, 1e-3)
    const left = config.epochs * source.batchesPerEpoch - step
    onProgress({
      epoch: epoch + 1,
      epochs: config.epochs,
      batch,
      batches: source.batchesPerEpoch,
      loss: lossSum / batch,
      learningRate: this.#rate(step - 1),
      samplesPerSecond,
      secondsLeft: (left * config.batchSize) / samplesPerSecond,
      metric: { name: config.metric, value: history.at(-1)?.metrics[config.metric] },
    })
  }
}

/** Scores of examples, of a network that gives bases what they are counted in. Shape: [examples, columns] row-major. */
export interface ValidationScores {
  scores: Float32Array
  columns: number
}

/** Returns the metrics of the validation examples, of classes by the last column. */
function validationMetrics(
  { architecture, config: { loss }, dataset }: Pick<TrainerParts, 'architecture' | 'config' | 'dataset'>,
  { scores, columns }: ValidationScores,
): Metrics {
  const { validation } = dataset.splits
  switch (truthKindOf(architecture, loss, dataset)) {
    case 'classes':
      return classMetrics(tallyColumn(scores, columns, columns - 1, labelsOf(dataset, validation)))
    case 'numbers':
      return regressionMetrics(scores, targetsOf(dataset, validation))
    case 'labels': {
      const labels = targetsOf(dataset, validation)
      const known = (all: Float32Array) => all.filter((_, i) => labels[i] !== UNKNOWN_LABEL)
      return {
        ...labelMetrics(scores, labels, columns),
        ...regressionMetrics(known(scores), known(labels)),
      }
    }
    case 'bases':
      return reconstructionMetrics(scores, meaningOf(loss) === 'exclusive')
  }
}

/** Returns the targets of examples. Shape: [examples, columns]. */
function targetsOf({ targets }: Pick<Dataset, 'targets'>, examples: Uint32Array): Float32Array {
  const { values, columns } = targets!
  const chosen = new Float32Array(examples.length * columns)
  for (const [i, example] of examples.entries()) {
    chosen.set(values.subarray(example * columns, (example + 1) * columns), i * columns)
  }
  return chosen
}

/** Returns the labels of examples. */
export const labelsOf = (dataset: Pick<Dataset, 'labels'>, examples: Uint32Array): Uint8Array =>
  Uint8Array.from(examples, example => dataset.labels[example]!)

/** `place`: step and batch counted from 1, the epoch from 0. */
function divergedError(
  { step, epoch, batch }: { step: number; epoch: number; batch: number },
  what: string,
  examples: Uint32Array = new Uint32Array(0),
): SpliceScoreError {
  const shown = Array.from(examples.subarray(0, 10)).join(', ')
  const rows =
    examples.length === 0
      ? ''
      : `; examples of the batch (rows of the dataset from 0): ${shown}${examples.length > 10 ? ', ...' : ''}`
  return new SpliceScoreError(
    'DIVERGED',
    EXIT.usage,
    `training stopped at step ${step}, epoch ${epoch + 1}, batch ${batch}: expected finite numbers, found ${what}${rows}`,
    'begin a run in another folder with a lower learningRate, or with the gradient limited by clip.norm',
  )
}

function describeEpoch({ epoch, trainLoss, metrics }: EpochRecord, epochs: number, best: boolean): string {
  const found = Object.entries(metrics).map(([name, value]) => `${name} ${value.toPrecision(4)}`)
  return `epoch ${epoch}/${epochs}: loss ${trainLoss.toPrecision(4)}; validation ${found.join(', ')}${best ? ' (best)' : ''}`
}
