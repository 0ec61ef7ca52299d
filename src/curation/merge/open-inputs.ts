import { join } from 'node:path'
import { InputDataError, MissingResourceError, UsageError } from '../../core/errors.ts'
import { grouped } from '../../core/number-text.ts'
import { namesInFolder } from '../../io/folder.ts'
import { WINDOW_LENGTH } from '../../junctions/window.ts'
import { type Dataset, readDataset } from '../dataset.ts'
import { defaultWindow, readDescription } from '../dataset-description.ts'
import type { SiteKind } from '../site-window.ts'
import { MergeInput } from './merge-input.ts'

/** A folder to merge. */
export interface MergeSource {
  folder: string
  /** Different from those of the others, without white space and commas. */
  name: string
}

export interface OpenOptions {
  /** Folder for what does not fit into memory. */
  scratchFolder: string
  /** Codes of all inputs kept in memory. Units: bytes. */
  memoryLimit?: number
  /** Gets what is to be discarded when the process ends early. */
  guard?: (unfinished: { discard(): void }) => void
}

const DESCRIPTION = 'dataset.json'
const JUNCTION_WINDOW = defaultWindow(WINDOW_LENGTH)

/**
 * Returns the datasets of the folders, opened: windows of both sites in the usual layout, or of one site.
 * Memory: about 60 bytes per row, and the codes up to `memoryLimit`; packed windows are read where they are.
 * Throws: UsageError for a dataset that is given twice; InputDataError for another layout, for targets, and where nothing says whether a row is a donor or an acceptor; what
 * `readDataset` throws.
 */
export async function openMergeInputs(
  sources: readonly MergeSource[],
  { scratchFolder, memoryLimit = 128 << 20, guard }: OpenOptions,
): Promise<MergeInput[]> {
  const inputs: MergeInput[] = []
  let free = memoryLimit
  try {
    for (const { folder, name } of sources) {
      const dataset = await readWithWindows(folder, scratchFolder, free)
      guard?.(dataset)
      try {
        requireAnother(inputs, folder, dataset)
        inputs.push(new MergeInput({ folder, name, dataset, siteKinds: await siteKindsOf(folder, dataset) }))
      } catch (error) {
        await dataset.close()
        throw error
      }
      const { windows } = dataset
      free -= windows.handle().kind === 'memory' ? windows.count * windows.length : 0
    }
    return inputs
  } catch (error) {
    await Promise.all(inputs.map(input => input.dataset.close()))
    throw error
  }
}

async function readWithWindows(folder: string, scratchFolder: string, memoryLimit: number): Promise<Dataset> {
  try {
    return await readDataset(folder, { scratchFolder, memoryLimit, validationFraction: 0 })
  } catch (error) {
    // Each may be of a reference of its own.
    if (error instanceof MissingResourceError && error.hint?.includes('--ref')) {
      throw new MissingResourceError(
        error.message,
        'datasets are merged by their windows: make this one again without --no-windows',
        error,
      )
    }
    throw error
  }
}

/** Throws: UsageError for a table that is among the others. */
function requireAnother(inputs: readonly MergeInput[], folder: string, { files }: Dataset): void {
  const table = files.find(file => file.role === 'windows')
  const earlier = inputs.find(input => input.dataset.files.some(file => file.sha256 === table?.sha256))
  if (earlier !== undefined) {
    throw new UsageError(
      `expected different datasets, found the same ${table?.name} in ${earlier.folder} and ${folder}`,
    )
  }
}

/** Returns what each window is around; undefined for windows of both sites. */
async function siteKindsOf(folder: string, dataset: Dataset): Promise<SiteKind[] | undefined> {
  const { window, targets, sites, windows } = dataset
  if (targets !== undefined) {
    throw new InputDataError(
      `${folder}: expected a dataset with classes, found one with numbers to learn`,
      'only classes can be merged',
    )
  }
  if ('donor' in window) {
    if (JSON.stringify(window) !== JSON.stringify(JUNCTION_WINDOW)) {
      throw layoutError(folder, window)
    }
    return undefined
  }
  if (!('site' in window)) {
    throw layoutError(folder, window)
  }
  const named = sites?.ids.every(id => id >= 0) ? undefined : await describedSite(folder)
  return Array.from({ length: windows.count }, (_, row) => {
    const site = sites?.texts[sites.ids[row]!] ?? named
    if (site !== 'donor' && site !== 'acceptor') {
      throw new InputDataError(
        `${folder}: expected donor or acceptor as site of every row of windows of one site, found "${site ?? '.'}" for example ${grouped(row + 1)}`,
        `say it in a column named site, or of all rows in ${DESCRIPTION}: "settings": {"site": "donor"}`,
      )
    }
    return site
  })
}

async function describedSite(folder: string): Promise<SiteKind | undefined> {
  return (await namesInFolder(folder, [DESCRIPTION])).length === 0
    ? undefined
    : (await readDescription(join(folder, DESCRIPTION))).site
}

function layoutError(folder: string, window: unknown): InputDataError {
  return new InputDataError(
    `${folder}: expected windows of 800 bases with the donor at 200 and the acceptor at 600, or windows around one site, found ${JSON.stringify(window)}`,
    `${DESCRIPTION} says where the sites are, "window": {"length": 141, "site": 61}`,
  )
}
