import { decodeText, reverseComplement } from '../../genome/sequence.ts'
import { SPLITS } from '../window-table.ts'
import type { CollectedRows } from './row-collector.ts'

/** Why a window that comes more than once is left out. */
export type RepeatReason = 'contradicting-label' | 'also-in-test' | 'also-in-validation' | 'repeated'

/** Windows read at a time. */
const BLOCK = 1024

export interface RepeatedWindows {
  /** Row number -> why it is left out. */
  leftOut: Map<number, RepeatReason>
  /** Rows kept with the bases and the answer of an earlier one of their part. */
  repeats: number
}

/** The last of the parts: of several that share a window, the last keeps it. */
const TEST = SPLITS.indexOf('test')

/**
 * Returns which rows to leave out because the same bases come more than once:
 * of one part with labels 1 and 0, all of them; on either strand in two parts, those of the part that is trained on (of validation where
 * the other is test); and with `deduplicate` all but the first of a part with the same label or targets.
 * Rows of class `unknown` are no examples and take no part. Windows are compared base by base.
 */
export async function findRepeats(
  rows: Pick<CollectedRows, 'windows' | 'keys'> & RowFacts,
  deduplicate: boolean,
): Promise<RepeatedWindows> {
  const found: RepeatedWindows = { leftOut: new Map(), repeats: 0 }
  for (const group of sharedKeys(rows.keys, rows.labels)) {
    for (const alike of await sameBases(group, rows)) {
      leaveOutContradicting(alike, rows, found)
      leaveOutShared(alike, rows, found)
      leaveOutRepeated(alike, rows, found, deduplicate)
    }
  }
  return found
}

/** Rows with the same bases on either strand, by their bases as written. */
type Alike = ReadonlyMap<string, readonly number[]>

/** Returns the numbers of the rows that share a key, for each key of several. */
function sharedKeys(keys: Float64Array, labels: Int8Array): number[][] {
  const rows = Uint32Array.from(keys.keys())
    .filter(row => labels[row]! >= 0)
    .sort((a, b) => keys[a]! - keys[b]! || a - b)
  const groups: number[][] = []
  for (let from = 0, to = 1; from < rows.length; from = to++) {
    while (to < rows.length && keys[rows[to]!] === keys[rows[from]!]) {
      to++
    }
    if (to - from > 1) {
      groups.push(Array.from(rows.subarray(from, to)))
    }
  }
  return groups
}

/** Returns the rows of a group by their bases: two windows may share a key by chance. */
async function sameBases(
  group: readonly number[],
  { windows }: Pick<CollectedRows, 'windows'>,
): Promise<Alike[]> {
  const byBases = new Map<string, Map<string, number[]>>()
  // Some tables repeat a window a thousand times.
  for (let from = 0; from < group.length; from += BLOCK) {
    const block = Uint32Array.from(group.slice(from, from + BLOCK))
    const codes = new Uint8Array(block.length * windows.length)
    await windows.read(block, codes)
    for (const [i, row] of block.entries()) {
      const window = codes.subarray(i * windows.length, (i + 1) * windows.length)
      const bases = decodeText(window)
      const reverse = decodeText(reverseComplement(window))
      const either = bases < reverse ? bases : reverse
      const alike = byBases.get(either) ?? new Map<string, number[]>()
      const same = alike.get(bases) ?? []
      same.push(row)
      alike.set(bases, same)
      byBases.set(either, alike)
    }
  }
  return [...byBases.values()]
}

type RowFacts = Pick<CollectedRows, 'parts' | 'labels' | 'answers' | 'hasTargets'>

/** Returns the rows of each part that are still in. */
function byPart(rows: readonly number[], { parts }: RowFacts, { leftOut }: RepeatedWindows): number[][] {
  return SPLITS.map((_, part) => rows.filter(row => parts[row] === part && !leftOut.has(row)))
}

function leaveOutContradicting(alike: Alike, facts: RowFacts, found: RepeatedWindows): void {
  for (const sameStrand of alike.values()) {
    for (const rows of byPart(sameStrand, facts, found)) {
      if (new Set(rows.map(row => facts.labels[row])).size > 1) {
        for (const row of rows) {
          found.leftOut.set(row, 'contradicting-label')
        }
      }
    }
  }
}

function leaveOutShared(alike: Alike, facts: RowFacts, found: RepeatedWindows): void {
  const parts = byPart([...alike.values()].flat(), facts, found)
  const keeper = parts.findLastIndex(rows => rows.length > 0)
  for (const row of parts.slice(0, Math.max(0, keeper)).flat()) {
    found.leftOut.set(row, keeper === TEST ? 'also-in-test' : 'also-in-validation')
  }
}

function leaveOutRepeated(alike: Alike, facts: RowFacts, found: RepeatedWindows, deduplicate: boolean): void {
  for (const sameStrand of alike.values()) {
    for (const rows of byPart(sameStrand, facts, found)) {
      const seen = new Set<number>()
      for (const row of rows) {
        const answer = facts.hasTargets ? facts.answers.ids[row]! : facts.labels[row]!
        if (seen.has(answer) && deduplicate) {
          found.leftOut.set(row, 'repeated')
        } else if (seen.has(answer)) {
          found.repeats++
        }
        seen.add(answer)
      }
    }
  }
}
