import { type FileHandle, open } from 'node:fs/promises'
import { InputDataError, MissingResourceError } from '../core/errors.ts'

/** Bytes that can be read once from the front, such as standard input; `label` names it in messages. */
export interface ReadableSource {
  label: string
  stream(): AsyncIterable<Uint8Array>
}

/** A path, or a stream handed in by the caller (only the command line knows standard input). */
export type ByteSource = string | ReadableSource

/** Returns the name to use for the source in messages. */
export function sourceLabel(source: ByteSource): string {
  return typeof source === 'string' ? source : source.label
}

const CHUNK_BYTES = 1 << 20

/**
 * Yields the source's bytes in pieces, from byte `from` on (files only).
 * Throws: MissingResourceError when the file is absent, InputDataError when it cannot be read.
 */
export async function* readBytes(source: ByteSource, from = 0): AsyncGenerator<Uint8Array> {
  if (typeof source !== 'string') {
    yield* source.stream()
    return
  }
  const handle = await openFile(source)
  try {
    let position = from
    for (;;) {
      const chunk = new Uint8Array(CHUNK_BYTES)
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, position)
      if (bytesRead === 0) {
        return
      }
      position += bytesRead
      yield bytesRead === CHUNK_BYTES ? chunk : chunk.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

/**
 * Returns an open handle on a regular file.
 * Throws: MissingResourceError when absent or not permitted, InputDataError for a directory.
 */
export async function openFile(path: string): Promise<FileHandle> {
  let handle: FileHandle
  try {
    handle = await open(path, 'r')
  } catch (error) {
    throw openError(path, error)
  }
  const stat = await handle.stat()
  if (stat.isDirectory()) {
    await handle.close()
    throw new InputDataError(`${path}: expected a file, found a directory`)
  }
  return handle
}

/** Returns the typed error for a failed open. */
export function openError(path: string, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new MissingResourceError(`${path}: no such file`, 'check the path', error)
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new MissingResourceError(`${path}: permission denied`, 'check the permissions of the file', error)
  }
  return error instanceof Error ? error : new Error(String(error))
}

/** Returns one array holding the bytes of both. */
export function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}
