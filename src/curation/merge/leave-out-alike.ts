import type { OnProgress } from '../../core/progress.ts'
import { addWindows, findAlike } from '../homology/alike-windows.ts'
import type { KmerIndex } from '../homology/kmer-index.ts'
import { KmerIndexBuilder } from '../homology/kmer-index-builder.ts'
import type { LeakReport, LikenessSettings } from '../splits/remove-leaks.ts'
import { SPLITS, type Split } from '../window-table.ts'
import type { MergeInput, MergeReason } from './merge-input.ts'

/** What was compared with one input's rows of a part. */
export interface MergeLeakReport extends Pick<LeakReport, 'held' | 'cleaned' | 'sampledOneIn' | 'alike'> {
  /** Name of the input. */
  input: string
}

/** Leaves out the rows with a window alike to one of the index. Returns how many. */
export async function leaveOutLike(
  inputs: readonly MergeInput[],
  index: KmerIndex,
  {
    reason,
    parts,
    maxIdentity,
    onProgress,
  }: {
    reason: MergeReason
    /** Only rows of these parts. */
    parts?: readonly number[]
    maxIdentity: number
    onProgress?: OnProgress | undefined
  },
): Promise<number> {
  let alike = 0
  for (const [number, input] of inputs.entries()) {
    onProgress?.({
      stage: 'comparing windows',
      done: number,
      share: number / inputs.length,
      unit: 'datasets',
    })
    const rows = input.rowsIn(parts)
    const { windows: store, window } = input.dataset
    const found = await findAlike(index, { store, window, rows }, maxIdentity)
    for (const [i, row] of rows.entries()) {
      if (found[i] === 1) {
        input.leaveOut(row, reason)
        alike++
      }
    }
  }
  return alike
}

/** What keeps its rows, and what is cleaned of rows alike to them. */
const HELD: readonly [held: Split, cleaned: Split[]][] = [
  ['test', ['validation', 'train']],
  ['validation', ['train']],
]

/**
 * Leaves out validation and training rows that are alike to a test row of another input, then training rows alike to a
 * validation row of another that is left. Within an input, parts are as they were. Returns what was found.
 * Memory: an index of one input's rows of a part at a time, 80 MB at most.
 */
export async function leaveOutLeaks(
  inputs: readonly MergeInput[],
  { maxIdentity, kmer }: LikenessSettings,
  onProgress?: OnProgress,
): Promise<MergeLeakReport[]> {
  const reports: MergeLeakReport[] = []
  for (const [held, cleaned] of HELD) {
    const reason = held === 'test' ? 'like-test' : 'like-validation'
    const parts = cleaned.map(split => SPLITS.indexOf(split))
    for (const input of inputs) {
      const others = inputs.filter(other => other !== input && other.rowsIn(parts).length > 0)
      const rows = input.rowsIn([SPLITS.indexOf(held)])
      if (rows.length === 0 || others.length === 0) {
        continue
      }
      const { windows: store, window } = input.dataset
      const builder = new KmerIndexBuilder({ k: kmer, expectedBases: rows.length * window.length })
      await addWindows(builder, { store, window, rows })
      const index = builder.finish()
      const alike = await leaveOutLike(others, index, { reason, parts, maxIdentity, onProgress })
      reports.push({ held, cleaned, input: input.name, sampledOneIn: index.oneIn, alike })
    }
  }
  return reports
}
