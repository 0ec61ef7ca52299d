import { pagedBuffer } from '../core/paged-memory.ts'

/** Lengths below it fit beside a position into one number. */
const LENGTHS = 2 ** 22
const EMPTY = -1
/** Share of the slots in use beyond which there are made more. */
const FULL = 0.88

/**
 * A set of introns of one contig, whatever their strand, for one contig after the other.
 * Memory: 9 to 18 bytes per intron.
 */
export class IntronSet {
  #slots = emptySlots(1024)
  #size = 0
  /** Introns too long for the slots. */
  readonly #long = new Set<string>()

  has(start: number, end: number): boolean {
    return end - start < LENGTHS
      ? this.#slots[this.#slotOf(this.#slots, start, end - start)] !== EMPTY
      : this.#long.has(`${start}-${end}`)
  }

  /** Adds an intron; one that is there already changes nothing. */
  add(start: number, end: number): void {
    if (end - start >= LENGTHS) {
      this.#long.add(`${start}-${end}`)
      return
    }
    if (this.#size >= FULL * this.#slots.length) {
      this.#grow()
    }
    const slot = this.#slotOf(this.#slots, start, end - start)
    if (this.#slots[slot] === EMPTY) {
      this.#slots[slot] = start * LENGTHS + (end - start)
      this.#size++
    }
  }

  /** Forgets all introns. The memory is kept for as many again, unless few of them needed it. */
  clear(): void {
    if (this.#size * 16 < this.#slots.length) {
      this.#slots = emptySlots(1024)
    } else {
      this.#slots.fill(EMPTY)
    }
    this.#size = 0
    this.#long.clear()
  }

  #grow(): void {
    const larger = emptySlots(2 * this.#slots.length)
    for (const key of this.#slots) {
      if (key !== EMPTY) {
        larger[this.#slotOf(larger, Math.floor(key / LENGTHS), key % LENGTHS)] = key
      }
    }
    this.#slots = larger
  }

  /** Returns the slot of an intron, or the empty one where it belongs. */
  #slotOf(slots: Float64Array, start: number, length: number): number {
    const mask = slots.length - 1
    const key = start * LENGTHS + length
    let hash = Math.imul(start ^ 0x9e3779b9, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 15) ^ length, 0xc2b2ae35)
    let slot = (hash ^ (hash >>> 16)) & mask
    while (slots[slot] !== key && slots[slot] !== EMPTY) {
      slot = (slot + 1) & mask
    }
    return slot
  }
}

function emptySlots(count: number): Float64Array {
  return new Float64Array(pagedBuffer(8 * count), 0, count).fill(EMPTY)
}
