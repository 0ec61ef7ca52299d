import { join } from 'node:path'
import { InputDataError, UsageError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { readDataset } from '../../curation/dataset.ts'
import { addWindows } from '../../curation/homology/alike-windows.ts'
import type { KmerIndex } from '../../curation/homology/kmer-index.ts'
import { KmerIndexBuilder } from '../../curation/homology/kmer-index-builder.ts'
import { matchContigs } from '../../genome/contig-names.ts'
import type { Interval } from '../../genome/interval.ts'
import { readBedIntervals } from '../../io/bed-intervals.ts'
import { isFolder, namesInFolder } from '../../io/folder.ts'
import { openReference, type ReferenceGenome } from '../../io/reference.ts'
import type { CurateOptions } from '../commands/curate.ts'
import type { CommandContext } from '../context.ts'

/**
 * Returns the regions of BED files under the reference's contig names; rows on contigs it lacks are warned of.
 * Throws: UsageError when a file has no contig of the reference.
 */
export async function excludedRegions(
  paths: readonly string[],
  reference: ReferenceGenome,
  log: Log,
): Promise<Interval[]> {
  const known = new Map([...reference.contigs.keys()].map(name => [name, 0]))
  const regions: Interval[] = []
  for (const path of paths) {
    const rows = await readBedIntervals(path)
    const names = [...new Set(rows.map(row => row.contig))]
    const nameOf = new Map(
      matchContigs(
        names.map(name => ({ name })),
        known,
      ).map(match => [match.name, match.reference]),
    )
    const missing = names.filter(name => nameOf.get(name) === undefined)
    if (names.length > 0 && missing.length === names.length) {
      throw new UsageError(
        `--exclude ${path}: expected contigs of the reference, found ${names.slice(0, 5).join(', ')}`,
        'regions that exclude nothing would be taken for a clean dataset',
      )
    }
    if (missing.length > 0) {
      log.warn(
        `${path}: ${missing.length} contigs are not in the reference: ${missing.slice(0, 5).join(', ')}`,
      )
    }
    for (const { contig, start, end } of rows) {
      const name = nameOf.get(contig)
      if (name !== undefined) {
        regions.push({ contig: name, start, end })
      }
    }
  }
  return regions
}

export interface ExcludedSequences {
  index: KmerIndex
  files: { path: string; role: string }[]
}

/** Returns an index of the windows of other datasets and the sequences of FASTA files; undefined without any. */
export async function excludedSequences(
  { excludeSequences = [], kmer }: CurateOptions,
  scratchFolder: string,
  context: CommandContext,
): Promise<ExcludedSequences | undefined> {
  if (excludeSequences.length === 0) {
    return undefined
  }
  const builder = new KmerIndexBuilder({ k: kmer })
  const files: ExcludedSequences['files'] = []
  for (const path of excludeSequences) {
    for (const file of (await isFolder(path))
      ? await addDatasetWindows(builder, path, scratchFolder, context)
      : await addFasta(builder, path)) {
      files.push({ path: file, role: 'exclude-sequences' })
    }
  }
  return { index: builder.finish(), files }
}

async function addDatasetWindows(
  builder: KmerIndexBuilder,
  folder: string,
  scratchFolder: string,
  context: CommandContext,
): Promise<string[]> {
  const dataset = context.guard(
    await readDataset(folder, { scratchFolder, keepUnknown: true, validationFraction: 0 }),
  )
  try {
    const rows = Uint32Array.from({ length: dataset.windows.count }, (_, row) => row)
    await addWindows(builder, { store: dataset.windows, window: dataset.window, rows })
  } finally {
    await dataset.close()
  }
  const names = dataset.files.filter(file => file.role === 'windows').map(file => file.name)
  return (await namesInFolder(folder, names)).map(name => join(folder, name))
}

async function addFasta(builder: KmerIndexBuilder, path: string): Promise<string[]> {
  const sequences = await openReference(path)
  try {
    if (sequences.contigs.size === 0) {
      throw new InputDataError(`${path}: expected sequences, found none`)
    }
    for (const name of sequences.contigs.keys()) {
      const codes = await sequences.loadContig(name)
      builder.add(codes, 0, codes.length)
    }
  } finally {
    await sequences.close()
  }
  return [path]
}
