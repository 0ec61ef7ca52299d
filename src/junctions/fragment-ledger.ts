import { RECORD } from '../io/bam-records.ts'

/** What has been counted of a fragment at one intron. */
export interface CountedFragment {
  /** First base of the intron: in sorted input no read that starts later can cross it. */
  intronStart: number
  /** Rows of support it was counted in, several when its alignments are of different strand classes. */
  rows: number[]
  /** Per row, true once an alignment there maps uniquely. */
  unique: boolean[]
}

const SWEEP_AT = 1 << 16

/**
 * Remembers which fragments have been counted at which introns, so that the second mate, or another alignment of the same
 * read, is not counted again. Fragments are known by a 53-bit hash of read name and intron: with 10^6 of them open, one
 * false hit is expected in about 10^10 look-ups, and would lower one count by one.
 * Memory: in coordinate-sorted input an entry is swept out once reading has passed its intron's start; in other input
 * it stays until the second mate comes.
 */
export class FragmentLedger {
  private readonly counted = new Map<number, CountedFragment>()
  private sweepAt = SWEEP_AT

  /** Number of entries held. */
  get size(): number {
    return this.counted.size
  }

  find(key: number): CountedFragment | undefined {
    return this.counted.get(key)
  }

  put(key: number, fragment: CountedFragment): void {
    this.counted.set(key, fragment)
  }

  forget(key: number): void {
    this.counted.delete(key)
  }

  /** Forgets fragments that cannot come again: input sorted so far, now at `start` of the same contig. */
  sweep(start: number): void {
    if (this.counted.size < this.sweepAt) {
      return
    }
    for (const [key, fragment] of this.counted) {
      if (fragment.intronStart <= start) {
        this.counted.delete(key)
      }
    }
    this.sweepAt = Math.max(SWEEP_AT, this.counted.size * 2)
  }

  /** Forgets everything: sorted input has moved on to the next contig. */
  clear(): void {
    this.counted.clear()
  }
}

/** Returns the key of the record's fragment at an intron. */
export function fragmentKey(view: DataView, start: number, intron: number): number {
  const nameEnd = start + RECORD.name + view.getUint8(start + RECORD.nameLength) - 1
  let a = 0xdeadbeef ^ intron
  let b = 0x41c6ce57 ^ intron
  for (let at = start + RECORD.name; at < nameEnd; at++) {
    const byte = view.getUint8(at)
    a = Math.imul(a ^ byte, 2654435761)
    b = Math.imul(b ^ byte, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (b & 0x1fffff) + (a >>> 0)
}
