import { basename, join } from 'node:path'
import { InputDataError, MissingResourceError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { grouped } from '../../core/number-text.ts'
import { readDataset } from '../../curation/dataset.ts'
import { type DatasetWindow, readDescription } from '../../curation/dataset-description.ts'
import { addWindows } from '../../curation/homology/alike-windows.ts'
import type { KmerIndex } from '../../curation/homology/kmer-index.ts'
import { DEFAULT_ENTRIES, KmerIndexBuilder } from '../../curation/homology/kmer-index-builder.ts'
import { segmentsOf } from '../../curation/homology/segments.ts'
import { isFolder, namesInFolder } from '../../io/folder.ts'
import { openReference } from '../../io/reference.ts'
import type { CommandContext } from '../context.ts'
import type { InputFile, InputHashes } from './input-files.ts'

/** Most k-mers kept, at up to 22 bytes: 370 MB. */
const MOST_ENTRIES = 1 << 24
/** Sampled k-mers of a segment from which on its share of common ones is told well enough. */
const ENOUGH_SAMPLED = 60
/** The builder's places are 32-bit numbers. */
const MOST_BASES = 2 ** 32

export interface ExcludedSequences {
  index: KmerIndex
  /** One k-mer in so many is compared. */
  sampledOneIn: number
  files: InputFile[]
}

export interface ExclusionInput {
  /** Folders of datasets, and FASTA files. */
  paths: readonly string[]
  kmer: number
  /** What is compared with them. */
  windows: readonly DatasetWindow[]
  /** Reference of datasets without windows; without it there must be none. */
  ref?: string
  hashes: InputHashes
  scratchFolder: string
  log: Log
  context: CommandContext
}

/** Sequences of one input. */
interface Source {
  path: string
  files: string[]
  bases: number
  /** Bases of what is compared by itself: contigs, or the segments of windows. */
  segments: number[]
  add(builder: KmerIndexBuilder): Promise<void>
  close(): Promise<void>
}

/**
 * Returns an index of the windows of other datasets and the sequences of FASTA files; undefined without any.
 * Memory: 64 MB while it is read and 14 to 16 bytes per k-mer kept, at most 370 MB; all k-mers up to 4 million, more
 * where the shortest segment would else have fewer than 60 of those sampled.
 * Throws: InputDataError for an input without a k-mer; MissingResourceError for a dataset without windows that was made
 * from another reference.
 */
export async function excludedSequences(input: ExclusionInput): Promise<ExcludedSequences | undefined> {
  const { paths, kmer, windows, log } = input
  if (paths.length === 0) {
    return undefined
  }
  const sources: Source[] = []
  try {
    for (const path of paths) {
      sources.push((await isFolder(path)) ? await openDataset(path, input) : await openFasta(path))
    }
    const bases = sources.reduce((sum, source) => sum + source.bases, 0)
    if (bases >= MOST_BASES) {
      throw new InputDataError(
        `--exclude-sequences: expected fewer than ${grouped(MOST_BASES)} bases in all, found ${grouped(bases)}`,
      )
    }
    const segments = [...windows.flatMap(segmentLengths), ...sources.flatMap(own => own.segments)]
    const shortest = segments.reduce((least, own) => (own >= kmer ? Math.min(least, own) : least), MOST_BASES)
    const builder = new KmerIndexBuilder({
      k: kmer,
      // Without what is expected: it would count the N of references that hold a part of a chromosome.
      maxEntries: entriesFor(bases, shortest - kmer + 1),
    })
    for (const source of sources) {
      await addSource(builder, source)
    }
    const index = builder.finish()
    const warning = samplingWarning(index, shortest)
    if (warning !== undefined) {
      log.warn(warning)
    }
    const files = sources.flatMap(source => source.files)
    return {
      index,
      sampledOneIn: index.oneIn,
      files: files.map(path => ({ path, role: 'exclude-sequences' })),
    }
  } finally {
    await Promise.all(sources.map(source => source.close()))
  }
}

/** Returns how many k-mers to keep so that the shortest segment has enough of those sampled, within bounds. */
export function entriesFor(bases: number, shortestKmers: number): number {
  const oneIn = Math.max(1, Math.floor(shortestKmers / ENOUGH_SAMPLED))
  // Sampling goes by hashes, so that some more may come than one in so many.
  const wanted = Math.ceil((1.1 * bases) / oneIn)
  return Math.min(MOST_ENTRIES, Math.max(DEFAULT_ENTRIES, wanted))
}

/** Returns what the user should know where the shortest segment has few of the k-mers that are compared. */
export function samplingWarning(
  { oneIn, bases, k }: Pick<KmerIndex, 'oneIn' | 'bases' | 'k'>,
  shortest: number,
): string | undefined {
  const sampled = (shortest - k + 1) / oneIn
  return oneIn > 1 && sampled < ENOUGH_SAMPLED
    ? `--exclude-sequences: of ${grouped(bases)} bases one ${k}-mer in ${oneIn} is compared, ${sampled.toFixed(1)} of a stretch of ${shortest} bases, where ${ENOUGH_SAMPLED} would be enough: something alike may stay`
    : undefined
}

async function addSource(builder: KmerIndexBuilder, source: Source): Promise<void> {
  const before = builder.kmers
  await source.add(builder)
  if (builder.kmers === before) {
    throw new InputDataError(
      `--exclude-sequences ${source.path}: expected sequences with ${builder.k} known bases in a row, found none`,
      'sequences that exclude nothing would be taken for a clean dataset; --kmer 15 is the shortest',
    )
  }
}

function segmentLengths(window: DatasetWindow): number[] {
  return segmentsOf(window).map(([from, to]) => to - from)
}

async function openDataset(folder: string, input: ExclusionInput): Promise<Source> {
  const reference = await referenceFor(folder, input)
  const dataset = input.context.guard(
    await readDataset(folder, {
      scratchFolder: input.scratchFolder,
      keepUnknown: true,
      validationFraction: 0,
      ...(reference !== undefined && { reference }),
    }),
  )
  const { windows, window, files } = dataset
  const names = files.filter(file => file.role === 'windows').map(file => file.name)
  return {
    path: folder,
    files: (await namesInFolder(folder, names)).map(name => join(folder, name)),
    bases: windows.count * windows.length,
    segments: segmentLengths(window),
    add: async builder => {
      const rows = Uint32Array.from({ length: windows.count }, (_, row) => row)
      await addWindows(builder, { store: windows, window, rows })
    },
    close: () => dataset.close(),
  }
}

const DESCRIPTION = 'dataset.json'

/**
 * Returns the reference to cut a dataset's windows from, where it has none of its own: ours, if it is the same file.
 * Throws: MissingResourceError when it is not.
 */
async function referenceFor(folder: string, { ref, hashes }: ExclusionInput): Promise<string | undefined> {
  if ((await namesInFolder(folder, [DESCRIPTION])).length === 0) {
    return undefined
  }
  const { packedWindows, reference } = await readDescription(join(folder, DESCRIPTION))
  const own = ['windows.tsv', 'windows.tsv.gz', 'windows.tsv.bgz', packedWindows ?? []].flat()
  if ((await namesInFolder(folder, own)).length > 0) {
    return undefined
  }
  const missing = packedWindows === undefined ? 'windows' : `its file ${packedWindows}`
  if (ref === undefined) {
    throw new MissingResourceError(
      `--exclude-sequences ${folder}: expected ${missing}, found none`,
      'make that dataset again without --no-windows',
    )
  }
  const sha256 = await hashes.of(ref)
  if (reference?.sha256 === sha256) {
    return ref
  }
  const cutFrom =
    reference === undefined
      ? `, which its ${DESCRIPTION} does not name`
      : `: ${reference.name} with SHA-256 ${reference.sha256}`
  throw new MissingResourceError(
    `--exclude-sequences ${folder}: expected ${missing}, or as --ref the reference they are cut from${cutFrom}; found neither, ${basename(ref)} has SHA-256 ${sha256}`,
    'make that dataset again without --no-windows, or curate from its reference; the same sequences packed in another way do not count as the same',
  )
}

async function openFasta(path: string): Promise<Source> {
  const sequences = await openReference(path)
  const lengths = [...sequences.contigs.values()]
  return {
    path,
    files: [path],
    bases: lengths.reduce((sum, length) => sum + length, 0),
    segments: lengths,
    add: async builder => {
      for (const name of sequences.contigs.keys()) {
        const codes = await sequences.loadContig(name)
        builder.add(codes, 0, codes.length)
      }
    },
    close: () => sequences.close(),
  }
}
