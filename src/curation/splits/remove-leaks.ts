import { throwIfAborted } from '../../core/errors.ts'
import { pagedBuffer } from '../../core/paged-memory.ts'
import { classNumber, EXAMPLE_CLASSES } from '../example-classes.ts'
import { type ExampleLayout, shownStretches } from '../example-layout.ts'
import { type ContigExamples, placeOf, REMOVED } from '../example-rows.ts'
import type { KmerIndex } from '../homology/kmer-index.ts'
import { KmerIndexBuilder } from '../homology/kmer-index-builder.ts'
import { LikenessJudge } from '../homology/likeness-judge.ts'
import { usableKmers } from '../homology/segments.ts'
import type { LeftOut } from '../left-out.ts'
import { contains } from '../window-duplicates.ts'
import { SPLITS, type Split } from '../window-table.ts'
import { MergedStretches } from './merged-stretches.ts'

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

const UNKNOWN = classNumber('unknown')
/** K-mers of held-out sequence that are kept, 40 MB of them; of more, a sample. */
const MAX_KMERS = 1 << 21

/**
 * Removes what validation and training rows have in common with test rows, then what training rows have in common with
 * the validation rows that are left; returns what was found. A held-out row of class `unknown` removes nothing, since no model
 * sees it: it goes itself where it shows bases of another part. Every removed row is counted.
 */
export async function removeLeaks(input: LeakInput): Promise<LeakReport[]> {
  const reports: LeakReport[] = []
  for (const [held, cleaned] of [
    ['test', ['validation', 'train']],
    ['validation', ['train']],
  ] as const) {
    const isPresent = (splits: readonly Split[]) =>
      input.contigs.some(rows =>
        rows.splits.some(split => splits.some(name => split === SPLITS.indexOf(name))),
      )
    if (isPresent([held]) && isPresent(cleaned)) {
      reports.push(await cleanAgainst(input, held, [...cleaned]))
    }
  }
  removeUnknown(input)
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
    const stretches = heldOut.stretches.get(rows.contig)
    for (let row = 0; row < rows.count; row++) {
      if (!parts.includes(rows.splits[row]!)) {
        continue
      }
      const shown = shownStretches(placeOf(rows, row), input.layout)
      const found = stretches?.meets(shown)
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

/** Removes rows of class `unknown` that are held out and show bases of another part's rows, or have their bases. */
function removeUnknown({ contigs, layout, leftOut }: LeakInput): void {
  for (const held of ['test', 'validation'] as const) {
    const part = SPLITS.indexOf(held)
    if (
      !contigs.some(rows => rows.classes.some((name, row) => name === UNKNOWN && rows.splits[row] === part))
    ) {
      continue
    }
    const isOther = (rows: ContigExamples, row: number) =>
      rows.splits[row] !== part && rows.splits[row] !== REMOVED
    const keys = keysOf(contigs, isOther)
    for (const rows of contigs) {
      const others = stretchesOf(rows, layout, isOther)
      for (let row = 0; row < rows.count; row++) {
        if (
          rows.classes[row] === UNKNOWN &&
          rows.splits[row] === part &&
          (others.meets(shownStretches(placeOf(rows, row), layout)) || contains(keys, rows.keys[row]!))
        ) {
          rows.splits[row] = REMOVED
          leftOut.add('between-two-splits', 'unknown')
        }
      }
    }
  }
}

interface HeldOut {
  index: KmerIndex
  /** Keys of the windows, ascending. */
  keys: Float64Array
  /** What the windows of each contig show. */
  stretches: Map<number, MergedStretches>
}

type RowTest = (rows: ContigExamples, row: number) => boolean

async function collectHeld(input: LeakInput, held: Split): Promise<HeldOut> {
  const { contigs, settings, layout, loadCodes, signal } = input
  const part = SPLITS.indexOf(held)
  const isHeld: RowTest = (rows, row) => rows.splits[row] === part && rows.classes[row] !== UNKNOWN
  const stretches = new Map<number, MergedStretches>()
  let bases = 0
  for (const rows of contigs) {
    const merged = stretchesOf(rows, layout, isHeld)
    if (merged.count > 0) {
      stretches.set(rows.contig, merged)
      bases += merged.bases
    }
  }
  const builder = new KmerIndexBuilder({
    k: settings.kmer,
    expectedBases: Math.max(1, bases),
    maxEntries: MAX_KMERS,
  })
  for (const rows of contigs) {
    throwIfAborted(signal)
    const merged = stretches.get(rows.contig)
    if (merged !== undefined) {
      addStretches(builder, rows, layout, isHeld, merged, await loadCodes(rows.contig))
    }
  }
  return { index: builder.finish(), keys: keysOf(contigs, isHeld), stretches }
}

/** Returns the keys of the rows, ascending. */
function keysOf(contigs: readonly ContigExamples[], test: RowTest): Float64Array {
  const count = contigs.reduce((sum, rows) => sum + countRows(rows, test), 0)
  const keys = new Float64Array(pagedBuffer(8 * count), 0, count)
  let filled = 0
  for (const rows of contigs) {
    for (let row = 0; row < rows.count; row++) {
      if (test(rows, row)) {
        keys[filled++] = rows.keys[row]!
      }
    }
  }
  return keys.sort()
}

function countRows(rows: ContigExamples, test: RowTest): number {
  let count = 0
  for (let row = 0; row < rows.count; row++) {
    count += test(rows, row) ? 1 : 0
  }
  return count
}

/** Returns what the rows show. */
function stretchesOf(rows: ContigExamples, layout: ExampleLayout, test: RowTest): MergedStretches {
  return MergedStretches.of(2 * countRows(rows, test), take => {
    for (let row = 0; row < rows.count; row++) {
      if (test(rows, row)) {
        const shown = shownStretches(placeOf(rows, row), layout)
        for (let i = 0; i < shown.length; i += 2) {
          take(shown[i]!, shown[i + 1]!)
        }
      }
    }
  })
}

/** Adds the stretches to an index, each with the fewest k-mers that a segment inside it has, of those that have some. */
function addStretches(
  builder: KmerIndexBuilder,
  rows: ContigExamples,
  layout: ExampleLayout,
  test: RowTest,
  merged: MergedStretches,
  codes: Uint8Array,
): void {
  const smallest = new Float64Array(merged.count).fill(Number.POSITIVE_INFINITY)
  for (let row = 0; row < rows.count; row++) {
    if (!test(rows, row)) {
      continue
    }
    const shown = shownStretches(placeOf(rows, row), layout)
    for (let i = 0; i < shown.length; i += 2) {
      const kmers = usableKmers(codes, shown[i]!, shown[i + 1]!, builder.k)
      const stretch = merged.firstBeyond(shown[i]!)
      smallest[stretch] = Math.min(smallest[stretch]!, kmers === 0 ? Number.POSITIVE_INFINITY : kmers)
    }
  }
  for (let stretch = 0; stretch < merged.count; stretch++) {
    const [from, to] = [merged.bounds[2 * stretch]!, merged.bounds[2 * stretch + 1]!]
    builder.add(codes, Math.max(0, from), Math.min(codes.length, to), smallest[stretch]!)
  }
}
