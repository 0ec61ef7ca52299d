import { grouped } from '../../core/number-text.ts'
import { type Check, check, skipped } from './checks.ts'
import {
  classGroups,
  type DatasetExamples,
  type Part,
  type PassOptions,
  partsOf,
  visitWindows,
} from './examples.ts'
import { MotifCheck } from './motif-check.ts'
import { SharedBases } from './shared-bases.ts'

/** How windows are compared; curation knows how. */
export interface LeakTools {
  /** Returns a number for a window's bases, the same for its reverse complement. */
  windowKey(codes: Uint8Array): number
  /** Returns how many of the rows have the key of one of the others. */
  countShared(keys: Float64Array, rows: Uint32Array, others: Uint32Array): number
  /** Why no window can be judged by `alike`; undefined where they can. */
  notComparable?: string | undefined
  /** Returns which of the queried rows are alike to a held one: 1 where so. */
  alike(held: Uint32Array, queried: Uint32Array): Promise<Uint8Array>
  /** What `alike` means, e.g. `at least 90 % identical by 31-mers`. */
  alikeMeans: string
}

/** What must have nothing in common: the part whose rows are counted, and the one they are compared with. */
const PAIRS: readonly [queried: Part, held: Part][] = [
  ['train', 'test'],
  ['train', 'validation'],
  ['validation', 'test'],
]

/**
 * Returns whether motifs agree with the windows, and whether the parts share windows, bases of the genome or alike
 * windows. Rows of class `unknown` are in no part: no model sees them.
 */
export async function checkWindows(
  examples: DatasetExamples,
  tools: LeakTools,
  options: PassOptions = {},
): Promise<Check[]> {
  const keys = new Float64Array(examples.windows.count)
  const motifs = new MotifCheck(examples)
  await visitWindows(
    examples.windows,
    (codes, row) => {
      keys[row] = tools.windowKey(codes)
      motifs.add(codes, row)
    },
    options,
  )
  const rows = exampleRows(examples)
  const pairs = PAIRS.filter(([queried, held]) => rows[queried].length > 0 && rows[held].length > 0)
  if (pairs.length === 0) {
    return [motifs.finish(), skipped('leaks between splits', 'all rows are in one split')]
  }
  const checks = [motifs.finish()]
  for (const [queried, held] of pairs) {
    const shared = tools.countShared(keys, rows[queried], rows[held])
    checks.push(
      check(
        `no window of ${queried} is one of ${held} (either strand)`,
        shared === 0 ? undefined : `${ofRows(shared, queried, rows)} are`,
        compared(queried, held, rows),
      ),
    )
  }
  checks.push(...checkBases(examples, rows, pairs))
  for (const [i, [queried, held]] of pairs.entries()) {
    options.onProgress?.({
      stage: 'comparing windows',
      done: i,
      share: i / pairs.length,
      unit: 'pairs of splits',
    })
    checks.push(await checkAlike(rows, queried, held, tools))
  }
  return checks
}

type PartRows = Record<Part, Uint32Array>

function exampleRows(examples: DatasetExamples): PartRows {
  const { labels, of } = classGroups(examples)
  const isExample = (row: number) => labels[of[row]!] !== 'unknown'
  const { train, validation, test } = examples.splits
  return {
    train: train.filter(isExample),
    validation: validation.filter(isExample),
    test: test.filter(isExample),
  }
}

function checkBases(
  examples: DatasetExamples,
  rows: PartRows,
  pairs: readonly (readonly [Part, Part])[],
): Check[] {
  const name = (queried: Part, held: Part) =>
    `no window of ${queried} shows bases of the genome that one of ${held} does`
  const shared = SharedBases.of(examples, rows, partsOf(examples))
  return pairs.map(([queried, held]) => {
    if (shared === undefined) {
      return skipped(name(queried, held), 'the places of the windows are not known')
    }
    const { windows, bases } = shared.between(queried, held)
    return check(
      name(queried, held),
      windows === 0 ? undefined : `${ofRows(windows, queried, rows)} do, ${grouped(bases)} bases in all`,
      compared(queried, held, rows),
    )
  })
}

async function checkAlike(rows: PartRows, queried: Part, held: Part, tools: LeakTools): Promise<Check> {
  const name = `no window of ${queried} is alike to one of ${held} (${tools.alikeMeans})`
  if (tools.notComparable !== undefined) {
    return skipped(name, tools.notComparable)
  }
  const isAlike = await tools.alike(rows[held], rows[queried])
  const alike = isAlike.reduce((sum, value) => sum + value, 0)
  return check(
    name,
    alike === 0 ? undefined : `${ofRows(alike, queried, rows)} are`,
    compared(queried, held, rows),
  )
}

function ofRows(count: number, part: Part, rows: PartRows): string {
  const all = rows[part].length
  return `${grouped(count)} of ${grouped(all)} (${((100 * count) / all).toFixed(2)} %)`
}

function compared(queried: Part, held: Part, rows: PartRows): string {
  return `${grouped(rows[queried].length)} compared with ${grouped(rows[held].length)}`
}
