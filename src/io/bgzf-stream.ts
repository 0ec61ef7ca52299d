import { compressedBlocks } from './bgzf-blocks.ts'
import { inflateBlocks } from './bgzf-inflate.ts'
import type { ByteSource } from './byte-source.ts'

/**
 * A run of whole BGZF blocks, inflated together.
 * `blockOffsets[i]` is the compressed file offset of block i, `blockStarts[i]` where its bytes start in `bytes`.
 */
export interface BgzfWindow {
  bytes: Uint8Array
  blockOffsets: number[]
  blockStarts: number[]
}

/**
 * Yields a BGZF file's content in order, a window of whole blocks at a time, from the block at compressed
 * offset `from` to the end of the file.
 * Throws: InputDataError with the byte offset when the file is not BGZF, is truncated, lacks its end marker, or a
 * block does not inflate to what its footer states. @gmod/bam's own reader accepts a truncated file as complete.
 * Memory: one window, 256 kB compressed; see docs/decisions/0002 for why inflating has no thread of its own.
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
