import { InputDataError } from '../core/errors.ts'
import { type CompressedBlocks, FOOTER_BYTES, inflateBlocks, readUint32 } from './bgzf-inflate.ts'
import { type ByteSource, prependBytes, readBytesInPlace, sourceLabel } from './byte-source.ts'

/**
 * A run of whole BGZF blocks, inflated together.
 * `blockOffsets[i]` is the compressed file offset of block i, `blockStarts[i]` where its bytes start in `bytes`.
 */
export interface BgzfWindow {
  bytes: Uint8Array
  blockOffsets: number[]
  blockStarts: number[]
}

/** No block is larger, so neither is the rest of a piece cut inside one. */
const MAX_BLOCK_BYTES = 1 << 16
const HEADER_BYTES = 18
const EOF_BLOCK_BYTES = 28

/**
 * Yields a BGZF file's content in order, a window of whole blocks at a time, from the block at compressed
 * offset `from` to the end of the file.
 * Throws: InputDataError with the byte offset when the file is not BGZF, is truncated, lacks its end marker, or a
 * block does not inflate to what its footer states. @gmod/bam's own reader accepts a truncated file as complete.
 * Memory: one window, 128 kB compressed; see docs/decisions/0002 for why inflating has no thread of its own.
 * Source: SAM specification, section 4.1.
 */
export async function* readBgzf(source: ByteSource, from = 0): AsyncGenerator<BgzfWindow> {
  for await (const blocks of compressedBlocks(source, from)) {
    const { fileOffset, offsets, sizes } = blocks
    const blockStarts: number[] = []
    let total = 0
    for (const size of sizes) {
      blockStarts.push(total)
      total += size
    }
    const bytes = await inflateBlocks(blocks)
    yield { bytes, blockOffsets: offsets.map(offset => fileOffset + offset), blockStarts }
  }
}

/** Yields the source's compressed bytes cut at block borders; ends with an error when the file does not end well. */
async function* compressedBlocks(source: ByteSource, from: number): AsyncGenerator<CompressedBlocks> {
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
      'copy or download the file again; compare its size or checksum with the original',
    )
  }
  if (fileOffset === 0) {
    throw new InputDataError(`${label}: expected BGZF-compressed data, found an empty file`)
  }
  if (!lastBlockIsMarker) {
    throw new InputDataError(
      `${label}: truncated: no BGZF end marker at byte ${fileOffset}, the end of the file`,
      'the writer was interrupted or the copy is incomplete; make the file again',
    )
  }
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
    lastIsMarker = size === EOF_BLOCK_BYTES && isize === 0
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
