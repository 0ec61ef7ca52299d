import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll } from 'vitest'
import { type Dataset, type DatasetOptions, readDataset } from '../../src/curation/dataset.ts'

const folders: string[] = []

afterAll(() => {
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true })
  }
})

/** Returns a new folder with these files in it, removed after the tests of the file. */
export function folderOf(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'splice-score-dataset-'))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** Returns the dataset of a table; its scratch file, if it needs one, goes beside it. */
export function datasetOf(
  table: string | Uint8Array,
  options: Partial<DatasetOptions> & { name?: string; description?: unknown } = {},
): Promise<Dataset> {
  const { name = 'windows.tsv', description, ...rest } = options
  const folder = folderOf({
    [name]: table,
    ...(description === undefined ? {} : { 'dataset.json': JSON.stringify(description) }),
  })
  return readDataset(folder, { scratchFolder: folder, ...rest })
}

/** Returns a table's text from rows of fields. */
export function tableOf(...rows: readonly (readonly (string | number)[])[]): string {
  return rows.map(row => `${row.join('\t')}\n`).join('')
}

/** Returns what a folder of windows holds as it was written: bytes of both files, the table's header and rows, the description. */
export function writtenDataset(folder: string) {
  const bytes = ['windows.tsv.gz', 'dataset.json'].map(name => readFileSync(join(folder, name)))
  const [header, ...lines] = gunzipSync(bytes[0]!)
    .toString()
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))
  const rows = lines.map(fields => Object.fromEntries(fields.map((field, i) => [header![i]!, field])))
  return { header: header!, rows, description: JSON.parse(bytes[1]!.toString()), bytes }
}
