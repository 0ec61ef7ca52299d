import type { FileHandle } from 'node:fs/promises'
import { InputDataError } from '../core/errors.ts'
import { openFile } from './byte-source.ts'

/** A file that is read at any position. Several threads may have the same file open, each through its own. */
export interface PositionedFile {
  readonly path: string
  /**
   * Fills `into` with the bytes from a position on.
   * Throws: InputDataError when the file ends before that.
   */
  read(position: number, into: Uint8Array): Promise<void>
  close(): Promise<void>
}

/**
 * Returns a file opened for reading at any position.
 * Throws: MissingResourceError when it is absent, InputDataError for a directory.
 */
export async function openPositionedFile(path: string): Promise<PositionedFile> {
  const handle = await openFile(path)
  return {
    path,
    read: (position, into) => readFully(path, handle, position, into),
    close: () => handle.close(),
  }
}

/** A single read may bring less than was asked for, at 2 GB or when a signal comes. */
async function readFully(
  path: string,
  handle: FileHandle,
  position: number,
  into: Uint8Array,
): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle.read(into, done, into.length - done, position + done)
    if (bytesRead === 0) {
      throw new InputDataError(
        `${path}: expected ${into.length} bytes from byte ${position} on, found the end of the file after ${done}`,
        'the file was changed during the run',
      )
    }
    done += bytesRead
  }
}
