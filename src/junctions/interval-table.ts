/**
 * Gives every distinct (group, start, end) a dense number, in order of first appearance.
 * Open addressing over typed arrays: half a million introns take 20 MB, a Map of strings over 100 MB.
 * Coordinates: whatever the caller uses; three 32-bit integers.
 */
export class IntervalTable {
  private groups = new Int32Array(1024)
  private starts = new Int32Array(1024)
  private ends = new Int32Array(1024)
  private slots = new Int32Array(2048).fill(-1)
  private count = 0

  /** Number of distinct entries so far. */
  get size(): number {
    return this.count
  }

  group(id: number): number {
    return this.groups[id]!
  }

  start(id: number): number {
    return this.starts[id]!
  }

  end(id: number): number {
    return this.ends[id]!
  }

  /** Returns the entry's number, making one for a new entry. */
  intern(group: number, start: number, end: number): number {
    const slot = this.findSlot(group, start, end)
    const found = this.slots[slot]!
    if (found >= 0) {
      return found
    }
    const id = this.count++
    if (id === this.starts.length) {
      this.growEntries()
    }
    this.groups[id] = group
    this.starts[id] = start
    this.ends[id] = end
    this.slots[slot] = id
    if (this.count * 2 > this.slots.length) {
      this.growSlots()
    }
    return id
  }

  /** Returns the entry's number, or -1. */
  find(group: number, start: number, end: number): number {
    return this.slots[this.findSlot(group, start, end)]!
  }

  private findSlot(group: number, start: number, end: number): number {
    const mask = this.slots.length - 1
    let slot = hash(group, start, end) & mask
    for (;;) {
      const id = this.slots[slot]!
      if (id < 0 || (this.starts[id] === start && this.ends[id] === end && this.groups[id] === group)) {
        return slot
      }
      slot = (slot + 1) & mask
    }
  }

  private growEntries(): void {
    this.groups = doubled(this.groups)
    this.starts = doubled(this.starts)
    this.ends = doubled(this.ends)
  }

  private growSlots(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(-1)
    for (let id = 0; id < this.count; id++) {
      this.slots[this.findSlot(this.groups[id]!, this.starts[id]!, this.ends[id]!)] = id
    }
  }
}

function hash(a: number, b: number, c: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15) ^ b, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 13) ^ c, 0x27d4eb2f)
  return h ^ (h >>> 16)
}

/** Returns an array of twice the length with the same front. */
export function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
