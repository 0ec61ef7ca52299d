import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bgzip, encodeBam } from '../../scripts/simulate/bam-writer.mjs'
import { InputDataError, MissingResourceError } from '../../src/core/errors.ts'
import { recordEnd } from '../../src/io/bam-records.ts'
import { openBamStream } from '../../src/io/bam-stream.ts'
import type { ByteSource } from '../../src/io/byte-source.ts'
import { bytesSource, CHR1, read } from '../support/alignments.ts'

const records = Array.from({ length: 400 }, (_, i) =>
  read({ name: `read${i}`, start: 1000 + i, sequence: 'A'.repeat(40) }),
)
const good = encodeBam({ contigs: [CHR1], records, blockSize: 2000 })
const EOF_BYTES = 28
const BLOCK_HEADER_BYTES = 18

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'splice-score-bam-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function countRecords(source: ByteSource): Promise<number> {
  const reader = await openBamStream(source)
  let count = 0
  for await (const batch of reader.batches) {
    count += batch.count
  }
  return count
}

async function contentOf(source: ByteSource): Promise<string> {
  const hash = createHash('sha256')
  for await (const batch of (await openBamStream(source)).batches) {
    for (let i = 0; i < batch.count; i++) {
      hash.update(batch.bytes.subarray(batch.offsets[i]!, recordEnd(batch, i)))
    }
  }
  return hash.digest('hex')
}

/** Returns the offsets of the BGZF blocks. */
function blockOffsets(bytes: Uint8Array): number[] {
  const offsets: number[] = []
  for (let at = 0; at < bytes.length; at += (bytes[at + 16]! | (bytes[at + 17]! << 8)) + 1) {
    offsets.push(at)
  }
  return offsets
}

describe('a whole BAM', () => {
  it.each([1, 100, 1 << 20])('gives all its records when it comes in pieces of %i bytes', async pieceSize => {
    expect(await countRecords(bytesSource(good, pieceSize))).toBe(400)
  })

  it('gives header text, contigs and sort order', async () => {
    const { header } = await openBamStream(bytesSource(good))
    expect(header.contigs).toEqual([CHR1])
    expect(header.sortOrder).toBe('coordinate')
    expect(header.text).toContain('SN:chr1')
  })

  it('of a header alone gives no records', async () => {
    expect(await countRecords(bytesSource(encodeBam({ contigs: [CHR1], records: [] })))).toBe(0)
  })
})

describe('a truncated BAM is refused', () => {
  const blocks = blockOffsets(good)

  it('without its end marker', async () => {
    await expect(countRecords(bytesSource(good.subarray(0, -EOF_BYTES)))).rejects.toThrow(
      `no BGZF end marker at byte ${good.length - EOF_BYTES}`,
    )
  })

  it('in the middle of a block, with the byte offset of that block', async () => {
    const cut = blocks[3]! + 20
    await expect(countRecords(bytesSource(good.subarray(0, cut)))).rejects.toThrow(
      `the BGZF block at byte ${blocks[3]} is incomplete (20 bytes of it are there)`,
    )
  })

  it('wherever it is cut', async () => {
    for (let cut = 0; cut < good.length; cut += 97) {
      await expect(countRecords(bytesSource(good.subarray(0, cut)))).rejects.toThrow(InputDataError)
    }
  })

  it('when a record is incomplete though the blocks are whole', async () => {
    const plain = inflated(good)
    await expect(
      countRecords(bytesSource(bgzip(plain.subarray(0, plain.length - 10), 2000))),
    ).rejects.toThrow(
      /in-memory\.bam: byte \d+ \(\+\d+ inflated\): the last record runs past the end of the data/,
    )
  })
})

describe('a damaged BAM is refused', () => {
  it('whichever bit of a block after its header has flipped, unless the bit has no meaning', async () => {
    const blocks = blockOffsets(good)
    const whole = await contentOf(bytesSource(good))
    const unnoticed: number[] = []
    for (let at = 20; at < good.length - EOF_BYTES; at += 13) {
      const block = blocks.findLast(offset => offset <= at)!
      if (at - block < BLOCK_HEADER_BYTES) {
        continue // time, system and the like
      }
      const damaged = good.slice()
      damaged[at]! ^= 4
      try {
        expect(await contentOf(bytesSource(damaged))).toEqual(whole)
        unnoticed.push(at)
      } catch (error) {
        expect(error).toBeInstanceOf(InputDataError)
      }
    }
    // Only the padding bits after a block's last deflate code may go unnoticed: its ninth byte from the end.
    const nextBlocks = unnoticed.map(at => blocks.find(offset => offset > at)!)
    expect(unnoticed.map((at, i) => nextBlocks[i]! - at)).toEqual(unnoticed.map(() => 9))
  })

  it.each<[what: string, field: number, value: number, message: RegExp]>([
    ['a record size of 3', -4, 3, /expected a BAM record, found a size field of 3/],
    ['a record size past everything', -4, 0x7fffffff, /found a size field of 2147483647/],
    ['a record size that runs past the data', -4, 1 << 28, /the last record runs past the end of the data/],
    ['a reference the header lacks', 0, 7, /reference 7, but the header lists 1/],
    ['a position below -1', 4, -5, /broken BAM record: position -5/],
    [
      'a CIGAR that overruns the record',
      12,
      60_000,
      /CIGAR \(60000 operations\).* need \d+ bytes, the record has \d+/,
    ],
    ['a sequence that overruns the record', 16, 5000, /sequence \(5000\) need \d+ bytes, the record has \d+/],
  ])('with %s', async (_what, field, value, message) => {
    const plain = inflated(good)
    const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength)
    const at = firstRecord(plain) + field
    field === 12 ? view.setUint16(at, value, true) : view.setInt32(at, value, true)
    const error: unknown = await countRecords(bytesSource(bgzip(plain, 2000))).catch(e => e)
    expect(error).toBeInstanceOf(InputDataError)
    expect((error as InputDataError).message).toMatch(message)
    expect((error as InputDataError).message).toMatch(/byte \d+ \(\+\d+ inflated\)/)
  })
})

describe('what is no BAM is refused', () => {
  it.each<[what: string, bytes: Uint8Array, message: RegExp]>([
    ['nothing', new Uint8Array(0), /empty file/],
    [
      'text',
      new TextEncoder().encode('@HD\tVN:1.6\n'.repeat(9)),
      /expected a BGZF block at byte 0, found bytes 40 48 44 09/,
    ],
    ['other bgzip data', bgzip(new TextEncoder().encode('chr1\t1\t2\n'.repeat(9))), /no BAM magic/],
  ])('%s', async (_what, bytes, message) => {
    await expect(countRecords(bytesSource(bytes))).rejects.toThrow(message)
  })

  it('an absent file and a folder', async () => {
    await expect(openBamStream(join(folder, 'absent.bam'))).rejects.toThrow(MissingResourceError)
    await expect(openBamStream(folder)).rejects.toThrow(/found a directory/)
  })

  it('but a path reads like a stream', async () => {
    const path = join(folder, 'good.bam')
    await writeFile(path, good)
    expect(await countRecords(path)).toBe(400)
  })
})

function inflated(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gunzipSync(bytes))
}

/** Returns where the first record's fixed fields start in inflated data. */
function firstRecord(plain: Uint8Array): number {
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength)
  let at = 8 + view.getInt32(4, true)
  const contigs = view.getInt32(at, true)
  at += 4
  for (let i = 0; i < contigs; i++) {
    at += 8 + view.getInt32(at, true)
  }
  return at + 4
}
