import { tmpdir } from 'node:os'
import { InputDataError, MissingResourceError } from '../../core/errors.ts'
import { type Dataset, readDataset } from '../../curation/dataset.ts'
import { alikeWindows } from '../../curation/homology/alike-windows.ts'
import { DEFAULT_MAX_IDENTITY } from '../../curation/homology/identity.ts'
import { DEFAULT_KMER } from '../../curation/homology/kmer-scanner.ts'
import { segmentsOf } from '../../curation/homology/segments.ts'
import { countShared, strandlessKey } from '../../curation/window-duplicates.ts'
import { openSink } from '../../io/sink.ts'
import { type Check, check, describeCheck } from '../../report/dataset/checks.ts'
import { checkCounts } from '../../report/dataset/count-checks.ts'
import { checkInputs, checkOwnFiles } from '../../report/dataset/file-checks.ts'
import { checkWindows, type LeakTools } from '../../report/dataset/leak-checks.ts'
import { type DatasetRecord, readRecord } from '../../report/dataset/record.ts'
import { checkRows } from '../../report/dataset/row-checks.ts'
import { checkParquet } from '../../report/dataset/table-equality.ts'
import type { CommandContext } from '../context.ts'

export interface DatasetCheckOptions {
  ref?: string
  /** Identity from which on windows are alike, above 0, at most 1; without it as the dataset was made. */
  maxIdentity?: number
  /** Bases of a k-mer, odd, 15 to 31; without it as the dataset was made. */
  kmer?: number
  /** Prints only what does not hold. */
  quiet?: boolean
}

/**
 * `splice-score dataset check`: whether a dataset is what it says and its splits share nothing, one line per check.
 * Throws: InputDataError when something does not hold, after all lines are printed.
 */
export async function runDatasetCheck(
  folder: string,
  files: readonly string[],
  options: DatasetCheckOptions,
  context: CommandContext,
): Promise<void> {
  const checks: Check[] = []
  try {
    await collectChecks(folder, files, options, context, checks)
  } finally {
    context.terminal.clear()
    const shown = options.quiet ? checks.filter(({ state }) => state === 'fails') : checks
    const sink = context.guard(await openSink(context.stdout))
    await sink.write(shown.map(item => `${describeCheck(item)}\n`).join(''))
    await sink.close()
  }
  const failed = checks.filter(({ state }) => state === 'fails')
  if (failed.length > 0) {
    const made = checks.filter(({ state }) => state !== 'skipped').length
    throw new InputDataError(
      `${folder}: expected ${made} checks to hold, found ${failed.length} that ${failed.length === 1 ? 'does' : 'do'} not`,
      'the lines that start with FAILS say which; make the dataset again, or mind it when using the dataset',
    )
  }
  context.terminal.info(`${checks.filter(({ state }) => state === 'holds').length} checks hold`)
}

/** Adds checks as they are made, so that those before an error are printed as well. */
async function collectChecks(
  folder: string,
  files: readonly string[],
  options: DatasetCheckOptions,
  context: CommandContext,
  checks: Check[],
): Promise<void> {
  const { ref } = options
  const onProgress = context.terminal.progress
  const record = await readRecord(folder)
  checks.push(...(await checkOwnFiles(folder, record)))
  checks.push(...(await checkInputs(ref === undefined ? files : [ref, ...files], record)))
  const dataset = await openDataset(folder, ref, context, checks)
  if (dataset === undefined) {
    return
  }
  try {
    checks.push(...checkCounts(dataset, record))
    checks.push(await checkReadable('Parquet table', () => checkParquet(folder, { onProgress })))
    checks.push(...checkRows(dataset))
    checks.push(
      ...(await checkWindows(dataset, leakTools(dataset, likeness(options, record)), {
        onProgress,
      })),
    )
  } finally {
    await dataset.close()
  }
}

/** Returns the dataset; undefined, with a check that fails, when its files are damaged or one of them is gone. */
async function openDataset(
  folder: string,
  reference: string | undefined,
  context: CommandContext,
  checks: Check[],
): Promise<Dataset | undefined> {
  try {
    return context.guard(
      await readDataset(folder, {
        scratchFolder: tmpdir(),
        validationFraction: 0,
        keepUnknown: true,
        ...(reference !== undefined && { reference }),
      }),
    )
  } catch (error) {
    const isGone = error instanceof MissingResourceError && checks.some(({ state }) => state === 'fails')
    if (!isGone && !(error instanceof InputDataError)) {
      throw error
    }
    checks.push(check('the dataset can be read', error.message, ''))
    return undefined
  }
}

async function checkReadable(name: string, make: () => Promise<Check>): Promise<Check> {
  try {
    return await make()
  } catch (error) {
    if (error instanceof InputDataError) {
      return check(name, error.message, '')
    }
    throw error
  }
}

interface Likeness {
  maxIdentity: number
  kmer: number
}

/** Returns what counts as alike: as asked for, else as the dataset was made, else as it is by default. */
function likeness(options: DatasetCheckOptions, record: DatasetRecord | undefined): Likeness {
  const { maxIdentity, kmer } = record?.settings ?? {}
  return {
    maxIdentity:
      options.maxIdentity ?? (typeof maxIdentity === 'number' ? maxIdentity : DEFAULT_MAX_IDENTITY),
    kmer: options.kmer ?? (typeof kmer === 'number' ? kmer : DEFAULT_KMER),
  }
}

function leakTools({ windows: store, window }: Dataset, { maxIdentity, kmer }: Likeness): LeakTools {
  const isShort = segmentsOf(window).every(([from, to]) => to - from < kmer)
  return {
    windowKey: strandlessKey,
    countShared,
    notComparable: isShort ? `windows of ${window.length} bases hold no ${kmer}-mer; see --kmer` : undefined,
    // Another sampling of k-mers than curation's must not find what is alike by chance only.
    alike: (held, queried) =>
      alikeWindows({ store, window, held, queried, maxIdentity, k: kmer, onlyCertain: true }),
    alikeMeans: `${Number((100 * maxIdentity).toPrecision(4))} % or more, by ${kmer}-mers`,
  }
}
