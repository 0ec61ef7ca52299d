import { bitCount } from '../core/bit-count.ts'

/** Distances from a read's start to its intron that have a bit of their own; short reads stay below. */
const NEAR = 256
const WORDS = NEAR / 32

/**
 * The distinct alignment starts of every row of support. A read starts some distance before its intron: distances
 * under 256 are bits of the row, which stay in the cache; larger ones (long reads, reads over several introns) go
 * to a hash set of (row, distance).
 * Memory: 32 bytes per row, and 18 to 36 per far start.
 */
export class StartSets {
  private bits = new Int32Array(1024 * WORDS)
  private readonly far = new PairSet()

  /** Notes a start, as its distance to the intron. Units: bases, 0 or more. */
  add(row: number, distance: number): void {
    if (distance >= NEAR) {
      this.far.add(row, distance)
      return
    }
    const word = row * WORDS + (distance >> 5)
    if (word >= this.bits.length) {
      const larger = new Int32Array(Math.max(this.bits.length * 2, word + WORDS))
      larger.set(this.bits)
      this.bits = larger
    }
    this.bits[word]! |= 1 << (distance & 31)
  }

  /**
   * Returns the number of distinct starts per group of rows of the same intron.
   * Shape: `groupOf[row]` is the row's group; the result has `groups` entries.
   */
  countByGroup(groupOf: Int32Array, groups: number): Int32Array {
    const united = new Int32Array(groups * WORDS)
    const rows = Math.min(groupOf.length, this.bits.length / WORDS)
    for (let row = 0; row < rows; row++) {
      for (let w = 0; w < WORDS; w++) {
        united[groupOf[row]! * WORDS + w]! |= this.bits[row * WORDS + w]!
      }
    }
    const counts = new Int32Array(groups)
    for (let word = 0; word < united.length; word++) {
      counts[Math.floor(word / WORDS)]! += bitCount(united[word]!)
    }
    const farStarts = new PairSet()
    this.far.forEach((row, distance) => {
      const group = groupOf[row]!
      if (farStarts.add(group, distance)) {
        counts[group]!++
      }
    })
    return counts
  }
}

/** A set of pairs of 32-bit integers. */
class PairSet {
  private firsts = new Int32Array(4096)
  private seconds = new Int32Array(4096)
  private used = new Uint8Array(4096)
  private count = 0

  /** Adds the pair; returns true when it was not there. */
  add(first: number, second: number): boolean {
    const mask = this.used.length - 1
    let slot = pairHash(first, second) & mask
    while (this.used[slot] !== 0) {
      if (this.firsts[slot] === first && this.seconds[slot] === second) {
        return false
      }
      slot = (slot + 1) & mask
    }
    this.used[slot] = 1
    this.firsts[slot] = first
    this.seconds[slot] = second
    this.count++
    if (this.count * 2 > this.used.length) {
      this.grow()
    }
    return true
  }

  forEach(visit: (first: number, second: number) => void): void {
    for (let slot = 0; slot < this.used.length; slot++) {
      if (this.used[slot] !== 0) {
        visit(this.firsts[slot]!, this.seconds[slot]!)
      }
    }
  }

  private grow(): void {
    const { firsts, seconds, used } = this
    this.firsts = new Int32Array(used.length * 2)
    this.seconds = new Int32Array(used.length * 2)
    this.used = new Uint8Array(used.length * 2)
    this.count = 0
    for (let slot = 0; slot < used.length; slot++) {
      if (used[slot] !== 0) {
        this.add(firsts[slot]!, seconds[slot]!)
      }
    }
  }
}

function pairHash(first: number, second: number): number {
  let h = Math.imul(first ^ 0x9e3779b9, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15) ^ second, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
