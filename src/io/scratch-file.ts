import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { MissingResourceError, OutputError } from '../core/errors.ts'

/** A file for data that does not fit into memory, gone after the run. */
export interface ScratchFile {
  readonly path: string
  /** Writes bytes to the end; settles when they are handed on. */
  append(bytes: Uint8Array): Promise<void>
  /** Ends writing; the file stays, to be read under its path. */
  finish(): Promise<void>
  /** Removes the file, synchronously, so that an interrupted run can. A second time it does nothing. */
  discard(): void
}

/**
 * Returns a new, empty file in a folder, named `.<name>.tmp-<random>`.
 * Throws: MissingResourceError when the folder is absent, OutputError when it cannot be written to.
 */
export async function createScratchFile(folder: string, name: string): Promise<ScratchFile> {
  const path = join(folder, `.${name}.tmp-${randomBytes(6).toString('hex')}`)
  let handle: FileHandle
  try {
    handle = await open(path, 'wx')
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? new MissingResourceError(`${folder}: no such folder`, 'make the folder first', error)
      : writeError(path, error)
  }
  let isOpen = true
  return {
    path,
    async append(bytes) {
      try {
        await handle.appendFile(bytes)
      } catch (error) {
        throw writeError(path, error)
      }
    },
    async finish() {
      isOpen = false
      await handle.close()
    },
    discard() {
      rmSync(path, { force: true })
      if (isOpen) {
        isOpen = false
        // The file is gone: that its handle fails to close changes nothing for anyone.
        handle.close().catch(() => undefined)
      }
    },
  }
}

function writeError(path: string, error: unknown): OutputError {
  return new OutputError(
    `${path}: cannot be written: ${(error as Error).message}`,
    'windows that do not fit into memory go into this file; free some space or name another scratch folder',
    error,
  )
}
