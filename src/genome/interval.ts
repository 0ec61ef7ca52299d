/**
 * A stretch of one contig.
 * Coordinates: 0-based half-open, as everywhere inside this library.
 */
export interface Interval {
  contig: string
  start: number
  end: number
}

/** True when two stretches of the same contig share at least one base. */
export function overlaps(aStart: number, aEnd: number, bStart: number, bEnd: number): boolean {
  return aStart < bEnd && bStart < aEnd
}

/**
 * Returns the intervals merged where they overlap or touch, contigs in order of first appearance,
 * starts ascending. Merging first means that nothing inside two overlapping regions is read twice.
 */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const byContig = new Map<string, Interval[]>()
  for (const interval of intervals) {
    const list = byContig.get(interval.contig)
    if (list) {
      list.push(interval)
    } else {
      byContig.set(interval.contig, [interval])
    }
  }
  const merged: Interval[] = []
  for (const list of byContig.values()) {
    list.sort((a, b) => a.start - b.start || a.end - b.end)
    let current: Interval | undefined
    for (const interval of list) {
      if (current && interval.start <= current.end) {
        current.end = Math.max(current.end, interval.end)
      } else {
        current = { ...interval }
        merged.push(current)
      }
    }
  }
  return merged
}
