import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Random, seededRandom } from '../../../src/core/random.ts'
import {
  type MergeOptions,
  type MergeSummary,
  mergeDatasets,
} from '../../../src/curation/merge/merge-datasets.ts'
import type { MergeInput } from '../../../src/curation/merge/merge-input.ts'
import { openMergeInputs } from '../../../src/curation/merge/open-inputs.ts'
import type { SiteKind } from '../../../src/curation/site-window.ts'
import { decodeText } from '../../../src/genome/sequence.ts'
import { folderOf, tableOf, writtenDataset } from '../dataset-folder.ts'

export type TableRow = Record<string, string | number>

/** Returns a folder of this name with a table of windows, its columns those of the first row, and a description. */
export function inputFolder(name: string, rows: readonly TableRow[], description?: unknown): string {
  const folder = join(folderOf({}), name)
  mkdirSync(folder)
  const header = Object.keys(rows[0]!)
  writeFileSync(
    join(folder, 'windows.tsv'),
    tableOf(header, ...rows.map(row => header.map(key => row[key]!))),
  )
  if (description !== undefined) {
    writeFileSync(join(folder, 'dataset.json'), JSON.stringify(description))
  }
  return folder
}

/** Returns random bases as letters. */
export function randomBases(random: Random, length: number): string {
  return decodeText(Uint8Array.from({ length }, () => random.int(4)))
}

/** Returns rows of one site each, with its dinucleotide, a third of them positive. */
export function siteRows(seed: number, count: number, kind: SiteKind, length = 141, site = 61): TableRow[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const bases = randomBases(random, length)
    const at = kind === 'donor' ? site : site - 2
    const sequence = `${bases.slice(0, at)}${kind === 'donor' ? 'GT' : 'AG'}${bases.slice(at + 2)}`
    return { class: i % 3 === 0 ? 'positive' : 'negative', site: kind, sequence }
  })
}

/** Returns rows of junctions, every second a positive, each of a gene of its own. */
export function junctionRows(seed: number, count: number, split = 'train'): TableRow[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, i) => ({
    class: i % 2 === 0 ? 'positive-mane' : 'negative-random',
    split,
    gene: `g${i}`,
    motif: 'GT-AG',
    decoy: i % 2 === 0 ? '.' : 'random',
    sequence: `${randomBases(random, 200)}GT${randomBases(random, 396)}AG${randomBases(random, 200)}`,
  }))
}

/** What a merge wrote. */
export interface MergedFolder {
  folder: string
  summary: MergeSummary
  header: string[]
  rows: Record<string, string>[]
  // biome-ignore lint/suspicious/noExplicitAny: tests look at any key.
  description: any
  bytes: Buffer[]
}

/** Returns folders as inputs, under their own names. */
export function opened(...folders: string[]): Promise<MergeInput[]> {
  const sources = folders.map(folder => ({ folder, name: basename(folder) }))
  return openMergeInputs(sources, { scratchFolder: folderOf({}) })
}

/** Returns what a merge of folders wrote. */
export async function merged(
  folders: readonly string[],
  options: Partial<MergeOptions> = {},
): Promise<MergedFolder> {
  const folder = join(folderOf({}), 'set')
  mkdirSync(folder)
  const inputs = await opened(...folders)
  try {
    const summary = await mergeDatasets(folder, inputs, {
      toolVersion: '1.2.3',
      name: 'set',
      likeness: { maxIdentity: 0.9, kmer: 31 },
      seed: 1,
      ...options,
    })
    return { folder, summary, ...writtenDataset(folder) }
  } finally {
    await Promise.all(inputs.map(input => input.dataset.close()))
  }
}
