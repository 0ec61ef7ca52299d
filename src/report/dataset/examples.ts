import { throwIfAborted } from '../../core/errors.ts'
import type { OnProgress } from '../../core/progress.ts'

/** The parts of a dataset, in the order tables have them. */
export const PARTS = ['train', 'validation', 'test'] as const
export type Part = (typeof PARTS)[number]

/** Texts that repeat; a dataset's columns have this shape. */
export interface ExampleTexts {
  readonly texts: readonly string[]
  /** Number of the text in `texts` for every example; -1 where it is not known. */
  readonly ids: Int32Array
}

/** Windows of one length, read by number. */
export interface ExampleWindows {
  readonly count: number
  readonly length: number
  /** Shape: `into` [indices.length, length], codes 0..4. */
  read(indices: Uint32Array, into: Uint8Array): Promise<void>
}

/** Where the sites of a window lie, as `dataset.json` says it. */
export type ExampleLayout =
  | { length: number; donor: number; acceptor: number }
  | { length: number; site: number }
  | { length: number }

/** What a report looks at in a dataset; one entry per row, those of class `unknown` among them. */
export interface DatasetExamples {
  readonly name: string
  readonly window: ExampleLayout
  readonly windows: ExampleWindows
  readonly classes: Uint8Array
  readonly classNames: readonly string[]
  /** Shape: values [count, columns]. Undefined in a dataset with classes. */
  readonly targets: { values: Float32Array; columns: number } | undefined
  readonly genes: ExampleTexts | undefined
  readonly motifs: ExampleTexts | undefined
  /** `donor`, `acceptor` or `junction`. */
  readonly sites: ExampleTexts | undefined
  readonly places: ExamplePlaces | undefined
  /** -1 where not known. */
  readonly supports: Int32Array | undefined
  readonly decoys: ExampleTexts | undefined
  /** Numbers of the examples in each part, ascending. */
  readonly splits: Record<Part, Uint32Array>
  readonly warnings: readonly string[]
}

export interface ExamplePlaces {
  contigs: ExampleTexts
  /** Coordinates: 0-based half-open introns; -1 where not known. */
  starts: Int32Array
  ends: Int32Array
  /** 1, -1, 0 for `+`, `-`, not known. */
  strands: Int8Array
}

export type Label = 'positive' | 'negative' | 'unknown' | 'target'

/** The classes of a dataset in the order of reports: positives, negatives, unknown; one group `all` where there are targets. */
export interface ClassGroups {
  names: readonly string[]
  labels: readonly Label[]
  /** Number of the group of every example. */
  of: Uint8Array
}

/** Returns the groups of a dataset's examples. */
export function classGroups({ classes, classNames, targets, windows }: DatasetExamples): ClassGroups {
  if (targets !== undefined) {
    return { names: ['all'], labels: ['target'], of: new Uint8Array(windows.count) }
  }
  const rank = (name: string) => ['positive', 'negative', 'unknown'].indexOf(labelOf(name))
  const order = classNames
    .map((name, id) => ({ name, id }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1))
  const groupOf = new Uint8Array(classNames.length)
  for (const [group, { id }] of order.entries()) {
    groupOf[id] = group
  }
  const names = order.map(({ name }) => name)
  return { names, labels: names.map(labelOf), of: classes.map(id => groupOf[id]!) }
}

function labelOf(name: string): Exclude<Label, 'target'> {
  return name === 'unknown' ? 'unknown' : name.startsWith('positive') ? 'positive' : 'negative'
}

/** Returns the number of the part, in `PARTS`, of every example. */
export function partsOf({ splits, windows }: Pick<DatasetExamples, 'splits' | 'windows'>): Uint8Array {
  const parts = new Uint8Array(windows.count)
  for (const [number, part] of PARTS.entries()) {
    for (const row of splits[part]) {
      parts[row] = number
    }
  }
  return parts
}

/** What a pass over all windows may be told. */
export interface PassOptions {
  onProgress?: OnProgress | undefined
  signal?: AbortSignal | undefined
}

/** Codes read at once. Units: bytes. */
const BATCH = 1 << 20

/** Shows every window, in order, to `visit`, which must not keep the codes. Memory: 1 MB. */
export async function visitWindows(
  windows: ExampleWindows,
  visit: (codes: Uint8Array, row: number) => void,
  { onProgress, signal }: PassOptions = {},
): Promise<void> {
  const { count, length } = windows
  const perBatch = Math.max(1, Math.floor(BATCH / length))
  const codes = new Uint8Array(perBatch * length)
  for (let from = 0; from < count; from += perBatch) {
    throwIfAborted(signal)
    const rows = Uint32Array.from({ length: Math.min(perBatch, count - from) }, (_, i) => from + i)
    await windows.read(rows, codes.subarray(0, rows.length * length))
    for (const [i, row] of rows.entries()) {
      visit(codes.subarray(i * length, (i + 1) * length), row)
    }
    const done = from + rows.length
    onProgress?.({ stage: 'reading windows', done, share: done / count, unit: 'windows' })
  }
}
