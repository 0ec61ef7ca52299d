import { pagedBuffer } from '../../core/paged-memory.ts'

/** Beyond the longest stretch a window shows. */
const LONGEST = 2 ** 20

/**
 * Stretches of one contig, merged where they touch, ascending.
 * Memory: 16 bytes per merged stretch, and 8 per stretch while they are merged.
 */
export class MergedStretches {
  /** `[from, to, from, to, ...]`. Coordinates: 0-based half-open; may reach beyond the contig. */
  readonly bounds: readonly number[]

  private constructor(bounds: readonly number[]) {
    this.bounds = bounds
  }

  /** Takes `count` stretches shorter than a million bases, as `visit` gives them away. */
  static of(count: number, visit: (take: (from: number, to: number) => void) => void): MergedStretches {
    const all = new Float64Array(pagedBuffer(8 * count), 0, count)
    let filled = 0
    visit((from, to) => {
      all[filled++] = (from + LONGEST) * LONGEST + to - from
    })
    return new MergedStretches(merged(all.subarray(0, filled).sort()))
  }

  /** Takes intervals that are merged and ascending. */
  static ofIntervals(intervals: readonly { start: number; end: number }[]): MergedStretches {
    return new MergedStretches(intervals.flatMap(({ start, end }) => [start, end]))
  }

  get count(): number {
    return this.bounds.length / 2
  }

  /** Number of bases in all. */
  get bases(): number {
    return this.bounds.reduce((sum, bound, i) => sum + (i % 2 === 0 ? -bound : bound), 0)
  }

  /** True when one of the stretches `[from, to, ...]` shares a base with these. */
  meets(shown: readonly number[]): boolean {
    for (let i = 0; i < shown.length; i += 2) {
      const next = this.firstBeyond(shown[i]!)
      if (next < this.count && this.bounds[2 * next]! < shown[i + 1]!) {
        return true
      }
    }
    return false
  }

  /** Returns the number of the first stretch that ends beyond a position. */
  firstBeyond(position: number): number {
    let [low, high] = [0, this.count]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.bounds[2 * middle + 1]! <= position) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}

function merged(sorted: Float64Array): number[] {
  const bounds: number[] = []
  for (const stretch of sorted) {
    const from = Math.floor(stretch / LONGEST) - LONGEST
    const to = from + (stretch % LONGEST)
    const last = bounds.length - 1
    if (last > 0 && from <= bounds[last]!) {
      bounds[last] = Math.max(bounds[last]!, to)
    } else {
      bounds.push(from, to)
    }
  }
  return bounds
}
