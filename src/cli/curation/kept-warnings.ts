import { basename } from 'node:path'
import type { Log } from '../../core/log.ts'

/** A log whose warnings are kept for the dataset as well, which names files without their folders. */
export class KeptWarnings implements Log {
  readonly all: string[] = []
  readonly #log: Log
  readonly #paths: readonly string[]

  /** Takes the paths that messages may name. */
  constructor(log: Log, paths: readonly string[]) {
    this.#log = log
    // A path may be the front of another.
    this.#paths = [...new Set(paths)].sort((a, b) => b.length - a.length)
  }

  warn(message: string): void {
    this.all.push(this.#paths.reduce((text, path) => text.replaceAll(path, basename(path)), message))
    this.#log.warn(message)
  }

  info(message: string): void {
    this.#log.info(message)
  }

  debug(message: string): void {
    this.#log.debug(message)
  }
}
