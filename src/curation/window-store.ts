import { InputDataError } from '../core/errors.ts'
import { openPositionedFile, type PositionedFile } from '../io/positioned-file.ts'
import { createScratchFile, type ScratchFile } from '../io/scratch-file.ts'
import { packedBytes, unpackWindow } from './packed-windows.ts'

/** Windows of one length, read by number. */
export interface WindowStore {
  readonly count: number
  /** Codes per window. */
  readonly length: number
  /**
   * Fills `into` with the windows of these numbers, in their order; a number may come more than once.
   * Shape: `into` [indices.length, length], codes 0..4.
   * Throws: RangeError for a number that is not below `count` and for an `into` of another size.
   */
  read(indices: Uint32Array, into: Uint8Array): Promise<void>
  /** Returns what `openWindowStore` needs to read the same windows, in this or another thread, as data. */
  handle(): WindowStoreHandle
  /** Lets go of what is open. Removes nothing: that is for the one who made the windows. */
  close(): Promise<void>
}

/** A store as data that can be sent to a thread. A further kind of storage is a further member here. */
export type WindowStoreHandle =
  | { kind: 'memory'; count: number; length: number; codes: Uint8Array<SharedArrayBuffer> }
  /** One byte per code, window after window, from the front of the file on. */
  | { kind: 'codes-file'; count: number; length: number; path: string }
  /** Packed windows (see packed-windows.ts) from the front of the file on. `rows`: the number in the file of every window; undefined = its own. */
  | {
      kind: 'packed-file'
      count: number
      length: number
      path: string
      rows: Uint32Array<SharedArrayBuffer> | undefined
    }

/**
 * Returns the store of a handle.
 * Throws: MissingResourceError when its file is absent.
 */
export async function openWindowStore(handle: WindowStoreHandle): Promise<WindowStore> {
  switch (handle.kind) {
    case 'memory':
      return new MemoryStore(handle)
    case 'codes-file':
      return new FileStore(handle, await openPositionedFile(handle.path))
    case 'packed-file':
      return new PackedStore(handle, await openPositionedFile(handle.path))
  }
}

function checkRead(store: WindowStore, indices: Uint32Array, into: Uint8Array): void {
  if (into.length !== indices.length * store.length) {
    throw new RangeError(
      `expected room for ${indices.length} windows of ${store.length} codes, found ${into.length} bytes`,
    )
  }
  for (const index of indices) {
    if (index >= store.count) {
      throw new RangeError(`expected window numbers below ${store.count}, found ${index}`)
    }
  }
}

class MemoryStore implements WindowStore {
  readonly count: number
  readonly length: number
  readonly #handle: Extract<WindowStoreHandle, { kind: 'memory' }>

  constructor(handle: Extract<WindowStoreHandle, { kind: 'memory' }>) {
    this.count = handle.count
    this.length = handle.length
    this.#handle = handle
  }

  async read(indices: Uint32Array, into: Uint8Array): Promise<void> {
    checkRead(this, indices, into)
    const { codes, length } = this.#handle
    for (const [i, index] of indices.entries()) {
      into.set(codes.subarray(index * length, (index + 1) * length), i * length)
    }
  }

  handle(): WindowStoreHandle {
    return this.#handle
  }

  async close(): Promise<void> {}
}

class FileStore implements WindowStore {
  readonly count: number
  readonly length: number
  readonly #handle: Extract<WindowStoreHandle, { kind: 'codes-file' }>
  readonly #file: PositionedFile

  constructor(handle: Extract<WindowStoreHandle, { kind: 'codes-file' }>, file: PositionedFile) {
    this.count = handle.count
    this.length = handle.length
    this.#handle = handle
    this.#file = file
  }

  async read(indices: Uint32Array, into: Uint8Array): Promise<void> {
    checkRead(this, indices, into)
    const { length } = this
    const reads: Promise<void>[] = []
    for (let from = 0; from < indices.length; ) {
      // Windows side by side, as all are when read in order, come with one read.
      let to = from + 1
      while (to < indices.length && indices[to] === indices[to - 1]! + 1) {
        to++
      }
      reads.push(this.#file.read(indices[from]! * length, into.subarray(from * length, to * length)))
      from = to
    }
    await Promise.all(reads)
  }

  handle(): WindowStoreHandle {
    return this.#handle
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

/** Bytes between two windows that are read along, so that rows without a window in the store do not cost a read each. */
const GAP = 1 << 13

class PackedStore implements WindowStore {
  readonly count: number
  readonly length: number
  readonly #handle: Extract<WindowStoreHandle, { kind: 'packed-file' }>
  readonly #file: PositionedFile

  constructor(handle: Extract<WindowStoreHandle, { kind: 'packed-file' }>, file: PositionedFile) {
    this.count = handle.count
    this.length = handle.length
    this.#handle = handle
    this.#file = file
  }

  async read(indices: Uint32Array, into: Uint8Array): Promise<void> {
    checkRead(this, indices, into)
    const { rows: numbers } = this.#handle
    const rows = numbers ? indices.map(index => numbers[index]!) : indices
    const bytes = packedBytes(this.length)
    const isNear = (i: number) => rows[i]! > rows[i - 1]! && (rows[i]! - rows[i - 1]! - 1) * bytes <= GAP
    /** Where each window's bytes come to lie among those read, and where each read begins. */
    const places = new Float64Array(rows.length)
    const starts: number[] = []
    let total = 0
    for (let i = 0; i < rows.length; i++) {
      if (i > 0 && isNear(i)) {
        total += (rows[i]! - rows[i - 1]! - 1) * bytes
      } else {
        starts.push(i)
      }
      places[i] = total
      total += bytes
    }
    const packed = new Uint8Array(total)
    await Promise.all(
      starts.map((from, k) => {
        const end = starts[k + 1] === undefined ? total : places[starts[k + 1]!]!
        return this.#file.read(rows[from]! * bytes, packed.subarray(places[from]!, end))
      }),
    )
    this.#unpack(packed, places, rows, into)
  }

  #unpack(packed: Uint8Array, places: Float64Array, rows: Uint32Array, into: Uint8Array): void {
    for (let i = 0; i < rows.length; i++) {
      try {
        unpackWindow(packed, places[i]!, this.length, into, i * this.length)
      } catch (error) {
        throw new InputDataError(
          `${this.#file.path}: window ${rows[i]! + 1}: ${(error as Error).message}`,
          'the file is damaged, or its windows have another length than dataset.json says',
          error,
        )
      }
    }
  }

  handle(): WindowStoreHandle {
    return this.#handle
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

export interface WindowStoreOptions {
  /** Codes per window. */
  length: number
  /** Codes kept in memory; beyond it they go into a scratch file. Units: bytes. */
  memoryLimit: number
  /** Folder of the scratch file. */
  scratchFolder: string
}

/** Codes gathered before they are handed on. Units: bytes. */
const CHUNK = 1 << 20

/**
 * Takes windows one after the other and makes a store of them.
 * Memory: `memoryLimit` twice for a moment at the end, or a few megabytes once the windows go into the file.
 */
export class WindowStoreBuilder {
  count = 0
  readonly #options: WindowStoreOptions
  readonly #perChunk: number
  #chunks: Uint8Array[] = []
  #inChunk = 0
  #chunk: Uint8Array
  #file: ScratchFile | undefined

  constructor(options: WindowStoreOptions) {
    this.#options = options
    this.#perChunk = Math.max(1, Math.floor(CHUNK / options.length))
    this.#chunk = this.#newChunk()
  }

  /** Returns the place for the next window's codes, which `keep` adds. */
  slot(): Uint8Array {
    const { length } = this.#options
    return this.#chunk.subarray(this.#inChunk * length, (this.#inChunk + 1) * length)
  }

  /** Adds the window that was written to the slot. */
  keep(): void {
    this.count++
    if (++this.#inChunk === this.#perChunk) {
      this.#chunks.push(this.#chunk)
      this.#chunk = this.#newChunk()
      this.#inChunk = 0
    }
  }

  /** Moves windows to the file when they have become too many for memory. To be called between batches of rows. */
  async drain(): Promise<void> {
    const { length, memoryLimit, scratchFolder } = this.#options
    if (this.#file === undefined && this.count * length > memoryLimit) {
      this.#file = await createScratchFile(scratchFolder, 'windows')
    }
    if (this.#file !== undefined) {
      for (const chunk of this.#chunks.splice(0)) {
        await this.#file.append(chunk)
      }
    }
  }

  /** Returns the store of all windows. The builder takes no more, but can still discard. */
  async finish(): Promise<WindowStore> {
    const { length } = this.#options
    const { count } = this
    this.#chunks.push(this.#chunk.subarray(0, this.#inChunk * length))
    await this.drain()
    if (this.#file !== undefined) {
      await this.#file.finish()
      return openWindowStore({ kind: 'codes-file', count, length, path: this.#file.path })
    }
    // Shared memory: threads read it without a copy of their own.
    const codes = new Uint8Array(new SharedArrayBuffer(count * length))
    let at = 0
    for (const chunk of this.#chunks.splice(0)) {
      codes.set(chunk, at)
      at += chunk.length
    }
    return openWindowStore({ kind: 'memory', count, length, codes })
  }

  /** Removes the scratch file, synchronously, if there is one. */
  discard(): void {
    this.#file?.discard()
  }

  #newChunk(): Uint8Array {
    return new Uint8Array(this.#perChunk * this.#options.length)
  }
}
