import { RECORD } from '../io/bam-records.ts'

/** A read whose mate may cross one of the same introns and has not been met yet. */
export interface PendingMate {
  /** The read's own first/second bit, so that a read is never paired with itself or its copy. */
  readBit: number
  mateStart: number
  /** Introns the read supports, the support row each went to, and whether the read maps uniquely. */
  introns: number[]
  rows: number[]
  unique: boolean
}

const SWEEP_AT = 1 << 16

/**
 * Finds the two mates of a fragment without keeping read names: mates share their name, and each states the other's
 * start. Names are hashed to 53 bits together with both starts and the contig; among the at most some 10^5 open
 * fragments a false pairing has a chance of about 10^-6 per run of 10^8 reads, and would lower one count by one.
 * Memory: for coordinate-sorted input, entries whose mate's start has been passed are swept out, so the ledger stays
 * small; for unsorted input an entry stays until its mate comes.
 */
export class MateLedger {
  private readonly open = new Map<number, PendingMate>()
  private sweepAt = SWEEP_AT

  get size(): number {
    return this.open.size
  }

  /** Returns and removes the pending other mate, if it is there. */
  take(key: number, readBit: number): PendingMate | undefined {
    const pending = this.open.get(key)
    if (!pending || pending.readBit === readBit) {
      return undefined
    }
    this.open.delete(key)
    return pending
  }

  /** Keeps a read until its mate comes. */
  put(key: number, pending: PendingMate): void {
    this.open.set(key, pending)
  }

  /** Forgets fragments whose mate can no longer come: input sorted so far, now at `start` of the same contig. */
  sweep(start: number): void {
    if (this.open.size < this.sweepAt) {
      return
    }
    for (const [key, pending] of this.open) {
      if (pending.mateStart < start) {
        this.open.delete(key)
      }
    }
    this.sweepAt = Math.max(SWEEP_AT, this.open.size * 2)
  }

  /** Forgets everything: sorted input has moved on to the next contig. */
  clear(): void {
    this.open.clear()
  }
}

/** Returns the fragment key of a paired record: the same for both mates, whichever comes first. */
export function fragmentKey(view: DataView, start: number): number {
  const own = view.getInt32(start + RECORD.start, true)
  const mate = view.getInt32(start + RECORD.nextStart, true)
  const low = Math.min(own, mate)
  const high = Math.max(own, mate)
  const nameEnd = start + RECORD.name + view.getUint8(start + RECORD.nameLength) - 1
  let a = 0xdeadbeef ^ low
  let b = 0x41c6ce57 ^ high
  for (let at = start + RECORD.name; at < nameEnd; at++) {
    const byte = view.getUint8(at)
    a = Math.imul(a ^ byte, 2654435761)
    b = Math.imul(b ^ byte, 1597334677)
  }
  a = Math.imul(a ^ high ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ low ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (b & 0x1fffff) + (a >>> 0)
}
