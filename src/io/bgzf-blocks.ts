import { InputDataError } from '../core/errors.ts'
import {
  type ByteSource,
  openFile,
  prependBytes,
  readAt,
  readBytesInPlace,
  sourceLabel,
} from './byte-source.ts'

/** The empty block that ends every whole BGZF file. Source: SAM specification, section 4.1.2. */
export const END_MARKER = Buffer.from('1f8b08040000000000ff0600424302001b0003000000000000000000', 'hex')
/** No block is larger, so neither is the rest of a piece cut inside one. */
const MAX_BLOCK_BYTES = 1 << 16
/** Bytes of a block's header, as every BGZF writer makes it. */
export const HEADER_BYTES = 18

/** Whole BGZF blocks, compressed, and where they come from. */
export interface CompressedBlocks {
  label: string
  bytes: Uint8Array<ArrayBuffer>
  /** Offset of `bytes` in the file. */
  fileOffset: number
  /** Offsets of the blocks in `bytes`; the last one ends with `bytes`. */
  offsets: number[]
  /** Inflated bytes per block, from the footers. */
  sizes: number[]
}

/** Bytes of a block's footer: CRC-32 and inflated size. */
export const FOOTER_BYTES = 8

/**
 * Yields the source's compressed bytes cut at block borders, without inflating.
 * Throws: InputDataError with the byte offset when the file is not BGZF, is truncated, or lacks its end marker.
 * Memory: the bytes hold until the next ones are asked for.
 */
export async function* compressedBlocks(source: ByteSource, from = 0): AsyncGenerator<CompressedBlocks> {
  const label = sourceLabel(source)
  let rest: Uint8Array = new Uint8Array(0)
  let fileOffset = from
  let lastBlockIsMarker = false
  for await (const chunk of readBytesInPlace(source, from, MAX_BLOCK_BYTES)) {
    const bytes = prependBytes(rest, chunk, MAX_BLOCK_BYTES)
    const { offsets, sizes, end, lastIsMarker } = splitBlocks(bytes, fileOffset, label)
    rest = bytes.slice(end)
    if (offsets.length > 0) {
      lastBlockIsMarker = lastIsMarker
      yield { label, bytes: bytes.subarray(0, end), fileOffset, offsets, sizes }
    }
    fileOffset += end
  }
  if (rest.length > 0) {
    throw new InputDataError(
      `${label}: truncated: the BGZF block at byte ${fileOffset} is incomplete (${rest.length} bytes of it are there)`,
      TRUNCATED_HINT,
    )
  }
  if (fileOffset === 0) {
    throw new InputDataError(`${label}: expected BGZF-compressed data, found an empty file`)
  }
  if (!lastBlockIsMarker) {
    throw noEndMarker(label, fileOffset)
  }
}

const TRUNCATED_HINT = 'the copy is incomplete or its writer was interrupted; copy or make the file again'

function noEndMarker(label: string, size: number): InputDataError {
  return new InputDataError(
    `${label}: truncated: no BGZF end marker at byte ${size}, the end of the file`,
    TRUNCATED_HINT,
  )
}

/** Throws InputDataError unless the last bytes of a BGZF file of the given size are its end marker. */
export function checkEndMarker(tail: Uint8Array, label: string, size: number): void {
  if (END_MARKER.compare(tail) !== 0) {
    throw noEndMarker(label, size)
  }
}

/**
 * Checks that a BGZF file is whole to its end marker, which reading parts of it cannot tell.
 * Throws: InputDataError with the byte offset.
 */
export async function requireEndMarker(path: string): Promise<void> {
  const handle = await openFile(path)
  const { size } = await handle.stat()
  await handle.close()
  checkEndMarker(await readAt(path, Math.max(0, size - END_MARKER.length), END_MARKER.length), path, size)
}

/** True when the bytes start a BGZF block; needs its first 18 bytes. */
export function isBgzf(head: Uint8Array): boolean {
  return blockSize(head, 0) !== undefined
}

interface BlockList {
  /** Offsets of the blocks in the buffer. */
  offsets: number[]
  /** Inflated bytes per block, from the footers. */
  sizes: number[]
  /** End of the last whole block in the buffer. */
  end: number
  lastIsMarker: boolean
}

/** Finds the whole blocks at the front of a buffer by their size fields, without inflating. */
function splitBlocks(bytes: Uint8Array, fileOffset: number, label: string): BlockList {
  const offsets: number[] = []
  const sizes: number[] = []
  let position = 0
  let lastIsMarker = false
  while (position + HEADER_BYTES <= bytes.length) {
    const size = blockSize(bytes, position)
    if (size === undefined) {
      throw new InputDataError(
        `${label}: expected a BGZF block at byte ${fileOffset + position}, found ${describeBytes(bytes, position)}`,
        fileOffset + position === 0
          ? 'the file is not BAM or bgzip; SAM and CRAM are converted with `samtools view -b`, plain gzip with `bgzip`'
          : 'the file is damaged there; copy or download it again',
      )
    }
    if (position + size > bytes.length) {
      break
    }
    const isize = readUint32(bytes, position + size - 4)
    offsets.push(position)
    sizes.push(isize)
    lastIsMarker = size === END_MARKER.length && isize === 0
    position += size
  }
  return { offsets, sizes, end: position, lastIsMarker }
}

/** Returns the size of the BGZF block whose header starts at `position`, or undefined when there is none. */
export function blockSize(bytes: Uint8Array, position: number): number | undefined {
  const isGzip =
    bytes[position] === 0x1f &&
    bytes[position + 1] === 0x8b &&
    bytes[position + 2] === 8 &&
    (bytes[position + 3]! & 4) !== 0
  if (!isGzip) {
    return undefined
  }
  const extraLength = bytes[position + 10]! | (bytes[position + 11]! << 8)
  const end = Math.min(position + 12 + extraLength, bytes.length)
  for (let field = position + 12; field + 6 <= end; ) {
    const length = bytes[field + 2]! | (bytes[field + 3]! << 8)
    if (bytes[field] === 0x42 && bytes[field + 1] === 0x43 && length === 2) {
      const size = (bytes[field + 4]! | (bytes[field + 5]! << 8)) + 1
      return size >= 12 + extraLength + FOOTER_BYTES ? size : undefined
    }
    field += 4 + length
  }
  return undefined
}

function describeBytes(bytes: Uint8Array, position: number): string {
  const some = bytes.subarray(position, position + 4)
  return `bytes ${Array.from(some, byte => byte.toString(16).padStart(2, '0')).join(' ')}`
}

/** Returns the little-endian unsigned 32-bit number at a position. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}
