import { IntervalTable } from '../../junctions/interval-table.ts'
import { GrowingColumn } from '../growing-column.ts'
import { ContigHits } from './contig-hits.ts'
import type { KmerIndex } from './kmer-index.ts'

/** Judges stretches of one contig against an index, each place once. Memory: a bit per base, 20 bytes per stretch looked at closely. */
export class LikenessJudge {
  readonly #hits: ContigHits
  readonly #index: KmerIndex
  readonly #codes: Uint8Array
  readonly #maxIdentity: number
  /** Stretches judged, and 1 for those that are alike. */
  readonly #judged = new IntervalTable()
  readonly #verdicts = new GrowingColumn(length => new Uint8Array(length))

  constructor(index: KmerIndex, codes: Uint8Array, maxIdentity: number) {
    this.#hits = new ContigHits(index, codes)
    this.#index = index
    this.#codes = codes
    this.#maxIdentity = maxIdentity
  }

  /** Returns whether one of the stretches `[from, to, ...]` is alike to something in the index. */
  isAlike(shown: readonly number[]): boolean {
    for (let i = 0; i < shown.length; i += 2) {
      const from = Math.max(0, shown[i]!)
      const to = Math.min(this.#codes.length, shown[i + 1]!)
      if (this.#hits.mayReach(from, to, this.#maxIdentity) && this.#isAlikeExactly(from, to)) {
        return true
      }
    }
    return false
  }

  #isAlikeExactly(from: number, to: number): boolean {
    // Many examples share a site.
    const stretch = this.#judged.intern(0, from, to)
    if (stretch === this.#verdicts.length) {
      this.#verdicts.push(this.#index.isAlike(this.#codes, from, to, this.#maxIdentity) ? 1 : 0)
    }
    return this.#verdicts.at(stretch) === 1
  }
}
