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

const CHUNK_BYTES = 1 << 18

/**
 * Yields the source's bytes in pieces, from byte `from` on (files only). A file's next piece is being read while the
 * caller works on the last one.
 * Throws: MissingResourceError when the file is absent, InputDataError when it cannot be read.
 */
export async function* readBytes(source: ByteSource, from = 0): AsyncGenerator<Uint8Array> {
  if (typeof source === 'string') {
    yield* readPieces(source, from, 0, () => Buffer.allocUnsafeSlow(CHUNK_BYTES))
  } else {
    yield* source.stream()
  }
}

/**
 * Yields the source's bytes in pieces, each piece of a file with `headroom` unused bytes in front of it in its buffer, so
 * that a caller can put the rest of the last piece there (see `prependBytes`) instead of copying both.
 * Memory: two buffers in turn. A piece holds until the one after it has been asked for and no longer: fresh memory for
 * every piece cost a tenth of the time of reading a BAM in page faults.
 */
export async function* readBytesInPlace(
  source: ByteSource,
  from: number,
  headroom: number,
): AsyncGenerator<Uint8Array> {
  if (typeof source !== 'string') {
    yield* source.stream()
    return
  }
  const buffers = [0, 1].map(() => Buffer.allocUnsafeSlow(headroom + CHUNK_BYTES))
  let turn = 0
  yield* readPieces(source, from, headroom, () => buffers[turn++ % 2]!)
}

async function* readPieces(
  path: string,
  from: number,
  headroom: number,
  nextBuffer: () => Buffer<ArrayBuffer>,
): AsyncGenerator<Uint8Array> {
  const handle = await openFile(path)
  // A pipe given as a path (/dev/stdin, <(command)) has no positions; it can be read once, from its front.
  const isSeekable = (await handle.stat()).isFile()
  let reading: Promise<Uint8Array> | undefined
  try {
    const read = async (at: number): Promise<Uint8Array> => {
      const buffer = nextBuffer()
      const { bytesRead } = await handle.read(buffer, headroom, CHUNK_BYTES, isSeekable ? at : null)
      return new Uint8Array(buffer.buffer, headroom, bytesRead)
    }
    let position = from
    for (reading = read(position); ; ) {
      const piece = await reading
      if (piece.length === 0) {
        return
      }
      position += piece.length
      reading = read(position)
      yield piece
    }
  } finally {
    // A piece may still be on its way when the caller stops early; the file is closed after it, whatever it brings.
    await reading?.catch(() => undefined)
    await handle.close()
  }
}

/**
 * Returns an open handle on a file or pipe.
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

/** Returns the size of a regular file, which can be read more than once and at any position; undefined for a pipe. */
export async function fileSize(path: string): Promise<number | undefined> {
  const handle = await openFile(path)
  try {
    const stat = await handle.stat()
    return stat.isFile() ? stat.size : undefined
  } finally {
    await handle.close()
  }
}

/** Returns up to `length` bytes of a file from a position on; fewer at its end. */
export async function readAt(path: string, position: number, length: number): Promise<Uint8Array> {
  const handle = await openFile(path)
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, position)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
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
  if (code === 'EISDIR') {
    return new InputDataError(`${path}: expected a file, found a directory`, undefined, error)
  }
  return error instanceof Error ? error : new Error(String(error))
}

/** Returns a new array holding the bytes of both. */
export function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}

/**
 * Returns `rest` followed by `piece`, in the piece's own buffer where that has room in front of it.
 * The piece may come from `readBytesInPlace`, or from anywhere else.
 */
export function prependBytes(rest: Uint8Array, piece: Uint8Array, headroom: number): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = piece
  const isOurs = byteOffset === headroom && buffer instanceof ArrayBuffer && rest.length <= headroom
  if (!isOurs || headroom === 0) {
    return joinBytes(rest, piece)
  }
  const joined = new Uint8Array(buffer, headroom - rest.length, rest.length + length)
  joined.set(rest)
  return joined
}
