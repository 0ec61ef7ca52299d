import { InputDataError } from '../core/errors.ts'
import { RECORD } from '../io/bam-records.ts'

/** Where a fragment has been counted at one intron. */
export interface CountedAt {
  intron: number
  /** Rows of support it was counted in, several when its alignments are of different strand classes. */
  rows: number[]
  /** Per row, true once an alignment there maps uniquely. */
  unique: boolean[]
}

/** A fragment that has been counted at some introns and may be met again. */
export interface CountedFragment {
  refId: number
  /** First- and second-mate bits of the records met so far. */
  mateBits: number
  /** Largest first base of its introns: in sorted input no read that starts later can cross them. */
  lastIntronStart: number
  introns: CountedAt[]
}

const SWEEP_AT = 1 << 16
/** Entries a Map of V8 can hold. */
const MOST = 2 ** 24 - 1

/**
 * Remembers which fragments have been counted at which introns, by a 53-bit hash of the read name: with 10^6 of them
 * open, one false hit is expected in about 10^10 look-ups, and would lower one count by one.
 * Memory: in coordinate-sorted input, what reading has passed is swept out; otherwise an entry stays until it is forgotten.
 */
export class FragmentLedger {
  private readonly counted = new Map<number, CountedFragment>()
  private sweepAt = SWEEP_AT

  /** Number of fragments held. */
  get size(): number {
    return this.counted.size
  }

  find(name: number): CountedFragment | undefined {
    return this.counted.get(name)
  }

  /** Throws: InputDataError when more fragments are open than can be told apart. */
  put(name: number, fragment: CountedFragment): void {
    if (this.counted.size >= MOST) {
      throw new InputDataError(
        `${MOST} fragments wait for other alignments of theirs, and no more can be held`,
        'sort the file: samtools sort',
      )
    }
    this.counted.set(name, fragment)
  }

  forget(name: number): void {
    this.counted.delete(name)
  }

  /**
   * Forgets fragments that cannot come again: input sorted so far, now at `start` of contig `refId`. Only once there are
   * many, so that input that turns out not to be sorted has lost nothing by then.
   */
  sweep(refId: number, start: number): void {
    if (this.counted.size < this.sweepAt) {
      return
    }
    for (const [name, fragment] of this.counted) {
      if (fragment.refId !== refId || fragment.lastIntronStart <= start) {
        this.counted.delete(name)
      }
    }
    this.sweepAt = Math.max(SWEEP_AT, this.counted.size * 2)
  }
}

/** Returns the 53-bit hash of a record's name. */
export function nameHash(view: DataView, start: number): number {
  const nameEnd = start + RECORD.name + view.getUint8(start + RECORD.nameLength) - 1
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let at = start + RECORD.name; at < nameEnd; at++) {
    const byte = view.getUint8(at)
    a = Math.imul(a ^ byte, 2654435761)
    b = Math.imul(b ^ byte, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (b & 0x1fffff) + (a >>> 0)
}
