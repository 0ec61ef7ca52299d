import { dirname, resolve } from 'node:path'
import { describedWindow, type ExampleLayout } from '../../curation/example-layout.ts'
import type { SplitSettings } from '../../curation/splits/assign-splits.ts'
import type { Interval } from '../../genome/interval.ts'
import type { ReferenceGenome } from '../../io/reference.ts'
import type { CurateOptions } from '../commands/curate.ts'
import type { CommandContext } from '../context.ts'
import { type Evidence, readSupport } from './evidence.ts'
import { type ExcludedSequences, excludedSequences } from './excluded-sequences.ts'
import { excludedRegions } from './exclusions.ts'
import { type Genes, readGenes } from './genes.ts'
import type { InputFile, InputHashes } from './input-files.ts'
import type { KeptWarnings } from './kept-warnings.ts'
import { namedContigs, splitSettings } from './split-settings.ts'

export interface ReadRequest {
  options: CurateOptions
  layout: ExampleLayout
  reference: ReferenceGenome
  hashes: InputHashes
  warnings: KeptWarnings
  context: CommandContext
}

/** All that a curation goes by. */
export interface ReadInputs extends Genes, Evidence {
  splits: SplitSettings
  excluded: Interval[]
  sequences: ExcludedSequences | undefined
  files: InputFile[]
}

/**
 * Returns what the inputs hold. Alignments come last: what takes long is not begun while a name may be wrong.
 * Throws: what reading them throws.
 */
export async function readInputs(request: ReadRequest): Promise<ReadInputs> {
  const { options, layout, reference, hashes, warnings, context } = request
  const { ref, exclude = [], testGenes, validationGenes } = options
  const contigs = namedContigs(options, reference)
  const excluded = await excludedRegions(exclude, reference, warnings)
  const genes = await readGenes(options, reference, warnings)
  const { model } = genes
  const splits = await splitSettings(options, contigs, model, warnings)
  const scratchFolder = dirname(resolve(options.out))
  const sequences = await excludedSequences({
    paths: options.excludeSequences ?? [],
    kmer: options.kmer,
    windows: [describedWindow(layout)],
    ref,
    hashes,
    scratchFolder,
    log: warnings,
    context,
  })
  const support = await readSupport({ options, reference, model, warnings, context })
  const lists = [
    { path: testGenes, role: 'test-genes' },
    { path: validationGenes, role: 'validation-genes' },
  ]
  const files = [
    { path: ref, role: 'reference' },
    ...genes.files,
    ...support.files,
    ...lists.flatMap(({ path, role }) => (path === undefined ? [] : [{ path, role }])),
    ...exclude.map(path => ({ path, role: 'exclude' })),
    ...(sequences?.files ?? []),
  ]
  return { ...support, model, splits, excluded, sequences, files }
}
