import { InputDataError } from '../core/errors.ts'
import { type BamHeader, parseBamHeader } from './bam-header.ts'
import {
  type BamBatch,
  describeOffset,
  isRecordSize,
  OffsetBuffer,
  SIZE_BYTES,
  splitRecords,
  type VirtualOffset,
} from './bam-records.ts'
import { type BgzfWindow, readBgzf } from './bgzf-stream.ts'
import { type ByteSource, joinBytes, sourceLabel } from './byte-source.ts'

/** An alignment file being read: the header, then batches of records in file order. */
export interface BamReader {
  header: BamHeader
  batches: AsyncIterable<BamBatch>
  /** Number of compressed bytes consumed so far, for progress. */
  bytesRead(): number
  /** Closes the file; for readers whose batches are not read to the end. */
  close(): Promise<void>
}

/**
 * Returns a reader over a whole BAM, front to back, with no index; unsorted input and streams are fine.
 * Throws: InputDataError with a byte offset when the file is truncated or damaged (here for the header, while
 * iterating for the rest).
 * Memory: one BGZF window, 256 kB compressed.
 */
export async function openBamStream(source: ByteSource): Promise<BamReader> {
  const label = sourceLabel(source)
  const windows = readBgzf(source)
  let consumed = 0
  const next = async () => {
    const result = await windows.next()
    if (!result.done) {
      consumed = result.value.blockOffsets.at(-1)!
    }
    return result
  }

  const close = async () => {
    await windows.return(undefined)
  }
  try {
    let front: Uint8Array = new Uint8Array(0)
    for (;;) {
      const result = await next()
      if (result.done) {
        throw new InputDataError(`${label}: truncated: the file ends inside the BAM header`)
      }
      const window = result.value
      const before = front.length
      front = before === 0 ? window.bytes : joinBytes(front, window.bytes)
      const parsed = parseBamHeader(front, label)
      if (parsed) {
        const { header } = parsed
        const batches = recordBatches(label, header, window, parsed.byteLength - before, next)
        return { header, batches: closingAfter(batches, close), bytesRead: () => consumed, close }
      }
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Yields the batches, and closes what they are read from even when the caller stops early. */
async function* closingAfter(
  batches: AsyncIterable<BamBatch>,
  close: () => Promise<void>,
): AsyncGenerator<BamBatch> {
  try {
    yield* batches
  } finally {
    await close()
  }
}

/**
 * Yields record batches from windows of inflated bytes, starting at `from` in the first one. A record that spans two
 * windows comes as a batch of its own, so that whole windows are decoded in place and never copied.
 */
export async function* recordBatches(
  label: string,
  header: BamHeader,
  first: BgzfWindow,
  from: number,
  next: () => Promise<IteratorResult<BgzfWindow>>,
): AsyncGenerator<BamBatch> {
  const offsets = new OffsetBuffer()
  let window: BgzfWindow | undefined = first
  let start = from
  let partial: PartialRecord | undefined
  while (window) {
    if (partial) {
      start = partial.append(window.bytes)
      if (partial.isComplete()) {
        const batch = partial.toBatch(header)
        partial = undefined
        yield batch
      }
    }
    if (!partial) {
      const batch = windowBatch(label, header, window, start, offsets)
      if (batch.count > 0) {
        yield batch
      }
      if (batch.end < window.bytes.length) {
        partial = new PartialRecord(label, virtualOffset(window, batch.end))
        partial.append(window.bytes.subarray(batch.end))
      }
    }
    const result = await next()
    window = result.done ? undefined : result.value
    start = 0
  }
  if (partial) {
    throw new InputDataError(
      `${describeOffset(label, partial.start)}: the last record runs past the end of the data (${partial.length} bytes of it are there)`,
      'the writer was interrupted or the file is damaged; make it again',
    )
  }
}

/** Returns the batch of whole records in a window, and where the first incomplete one starts. */
function windowBatch(
  label: string,
  header: BamHeader,
  window: BgzfWindow,
  from: number,
  offsets: OffsetBuffer,
): BamBatch & { end: number } {
  const { bytes } = window
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records = splitRecords(bytes, view, from, header, offsets, offset =>
    describeOffset(label, virtualOffset(window, offset)),
  )
  return { bytes, view, ...records, offsetOf: i => virtualOffset(window, records.offsets[i]! - SIZE_BYTES) }
}

function virtualOffset(window: BgzfWindow, offset: number): VirtualOffset {
  const block = blockOf(window, offset)
  return { block: window.blockOffsets[block]!, inner: offset - window.blockStarts[block]! }
}

/** Returns the index of the block that holds the inflated offset. */
function blockOf(window: BgzfWindow, offset: number): number {
  let low = 0
  let high = window.blockStarts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (window.blockStarts[middle]! <= offset) {
      low = middle
    } else {
      high = middle - 1
    }
  }
  return low
}

/** Collects the bytes of one record that spans windows. */
class PartialRecord {
  readonly label: string
  readonly start: VirtualOffset
  private bytes: Uint8Array = new Uint8Array(0)

  constructor(label: string, start: VirtualOffset) {
    this.label = label
    this.start = start
  }

  get length(): number {
    return this.bytes.length
  }

  /** Takes what belongs to the record from the front of `bytes`; returns how many bytes that was. */
  append(bytes: Uint8Array): number {
    let taken = 0
    if (this.bytes.length < 4) {
      taken = Math.min(4 - this.bytes.length, bytes.length)
      this.bytes = joinBytes(this.bytes, bytes.subarray(0, taken))
    }
    const missing = this.missing()
    if (missing > 0) {
      const more = Math.min(missing, bytes.length - taken)
      this.bytes = joinBytes(this.bytes, bytes.subarray(taken, taken + more))
      taken += more
    }
    return taken
  }

  isComplete(): boolean {
    return this.bytes.length >= 4 && this.missing() <= 0
  }

  toBatch(header: BamHeader): BamBatch {
    const { bytes, start } = this
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const records = splitRecords(bytes, view, 0, header, new OffsetBuffer(), () =>
      describeOffset(this.label, start),
    )
    return { bytes, view, ...records, offsetOf: () => start }
  }

  /** Bytes still to come; none for an impossible size, so that decoding reports it at once. */
  private missing(): number {
    if (this.bytes.length < 4) {
      return 0
    }
    const size = new DataView(this.bytes.buffer, this.bytes.byteOffset, 4).getInt32(0, true)
    return isRecordSize(size) ? 4 + size - this.bytes.length : 0
  }
}
