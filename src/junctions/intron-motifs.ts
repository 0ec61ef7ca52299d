import { type IntronEnds, intronEnds } from '../genome/motif.ts'
import type { IntervalTable } from './interval-table.ts'

const UNKNOWN = -1

/** The end dinucleotides of an extractor's introns, filled in contig by contig while one contig is in memory. */
export class IntronMotifs {
  private packed = new Int16Array(1024).fill(UNKNOWN)

  /** Returns the intron's packed ends, or undefined while they are not known. */
  ends(intron: number): IntronEnds | undefined {
    const value = intron < this.packed.length ? this.packed[intron]! : UNKNOWN
    return value === UNKNOWN ? undefined : value
  }

  /** Looks up the given introns of the table in the codes of the contig they lie on. */
  fill(introns: IntervalTable, ids: readonly number[], codes: Uint8Array): void {
    while (introns.size > this.packed.length) {
      const larger = new Int16Array(this.packed.length * 2).fill(UNKNOWN)
      larger.set(this.packed)
      this.packed = larger
    }
    for (const id of ids) {
      if (introns.end(id) <= codes.length) {
        this.packed[id] = intronEnds(codes, introns.start(id), introns.end(id))
      }
    }
  }
}
