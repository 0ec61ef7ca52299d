import { readdir, stat } from 'node:fs/promises'
import { InputDataError, MissingResourceError } from '../core/errors.ts'
import { openError } from './byte-source.ts'

/**
 * Returns those of the names that a folder holds, in the order given.
 * Throws: MissingResourceError when the folder is absent or not permitted; InputDataError when it is a file.
 */
export async function namesInFolder(folder: string, names: readonly string[]): Promise<string[]> {
  let found: Set<string>
  try {
    found = new Set(await readdir(folder))
  } catch (error) {
    throw folderError(folder, error)
  }
  return names.filter(name => found.has(name))
}

function folderError(folder: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT'
    ? new MissingResourceError(`${folder}: no such folder`, 'check the path', error)
    : code === 'ENOTDIR'
      ? new InputDataError(`${folder}: expected a folder, found a file`, 'give the folder it is in', error)
      : openError(folder, error)
}

/** Returns whether a path is a folder. Throws: MissingResourceError when there is nothing or it is not permitted. */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    throw openError(path, error)
  }
}
