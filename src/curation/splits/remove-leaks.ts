import { throwIfAborted } from '../../core/errors.ts'
import { EXAMPLE_CLASSES } from '../example-classes.ts'
import { type ExampleLayout, shownStretches } from '../example-layout.ts'
import { type ContigExamples, placeOf, REMOVED } from '../example-rows.ts'
import type { KmerIndex } from '../homology/kmer-index.ts'
import { KmerIndexBuilder } from '../homology/kmer-index-builder.ts'
import { LikenessJudge } from '../homology/likeness-judge.ts'
import { usableKmers } from '../homology/segments.ts'
import type { LeftOut } from '../left-out.ts'
import { contains } from '../window-duplicates.ts'
import { SPLITS, type Split } from '../window-table.ts'

/** When two stretches of sequence count as alike. */
export interface LikenessSettings {
  /** Estimated identity from which on they do, on either strand; 1 = only where all k-mers are shared. */
  maxIdentity: number
  /** Bases of a k-mer. */
  kmer: number
}

export interface LeakInput {
  contigs: readonly ContigExamples[]
  layout: ExampleLayout
  settings: LikenessSettings
  /** Returns the base codes of a contig by its number. */
  loadCodes(contig: number): Promise<Uint8Array>
  leftOut: LeftOut
  signal?: AbortSignal | undefined
}

/** What one comparison found. */
export interface LeakReport {
  /** The part that was kept, and those that were cleaned. */
  held: Split
  cleaned: Split[]
  /** One k-mer in so many was looked at. */
  sampledOneIn: number
  /** Rows removed: they show bases of the same places, have the same bases, or are alike. */
  overlapping: number
  sameBases: number
  alike: number
}

/**
 * Removes what validation and training rows have in common with test rows, then what training rows have in common with
 * the validation rows that are left; returns what was found. Every removed row is counted.
 */
export async function removeLeaks(input: LeakInput): Promise<LeakReport[]> {
  const reports: LeakReport[] = []
  for (const [held, cleaned] of [
    ['test', ['validation', 'train']],
    ['validation', ['train']],
  ] as const) {
    const isHeld = [held].map(split => SPLITS.indexOf(split))
    const isQueried = cleaned.map(split => SPLITS.indexOf(split))
    const present = (parts: readonly number[]) =>
      input.contigs.some(rows => rows.splits.some(split => parts.includes(split)))
    if (present(isHeld) && present(isQueried)) {
      reports.push(await cleanAgainst(input, held, [...cleaned]))
    }
  }
  return reports
}

async function cleanAgainst(input: LeakInput, held: Split, cleaned: Split[]): Promise<LeakReport> {
  const { contigs, settings, loadCodes, leftOut, signal } = input
  const heldOut = await collectHeld(input, held)
  const report: LeakReport = {
    held,
    cleaned,
    sampledOneIn: heldOut.index.oneIn,
    overlapping: 0,
    sameBases: 0,
    alike: 0,
  }
  const parts = cleaned.map(split => SPLITS.indexOf(split))
  for (const rows of contigs) {
    throwIfAborted(signal)
    if (!rows.splits.some(split => parts.includes(split))) {
      continue
    }
    const judge = new LikenessJudge(heldOut.index, await loadCodes(rows.contig), settings.maxIdentity)
    const stretches = heldOut.stretches.get(rows.contig) ?? []
    for (let row = 0; row < rows.count; row++) {
      if (!parts.includes(rows.splits[row]!)) {
        continue
      }
      const shown = shownStretches(placeOf(rows, row), input.layout)
      const found = meets(stretches, shown)
        ? 'overlapping'
        : contains(heldOut.keys, rows.keys[row]!)
          ? 'sameBases'
          : judge.isAlike(shown)
            ? 'alike'
            : undefined
      if (found !== undefined) {
        report[found]++
        rows.splits[row] = REMOVED
        leftOut.add(`like-${held}`, EXAMPLE_CLASSES[rows.classes[row]!]!)
      }
    }
  }
  return report
}

interface HeldOut {
  index: KmerIndex
  /** Keys of the windows, ascending. */
  keys: Float64Array
  /** By contig: what the windows show, merged, ascending, as `[from, to, from, to, ...]`. */
  stretches: Map<number, number[]>
}

async function collectHeld(input: LeakInput, held: Split): Promise<HeldOut> {
  const { contigs, settings, layout, loadCodes, signal } = input
  const part = SPLITS.indexOf(held)
  const stretches = new Map<number, number[]>()
  let [bases, count] = [0, 0]
  for (const rows of contigs) {
    const merged = mergedStretches(rows, part, layout)
    if (merged.length > 0) {
      stretches.set(rows.contig, merged)
      for (let i = 0; i < merged.length; i += 2) {
        bases += merged[i + 1]! - merged[i]!
      }
    }
    count += rows.splits.reduce((sum, split) => sum + (split === part ? 1 : 0), 0)
  }
  const builder = new KmerIndexBuilder({ k: settings.kmer, expectedBases: bases })
  const keys = new Float64Array(count)
  let filled = 0
  for (const rows of contigs) {
    throwIfAborted(signal)
    const merged = stretches.get(rows.contig)
    if (merged !== undefined) {
      const codes = await loadCodes(rows.contig)
      const smallest = smallestSegments(rows, part, layout, merged, codes, builder.k)
      for (let i = 0; i < merged.length; i += 2) {
        const [from, to] = [Math.max(0, merged[i]!), Math.min(codes.length, merged[i + 1]!)]
        builder.add(codes, from, to, smallest[i / 2]!)
      }
    }
    for (let row = 0; row < rows.count; row++) {
      if (rows.splits[row] === part) {
        keys[filled++] = rows.keys[row]!
      }
    }
  }
  return { index: builder.finish(), keys: keys.sort(), stretches }
}

/** Beyond the longest stretch a window shows. */
const LONGEST = 2 ** 20

/** Returns what the rows of one part show, merged where it touches. */
function mergedStretches(rows: ContigExamples, part: number, layout: ExampleLayout): number[] {
  let count = 0
  for (let row = 0; row < rows.count; row++) {
    count += rows.splits[row] === part ? 1 : 0
  }
  const all = new Float64Array(count * (layout.kind === 'junction' ? 2 : 1))
  let filled = 0
  for (let row = 0; row < rows.count; row++) {
    if (rows.splits[row] === part) {
      const shown = shownStretches(placeOf(rows, row), layout)
      for (let i = 0; i < shown.length; i += 2) {
        all[filled++] = (shown[i]! + LONGEST) * LONGEST + shown[i + 1]! - shown[i]!
      }
    }
  }
  all.sort()
  const merged: number[] = []
  for (const stretch of all) {
    const from = Math.floor(stretch / LONGEST) - LONGEST
    const to = from + (stretch - Math.floor(stretch / LONGEST) * LONGEST)
    if (merged.length > 0 && from <= merged[merged.length - 1]!) {
      merged[merged.length - 1] = Math.max(merged[merged.length - 1]!, to)
    } else {
      merged.push(from, to)
    }
  }
  return merged
}

/** Returns for each merged stretch the fewest k-mers a segment inside it has, of those that have some. */
function smallestSegments(
  rows: ContigExamples,
  part: number,
  layout: ExampleLayout,
  merged: readonly number[],
  codes: Uint8Array,
  k: number,
): Float64Array {
  const smallest = new Float64Array(merged.length / 2).fill(Number.POSITIVE_INFINITY)
  for (let row = 0; row < rows.count; row++) {
    if (rows.splits[row] !== part) {
      continue
    }
    const shown = shownStretches(placeOf(rows, row), layout)
    for (let i = 0; i < shown.length; i += 2) {
      const kmers = usableKmers(codes, shown[i]!, shown[i + 1]!, k)
      const stretch = firstBeyond(merged, shown[i]!)
      smallest[stretch] = Math.min(smallest[stretch]!, kmers === 0 ? Number.POSITIVE_INFINITY : kmers)
    }
  }
  return smallest
}

/** True when one of the shown stretches shares a base with the merged ones. */
function meets(merged: readonly number[], shown: readonly number[]): boolean {
  for (let i = 0; i < shown.length; i += 2) {
    const next = firstBeyond(merged, shown[i]!)
    if (2 * next < merged.length && merged[2 * next]! < shown[i + 1]!) {
      return true
    }
  }
  return false
}

/** Returns the number of the first merged stretch that ends beyond a position. */
function firstBeyond(merged: readonly number[], position: number): number {
  let [low, high] = [0, merged.length / 2]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (merged[2 * middle + 1]! <= position) {
      low = middle + 1
    } else {
      high = middle
    }
  }
  return low
}
