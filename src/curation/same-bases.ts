import { EXAMPLE_CLASSES, isNegativeClass, isPositiveClass } from './example-classes.ts'
import { type ContigExamples, REMOVED } from './example-rows.ts'
import type { LeftOut } from './left-out.ts'

/**
 * Removes the positives and negatives that contradict each other: their windows have the same bases, on either strand.
 * Rows of class `unknown` contradict nothing.
 * Memory: half a byte per example, and what repeats, for the time of the call.
 */
export function removeContradictions(contigs: readonly ContigExamples[], leftOut: LeftOut): void {
  const labels = new Map<number, { positive: boolean; negative: boolean }>()
  visitRepeated(contigs, (rows, row, key) => {
    const label = labels.get(key) ?? { positive: false, negative: false }
    labels.set(key, label)
    label.positive ||= isPositiveClass(rows.classes[row]!)
    label.negative ||= isNegativeClass(rows.classes[row]!)
  })
  visitRepeated(contigs, (rows, row, key) => {
    const { positive, negative } = labels.get(key)!
    if (positive && negative && kindOf(rows, row) !== 'unknown') {
      remove(rows, row, 'on-both-lists', leftOut)
    }
  })
}

/**
 * Removes every repeat of a window with the same label, on either strand, but the first.
 * Memory: half a byte per example, and what repeats, for the time of the call.
 */
export function removeRepeats(contigs: readonly ContigExamples[], leftOut: LeftOut): void {
  const seen = new Set<string>()
  visitRepeated(contigs, (rows, row, key) => {
    const own = `${key}${kindOf(rows, row)}`
    if (seen.has(own)) {
      remove(rows, row, 'same-bases', leftOut)
    }
    seen.add(own)
  })
}

function kindOf(rows: ContigExamples, row: number): 'positive' | 'negative' | 'unknown' {
  const number = rows.classes[row]!
  return isPositiveClass(number) ? 'positive' : isNegativeClass(number) ? 'negative' : 'unknown'
}

function remove(rows: ContigExamples, row: number, reason: string, leftOut: LeftOut): void {
  rows.splits[row] = REMOVED
  leftOut.add(reason, EXAMPLE_CLASSES[rows.classes[row]!]!)
}

/** Calls with every example that is left and whose window another example has too. */
function visitRepeated(
  contigs: readonly ContigExamples[],
  visit: (rows: ContigExamples, row: number, key: number) => void,
): void {
  const repeated = repeatedKeys(contigs)
  for (const rows of contigs) {
    for (let row = 0; row < rows.count; row++) {
      const key = rows.keys[row]!
      if (rows.splits[row] !== REMOVED && repeated.has(key)) {
        visit(rows, row, key)
      }
    }
  }
}

/** Keys are looked at in so many portions, which takes that much less memory. Keys have 53 bits. */
const PORTIONS = 16
const PORTION = 2 ** 53 / PORTIONS

/** Returns the keys that more than one example has, removed ones among them. */
function repeatedKeys(contigs: readonly ContigExamples[]): Set<number> {
  const repeated = new Set<number>()
  const total = contigs.reduce((sum, rows) => sum + rows.count, 0)
  // Keys are as good as random: a portion has its share of them, and little more.
  let portion = new Float64Array(Math.ceil((1.1 * total) / PORTIONS) + 1024)
  for (let from = 0; from < 2 ** 53; from += PORTION) {
    let filled = 0
    for (const { keys } of contigs) {
      for (const key of keys) {
        if (key >= from && key < from + PORTION) {
          if (filled === portion.length) {
            const larger = new Float64Array(2 * filled)
            larger.set(portion)
            portion = larger
          }
          portion[filled++] = key
        }
      }
    }
    const sorted = portion.subarray(0, filled).sort()
    for (let i = 1; i < filled; i++) {
      if (sorted[i] === sorted[i - 1]) {
        repeated.add(sorted[i]!)
      }
    }
  }
  return repeated
}
