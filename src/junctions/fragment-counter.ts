import { type CountedFragment, FragmentLedger, fragmentKey } from './fragment-ledger.ts'
import type { Support, SupportTable } from './support-table.ts'

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
  /**
   * Where the read's mate starts: past everything when it is on another contig or unmapped, -1 when the record does not
   * say, undefined for reads that are not paired.
   */
  mateStart: number | undefined
}

/** Counts fragments: the alignments of one read name at one intron once, however many there are. */
export class FragmentCounter {
  /** By rows and uniqueness, as text. Where rows turn out to be the same junction, all counts but one are taken back. */
  readonly split = new Map<string, SplitFragments>()
  private readonly ledger = new FragmentLedger()
  private readonly support: SupportTable
  private readonly countsOthers: boolean

  /** `countsOthers`: secondary or supplementary alignments count too, so that mates are not the only ones to meet again. */
  constructor(support: SupportTable, countsOthers: boolean) {
    this.support = support
    this.countsOthers = countsOthers
  }

  /**
   * Counts a read's fragment at an intron, unless it has been counted there before.
   * Sorted input is cheap to remember, so there every paired read is, whatever it says of its mate: some files hold
   * several primary alignments of one mate. In other input a read whose mate starts in the intron or after it, and so
   * cannot cross it, is counted at once.
   */
  count(view: DataView, start: number, crossing: IntronCrossing, read: Support, isSorted: boolean): void {
    const { intron, intronStart, row, mateStart } = crossing
    const mayMeet = this.countsOthers || (mateStart !== undefined && (isSorted || mateStart < intronStart))
    if (!mayMeet) {
      this.support.addFragment(row, read.weight, read.unique)
      return
    }
    const key = fragmentKey(view, start, intron)
    const counted = this.ledger.find(key)
    if (!counted) {
      this.support.addFragment(row, read.weight, read.unique)
      this.ledger.put(key, { intronStart, rows: [row], unique: [read.unique] })
      return
    }
    this.meetAgain(counted, row, read)
    if (!isSorted && !this.countsOthers) {
      this.ledger.forget(key) // both mates have come, and no sweep will
    }
  }

  /** Sorted input has reached `start`. */
  advance(start: number): void {
    this.ledger.sweep(start)
  }

  /** Sorted input has moved on to the next contig. */
  nextContig(): void {
    this.ledger.clear()
  }

  private meetAgain(counted: CountedFragment, row: number, { unique, weight }: Support): void {
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

  private noteSplit({ rows, unique }: CountedFragment, change: 1 | -1): void {
    if (rows.length < 2) {
      return
    }
    const key = `${rows} ${unique}`
    const split = this.split.get(key) ?? { rows: rows.slice(), unique: unique.slice(), fragments: 0 }
    split.fragments += change
    this.split.set(key, split)
  }
}
