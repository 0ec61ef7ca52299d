import { groupByContig, type Interval, mergeIntervals, overlaps } from '../genome/interval.ts'
import type { BamHeader } from '../io/bam-header.ts'

/** The regions asked for, by header contig, sorted and disjoint. */
export class RegionIndex {
  private readonly byContig: Interval[][]

  constructor(regions: readonly Interval[], header: BamHeader) {
    const merged = groupByContig(mergeIntervals(regions))
    this.byContig = header.contigs.map(contig => merged.get(contig.name) ?? [])
  }

  /** True when the stretch shares a base with a region. Coordinates: 0-based half-open. */
  overlaps(refId: number, start: number, end: number): boolean {
    const list = this.byContig[refId]!
    let low = 0
    let high = list.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (list[middle]!.end <= start) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < list.length && overlaps(start, end, list[low]!.start, list[low]!.end)
  }
}
