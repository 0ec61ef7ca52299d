import { InputDataError } from '../core/errors.ts'
import { blockSize, compressedBlocks } from './bgzf-blocks.ts'
import type { BgzfWindow } from './bgzf-stream.ts'
import { openFile, readAt } from './byte-source.ts'

const ENTRY_BYTES = 16
/** Enough for any gzip header this tool meets. */
const HEAD_BYTES = 4096

/** How a file's bytes are packed, told by content and never by the name. */
export type Packing = 'plain' | 'bgzip' | 'gzip'

/**
 * Returns how a file is packed.
 * Throws: MissingResourceError when absent; InputDataError when it is empty or not a regular file.
 */
export async function detectPacking(path: string): Promise<Packing> {
  const handle = await openFile(path)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) {
      throw new InputDataError(
        `${path}: expected a regular file, found a pipe or device; it must be readable at any position`,
        'write it to a file first',
      )
    }
    const head = new Uint8Array(HEAD_BYTES)
    const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0)
    if (bytesRead === 0) {
      throw new InputDataError(`${path}: expected FASTA, found an empty file`, 'check the path')
    }
    if (head[0] !== 0x1f || head[1] !== 0x8b) {
      return 'plain'
    }
    return blockSize(head.subarray(0, bytesRead), 0) === undefined ? 'gzip' : 'bgzip'
  } finally {
    await handle.close()
  }
}

/** Collects where the blocks of a bgzip file start, in the layout of a `.gzi`. */
export class GziBuilder {
  readonly #compressed: number[] = []
  readonly #inflated: number[] = []
  #total = 0

  /** Adds the next block. Empty blocks hold no text and need no entry. */
  add(compressedOffset: number, inflatedBytes: number): void {
    if (inflatedBytes > 0 && compressedOffset > 0) {
      this.#compressed.push(compressedOffset)
      this.#inflated.push(this.#total)
    }
    this.#total += inflatedBytes
  }

  addWindow(window: BgzfWindow): void {
    for (const [i, offset] of window.blockOffsets.entries()) {
      const end = window.blockStarts[i + 1] ?? window.bytes.length
      this.add(offset, end - window.blockStarts[i]!)
    }
  }

  /** Returns the `.gzi`: a count, then per block after the first the compressed and inflated offsets, all 64-bit. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(8 + ENTRY_BYTES * this.#compressed.length)
    const view = new DataView(bytes.buffer)
    view.setBigUint64(0, BigInt(this.#compressed.length), true)
    for (const [i, offset] of this.#compressed.entries()) {
      view.setBigUint64(8 + ENTRY_BYTES * i, BigInt(offset), true)
      view.setBigUint64(16 + ENTRY_BYTES * i, BigInt(this.#inflated[i]!), true)
    }
    return bytes
  }
}

/**
 * Returns the `.gzi` of a bgzip file from its block headers and footers, without inflating.
 * Throws: InputDataError with the byte offset where the chain of blocks breaks.
 * Memory: about 1 MB and the index.
 */
export async function buildGzi(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const builder = new GziBuilder()
  for await (const { fileOffset, offsets, sizes } of compressedBlocks(path)) {
    for (const [i, offset] of offsets.entries()) {
      builder.add(fileOffset + offset, sizes[i]!)
    }
  }
  return builder.finish()
}

/**
 * Returns what is wrong with a `.gzi` read from disk, or undefined. Looks at its shape and at its last block
 * only; a text read through it is checked again by the reader.
 */
export async function gziProblem(gzi: Uint8Array, path: string): Promise<string | undefined> {
  const view = new DataView(gzi.buffer, gzi.byteOffset, gzi.byteLength)
  const count = gzi.length >= 8 ? Number(view.getBigUint64(0, true)) : Number.NaN
  if (gzi.length !== 8 + ENTRY_BYTES * count) {
    return `expected 8 bytes and ${ENTRY_BYTES} per block, found ${gzi.length} bytes`
  }
  let previous = 0
  for (let i = 0; i < count; i++) {
    const offset = Number(view.getBigUint64(8 + ENTRY_BYTES * i, true))
    if (offset <= previous) {
      return `block ${i + 1} does not come after the one before`
    }
    previous = offset
  }
  const size = blockSize(await readAt(path, previous, HEAD_BYTES), 0)
  return size === undefined ? `no block starts at byte ${previous}` : undefined
}
