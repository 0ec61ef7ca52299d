import { crc32, deflateRawSync } from 'node:zlib'
import { END_MARKER } from './bgzf-blocks.ts'

// The largest input whose deflated block, stored if need be, stays under the 65,536 bytes a block may have.
const BLOCK_INPUT = 65_280

/** Cuts bytes into BGZF blocks of a fixed size, so that the result does not depend on how they came. */
export class BgzfEncoder {
  private rest: Buffer = Buffer.alloc(0)

  encode(bytes: Uint8Array, final: boolean): Buffer {
    const all = Buffer.concat([this.rest, bytes])
    const blocks: Buffer[] = []
    let at = 0
    for (; at + BLOCK_INPUT <= all.length; at += BLOCK_INPUT) {
      blocks.push(bgzfBlock(all.subarray(at, at + BLOCK_INPUT)))
    }
    this.rest = all.subarray(at)
    if (final) {
      if (this.rest.length > 0) {
        blocks.push(bgzfBlock(this.rest))
      }
      blocks.push(END_MARKER)
    }
    return Buffer.concat(blocks)
  }
}

/** Source: SAM specification, section 4.1. The header's time is 0 and its system 255, wherever it is written. */
function bgzfBlock(input: Buffer): Buffer {
  let deflated = deflateRawSync(input)
  if (deflated.length > BLOCK_INPUT) {
    deflated = deflateRawSync(input, { level: 0 })
  }
  const header = Buffer.from('1f8b08040000000000ff0600424302000000', 'hex')
  const footer = Buffer.alloc(8)
  header.writeUInt16LE(header.length + deflated.length + footer.length - 1, 16)
  footer.writeUInt32LE(crc32(input), 0)
  footer.writeUInt32LE(input.length, 4)
  return Buffer.concat([header, deflated, footer])
}
