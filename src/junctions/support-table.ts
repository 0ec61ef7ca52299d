import { doubled } from './interval-table.ts'
import { StartSets } from './start-sets.ts'

/**
 * What a read says about its transcript's strand. XS and ts decide by themselves; for a read without them it is which
 * mate it is and how it lies, which the library type turns into a strand once it is known. Single-end reads count as
 * first mates.
 */
export const STRAND_CLASS = {
  xsPlus: 0,
  xsMinus: 1,
  tsPlus: 2,
  tsMinus: 3,
  firstForward: 4,
  firstReverse: 5,
  secondForward: 6,
  secondReverse: 7,
  none: 8,
} as const

export const STRAND_CLASSES = 9

/** One read's support of an intron. Units: bases for anchors; `weight` alignments. */
export interface Support {
  weight: number
  unique: boolean
  leftAnchor: number
  rightAnchor: number
  /** From the alignment's start to the intron. */
  distance: number
}

/**
 * Support per (intron, strand class), as columns. Rows are made on first use.
 * Memory: 36 bytes per row, 36 per intron, and what its start sets take.
 */
export class SupportTable {
  readonly startSets = new StartSets()
  private rowOfClass = new Int32Array(1024 * STRAND_CLASSES).fill(-1)
  private introns = new Int32Array(1024)
  private classes = new Int32Array(1024)
  reads = new Int32Array(1024)
  uniqueReads = new Int32Array(1024)
  fragments = new Int32Array(1024)
  uniqueFragments = new Int32Array(1024)
  maxAnchor = new Int32Array(1024)
  leftAnchor = new Int32Array(1024)
  rightAnchor = new Int32Array(1024)
  private count = 0

  get size(): number {
    return this.count
  }

  intronOf(row: number): number {
    return this.introns[row]!
  }

  classOf(row: number): number {
    return this.classes[row]!
  }

  /** Returns the row of an intron and class, or -1. */
  find(intron: number, strandClass: number): number {
    const at = intron * STRAND_CLASSES + strandClass
    return at < this.rowOfClass.length ? this.rowOfClass[at]! : -1
  }

  /** Counts one read for the intron; returns the row. Fragments are counted apart, see `addFragment`. */
  addRead(intron: number, strandClass: number, support: Support): number {
    const row = this.row(intron, strandClass)
    this.reads[row]! += support.weight
    if (support.unique) {
      this.uniqueReads[row]! += support.weight
    }
    const { leftAnchor, rightAnchor } = support
    const smaller = Math.min(leftAnchor, rightAnchor)
    if (smaller > this.maxAnchor[row]!) {
      this.maxAnchor[row] = smaller
    }
    if (leftAnchor > this.leftAnchor[row]!) {
      this.leftAnchor[row] = leftAnchor
    }
    if (rightAnchor > this.rightAnchor[row]!) {
      this.rightAnchor[row] = rightAnchor
    }
    this.startSets.add(row, support.distance)
    return row
  }

  addFragment(row: number, weight: number, unique: boolean): void {
    this.fragments[row]! += weight
    if (unique) {
      this.uniqueFragments[row]! += weight
    }
  }

  private row(intron: number, strandClass: number): number {
    const at = intron * STRAND_CLASSES + strandClass
    while (at >= this.rowOfClass.length) {
      const larger = new Int32Array(this.rowOfClass.length * 2).fill(-1)
      larger.set(this.rowOfClass)
      this.rowOfClass = larger
    }
    const found = this.rowOfClass[at]!
    if (found >= 0) {
      return found
    }
    const row = this.count++
    if (row === this.introns.length) {
      this.grow()
    }
    this.introns[row] = intron
    this.classes[row] = strandClass
    this.rowOfClass[at] = row
    return row
  }

  private grow(): void {
    this.introns = doubled(this.introns)
    this.classes = doubled(this.classes)
    this.reads = doubled(this.reads)
    this.uniqueReads = doubled(this.uniqueReads)
    this.fragments = doubled(this.fragments)
    this.uniqueFragments = doubled(this.uniqueFragments)
    this.maxAnchor = doubled(this.maxAnchor)
    this.leftAnchor = doubled(this.leftAnchor)
    this.rightAnchor = doubled(this.rightAnchor)
  }
}
