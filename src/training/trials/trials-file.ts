import { join } from 'node:path'
import { InputDataError, UsageError } from '../../core/errors.ts'
import { openSink } from '../../io/sink.ts'
import { makeFolder, readWholeFileIfThere } from '../../io/whole-file.ts'
import type { RunConfig } from '../run-config.ts'
import type { RunDescription } from '../run-folder.ts'
import type { DrawnSettings } from './search-space.ts'
import type { TrialSettings } from './trial-settings.ts'

/** A trial that is over. */
export interface TrialRecord {
  /** From 1. */
  trial: number
  settings: DrawnSettings
  /** The best metric of the run validated on each part. */
  folds: readonly number[]
  /** Their mean; absent when a run failed. */
  score?: number
  failure?: string
}

/** One of the last runs that is over. */
export interface FinalRecord {
  /** From 1; the run is in the folder `finals/RUN`. */
  run: number
  seed: number
  bestEpoch?: number
  /** Of its best epoch, on the validation examples. */
  metric?: number
  failure?: string
}

/** Everything about the trials of a run folder. */
export interface TrialsRecord {
  toolVersion: string
  /** Before anything is drawn. Its seed is that of the draws of validation examples, parts and settings. */
  config: RunConfig
  trials: TrialSettings
  dataset: RunDescription['dataset']
  done: TrialRecord[]
  /** The best trial, when all are over. */
  best?: number
  finals: FinalRecord[]
  /** The last run that the folder holds, when all are over. */
  kept?: number
}

const NAME = 'trials.json'

/** The record of the trials in a run folder. It is written whole after each trial. */
export class TrialsFile {
  readonly path: string
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    this.path = join(folder, NAME)
  }

  /** Returns the record; undefined where there is none. Throws: InputDataError when it does not read. */
  async read(): Promise<TrialsRecord | undefined> {
    const bytes = await readWholeFileIfThere(this.path)
    if (bytes === undefined) {
      return undefined
    }
    try {
      const record = JSON.parse(new TextDecoder().decode(bytes)) as Partial<TrialsRecord>
      if (typeof record.config?.model === 'string' && Array.isArray(record.done)) {
        return record as TrialsRecord
      }
    } catch (error) {
      throw new InputDataError(`${this.path}: expected JSON: ${(error as Error).message}`, undefined, error)
    }
    throw new InputDataError(`${this.path}: expected the record of trials, found another JSON value`)
  }

  /** Throws: UsageError when the folder holds trials. */
  async requireNone(): Promise<void> {
    if ((await readWholeFileIfThere(this.path)) !== undefined) {
      throw new UsageError(
        `${this.#folder}: expected a new folder, found trials`,
        'go on with them by --resume, or write to another folder',
      )
    }
  }

  async write(record: TrialsRecord): Promise<void> {
    await makeFolder(this.#folder)
    const sink = await openSink(this.path)
    try {
      await sink.write(`${JSON.stringify(record, undefined, 2)}\n`)
      await sink.close()
    } catch (error) {
      sink.discard()
      throw error
    }
  }
}
