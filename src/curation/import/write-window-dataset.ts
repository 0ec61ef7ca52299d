import { basename, dirname, join, resolve } from 'node:path'
import { InputDataError, throwIfAborted } from '../../core/errors.ts'
import { grouped } from '../../core/number-text.ts'
import { decodeText } from '../../genome/sequence.ts'
import { sha256File } from '../../io/file-digest.ts'
import { openSink } from '../../io/sink.ts'
import { createWholeFolder, type WholeFolder } from '../../io/whole-folder.ts'
import { type Json, writeDescription } from '../description-file.ts'
import { formatLine } from '../table-line.ts'
import { SPLITS } from '../window-table.ts'
import { type ImportCounts, importCounts, importWarnings } from './import-summary.ts'
import { ImportTally } from './import-tally.ts'
import { findRepeats, type RepeatedWindows } from './repeated-windows.ts'
import { type CollectedRows, RowCollector } from './row-collector.ts'
import { OPTIONAL_COLUMNS, type WindowImport } from './window-import.ts'

const TABLE_NAME = 'windows.tsv.gz'
const DESCRIPTION_NAME = 'dataset.json'

/** Windows written at a time. */
const BLOCK = 1024

export interface WindowDatasetOptions {
  toolVersion: string
  /** Default: the folder's name. */
  name?: string
  /** Default: what the reader says. */
  source?: string
  /** Keeps one of the rows of a part with the same bases and the same label or targets. */
  deduplicate?: boolean
  /** Codes kept in memory. Units: bytes. */
  memoryLimit?: number
  /** Gets what is to be discarded when the process ends early. */
  guard?: (unfinished: { discard(): void }) => void
  signal?: AbortSignal
}

/** What an import has become. */
export interface WindowDatasetSummary {
  name: string
  counts: ImportCounts
  /** Reason -> class -> rows. */
  leftOut: Record<string, Record<string, number>>
  /** What the user should know. */
  warnings: string[]
}

/**
 * Returns what was written, after making the dataset folder of an import: `windows.tsv.gz` and `dataset.json`, as
 * docs/datasets.md says. The same files and settings give the same bytes. The folder appears whole or not at all.
 * Memory: about 100 bytes per row and the codes up to `memoryLimit`; beyond it they go through a scratch file beside the folder.
 * Throws: InputDataError naming file and line for what does not read, and when no labelled row is left; UsageError for a folder that
 * is not empty; MissingResourceError when an input is absent.
 */
export async function writeWindowDataset(
  folder: string,
  source: WindowImport,
  options: WindowDatasetOptions,
): Promise<WindowDatasetSummary> {
  const whole = await createWholeFolder(folder)
  const collector = new RowCollector({
    layout: source.layout,
    scratchFolder: dirname(resolve(folder)),
    memoryLimit: options.memoryLimit ?? 64 << 20,
  })
  options.guard?.(whole)
  options.guard?.(collector)
  try {
    const tally = new ImportTally()
    const rows = await collect(source, collector, tally, options.signal)
    const summary = await writeRows(whole, basename(resolve(folder)), { source, rows, tally }, options)
    await whole.commit()
    return summary
  } finally {
    // After the commit it is no longer there to remove.
    whole.discard()
    collector.discard()
  }
}

async function collect(
  source: WindowImport,
  collector: RowCollector,
  tally: ImportTally,
  signal: AbortSignal | undefined,
): Promise<CollectedRows | undefined> {
  for await (const batch of source.rows(tally)) {
    throwIfAborted(signal)
    for (const row of batch) {
      collector.add(row)
    }
    await collector.drain()
  }
  return collector.finish()
}

interface Collected {
  source: WindowImport
  rows: CollectedRows | undefined
  tally: ImportTally
}

async function writeRows(
  whole: WholeFolder,
  folderName: string,
  { source, rows, tally }: Collected,
  options: WindowDatasetOptions,
): Promise<WindowDatasetSummary> {
  if (rows === undefined) {
    throw emptyError(source, tally)
  }
  try {
    const { deduplicate = false } = options
    const repeated = await findRepeats(rows, deduplicate)
    for (const [row, reason] of repeated.leftOut) {
      tally.leftOut.add(
        reason,
        source.answers === 'target' ? 'target' : rows.answers.texts[rows.answers.ids[row]!]!,
      )
    }
    const counts = importCounts(rows, repeated.leftOut)
    if (counts.labelled === 0) {
      throw emptyError(source, tally)
    }
    const repeats = source.repeatsCount ? 0 : repeated.repeats
    const warnings = importWarnings({ rows, repeats, tally, layout: source.layout })
    await writeTable(join(whole.path, TABLE_NAME), rows, repeated)
    const name = options.name ?? folderName
    const leftOut = tally.leftOut.asRecord()
    await writeDescription(join(whole.path, DESCRIPTION_NAME), {
      schema: 'splice-score-dataset',
      schemaVersion: 1,
      toolVersion: options.toolVersion,
      name,
      source: options.source ?? source.source,
      window: { ...rows.window },
      files: await described(source.files),
      tables: [{ name: TABLE_NAME, sha256: await sha256File(join(whole.path, TABLE_NAME)) }],
      settings: { ...source.settings, deduplicate },
      counts: counts.table,
      observed: {
        rowsRead: tally.rows,
        ambiguousLetters: tally.ambiguousLetters,
        repeatedRows: repeated.repeats,
        missingNegatives: tally.missingNegatives,
        ...('position' in source.layout && { positiveSiteBases: rows.sitePairs }),
      },
      leftOut,
      warnings,
    })
    return { name, counts, leftOut, warnings }
  } finally {
    await rows.windows.close()
  }
}

async function writeTable(path: string, rows: CollectedRows, { leftOut }: RepeatedWindows): Promise<void> {
  const columns = OPTIONAL_COLUMNS.filter(name => rows.known[name].texts.length > 0)
  const { windows, answers, parts, known, hasTargets } = rows
  const sink = await openSink(path, { gzip: true })
  try {
    await sink.write(formatLine([hasTargets ? 'target' : 'class', 'split', ...columns, 'sequence']))
    for (let from = 0; from < windows.count; from += BLOCK) {
      const indices = Uint32Array.from({ length: Math.min(BLOCK, windows.count - from) }, (_, i) => from + i)
      const codes = new Uint8Array(indices.length * windows.length)
      await windows.read(indices, codes)
      for (const [i, row] of indices.entries()) {
        if (!leftOut.has(row)) {
          const sequence = decodeText(codes.subarray(i * windows.length, (i + 1) * windows.length))
          const further = columns.map(name => known[name].texts[known[name].ids[row]!])
          await sink.write(
            formatLine([answers.texts[answers.ids[row]!], SPLITS[parts[row]!], ...further, sequence]),
          )
        }
      }
    }
    await sink.close()
  } finally {
    sink.discard()
  }
}

async function described(files: WindowImport['files']): Promise<Json[]> {
  const described: Json[] = []
  for (const { path, role } of files) {
    described.push({ name: basename(path), sha256: await sha256File(path), role })
  }
  return described
}

function emptyError(source: WindowImport, tally: ImportTally): InputDataError {
  const reasons = Object.keys(tally.leftOut.asRecord()).map(
    reason => `${grouped(tally.leftOut.count(reason))} left out as ${reason}`,
  )
  const found = reasons.length > 0 ? `, ${reasons.join(', ')}` : ''
  return new InputDataError(
    `${source.files.map(({ path }) => path).join(', ')}: expected rows with a label or a value, found none: ${grouped(tally.rows)} rows read${found}`,
    'check the labels, the columns and the smallest support',
  )
}
