import { basename, join } from 'node:path'
import { InputDataError, MissingResourceError, throwIfAborted } from '../core/errors.ts'
import { sha256File } from '../io/file-digest.ts'
import { namesInFolder } from '../io/folder.ts'
import {
  type DatasetDescription,
  type DatasetWindow,
  defaultWindow,
  readDescription,
} from './dataset-description.ts'
import { drawSplits, type SplitSource, type Splits } from './dataset-split.ts'
import { datasetWarnings } from './dataset-warnings.ts'
import type { TextColumn } from './growing-column.ts'
import { type ReadWindows, readWindowTable } from './table-windows.ts'
import type { WindowStore } from './window-store.ts'

const DESCRIPTION_NAME = 'dataset.json'
const TABLE_NAMES = ['windows.tsv', 'windows.tsv.gz', 'windows.tsv.bgz']

/** A file a model is trained on, as a bundle lists it. */
export interface DatasetFile {
  name: string
  sha256: string
  /** `windows` and `description` were read; `source` is what the dataset says it was made from. */
  role: string
}

/** Where windows lie; the arrays have one entry per example. */
export interface Places {
  contigs: TextColumn
  /** Coordinates: 0-based half-open introns; -1 where not known. */
  starts: Int32Array
  ends: Int32Array
  /** 1, -1, 0 for `+`, `-`, not known. */
  strands: Int8Array
}

/** Labelled windows to train and to evaluate on. All arrays have one entry per example; examples go by their number. */
export interface Dataset {
  readonly name: string
  readonly window: DatasetWindow
  readonly windows: WindowStore
  /** 1 positive, 0 negative; all 0 in a dataset with targets. */
  readonly labels: Uint8Array
  /** Number of each example's class in `classNames`. */
  readonly classes: Uint8Array
  readonly classNames: readonly string[]
  /** Shape: values [count, columns]. Undefined in a dataset with classes. */
  readonly targets: { values: Float32Array; columns: number } | undefined
  /** How much an example counts in the loss; 1 unless the table says otherwise. */
  readonly weights: Float32Array
  /** The columns below are undefined where the table lacks them. */
  readonly genes: TextColumn | undefined
  readonly motifs: TextColumn | undefined
  readonly sites: TextColumn | undefined
  readonly places: Places | undefined
  readonly splits: Splits
  readonly splitSource: SplitSource
  /** Rows of class `unknown`, which are no examples. */
  readonly leftOut: number
  readonly files: readonly DatasetFile[]
  /** What the user should know. */
  readonly warnings: readonly string[]
  /** Closes the windows and removes the scratch file. Batch sources are closed before. */
  close(): Promise<void>
  /** Removes the scratch file at once, for a run that ends early. */
  discard(): void
}

export interface DatasetOptions {
  /** Folder for the scratch file of a set that does not fit into memory. */
  scratchFolder: string
  /** Codes kept in memory. Units: bytes. */
  memoryLimit?: number
  /** Share of the training examples drawn for validation when the table names none; 0 draws none. */
  validationFraction?: number
  /** Seed of that draw. */
  seed?: number
  signal?: AbortSignal
}

/**
 * Returns the dataset of a folder: `windows.tsv`, plain, gzip or bgzip, and beside it `dataset.json`, if there is one.
 * Memory: about 40 bytes per example, and the codes up to `memoryLimit`; beyond it they are read from a scratch file.
 * Throws: MissingResourceError when there is no such folder or table; InputDataError naming file and line for what
 * does not read, and for a folder with two tables; RangeError for a fraction that is not from 0 to below 1.
 */
export async function readDataset(folder: string, options: DatasetOptions): Promise<Dataset> {
  const { validationFraction: fraction = 0.1, seed = 1, memoryLimit = 64 << 20, signal } = options
  if (!(fraction >= 0 && fraction < 1)) {
    throw new RangeError(`expected a validation fraction from 0 to below 1, found ${fraction}`)
  }
  const table = await tablePath(folder)
  const descriptions = (await namesInFolder(folder, [DESCRIPTION_NAME])).map(name => join(folder, name))
  const description: DatasetDescription =
    descriptions[0] === undefined ? { files: [] } : await readDescription(descriptions[0])
  const read = await readWindowTable(table, {
    scratchFolder: options.scratchFolder,
    memoryLimit,
    ...(description.window && { window: description.window }),
    ...(signal && { signal }),
  })
  try {
    const contigs = read.places?.contigs
    const drawn = drawSplits({
      parts: read.parts,
      genes: read.genes,
      contigs,
      keys: read.keys,
      fraction,
      seed,
    })
    throwIfAborted(signal)
    const files = [
      { name: basename(table), sha256: await sha256File(table), role: 'windows' },
      ...(await Promise.all(descriptions.map(describedFile))),
      ...description.files.map(file => ({ ...file, role: 'source' })),
    ]
    return joinedDataset(folder, description, read, { ...drawn, fraction, files })
  } catch (error) {
    read.discard()
    await read.windows.close()
    throw error
  }
}

async function describedFile(path: string): Promise<DatasetFile> {
  return { name: basename(path), sha256: await sha256File(path), role: 'description' }
}

interface Drawn {
  splits: Splits
  source: SplitSource
  fraction: number
  files: DatasetFile[]
}

function joinedDataset(
  folder: string,
  description: DatasetDescription,
  read: ReadWindows,
  { splits, source, fraction, files }: Drawn,
): Dataset {
  const { keys, parts: _, discard, windows, ...columns } = read
  return {
    ...columns,
    name: description.name ?? basename(folder),
    window: description.window ?? defaultWindow(windows.length),
    windows,
    splits,
    splitSource: source,
    files,
    warnings: datasetWarnings({ ...columns, keys, splits, source, fraction }),
    async close() {
      await windows.close()
      discard()
    },
    discard,
  }
}

async function tablePath(folder: string): Promise<string> {
  const names = await namesInFolder(folder, TABLE_NAMES)
  if (names.length === 0) {
    throw new MissingResourceError(
      `${folder}: expected a file named ${TABLE_NAMES.join(' or ')}, found none`,
      'docs/datasets.md says what a dataset folder holds',
    )
  }
  if (names.length > 1) {
    throw new InputDataError(
      `${folder}: expected one table of windows, found ${names.join(' and ')}`,
      'remove the one that is not meant',
    )
  }
  return join(folder, names[0]!)
}
