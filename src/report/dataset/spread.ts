/** How numbers are spread. Quartiles are values that occur. */
export interface Spread {
  count: number
  min: number
  lowerQuartile: number
  median: number
  upperQuartile: number
  max: number
}

/** Numbers in bins; a bin has its lower edge, the last both. */
export interface Bins {
  /** One more than there are bins. */
  edges: number[]
  counts: number[]
}

/** Returns the spread of the values; undefined of none. The values are sorted in place. */
export function spreadOf(values: Int32Array | Float32Array): Spread | undefined {
  const count = values.length
  if (count === 0) {
    return undefined
  }
  values.sort()
  const rank = (share: number) => values[Math.max(Math.ceil(share * count) - 1, 0)]!
  return {
    count,
    min: values[0]!,
    lowerQuartile: rank(0.25),
    median: rank(0.5),
    upperQuartile: rank(0.75),
    max: values[count - 1]!,
  }
}

/**
 * Returns edges at 1, 2 and 5 times the powers of ten, from the last at or below `low` to the first above `high`.
 * Throws: RangeError unless 0 < low <= high.
 */
export function roundEdges(low: number, high: number): number[] {
  if (!(low > 0 && low <= high && high < Infinity)) {
    throw new RangeError(`expected a range of numbers above 0, found ${low} to ${high}`)
  }
  const edges: number[] = []
  for (let power = Math.floor(Math.log10(low)) - 1; ; power++) {
    for (const first of [1, 2, 5]) {
      const edge = Number(`${first}e${power}`)
      if (edge <= low) {
        edges.length = 0
      }
      edges.push(edge)
      if (edge > high) {
        return edges
      }
    }
  }
}

/** Returns edges of `bins` equal bins from `low` to `high`; of one bin where the two are equal. */
export function evenEdges(low: number, high: number, bins: number): number[] {
  return low === high
    ? [low, high]
    : Array.from({ length: bins + 1 }, (_, i) => low + (i / bins) * (high - low))
}

/** Returns how many of the ascending values are in each bin. */
export function countSorted(values: ArrayLike<number>, edges: readonly number[]): number[] {
  const counts = Array<number>(edges.length - 1).fill(0)
  let bin = 0
  for (let i = 0; i < values.length; i++) {
    while (bin < counts.length - 1 && values[i]! >= edges[bin + 1]!) {
      bin++
    }
    counts[bin]!++
  }
  return counts
}
