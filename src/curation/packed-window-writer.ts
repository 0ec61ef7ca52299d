import type { Sink } from '../io/sink.ts'
import { packedBytes, packWindow } from './packed-windows.ts'

/** Bytes gathered before they are handed on. */
const CHUNK = 1 << 18

/**
 * Packs windows and appends them to a sink, in the order they come.
 * Memory: a quarter megabyte, and what was added since the last `drain`.
 */
export class PackedWindowWriter {
  /** Windows added. */
  count = 0
  readonly #sink: Sink
  readonly #length: number
  readonly #bytes: number
  readonly #perChunk: number
  #full: Uint8Array[] = []
  #chunk: Uint8Array
  #inChunk = 0

  /** `length`: codes per window. */
  constructor(sink: Sink, length: number) {
    this.#sink = sink
    this.#length = length
    this.#bytes = packedBytes(length)
    this.#perChunk = Math.max(1, Math.floor(CHUNK / this.#bytes))
    this.#chunk = this.#newChunk()
  }

  /**
   * Adds the window of `codes[from .. from + length)`; the array may be written to again at once.
   * Throws: RangeError when the array is too short.
   */
  add(codes: Uint8Array, from = 0): void {
    packWindow(codes, from, this.#length, this.#chunk, this.#inChunk * this.#bytes)
    this.count++
    if (++this.#inChunk === this.#perChunk) {
      this.#full.push(this.#chunk)
      this.#chunk = this.#newChunk()
      this.#inChunk = 0
    }
  }

  /** Hands full chunks on to the sink. To be called between batches of windows. */
  async drain(): Promise<void> {
    for (const chunk of this.#full.splice(0)) {
      await this.#sink.write(chunk)
    }
  }

  /** Hands everything on to the sink, which the caller settles and closes. */
  async finish(): Promise<void> {
    await this.drain()
    await this.#sink.write(this.#chunk.subarray(0, this.#inChunk * this.#bytes))
    this.#chunk = this.#newChunk()
    this.#inChunk = 0
  }

  #newChunk(): Uint8Array {
    return new Uint8Array(this.#perChunk * this.#bytes)
  }
}
