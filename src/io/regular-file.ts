import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { InputDataError, UsageError } from '../core/errors.ts'
import { openError } from './byte-source.ts'

/** A file that can be read more than once. */
export interface RegularFile {
  /** Where it really is, without symbolic links. */
  path: string
  /** Units: bytes. */
  size: number
}

/** Names of files that a process has open already: elsewhere than on Linux they go on where the last reader stopped. */
const OPEN_FILE = /^\/(dev\/(fd\/|stdin$)|proc\/[^/]+\/fd\/)/

/**
 * Returns what a path leads to, without opening it.
 * Throws: MissingResourceError when there is nothing or it is not permitted; InputDataError for a folder; UsageError for a
 * pipe, a device or a file that is open already.
 */
export async function requireRegularFile(path: string, why: string): Promise<RegularFile> {
  try {
    const found = await stat(path)
    if (found.isFile() && !OPEN_FILE.test(resolve(path))) {
      return { path: await realpath(path), size: found.size }
    }
    if (found.isDirectory()) {
      throw new InputDataError(`${path}: expected a file, found a directory`)
    }
  } catch (error) {
    throw error instanceof InputDataError ? error : openError(path, error)
  }
  throw new UsageError(`${path}: expected a regular file, found a pipe or a device`, why)
}
