import { EXAMPLE_CLASSES, isNegativeClass, isPositiveClass } from './example-classes.ts'
import { type ContigExamples, REMOVED } from './example-rows.ts'
import type { LeftOut } from './left-out.ts'

/**
 * Removes the positives and negatives that contradict each other: their windows have the same bases, on either strand.
 * Rows of class `unknown` contradict nothing.
 * Memory: 8 bytes per example, for the time of the call.
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
 * Memory: 8 bytes per example, for the time of the call.
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

/** Returns the keys that more than one example has, removed ones among them. */
function repeatedKeys(contigs: readonly ContigExamples[]): Set<number> {
  const all = new Float64Array(contigs.reduce((sum, rows) => sum + rows.count, 0))
  let filled = 0
  for (const { keys } of contigs) {
    all.set(keys, filled)
    filled += keys.length
  }
  all.sort()
  const repeated = new Set<number>()
  for (let i = 1; i < all.length; i++) {
    if (all[i] === all[i - 1]) {
      repeated.add(all[i]!)
    }
  }
  return repeated
}
