import { InputDataError } from '../core/errors.ts'
import type { BamHeader } from './bam-header.ts'

/** SAM flag bits. Source: SAM specification, section 1.4. */
export const FLAG = {
  paired: 0x1,
  properPair: 0x2,
  unmapped: 0x4,
  mateUnmapped: 0x8,
  reverse: 0x10,
  mateReverse: 0x20,
  read1: 0x40,
  read2: 0x80,
  secondary: 0x100,
  qcFail: 0x200,
  duplicate: 0x400,
  supplementary: 0x800,
} as const

/**
 * A batch of BAM records as raw bytes: record i starts at `offsets[i]` (its refID field, after the size). Fields are read in place with the byte positions of `RECORD`; making an object per record would
 * cost more than everything else. Every record in a batch has been checked to hold its own fields.
 * Memory: the arrays are views that the next batch replaces; copy what must outlive it.
 */
export interface BamBatch {
  bytes: Uint8Array
  view: DataView
  offsets: Int32Array
  count: number
  /** Returns where record i starts in the file. */
  offsetOf(i: number): VirtualOffset
}

/** A position in a BGZF file: compressed offset of the block, then inflated offset inside it. */
export interface VirtualOffset {
  block: number
  inner: number
}

/** Returns a virtual offset as text for messages. */
export function describeOffset(label: string, offset: VirtualOffset): string {
  return `${label}: byte ${offset.block} (+${offset.inner} inflated)`
}

/** Byte positions of the fixed fields in a record. Source: SAM specification, section 4.2. */
export const RECORD = {
  refId: 0,
  start: 4,
  nameLength: 8,
  mapq: 9,
  cigarLength: 12,
  flag: 14,
  sequenceLength: 16,
  nextRefId: 20,
  nextStart: 24,
  name: 32,
} as const

/** Bytes of the size field in front of each record. */
export const SIZE_BYTES = 4
/** `BAM\1` read as a number: what stands where a record should when files are put together with cat. */
const BAM_MAGIC = 0x014d4142
/** Smallest record: the fixed fields. */
const FIXED_BYTES = 32
/** No real record comes near; a larger size field means the stream is out of step. */
const MAX_RECORD_BYTES = 1 << 29

/** The offsets of one batch after the other, in the same memory. */
export class OffsetBuffer {
  private array = new Int32Array(1 << 13)

  /** Returns the array, with room for `length` numbers. */
  atLeast(length: number): Int32Array {
    if (this.array.length < length) {
      this.array = new Int32Array(length * 2)
    }
    return this.array
  }
}

/** Returns where record i ends. */
export function recordEnd(batch: BamBatch, i: number): number {
  const start = batch.offsets[i]!
  return start + batch.view.getInt32(start - SIZE_BYTES, true)
}

/** True when a record can have this many bytes. */
export function isRecordSize(size: number): boolean {
  return size >= FIXED_BYTES && size <= MAX_RECORD_BYTES
}

/**
 * Finds the records at the front of `bytes` from `from` on, checks each and fills `into`, which grows.
 * Returns the number of records and where the first incomplete one starts.
 * Throws: InputDataError naming the place when a record's size, name, CIGAR or sequence overruns it.
 */
export function splitRecords(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  header: BamHeader,
  into: OffsetBuffer,
  place: (offset: number) => string,
): { offsets: Int32Array; count: number; end: number } {
  const offsets = into.atLeast(Math.ceil((bytes.length - from) / (FIXED_BYTES + 4)) + 1)
  const contigs = header.contigs.length
  let count = 0
  let at = from
  while (at + SIZE_BYTES <= bytes.length) {
    const size = view.getInt32(at, true)
    if (size === BAM_MAGIC) {
      throw new InputDataError(
        `${place(at)}: expected a BAM record, found the header of another BAM`,
        'files put together with cat are no BAM: use samtools cat or samtools merge',
      )
    }
    if (!isRecordSize(size)) {
      throw new InputDataError(
        `${place(at)}: expected a BAM record, found a size field of ${size}`,
        'the file is damaged there; make or copy it again',
      )
    }
    const start = at + SIZE_BYTES
    const end = start + size
    if (end > bytes.length) {
      break
    }
    checkRecord(view, start, end, contigs, place)
    offsets[count++] = start
    at = end
  }
  return { offsets, count, end: at }
}

function checkRecord(
  view: DataView,
  start: number,
  end: number,
  contigs: number,
  place: (offset: number) => string,
): void {
  const refId = view.getInt32(start, true)
  const position = view.getInt32(start + RECORD.start, true)
  const nameLength = view.getUint8(start + RECORD.nameLength)
  const cigarLength = view.getUint16(start + RECORD.cigarLength, true)
  const sequenceLength = view.getInt32(start + RECORD.sequenceLength, true)
  const needed = FIXED_BYTES + nameLength + 4 * cigarLength + ((sequenceLength + 1) >> 1) + sequenceLength
  if (
    sequenceLength < 0 ||
    nameLength === 0 ||
    start + needed > end ||
    refId < -1 ||
    refId >= contigs ||
    position < -1
  ) {
    throw brokenRecord(place(start), {
      refId,
      contigs,
      position,
      nameLength,
      cigarLength,
      sequenceLength,
      size: end - start,
      needed,
    })
  }
}

interface RecordFacts {
  refId: number
  contigs: number
  position: number
  nameLength: number
  cigarLength: number
  sequenceLength: number
  size: number
  needed: number
}

function brokenRecord(where: string, facts: RecordFacts): InputDataError {
  const hint = 'the file is damaged there; make or copy it again'
  if (facts.refId < -1 || facts.refId >= facts.contigs) {
    return new InputDataError(
      `${where}: broken BAM record: reference ${facts.refId}, but the header lists ${facts.contigs}`,
      hint,
    )
  }
  if (facts.position < -1) {
    return new InputDataError(`${where}: broken BAM record: position ${facts.position}`, hint)
  }
  return new InputDataError(
    `${where}: broken BAM record: name (${facts.nameLength}), CIGAR (${facts.cigarLength} operations) and sequence ` +
      `(${facts.sequenceLength}) need ${facts.needed} bytes, the record has ${facts.size}`,
    hint,
  )
}

/** Returns the read's name. Slow: for messages only. */
export function recordName(batch: BamBatch, i: number): string {
  const start = batch.offsets[i]!
  const length = batch.view.getUint8(start + RECORD.nameLength)
  return new TextDecoder('latin1').decode(
    batch.bytes.subarray(start + RECORD.name, start + RECORD.name + length - 1),
  )
}

/** Returns where the record's tags start. */
export function tagsStart(view: DataView, start: number): number {
  const sequenceLength = view.getInt32(start + RECORD.sequenceLength, true)
  return (
    start +
    RECORD.name +
    view.getUint8(start + RECORD.nameLength) +
    4 * view.getUint16(start + RECORD.cigarLength, true) +
    ((sequenceLength + 1) >> 1) +
    sequenceLength
  )
}
