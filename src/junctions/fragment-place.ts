import { FLAG, RECORD } from '../io/bam-records.ts'

/** What decides whether a read's fragment can be met again. */
export interface FragmentPlace {
  refId: number
  isPaired: boolean
  mateBit: number
  /** Where the mate starts: past everything when it is on another contig or unmapped, -1 when the record does not say. */
  mateStart: number
}

/** Returns the flag's first- and second-mate bits. */
export function mateBit(flag: number): number {
  return flag & (FLAG.read1 | FLAG.read2)
}

/** Returns the place of the record that starts at byte `start`. */
export function fragmentPlace(view: DataView, start: number, refId: number, flag: number): FragmentPlace {
  return {
    refId,
    isPaired: (flag & FLAG.paired) !== 0,
    mateBit: mateBit(flag),
    mateStart: mateStart(view, start, refId, flag),
  }
}

function mateStart(view: DataView, start: number, refId: number, flag: number): number {
  if ((flag & (FLAG.paired | FLAG.mateUnmapped)) !== FLAG.paired) {
    return Number.POSITIVE_INFINITY
  }
  const mateRefId = view.getInt32(start + RECORD.nextRefId, true)
  if (mateRefId < 0) {
    return -1
  }
  return mateRefId === refId ? view.getInt32(start + RECORD.nextStart, true) : Number.POSITIVE_INFINITY
}
