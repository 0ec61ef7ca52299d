import type { MergeInput } from './merge-input.ts'

/**
 * Leaves out rows so that at most so many are in, evenly spread over the dataset. What an import made of a window
 * counts as one with it.
 */
export function leaveOutBeyond(input: MergeInput, limit: number): void {
  const units = unitsOf(input)
  const total = units.reduce((sum, unit) => sum + unit.length, 0)
  if (total <= limit) {
    return
  }
  let wanted = Math.floor((limit * units.length) / total)
  let chosen = evenly(units.length, wanted)
  const rowsOf = (numbers: readonly number[]) =>
    numbers.reduce((sum, number) => sum + units[number]!.length, 0)
  while (rowsOf(chosen) > limit) {
    chosen = evenly(units.length, --wanted)
  }
  const isChosen = new Set(chosen)
  for (const [number, rows] of units.entries()) {
    if (!isChosen.has(number)) {
      for (const row of rows) {
        input.leaveOut(row, 'over-limit')
      }
    }
  }
}

/** Returns `wanted` of the numbers below `count`, ascending, as far from each other as can be. */
export function evenly(count: number, wanted: number): number[] {
  return Array.from({ length: Math.max(0, wanted) }, (_, i) => Math.floor((i * count) / wanted))
}

/** Returns the rows that are in by what stays together, in the order of the first of each. */
function unitsOf(input: MergeInput): number[][] {
  const units: number[][] = []
  const unitOf = new Map<number, number[]>()
  for (const row of input.rowsIn()) {
    const family = input.families?.of[row] ?? -1
    const known = unitOf.get(family)
    if (known !== undefined) {
      known.push(row)
      continue
    }
    const unit = [row]
    units.push(unit)
    if (family >= 0) {
      unitOf.set(family, unit)
    }
  }
  return units
}
