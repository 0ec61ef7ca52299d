import { type CountedAt, type CountedFragment, FragmentLedger, nameHash } from './fragment-ledger.ts'
import type { FragmentPlace } from './fragment-place.ts'
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
  /** Name of the record before, in unsorted input. */
  private lastName = -1

  /** `countsOthers`: secondary or supplementary alignments count too, so that mates are not the only ones to meet again. */
  constructor(support: SupportTable, countsOthers: boolean) {
    this.support = support
    this.countsOthers = countsOthers
  }

  /**
   * Counts a read's fragment at the introns it supports, unless it has been counted there before.
   * Sorted input is cheap to remember, so there every paired read is, whatever it says of its mate: some files hold
   * several primary alignments of one mate. In other input a read is remembered only while its mate may still come: not
   * when that cannot cross the introns, nor when it was the record before, as in files collated by name.
   */
  count(
    view: DataView,
    start: number,
    crossings: readonly IntronCrossing[],
    place: FragmentPlace,
    read: Support,
    isSorted: boolean,
  ): void {
    const lastIntronStart = crossings.at(-1)!.intronStart
    const mayMeet = this.countsOthers || (place.isPaired && (isSorted || place.mateStart < lastIntronStart))
    if (!mayMeet) {
      for (const { row } of crossings) {
        this.support.addFragment(row, read.weight, read.unique)
      }
      return
    }
    const name = nameHash(view, start)
    const known = this.ledger.find(name)
    const fragment = known ?? { refId: place.refId, mateBit: place.mateBit, lastIntronStart, introns: [] }
    for (const crossing of crossings) {
      this.countAt(fragment, crossing, read)
    }
    fragment.refId = place.refId
    fragment.lastIntronStart = Math.max(fragment.lastIntronStart, lastIntronStart)
    if (isSorted || this.countsOthers) {
      this.ledger.put(name, fragment)
    } else if (known) {
      this.forgetAfterMate(name, known, place.mateBit)
    } else if (name !== this.lastName) {
      this.ledger.put(name, fragment)
    }
  }

  /** Sorted input has reached `start` of contig `refId`. */
  advance(refId: number, start: number): void {
    this.ledger.sweep(refId, start)
  }

  /**
   * Notes that a primary record of a pair has gone by in unsorted input, whatever became of it: a mate that waits for it
   * need not wait any longer.
   */
  pass(view: DataView, start: number, mateBit: number): void {
    const name = nameHash(view, start)
    const known = this.ledger.find(name)
    if (known && !this.countsOthers) {
      this.forgetAfterMate(name, known, mateBit)
    }
    this.lastName = name
  }

  /** Both mates have come, and in unsorted input no sweep will. */
  private forgetAfterMate(name: number, known: CountedFragment, mateBit: number): void {
    if (known.mateBit !== mateBit) {
      this.ledger.forget(name)
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
