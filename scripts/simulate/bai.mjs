// The BAI index of a BAM of our own writer (SAM specification, section 5.2).
import { binOf, referenceLength } from './bam-record.mjs'
import { bgunzip } from './bgzf.mjs'
import { ByteSink } from './byte-sink.mjs'

/** The bin that carries a contig's read counts; outside the bins of positions. */
const COUNTS_BIN = 37450

/**
 * @typedef {{ from: bigint, to: bigint }} Chunk a stretch of the file between two virtual offsets
 * @typedef {{
 *   bins: Map<number, Chunk[]>,
 *   linear: (bigint | undefined)[],
 *   whole: Chunk | undefined,
 *   mapped: number,
 *   unmapped: number,
 * }} ContigIndex
 */

/**
 * Returns the bytes of the .bai of a coordinate-sorted BAM made by `encodeBam` (any block size).
 * Throws: Error naming the record that breaks the order.
 * @param {Uint8Array} bamBytes
 * @returns {Uint8Array}
 */
export function encodeBai(bamBytes) {
  const { plain, blocks } = bgunzip(bamBytes)
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength)
  const { contigCount, firstRecord } = readHeader(view)
  /** @type {ContigIndex[]} */
  const contigs = Array.from({ length: contigCount }, () => ({
    bins: new Map(),
    linear: [],
    whole: undefined,
    mapped: 0,
    unmapped: 0,
  }))
  let unplaced = 0
  let block = 0
  /** @param {number} at */
  const virtualOffset = at => {
    while (block < blocks.length && blocks[block].plainEnd <= at) {
      block++
    }
    // A record that ends with its block ends at the head of the next one, as htslib has it.
    const here = blocks[block]
    const last = blocks.at(-1)
    return here
      ? (BigInt(here.offset) << 16n) | BigInt(at - here.plainStart)
      : BigInt(last ? last.offset + last.size : 0) << 16n
  }
  let previous = { contigId: 0, start: -1 }
  for (let at = firstRecord; at < plain.length; ) {
    const contigId = view.getInt32(at + 4, true)
    const start = view.getInt32(at + 8, true)
    const from = virtualOffset(at)
    const end = at + 4 + view.getInt32(at, true)
    const chunk = { from, to: virtualOffset(end) }
    if (contigId < 0) {
      unplaced++
    } else {
      if (contigId < previous.contigId || (contigId === previous.contigId && start < previous.start)) {
        throw new Error(`the record at plain byte ${at} breaks the coordinate order an index needs`)
      }
      previous = { contigId, start }
      addRecord(contigs[contigId], view, at, chunk)
    }
    at = end
  }
  return writeIndex(contigs, unplaced)
}

/**
 * The same as `encodeBai`.
 */
export const indexBam = encodeBai

/**
 * @param {DataView} view
 * @returns {{ contigCount: number, firstRecord: number }}
 */
function readHeader(view) {
  let at = 8 + view.getInt32(4, true)
  const contigCount = view.getInt32(at, true)
  at += 4
  for (let i = 0; i < contigCount; i++) {
    at += 8 + view.getInt32(at, true)
  }
  return { contigCount, firstRecord: at }
}

/**
 * @param {ContigIndex} contig
 * @param {DataView} view
 * @param {number} at
 * @param {Chunk} chunk
 */
function addRecord(contig, view, at, chunk) {
  const start = view.getInt32(at + 8, true)
  const nameLength = view.getUint8(at + 12)
  const cigarLength = view.getUint16(at + 16, true)
  const mapped = (view.getUint16(at + 18, true) & 4) === 0
  const packed = Uint32Array.from({ length: cigarLength }, (_, i) =>
    view.getUint32(at + 36 + nameLength + 4 * i, true),
  )
  const end = start + Math.max(1, mapped ? referenceLength(packed) : 1)
  const bin = binOf(start, end)
  const chunks = contig.bins.get(bin)
  const last = chunks?.at(-1)
  if (last?.to === chunk.from) {
    last.to = chunk.to
  } else if (chunks) {
    chunks.push({ ...chunk })
  } else {
    contig.bins.set(bin, [{ ...chunk }])
  }
  for (let window = start >> 14; window <= (end - 1) >> 14; window++) {
    contig.linear[window] ??= chunk.from
  }
  contig.whole = { from: contig.whole?.from ?? chunk.from, to: chunk.to }
  contig.mapped += mapped ? 1 : 0
  contig.unmapped += mapped ? 0 : 1
}

/**
 * @param {readonly ContigIndex[]} contigs
 * @param {number} unplaced
 * @returns {Uint8Array}
 */
function writeIndex(contigs, unplaced) {
  const sink = new ByteSink()
  sink.ascii('BAI\x01')
  sink.u32(contigs.length)
  for (const { bins, linear, whole, mapped, unmapped } of contigs) {
    sink.u32(bins.size + (whole ? 1 : 0))
    for (const [bin, chunks] of [...bins].sort((a, b) => a[0] - b[0])) {
      sink.u32(bin)
      sink.u32(chunks.length)
      for (const { from, to } of chunks) {
        sink.u64(from)
        sink.u64(to)
      }
    }
    if (whole) {
      sink.u32(COUNTS_BIN)
      sink.u32(2)
      for (const value of [whole.from, whole.to, BigInt(mapped), BigInt(unmapped)]) {
        sink.u64(value)
      }
    }
    sink.u32(linear.length)
    let before = 0n
    for (let window = 0; window < linear.length; window++) {
      // A window no read starts in or crosses points where the one before it does.
      before = linear[window] ?? before
      sink.u64(before)
    }
  }
  sink.u64(BigInt(unplaced))
  return sink.take()
}
