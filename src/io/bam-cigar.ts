import { InputDataError } from '../core/errors.ts'
import { RECORD, tagsStart } from './bam-records.ts'
import { TAG_TYPE, tagValueBytes } from './bam-tags.ts'

/** CIGAR operation codes. Source: SAM specification, section 4.2. */
export const CIGAR = { M: 0, I: 1, D: 2, N: 3, S: 4, H: 5, P: 6, EQUAL: 7, X: 8 } as const

/** Where a record's CIGAR operations lie, `count` packed uint32 from byte `at` on, and what they amount to. */
export interface CigarSpan {
  at: number
  count: number
  /** Read bases the operations take. */
  queryLength: number
  hasIntron: boolean
}

const CG = 0x4743 // 'C' 'G' little-endian
const PLACEHOLDER_OPERATIONS = 2

/**
 * Fills `span` with the place and sums of the record's real CIGAR. Alignments of more than 65,535 operations keep theirs in the
 * CG tag and carry a placeholder (`kSmN`, k = read length) whose N is no intron.
 * Source: SAM specification, section 4.2.2.
 */
export function locateCigar(view: DataView, start: number, end: number, span: CigarSpan): void {
  findOperations(view, start, end, span)
  span.queryLength = 0
  span.hasIntron = false
  for (let i = 0, at = span.at; i < span.count; i++, at += 4) {
    const packed = view.getUint32(at, true)
    const operation = packed & 0xf
    if ((TAKES_QUERY >> operation) & 1) {
      span.queryLength += packed >>> 4
    } else if (operation === CIGAR.N) {
      span.hasIntron = true
    }
  }
}

/** Bit per operation code. */
const TAKES_QUERY = (1 << CIGAR.M) | (1 << CIGAR.I) | (1 << CIGAR.S) | (1 << CIGAR.EQUAL) | (1 << CIGAR.X)

function findOperations(view: DataView, start: number, end: number, span: CigarSpan): void {
  const count = view.getUint16(start + RECORD.cigarLength, true)
  const at = start + RECORD.name + view.getUint8(start + RECORD.nameLength)
  span.at = at
  span.count = count
  if (count !== PLACEHOLDER_OPERATIONS) {
    return
  }
  const first = view.getUint32(at, true)
  const second = view.getUint32(at + 4, true)
  const sequenceLength = view.getInt32(start + RECORD.sequenceLength, true)
  const isPlaceholder =
    (first & 0xf) === CIGAR.S && first >>> 4 === sequenceLength && (second & 0xf) === CIGAR.N
  if (isPlaceholder) {
    locateCigarTag(view, tagsStart(view, start), end, span)
  }
}

function locateCigarTag(view: DataView, from: number, end: number, span: CigarSpan): void {
  let at = from
  while (at + 3 <= end) {
    const tag = view.getUint16(at, true)
    const type = view.getUint8(at + 2)
    const size = tagValueBytes(view, at + 3, end, type)
    if (at + 3 + size > end) {
      throw new InputDataError('a tag overruns the record')
    }
    if (tag === CG && type === TAG_TYPE.B && view.getUint8(at + 3) === TAG_TYPE.I) {
      span.count = view.getUint32(at + 4, true)
      span.at = at + 8
      return
    }
    at += 3 + size
  }
}

/**
 * The introns of one alignment with the anchors on their two sides, reused from read to read.
 * An anchor is the run of M, = and X bases that touches the intron; I, D, N, S and H end it, P takes no part.
 * Units: bases. Coordinates: 0-based half-open.
 */
export class IntronScan {
  starts = new Int32Array(16)
  ends = new Int32Array(16)
  leftAnchors = new Int32Array(16)
  rightAnchors = new Int32Array(16)
  count = 0
  /** First reference base after the alignment. */
  alignmentEnd = 0
  /** regtools lets X end an anchor; by default only the alignment's own breaks do. */
  private readonly mismatchEndsAnchor: boolean

  constructor(mismatchEndsAnchor = false) {
    this.mismatchEndsAnchor = mismatchEndsAnchor
  }

  /** Walks the operations of an alignment that starts at reference base `start`. */
  scan(view: DataView, span: CigarSpan, start: number): void {
    this.count = 0
    let reference = start
    let run = 0
    let open = 0 // introns whose right anchor is still growing: 0 or 1
    for (let i = 0, at = span.at; i < span.count; i++, at += 4) {
      const packed = view.getUint32(at, true)
      const length = packed >>> 4
      switch (packed & 0xf) {
        case CIGAR.M:
        case CIGAR.EQUAL:
          run += length
          reference += length
          break
        case CIGAR.X:
          reference += length
          if (this.mismatchEndsAnchor) {
            this.closeRight(open, run)
            run = 0
            open = 0
          } else {
            run += length
          }
          break
        case CIGAR.N:
          this.closeRight(open, run)
          open = 0
          if (length > 0) {
            this.push(reference, reference + length, run)
            open = 1
          }
          reference += length
          run = 0
          break
        case CIGAR.D:
          this.closeRight(open, run)
          reference += length
          run = 0
          open = 0
          break
        case CIGAR.I:
        case CIGAR.S:
          this.closeRight(open, run)
          run = 0
          open = 0
          break
        case CIGAR.H:
          this.closeRight(open, run)
          run = 0
          open = 0
          break
        case CIGAR.P:
          break
        default:
          throw new InputDataError(`unknown CIGAR operation code ${packed & 0xf}`)
      }
    }
    this.closeRight(open, run)
    this.alignmentEnd = reference
  }

  private closeRight(open: number, run: number): void {
    if (open) {
      this.rightAnchors[this.count - 1] = run
    }
  }

  private push(start: number, end: number, leftAnchor: number): void {
    if (this.count === this.starts.length) {
      this.grow()
    }
    this.starts[this.count] = start
    this.ends[this.count] = end
    this.leftAnchors[this.count] = leftAnchor
    this.rightAnchors[this.count] = 0
    this.count++
  }

  private grow(): void {
    for (const field of ['starts', 'ends', 'leftAnchors', 'rightAnchors'] as const) {
      const larger = new Int32Array(this.count * 2)
      larger.set(this[field])
      this[field] = larger
    }
  }
}
