import { basename, join } from 'node:path'
import { InputDataError, MissingResourceError, throwIfAborted } from '../core/errors.ts'
import { sha256File } from '../io/file-digest.ts'
import { namesInFolder } from '../io/folder.ts'
import {
  curatedWindow,
  readCuratedTable,
  requireDescription,
  type WindowSource,
  windowSource,
} from './curated-windows.ts'
import {
  type DatasetDescription,
  type DatasetWindow,
  defaultWindow,
  readDescription,
  type SourceFile,
} from './dataset-description.ts'
import { drawSplits, type SplitSource, type Splits } from './dataset-split.ts'
import { datasetWarnings } from './dataset-warnings.ts'
import type { TextColumn } from './growing-column.ts'
import { siteLabelsOf } from './site-labels.ts'
import { type ReadWindows, readWindowTable } from './table-windows.ts'
import type { WindowStore } from './window-store.ts'
import { TABLE_KINDS, type TableKind } from './window-table.ts'

const DESCRIPTION_NAME = 'dataset.json'
const TABLES = TABLE_KINDS.flatMap(kind =>
  ['.tsv', '.tsv.gz', '.tsv.bgz'].map(ending => ({ kind, name: `${kind}${ending}` })),
)

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
  /** Of curated tables: reads that support the junction, -1 where not known. */
  readonly supports: Int32Array | undefined
  /** How a decoy was made. */
  readonly decoys: TextColumn | undefined
  /**
   * Whether the donor, the acceptor and the pair are true: 1, 0, or `UNKNOWN_LABEL` (site-labels.ts). Undefined where windows do not
   * have both sites, and with targets. Shape: [count, 3].
   */
  readonly siteLabels: Uint8Array | undefined
  readonly splits: Splits
  readonly splitSource: SplitSource
  /** Rows of class `unknown` that are no examples. */
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
  /** FASTA to cut the windows from, for a curated folder without packed windows; not read for any other. */
  reference?: string
  /** Makes rows of class `unknown` examples with label 0: for looking at a dataset, never for training. */
  keepUnknown?: boolean
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
 * Returns the dataset of a folder: `windows.tsv`, `junctions.tsv` or `sites.tsv`, plain, gzip or bgzip, and beside it
 * `dataset.json`, which a table of windows may lack, and for the other two the packed windows.
 * Memory: about 50 bytes per example. Windows from a table or a reference stay in memory up to `memoryLimit`; beyond it
 * they are read from a scratch file. Packed windows are read where they are.
 * Throws: MissingResourceError when there is no such folder or table, no `dataset.json` where one is needed, or neither packed
 * windows nor a reference;
 * ReferenceMismatchError for another reference than the dataset was made from; InputDataError naming file and line for
 * what does not read, and for a folder with two tables; RangeError for a fraction that is not from 0 to below 1.
 */
export async function readDataset(folder: string, options: DatasetOptions): Promise<Dataset> {
  const { validationFraction: fraction = 0.1, seed = 1, signal } = options
  if (!(fraction >= 0 && fraction < 1)) {
    throw new RangeError(`expected a validation fraction from 0 to below 1, found ${fraction}`)
  }
  const table = await tableIn(folder)
  const descriptions = (await namesInFolder(folder, [DESCRIPTION_NAME])).map(name => join(folder, name))
  const description: DatasetDescription =
    descriptions[0] === undefined ? { files: [], tables: [] } : await readDescription(descriptions[0])
  if (descriptions.length === 0 && table.kind !== 'windows') {
    await requireDescription(folder, table.kind, options.reference)
  }
  const { read, window, source } = await readTable(folder, table, description, options)
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
    const tableFile = { name: basename(table.path), sha256: await sha256File(table.path), role: 'windows' }
    const files = [
      tableFile,
      ...(source?.kind === 'packed' ? [await packedFile(source.path, description)] : []),
      ...(await Promise.all(descriptions.map(describedFile))),
      ...sourcesOf(description).map(file => ({ ...file, role: 'source' })),
    ]
    const warnings = changedTable(tableFile, description, source)
    return joinedDataset(folder, description, read, { ...drawn, fraction, files, window, warnings })
  } catch (error) {
    read.discard()
    await read.windows.close()
    throw error
  }
}

interface Table {
  kind: TableKind
  path: string
}

interface ReadTable {
  read: ReadWindows
  window: DatasetWindow
  /** Undefined for a table whose rows hold their windows. */
  source: WindowSource | undefined
}

async function readTable(
  folder: string,
  { kind, path }: Table,
  description: DatasetDescription,
  { scratchFolder, memoryLimit = 64 << 20, keepUnknown = false, reference, signal }: DatasetOptions,
): Promise<ReadTable> {
  const common = { scratchFolder, memoryLimit, keepUnknown, ...(signal && { signal }) }
  if (kind === 'windows') {
    const { window } = description
    const read = await readWindowTable(path, { ...common, ...(window && { window }) })
    return { read, window: window ?? defaultWindow(read.windows.length), source: undefined }
  }
  const window = curatedWindow(path, kind, description.window)
  const source = await windowSource(folder, description, reference)
  return { read: await readCuratedTable(path, { ...common, kind, window, source }), window, source }
}

/** Returns the packed windows as a file of the dataset, with the hash on record: it is large, and its size was checked. */
async function packedFile(path: string, { tables }: DatasetDescription): Promise<DatasetFile> {
  const name = basename(path)
  const recorded = tables.find(table => table.name === name)
  return { name, sha256: recorded?.sha256 ?? (await sha256File(path)), role: 'windows' }
}

/** Returns what the dataset was made from, the reference once. */
function sourcesOf({ files, reference }: DatasetDescription): SourceFile[] {
  return reference === undefined || files.some(file => file.sha256 === reference.sha256)
    ? files
    : [reference, ...files]
}

/** Returns a warning about a table that is not the one on record. */
function changedTable(
  { name, sha256 }: DatasetFile,
  { tables }: DatasetDescription,
  source: WindowSource | undefined,
): string[] {
  const recorded = tables.find(table => table.name === name)
  if (recorded === undefined || recorded.sha256 === sha256) {
    return []
  }
  const danger =
    source?.kind === 'packed' ? `; its rows may not be those of the windows in ${basename(source.path)}` : ''
  return [`${name} was changed after the dataset was made: its SHA-256 is not that in dataset.json${danger}`]
}

async function describedFile(path: string): Promise<DatasetFile> {
  return { name: basename(path), sha256: await sha256File(path), role: 'description' }
}

interface Drawn {
  splits: Splits
  source: SplitSource
  fraction: number
  files: DatasetFile[]
  window: DatasetWindow
  warnings: readonly string[]
}

function joinedDataset(
  folder: string,
  description: DatasetDescription,
  read: ReadWindows,
  { splits, source, fraction, files, window, warnings }: Drawn,
): Dataset {
  const { keys, parts: _, statedSites, discard, windows, ...columns } = read
  return {
    ...columns,
    siteLabels: siteLabelsOf({ ...columns, statedSites, window }),
    name: description.name ?? basename(folder),
    window,
    windows,
    splits,
    splitSource: source,
    files,
    warnings: [...warnings, ...datasetWarnings({ ...columns, keys, splits, source, fraction })],
    async close() {
      await windows.close()
      discard()
    },
    discard,
  }
}

async function tableIn(folder: string): Promise<Table> {
  const names = await namesInFolder(
    folder,
    TABLES.map(table => table.name),
  )
  if (names.length === 0) {
    throw new MissingResourceError(
      `${folder}: expected a file named ${TABLE_KINDS.map(kind => `${kind}.tsv`).join(' or ')}, plain, .gz or .bgz, found none`,
      'docs/datasets.md says what a dataset folder holds',
    )
  }
  if (names.length > 1) {
    throw new InputDataError(
      `${folder}: expected one table, found ${names.join(' and ')}`,
      'remove the one that is not meant',
    )
  }
  const { kind, name } = TABLES.find(table => table.name === names[0])!
  return { kind, path: join(folder, name) }
}
