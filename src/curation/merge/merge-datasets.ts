import { join } from 'node:path'
import { InputDataError } from '../../core/errors.ts'
import { grouped } from '../../core/number-text.ts'
import type { OnProgress } from '../../core/progress.ts'
import { seededRandom } from '../../core/random.ts'
import { sha256File } from '../../io/file-digest.ts'
import { WINDOW_LENGTH } from '../../junctions/window.ts'
import { DATASET_SCHEMA, DATASET_SCHEMA_VERSION } from '../curated-folder.ts'
import { defaultWindow } from '../dataset-description.ts'
import { type Json, writeDescription } from '../description-file.ts'
import type { KmerIndex } from '../homology/kmer-index.ts'
import type { LikenessSettings } from '../splits/remove-leaks.ts'
import { leaveOutBeyond } from './even-choice.ts'
import { leaveOutOrphans } from './families.ts'
import { leaveOutLeaks, leaveOutLike, type MergeLeakReport } from './leave-out-alike.ts'
import { leaveOutKnownSites, leaveOutRepeats } from './leave-out-repeats.ts'
import { mergeFiles } from './merge-files.ts'
import type { MergeInput } from './merge-input.ts'
import { mergeCounts, mergeWarnings } from './merge-summary.ts'
import { joinedRows, junctionRows, type MergedRow } from './merged-rows.ts'
import { type FurtherColumn, type MergedCounts, writeMergedTable } from './merged-table.ts'
import { type JoinedSites, joinSites } from './site-halves.ts'

const TABLE_NAME = 'windows.tsv.gz'
const DESCRIPTION_NAME = 'dataset.json'

export interface MergeOptions {
  toolVersion: string
  name: string
  /** Default: that it was merged, and of what. */
  source?: string
  /** Most rows of an input, by its name. */
  limits?: ReadonlyMap<string, number>
  /** Nothing may be alike to the sequences of the index; and the files it was made of. */
  excluded?:
    | { index: KmerIndex; files: readonly { name: string; sha256: string; role: string }[] }
    | undefined
  likeness: LikenessSettings
  /** Seed of the order that sites are joined in. */
  seed: number
  /** What else the user was told of. */
  warnings?: readonly string[]
  onProgress?: OnProgress
}

/** What a merge has become. */
export interface MergeSummary {
  counts: MergedCounts
  /** Reason -> class -> rows. */
  leftOut: Record<string, Record<string, number>>
  /** Rows of each input that are in. */
  rowsByInput: Record<string, number>
  /** What the user should know beside what was said before. */
  warnings: string[]
}

/**
 * Returns what was counted, after writing one dataset of several into a folder that is empty: `windows.tsv.gz` and `dataset.json`, as
 * docs/datasets.md says. Rows keep their part; donors and acceptors are joined two by two. The same inputs and settings give
 * the same bytes. The inputs stay open, without the rows that were left out.
 * Memory: about 400 bytes per row beside that of the inputs, and an index of the held-out rows of one input.
 * Throws: InputDataError when no row is left.
 */
export async function mergeDatasets(
  folder: string,
  inputs: readonly MergeInput[],
  options: MergeOptions,
): Promise<MergeSummary> {
  const leaks = await leaveOut(inputs, options)
  const joined = joinSites(inputs, seededRandom(options.seed))
  const { leftOut, ...observed } = mergeCounts(inputs, joined)
  const { rowsByInput } = observed
  if (Object.values(rowsByInput).every(rows => rows === 0)) {
    throw emptyError(inputs)
  }
  const warnings = mergeWarnings(inputs, joined, options.likeness.kmer)
  const table = join(folder, TABLE_NAME)
  const rows = mergedRows(inputs, joined, options.onProgress)
  const counts = await writeMergedTable(table, rows, furtherColumns(inputs))
  await writeDescription(join(folder, DESCRIPTION_NAME), {
    schema: DATASET_SCHEMA,
    schemaVersion: DATASET_SCHEMA_VERSION,
    toolVersion: options.toolVersion,
    name: options.name,
    source: options.source ?? `Merged of ${inputs.map(input => input.name).join(', ')}.`,
    window: { ...defaultWindow(WINDOW_LENGTH) },
    files: [...mergeFiles(inputs), ...(options.excluded?.files ?? []).map(file => ({ ...file }))],
    tables: [{ name: TABLE_NAME, sha256: await sha256File(table) }],
    settings: recordedSettings(inputs, options),
    counts: { ...counts },
    observed,
    leftOut,
    leaks: recordedLeaks(leaks, options),
    warnings: [...(options.warnings ?? []), ...warnings],
  })
  return { counts, leftOut, rowsByInput, warnings }
}

/** Leaves out what is not to be in, and returns what was found of rows that parts share. */
async function leaveOut(
  inputs: readonly MergeInput[],
  { limits, excluded, likeness, onProgress }: MergeOptions,
): Promise<MergeLeakReport[]> {
  for (const input of inputs) {
    const limit = limits?.get(input.name)
    if (limit !== undefined) {
      leaveOutBeyond(input, limit)
    }
  }
  if (excluded !== undefined) {
    await leaveOutLike(inputs, excluded.index, {
      reason: 'like-excluded-sequence',
      maxIdentity: likeness.maxIdentity,
      onProgress,
    })
  }
  const leaks = await leaveOutLeaks(inputs, likeness, onProgress)
  await leaveOutRepeats(inputs)
  for (const input of inputs) {
    leaveOutOrphans(input)
  }
  await leaveOutKnownSites(inputs)
  return leaks
}

/** Yields the rows of junctions by input, then those of joined sites by part. */
async function* mergedRows(
  inputs: readonly MergeInput[],
  joined: readonly JoinedSites[],
  onProgress: OnProgress | undefined,
): AsyncGenerator<MergedRow> {
  const junctions = inputs.filter(input => input.siteKinds === undefined)
  const total =
    junctions.reduce((sum, input) => sum + input.rowsIn().length, 0) +
    joined.reduce((sum, { pairs }) => sum + pairs.length, 0)
  let done = 0
  for (const rows of [...junctions.map(junctionRows), ...joined.map(joinedRows)]) {
    for await (const row of rows) {
      if (done++ % 4096 === 0) {
        onProgress?.({ stage: 'writing windows', done, share: done / total, unit: 'windows' })
      }
      yield row
    }
  }
}

/** Returns the columns for which something is known in a row of the table. */
function furtherColumns(inputs: readonly MergeInput[]): FurtherColumn[] {
  const junctions = inputs.filter(input => input.siteKinds === undefined && input.rowsIn().length > 0)
  const hasSites = inputs.some(input => input.siteKinds !== undefined && input.rowsIn().length > 0)
  const isKnown = (name: 'decoys' | 'motifs' | 'genes') =>
    junctions.some(({ dataset }) => dataset[name]?.ids.some(id => id >= 0))
  return [
    ...(isKnown('decoys') ? ['decoy' as const] : []),
    ...(isKnown('motifs') ? ['motif' as const] : []),
    ...(isKnown('genes') || hasSites ? ['gene' as const] : []),
    ...(inputs.some(({ dataset }) => dataset.weights.some(weight => weight !== 1))
      ? ['weight' as const]
      : []),
  ]
}

function recordedSettings(inputs: readonly MergeInput[], options: MergeOptions): Json {
  const { limits, likeness, seed } = options
  return {
    inputs: inputs.map(({ name }) => {
      const limit = limits?.get(name)
      return { name, ...(limit !== undefined && { limit }) }
    }),
    maxIdentity: likeness.maxIdentity,
    kmer: likeness.kmer,
    seed,
  }
}

/** Returns what the comparisons found, in the form in which curation describes them. */
function recordedLeaks(leaks: readonly MergeLeakReport[], { excluded }: MergeOptions): Json {
  return {
    comparisons: leaks.map(leak => ({ ...leak, overlapping: 0, sameBases: 0 })),
    ...(excluded && { excludedSequences: { sampledOneIn: excluded.index.oneIn } }),
  }
}

function emptyError(inputs: readonly MergeInput[]): InputDataError {
  const rows = inputs.reduce((sum, input) => sum + input.count, 0)
  return new InputDataError(
    `expected rows to merge, found none that are left of ${grouped(rows)}`,
    'see what is alike to the excluded sequences, and the limits',
  )
}
