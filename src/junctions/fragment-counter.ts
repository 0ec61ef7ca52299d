import { FLAG } from '../io/bam-records.ts'
import { type CountedAt, type CountedFragment, FragmentLedger, nameHash } from './fragment-ledger.ts'
import type { Support, SupportTable } from './support-table.ts'

/** The flag bits of first and second mate. */
const BOTH_MATES = FLAG.read1 | FLAG.read2

/** Fragments that several rows of one intron have counted, each once. */
export interface SplitFragments {
  rows: readonly number[]
  unique: readonly boolean[]
  fragments: number
}

/** A read at one intron it supports. */
export interface IntronCrossing {
  intron: number
  intronStart: number
  /** Row of support the read was counted in. */
  row: number
}

/**
 * Counts fragments: the alignments of one read name at one intron once, however many there are.
 * Reads that are not paired are fragments of their own, unless other alignments than the primary ones count.
 */
export class FragmentCounter {
  /** By rows and uniqueness, as text. Where rows turn out to be the same junction, all counts but one are taken back. */
  readonly split = new Map<string, SplitFragments>()
  readonly ledger = new FragmentLedger()
  private readonly support: SupportTable
  private readonly countsOthers: boolean
  private readonly isGrouped: boolean
  /** Name of the last primary paired record of unsorted input, and the mates met in the run of records of that name. */
  private runName = -1
  private runMates = 0

  /**
   * `countsOthers`: secondary or supplementary alignments count too, so that mates are not the only ones to meet again.
   * `isGrouped`: the header says that all records of a name stand together.
   */
  constructor(support: SupportTable, countsOthers: boolean, isGrouped: boolean) {
    this.support = support
    this.countsOthers = countsOthers
    this.isGrouped = isGrouped
  }

  /** True when no other alignment of the read's fragment can come: it is counted without being remembered. */
  isAlone(flag: number): boolean {
    return (flag & FLAG.paired) === 0 && !this.countsOthers
  }

  /**
   * Counts a read's fragment at the introns it supports, unless it has been counted there before. What a read says of
   * its mate's place is not asked: some files do not say it, or hold several primary alignments of one mate.
   */
  count(
    view: DataView,
    start: number,
    crossings: readonly IntronCrossing[],
    refId: number,
    flag: number,
    read: Support,
    isSorted: boolean,
  ): void {
    const name = nameHash(view, start)
    const known = this.ledger.find(name)
    const fragment = known ?? { refId, mateBits: 0, lastIntronStart: -1, introns: [] }
    for (const crossing of crossings) {
      this.countAt(fragment, crossing, read)
    }
    fragment.refId = refId
    fragment.mateBits |= flag & BOTH_MATES
    fragment.lastIntronStart = Math.max(fragment.lastIntronStart, crossings.at(-1)!.intronStart)
    if (!known) {
      this.ledger.put(name, fragment)
    }
    if (!isSorted) {
      this.enterRun(name, flag)
    }
  }

  /** Sorted input has reached `start` of contig `refId`. */
  advance(refId: number, start: number): void {
    this.ledger.sweep(refId, start)
  }

  /** Notes that a primary record of a pair has gone by in unsorted input, whatever became of it. */
  pass(view: DataView, start: number, flag: number): void {
    this.enterRun(nameHash(view, start), flag)
  }

  /**
   * Files collated by name hold all records of a name in one run, so what a run has shown both mates of is forgotten when
   * the next begins. In other unsorted input a fragment waits until a run of its other mate has ended.
   */
  private enterRun(name: number, flag: number): void {
    if (name !== this.runName) {
      this.leaveRun()
      this.runName = name
      this.runMates = 0
    }
    this.runMates |= flag & BOTH_MATES
  }

  private leaveRun(): void {
    const fragment = this.ledger.find(this.runName)
    if (!fragment) {
      return
    }
    const isComplete = !this.countsOthers && (fragment.mateBits | this.runMates) === BOTH_MATES
    if (this.isGrouped || isComplete) {
      this.ledger.forget(this.runName)
    }
  }

  private countAt(fragment: CountedFragment, { intron, row }: IntronCrossing, read: Support): void {
    const counted = fragment.introns.find(at => at.intron === intron)
    if (counted) {
      this.meetAgain(counted, row, read)
    } else {
      this.support.addFragment(row, read.weight, read.unique)
      fragment.introns.push({ intron, rows: [row], unique: [read.unique] })
    }
  }

  private meetAgain(counted: CountedAt, row: number, { unique, weight }: Support): void {
    const at = counted.rows.indexOf(row)
    if (at >= 0 && (counted.unique[at] || !unique)) {
      return
    }
    this.noteSplit(counted, -1)
    if (at < 0) {
      this.support.addFragment(row, weight, unique)
      counted.rows.push(row)
      counted.unique.push(unique)
    } else {
      this.support.uniqueFragments[row]! += weight
      counted.unique[at] = true
    }
    this.noteSplit(counted, 1)
  }

  private noteSplit({ rows, unique }: CountedAt, change: 1 | -1): void {
    if (rows.length < 2) {
      return
    }
    const key = `${rows} ${unique}`
    const split = this.split.get(key) ?? { rows: rows.slice(), unique: unique.slice(), fragments: 0 }
    split.fragments += change
    this.split.set(key, split)
  }
}
