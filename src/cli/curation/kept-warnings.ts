import type { Log } from '../../core/log.ts'

/** Writes warnings to the log and keeps them for the dataset. */
export class KeptWarnings {
  readonly all: string[] = []
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  add(warning: string): void {
    this.all.push(warning)
    this.#log.warn(warning)
  }
}
