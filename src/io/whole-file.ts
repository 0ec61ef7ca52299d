import { mkdir, readFile } from 'node:fs/promises'
import { openError } from './byte-source.ts'

/** Returns a small file's bytes. Throws: MissingResourceError when it is absent or not permitted. */
export async function readWholeFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (error) {
    throw openError(path, error)
  }
}

/** Returns a small file's bytes; undefined when it is absent. Throws: MissingResourceError when it is not permitted. */
export async function readWholeFileIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined
    }
    throw openError(path, error)
  }
}

/** Makes a folder, and those it is in, unless it is there. Throws: MissingResourceError when that is not permitted. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw openError(path, error)
  }
}
