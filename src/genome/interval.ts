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
  const merged: Interval[] = []
  for (const list of groupByContig(intervals).values()) {
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

/** Returns the stretches grouped by contig, contigs in order of first appearance; the lists are new. */
export function groupByContig<T extends { contig: string }>(intervals: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const interval of intervals) {
    const list = groups.get(interval.contig)
    if (list) {
      list.push(interval)
    } else {
      groups.set(interval.contig, [interval])
    }
  }
  return groups
}
