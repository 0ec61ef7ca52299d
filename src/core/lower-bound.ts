/** Returns the index of the first of ascending values that is at least `wanted`; their number when none is. */
export function lowerBound(values: ArrayLike<number>, wanted: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle]! < wanted) {
      low = middle + 1
    } else {
      high = middle
    }
  }
  return low
}
