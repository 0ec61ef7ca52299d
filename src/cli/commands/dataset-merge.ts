import { basename, dirname, resolve } from 'node:path'
import { UsageError } from '../../core/errors.ts'
import { grouped } from '../../core/number-text.ts'
import { type MergeSummary, mergeDatasets } from '../../curation/merge/merge-datasets.ts'
import type { MergeInput } from '../../curation/merge/merge-input.ts'
import { openMergeInputs } from '../../curation/merge/open-inputs.ts'
import { requireFolder } from '../../io/sink.ts'
import { createWholeFolder } from '../../io/whole-folder.ts'
import type { CommandContext } from '../context.ts'
import { distinctNames } from '../curation/evidence.ts'
import { type ExclusionInput, excludedSequences } from '../curation/excluded-sequences.ts'
import { hashedFiles, InputHashes } from '../curation/input-files.ts'
import { KeptWarnings } from '../curation/kept-warnings.ts'
import { VERSION } from '../version.ts'

export interface DatasetMergeOptions {
  out: string
  /** `dir=n`, one for each limited folder. */
  limit?: string[]
  excludeSequences?: string[]
  maxIdentity: number
  kmer: number
  seed: number
  name?: string
  source?: string
}

/** `splice-score dataset merge`: one dataset of several. */
export async function runDatasetMerge(
  folders: readonly string[],
  options: DatasetMergeOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  const names = namesOf(folders)
  const limits = limitsOf(options.limit ?? [], folders, names)
  await requireFolder(resolve(options.out))
  const whole = context.guard(await createWholeFolder(options.out))
  const scratchFolder = dirname(resolve(options.out))
  const guard = (unfinished: { discard(): void }) => void context.guard(unfinished)
  const sources = folders.map((folder, i) => ({ folder, name: names[i]! }))
  const inputs = await openMergeInputs(sources, { scratchFolder, guard })
  try {
    const { name = basename(resolve(options.out)), source, seed, kmer, maxIdentity } = options
    const kept = new KeptWarnings(terminal, options.excludeSequences ?? [])
    const excluded = await excludedIndex(inputs, options, { scratchFolder, log: kept, context })
    const summary = await mergeDatasets(whole.path, inputs, {
      toolVersion: VERSION,
      name,
      ...(source !== undefined && { source }),
      limits,
      excluded,
      likeness: { maxIdentity, kmer },
      seed,
      warnings: kept.all,
      onProgress: terminal.progress,
    })
    await whole.commit()
    terminal.clear()
    for (const warning of summary.warnings) {
      terminal.warn(warning)
    }
    for (const line of describeMerge(summary)) {
      terminal.info(line)
    }
    terminal.info(`${options.out}: ${grouped(summary.counts.rows)} rows`)
  } finally {
    await Promise.all(inputs.map(input => input.dataset.close()))
  }
}

/** Returns a name for each folder, its own with a number where several have it; genes and origins begin with it. */
function namesOf(folders: readonly string[]): string[] {
  return distinctNames(folders.map(folder => basename(resolve(folder)).replace(/[\s,/]+/g, '_')))
}

/** Returns the limits by the folder's name. Throws: UsageError for what does not read `dir=n`, or names no folder or one twice. */
function limitsOf(
  texts: readonly string[],
  folders: readonly string[],
  names: readonly string[],
): Map<string, number> {
  const limits = new Map<string, number>()
  for (const text of texts) {
    const [, folder, number] = /^(.+)=(\d[\d,]*)$/.exec(text) ?? []
    const limit = Number(number?.replaceAll(',', ''))
    if (folder === undefined || !(limit >= 1)) {
      throw new UsageError(
        `--limit ${text}: expected a folder, = and a number of rows, such as --limit worm=6000`,
      )
    }
    const name = names[folders.findIndex(given => resolve(given) === resolve(folder))]
    if (name === undefined || limits.has(name)) {
      throw new UsageError(
        `--limit ${text}: expected one of the folders to merge, ${name === undefined ? 'found another' : 'found it twice'}`,
        `write it as among the folders: ${folders.join(', ')}`,
      )
    }
    limits.set(name, limit)
  }
  return limits
}

async function excludedIndex(
  inputs: readonly MergeInput[],
  { excludeSequences: paths = [], kmer }: DatasetMergeOptions,
  surroundings: Pick<ExclusionInput, 'scratchFolder' | 'log' | 'context'>,
) {
  const hashes = new InputHashes()
  const windows = inputs.map(input => input.dataset.window)
  const excluded = await excludedSequences({ paths, kmer, windows, hashes, ...surroundings })
  return excluded && { index: excluded.index, files: await hashedFiles(excluded.files, hashes) }
}

/** Returns what a merge did, in a few lines. */
function describeMerge({ rowsByInput, leftOut, counts }: MergeSummary): string[] {
  const listed = (counted: Record<string, number>) =>
    Object.entries(counted)
      .map(([name, count]) => `${name} ${grouped(count)}`)
      .join(', ')
  const reasons = Object.entries(leftOut).map(([reason, classes]) => [
    reason,
    Object.values(classes).reduce((sum, count) => sum + count, 0),
  ])
  return [
    `rows of each folder: ${listed(rowsByInput)}`,
    ...(reasons.length > 0 ? [`left out: ${listed(Object.fromEntries(reasons))}`] : []),
    ...Object.entries(counts.classesBySplit).map(([split, classes]) => `${split}: ${listed(classes)}`),
  ]
}
