// BGZF: gzip members of at most 64 KiB, each with its compressed size in an extra field (SAM specification, section 4.1).
import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib'

/** The empty block that marks the end of a BGZF file (28 bytes). */
export const BGZF_EOF = Uint8Array.of(
  ...[0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff, 0x06, 0, 0x42, 0x43, 0x02, 0],
  ...[0x1b, 0, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0],
)

/** Uncompressed bytes per block that always fit in 64 KiB after compression, as in htslib. */
export const DEFAULT_BLOCK_SIZE = 0xff00

const HEAD_LENGTH = 18
const TAIL_LENGTH = 8
const LARGEST_BLOCK = 0x10000

/**
 * Returns one BGZF block of bytes already deflated (raw, no zlib header).
 * @param {Uint8Array} plain the uncompressed bytes, for the checksum and the length
 * @param {Uint8Array} deflated
 * @returns {Uint8Array}
 */
export function wrapBlock(plain, deflated) {
  const size = HEAD_LENGTH + deflated.length + TAIL_LENGTH
  if (size > LARGEST_BLOCK) {
    throw new RangeError(
      `a BGZF block holds at most ${LARGEST_BLOCK} compressed bytes, found ${size}; use a smaller blockSize`,
    )
  }
  const block = new Uint8Array(size)
  block.set(BGZF_EOF.subarray(0, HEAD_LENGTH - 2))
  const view = new DataView(block.buffer)
  view.setUint16(16, size - 1, true)
  block.set(deflated, HEAD_LENGTH)
  view.setUint32(size - 8, crc32(plain), true)
  view.setUint32(size - 4, plain.length, true)
  return block
}

/**
 * Returns the bytes as BGZF: blocks of `blockSize` uncompressed bytes and the end marker.
 * Throws: RangeError when `blockSize` is not 1-65536 or a block does not fit in 64 KiB.
 * @param {Uint8Array} bytes
 * @param {number} [blockSize]
 * @param {boolean} [eofMarker]
 * @returns {Uint8Array}
 */
export function bgzip(bytes, blockSize = DEFAULT_BLOCK_SIZE, eofMarker = true) {
  if (!(Number.isInteger(blockSize) && blockSize >= 1 && blockSize <= LARGEST_BLOCK)) {
    throw new RangeError(`blockSize: expected a whole number from 1 to ${LARGEST_BLOCK}, found ${blockSize}`)
  }
  const blocks = []
  for (let at = 0; at < bytes.length; at += blockSize) {
    const plain = bytes.subarray(at, at + blockSize)
    blocks.push(wrapBlock(plain, deflateRawSync(plain, { level: constants.Z_BEST_COMPRESSION })))
  }
  if (eofMarker) {
    blocks.push(BGZF_EOF)
  }
  return concatBytes(blocks)
}

/** @typedef {{ offset: number, size: number, plainStart: number, plainEnd: number }} BgzfBlock one block: where it lies in the file, and its stretch of the plain bytes */

/**
 * Returns the plain bytes of a BGZF file and the table of its blocks (blocks without content left out).
 * Throws: Error with the byte offset where a block's head is not BGZF.
 * @param {Uint8Array} bytes
 * @returns {{ plain: Uint8Array, blocks: BgzfBlock[] }}
 */
export function bgunzip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts = []
  /** @type {BgzfBlock[]} */
  const blocks = []
  let plainStart = 0
  for (let offset = 0; offset < bytes.length; ) {
    // Only blocks of our own writer are read here, where BC is the one extra field.
    if (offset + HEAD_LENGTH > bytes.length || view.getUint32(offset, true) !== 0x04088b1f) {
      throw new Error(`expected the head of a BGZF block at byte ${offset}`)
    }
    const size = view.getUint16(offset + 16, true) + 1
    const part = inflateRawSync(bytes.subarray(offset + HEAD_LENGTH, offset + size - TAIL_LENGTH))
    if (part.length > 0) {
      blocks.push({ offset, size, plainStart, plainEnd: plainStart + part.length })
      parts.push(part)
      plainStart += part.length
    }
    offset += size
  }
  return { plain: concatBytes(parts), blocks }
}

/**
 * Returns the parts joined.
 * @param {readonly Uint8Array[]} parts
 * @returns {Uint8Array}
 */
export function concatBytes(parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
