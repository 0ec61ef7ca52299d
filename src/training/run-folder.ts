import { join } from 'node:path'
import { InputDataError, MissingResourceError, UsageError } from '../core/errors.ts'
import type { DatasetFile } from '../curation/dataset.ts'
import type { DatasetWindow } from '../curation/dataset-description.ts'
import { openSink, removeUnfinished } from '../io/sink.ts'
import { makeFolder, readWholeFileIfThere } from '../io/whole-file.ts'
import { type Checkpoint, checkpointBytes, type EpochRecord, parseCheckpoint } from './checkpoint.ts'
import { slotCount } from './optimisers.ts'
import type { StateLayout } from './program.ts'
import type { RunConfig } from './run-config.ts'
import type { RunResult } from './run-result.ts'
import { METRICS } from './validation.ts'

/** What a run was started with. */
export interface RunDescription {
  toolVersion: string
  config: RunConfig
  dataset: { name: string; window: DatasetWindow; files: readonly DatasetFile[] }
  /** Models whose scores were learnt from. */
  teachers?: readonly { name: string; sha256: string }[]
}

/** Names of a run folder's files. */
export const RUN_FILES = {
  description: 'run.json',
  checkpoint: 'checkpoint.safetensors',
  best: 'best.safetensors',
  metrics: 'metrics.tsv',
  curves: 'curves.svg',
  result: 'result.json',
} as const

/** The folder of a training run. Every file in it is written whole under another name first. */
export class RunFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  file(name: keyof typeof RUN_FILES): string {
    return join(this.path, RUN_FILES[name])
  }

  /** Throws: UsageError when the folder holds a run. */
  async requireNew(): Promise<void> {
    if ((await this.#read('description')) !== undefined) {
      throw new UsageError(
        `${this.path}: expected a new folder, found a training run`,
        'go on with it by --resume, or write to another folder',
      )
    }
  }

  /** Makes the folder of a new run, with its description. */
  async begin(description: RunDescription): Promise<void> {
    await makeFolder(this.path)
    await this.write('description', `${JSON.stringify(description, undefined, 2)}\n`)
  }

  /** Returns what the run was started with. Throws: MissingResourceError when the folder holds no run; InputDataError when its description does not read. */
  async description(): Promise<RunDescription> {
    const description = await this.#json('description')
    if (description === undefined) {
      throw new MissingResourceError(
        `${this.path}: expected a training run with ${RUN_FILES.description}, found none`,
        'give the folder that splice-score train --out wrote',
      )
    }
    const { config, dataset } = description as Partial<RunDescription>
    if (typeof config?.model !== 'string' || typeof dataset?.window?.length !== 'number') {
      throw new InputDataError(
        `${this.file('description')}: expected the description of a run, with config.model and dataset.window, found something else`,
        'give the folder that splice-score train --out wrote',
      )
    }
    return description as RunDescription
  }

  /** Returns what the run led to; undefined when it is not finished. */
  async result(): Promise<RunResult | undefined> {
    return (await this.#json('result')) as RunResult | undefined
  }

  /** Returns the last or the best checkpoint; undefined when there is none yet. Throws: InputDataError when it is damaged. */
  async checkpoint(
    which: 'checkpoint' | 'best',
    layout: StateLayout,
    config: Pick<RunConfig, 'optimiser' | 'averaging'>,
  ): Promise<Checkpoint | undefined> {
    const bytes = await this.#read(which)
    return (
      bytes &&
      parseCheckpoint(bytes, this.file(which), layout, {
        slots: slotCount(config.optimiser),
        averaged: config.averaging > 0,
      })
    )
  }

  async writeCheckpoint(
    which: 'checkpoint' | 'best',
    checkpoint: Checkpoint,
    layout: StateLayout,
  ): Promise<void> {
    await this.write(which, checkpointBytes(checkpoint, layout))
  }

  /** Removes what a killed process left unfinished. */
  async removeUnfinished(): Promise<void> {
    for (const name of Object.keys(RUN_FILES) as (keyof typeof RUN_FILES)[]) {
      await removeUnfinished(this.file(name))
    }
  }

  async write(name: keyof typeof RUN_FILES, content: string | Uint8Array): Promise<void> {
    const sink = await openSink(this.file(name))
    try {
      await sink.write(content)
      await sink.close()
    } catch (error) {
      sink.discard()
      throw error
    }
  }

  async #json(name: 'description' | 'result'): Promise<unknown> {
    const bytes = await this.#read(name)
    try {
      return bytes && JSON.parse(new TextDecoder().decode(bytes))
    } catch (error) {
      throw new InputDataError(
        `${this.file(name)}: expected JSON: ${(error as Error).message}`,
        undefined,
        error,
      )
    }
  }

  #read(name: keyof typeof RUN_FILES): Promise<Uint8Array | undefined> {
    return readWholeFileIfThere(this.file(name))
  }
}

/** Returns the table of a run's epochs. No times: the same run writes the same bytes. */
export function metricsTable(history: readonly EpochRecord[]): string {
  const metrics = METRICS.filter(name => history.some(record => record.metrics[name] !== undefined))
  const header = ['epoch', 'step', 'learning_rate', 'train_loss', ...metrics]
  const rows = history.map(({ epoch, step, learningRate, trainLoss, metrics: found }) => [
    epoch,
    step,
    learningRate,
    trainLoss,
    ...metrics.map(name => found[name] ?? ''),
  ])
  return [header, ...rows].map(row => `${row.join('\t')}\n`).join('')
}
