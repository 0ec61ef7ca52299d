import { basename } from 'node:path'
import type { GeneModel } from '../../curation/labels/gene-model.ts'
import { SupportPool } from '../../curation/labels/support-pool.ts'
import type { ReferenceGenome } from '../../io/reference.ts'
import type { CurateOptions } from '../commands/curate.ts'
import type { CommandContext } from '../context.ts'
import { readGenes } from './genes.ts'
import { KeptWarnings } from './kept-warnings.ts'
import { addSupport } from './support.ts'

/** What a curation goes by: the genes, the support, and where both are from. */
export interface Evidence {
  model: GeneModel
  pool: SupportPool
  /** Names of the inputs with support, in the pool's order; different from each other. */
  inputNames: string[]
  files: { path: string; role: string }[]
  warnings: string[]
}

/**
 * Returns the genes of the annotations and the pooled support of the alignments and tables.
 * Throws: ReferenceMismatchError when an input has no contig of the reference; InputDataError when nothing says which
 * genes are coding, and for a list of transcripts that are not annotated.
 */
export async function readEvidence(
  options: CurateOptions,
  reference: ReferenceGenome,
  context: CommandContext,
): Promise<Evidence> {
  const warnings = new KeptWarnings(context.terminal)
  const { model, files } = await readGenes(options, reference, warnings)
  const paths = [
    ...(options.bam ?? []).map(path => ({ path, role: 'alignments' })),
    ...(options.junctions ?? []).map(path => ({ path, role: 'junctions' })),
  ]
  const pool = new SupportPool(paths.length)
  for (const input of paths.keys()) {
    await addSupport(input, paths[input]!, { options, reference, model, pool, warnings, context })
  }
  return {
    model,
    pool,
    inputNames: distinctNames(paths.map(({ path }) => basename(path))),
    files: [{ path: options.ref, role: 'reference' }, ...files, ...paths],
    warnings: warnings.all,
  }
}

/** Returns the names with a number after those that come again. */
function distinctNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map(name => {
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? name : `${name}#${count}`
  })
}
