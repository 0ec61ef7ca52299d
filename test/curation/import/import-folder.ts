import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { WindowImport } from '../../../src/curation/import/window-import.ts'
import {
  type WindowDatasetOptions,
  type WindowDatasetSummary,
  writeWindowDataset,
} from '../../../src/curation/import/write-window-dataset.ts'
import { folderOf, writtenDataset } from '../dataset-folder.ts'

/** What a folder that an import wrote holds. */
export interface ImportedFolder {
  folder: string
  summary: WindowDatasetSummary
  header: string[]
  /** Fields by column, without the header line. */
  rows: Record<string, string>[]
  // biome-ignore lint/suspicious/noExplicitAny: tests look at any key.
  description: any
  /** Bytes of both files. */
  bytes: Buffer[]
}

/** Returns what an import wrote into a new folder. */
export async function imported(
  source: WindowImport,
  options: Partial<WindowDatasetOptions> = {},
): Promise<ImportedFolder> {
  const folder = join(folderOf({}), 'set')
  const summary = await writeWindowDataset(folder, source, { toolVersion: '1.2.3', ...options })
  return { folder, summary, ...writtenDataset(folder) }
}

/** Returns the message of the error an import ends with, after looking that it left nothing behind. */
export async function refusal(
  source: WindowImport,
  options: Partial<WindowDatasetOptions> = {},
): Promise<{ name: string; message: string; exitCode: number }> {
  const folder = join(folderOf({}), 'set')
  try {
    await writeWindowDataset(folder, source, { toolVersion: '1.2.3', ...options })
  } catch (error) {
    const left = readdirSync(dirname(folder))
    if (left.length > 0) {
      throw new Error(`${left.join(', ')} left behind`)
    }
    return error as { name: string; message: string; exitCode: number }
  }
  throw new Error('expected a refusal')
}

/** Returns the path of a new file with this content. */
export function fileOf(content: string | Uint8Array, name = 'table.txt'): string {
  return join(folderOf({ [basename(name)]: content }), name)
}
