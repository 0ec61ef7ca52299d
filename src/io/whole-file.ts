import { mkdir, readFile, stat } from 'node:fs/promises'
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

/** Returns the size of a file without opening it, which would disturb a pipe; undefined for a pipe and where there is none. */
export async function sizeOfFile(path: string): Promise<number | undefined> {
  // What is wrong with the path is told where it is read.
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ? found.size : undefined
}

/** Makes a folder, and those it is in, unless it is there. Throws: MissingResourceError when that is not permitted. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw openError(path, error)
  }
}
