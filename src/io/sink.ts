import { randomBytes } from 'node:crypto'
import { rmSync, type Stats } from 'node:fs'
import { type FileHandle, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { MissingResourceError, OutputError } from '../core/errors.ts'
import { BgzfEncoder } from './bgzf-encoder.ts'

/** A place to write text to. A file appears whole under its name at `close`, or not at all. */
export interface Sink {
  readonly label: string
  /** Appends text or bytes; settles at once while the buffer (64 kB) has room, else when the bytes are handed on. */
  write(content: string | Uint8Array): Promise<void>
  /** Settles when everything is on disk, under the temporary name; no write may follow. Several outputs that belong
   * together are all settled before the first is closed, so that a full disk leaves none of them. */
  settle(): Promise<void>
  /** Settles, then gives the file its name. A stream is flushed, not ended. */
  close(): Promise<void>
  /** Removes the unfinished file, synchronously. After `close`, or a second time, it does nothing. */
  discard(): void
}

/** A file's path, or a stream handed in by the caller (only the command line knows standard output). */
export type SinkTarget = string | { label: string; stream: Writable }

export interface SinkOptions {
  /** Writes BGZF: gzip in blocks, the same bytes for the same text on every machine, ready for tabix. */
  gzip?: boolean
}

/**
 * Returns a sink. A file is written as `.<name>.tmp-<random>` in its folder and renamed at `close`; a symbolic link
 * is followed; devices and pipes are written directly.
 * Throws: MissingResourceError when the folder is absent; OutputError when the target is a folder, is not permitted
 * or the disk is full. A reader that went away (EPIPE) is passed on as it is, so that the caller can end quietly.
 */
export async function openSink(target: SinkTarget, options: SinkOptions = {}): Promise<Sink> {
  const bytes =
    typeof target === 'string' ? await openFileOutput(target) : streamOutput(target.label, target.stream)
  const label = typeof target === 'string' ? target : target.label
  return new BufferedSink(label, bytes, options.gzip ? new BgzfEncoder() : undefined)
}

/**
 * Returns when a file can be made at the path, as far as its folder tells; for checking before long work.
 * Throws: MissingResourceError when the folder is absent.
 */
export async function requireFolder(path: string): Promise<void> {
  const folder = dirname(path)
  if (!(await statIfThere(folder))?.isDirectory()) {
    throw missingFolder(path)
  }
}

/** Removes what sinks to this path left behind when their process was killed. */
export async function removeUnfinished(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith(temporaryPrefix(path))) {
      await rm(join(dirname(path), name), { force: true })
    }
  }
}

const temporaryPrefix = (path: string) => `.${basename(path)}.tmp-`

function missingFolder(path: string, cause?: unknown): MissingResourceError {
  return new MissingResourceError(
    `${path}: the folder ${dirname(path)} does not exist`,
    'make the folder first, or write elsewhere',
    cause,
  )
}

interface ByteOutput {
  write(bytes: Uint8Array): Promise<void>
  sync(): Promise<void>
  finish(): Promise<void>
  discard(): void
}

const BUFFER_CHARS = 1 << 16

class BufferedSink implements Sink {
  readonly label: string
  private readonly output: ByteOutput
  private readonly encoder: BgzfEncoder | undefined
  private pending: string[] = []
  private pendingChars = 0
  /** Settles with the last write: writes reach the output in order even when the caller does not wait. */
  private last: Promise<void> = Promise.resolve()
  private state: 'open' | 'settled' | 'closed' | 'discarded' = 'open'
  private failure: unknown

  constructor(label: string, output: ByteOutput, encoder: BgzfEncoder | undefined) {
    this.label = label
    this.output = output
    this.encoder = encoder
  }

  async write(content: string | Uint8Array): Promise<void> {
    this.requireOpen()
    if (typeof content !== 'string') {
      await this.flush(false)
      await this.hand(content, false)
      return
    }
    this.pending.push(content)
    this.pendingChars += content.length
    if (this.pendingChars >= BUFFER_CHARS) {
      await this.flush(false)
    }
  }

  async close(): Promise<void> {
    if (this.state === 'closed') {
      return
    }
    await this.settle()
    await this.guard(() => this.output.finish())
    this.state = 'closed'
  }

  async settle(): Promise<void> {
    if (this.state === 'settled') {
      return
    }
    this.requireOpen()
    await this.flush(true)
    await this.guard(() => this.output.sync())
    this.state = 'settled'
  }

  discard(): void {
    if (this.state === 'open' || this.state === 'settled') {
      this.state = 'discarded'
      this.output.discard()
    }
  }

  private flush(final: boolean): Promise<void> {
    const text = Buffer.from(this.pending.join(''))
    this.pending = []
    this.pendingChars = 0
    return this.hand(text, final)
  }

  private hand(content: Uint8Array, final: boolean): Promise<void> {
    const bytes = this.encoder ? this.encoder.encode(content, final) : content
    this.last = this.last.then(() => this.guard(() => this.output.write(bytes)))
    return this.last
  }

  private async guard(step: () => Promise<void>): Promise<void> {
    if (this.state !== 'settled') {
      this.requireOpen()
    }
    try {
      await step()
    } catch (error) {
      this.failure = outputError(this.label, error)
      this.discard()
      throw this.failure
    }
  }

  private requireOpen(): void {
    if (this.failure !== undefined) {
      throw this.failure
    }
    if (this.state !== 'open') {
      throw new OutputError(`${this.label}: expected an open output, found it ${this.state}`)
    }
  }
}

async function openFileOutput(path: string): Promise<ByteOutput> {
  try {
    const existing = await statIfThere(path)
    if (existing?.isDirectory() || path.endsWith('/')) {
      throw new OutputError(
        `${path}: expected the name of a file to write, found a folder`,
        'add a file name',
      )
    }
    if (existing && !existing.isFile()) {
      return deviceOutput(await open(path, 'w'))
    }
    return await temporaryOutput(existing ? await realpath(path) : path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw missingFolder(path, error)
    }
    throw outputError(path, error)
  }
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined
    }
    throw error
  }
}

async function temporaryOutput(path: string): Promise<ByteOutput> {
  const temporary = join(dirname(path), `${temporaryPrefix(path)}${randomBytes(6).toString('hex')}`)
  const handle = await open(temporary, 'wx')
  return {
    write: bytes => handle.appendFile(bytes),
    sync: () => handle.sync(),
    async finish() {
      await handle.close()
      await rename(temporary, path)
    },
    discard() {
      rmSync(temporary, { force: true })
      closeQuietly(handle)
    },
  }
}

/** A device or pipe is what the user named: renaming a file over /dev/null would replace it. */
function deviceOutput(handle: FileHandle): ByteOutput {
  return {
    write: bytes => handle.appendFile(bytes),
    sync: () => Promise.resolve(), // fsync is refused by devices and pipes
    finish: () => handle.close(),
    discard: () => closeQuietly(handle),
  }
}

function closeQuietly(handle: FileHandle): void {
  // The file is gone or abandoned: that its handle was closed before, or fails to, changes nothing for anyone.
  handle.close().catch(() => undefined)
}

function streamOutput(label: string, stream: Writable): ByteOutput {
  let failure: Error | undefined
  const onError = (error: Error) => {
    failure ??= error
  }
  // Without a listener a reader that went away ends the process; the failed write reports it instead.
  stream.on('error', onError)
  return {
    write(bytes) {
      return new Promise((resolve, reject) => {
        if (failure) {
          reject(failure)
        } else if (bytes.length === 0) {
          resolve()
        } else {
          stream.write(bytes, error => (error ? reject(failure ?? error) : resolve()))
        }
      })
    },
    sync: () => Promise.resolve(), // every write has waited until it was handed on
    async finish() {
      if (failure) {
        throw failure
      }
      if (stream.destroyed) {
        throw new OutputError(`${label}: expected an open stream, found it closed`)
      }
      stream.off('error', onError)
    },
    discard() {
      // The listener stays: a write still under way may fail after this.
    },
  }
}

function outputError(label: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof OutputError || error instanceof MissingResourceError || code === 'EPIPE') {
    return error
  }
  const hint =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'free some space, or write to another disk'
      : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
        ? 'check the permissions of the folder, or write elsewhere'
        : undefined
  return new OutputError(`${label}: cannot be written: ${(error as Error).message}`, hint, error)
}
