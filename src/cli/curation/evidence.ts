import { basename } from 'node:path'
import type { GeneModel } from '../../curation/labels/gene-model.ts'
import { SupportPool } from '../../curation/labels/support-pool.ts'
import type { ReferenceGenome } from '../../io/reference.ts'
import type { CurateOptions } from '../commands/curate.ts'
import type { CommandContext } from '../context.ts'
import type { InputFile } from './input-files.ts'
import type { KeptWarnings } from './kept-warnings.ts'
import { addSupport, type SupportInput } from './support.ts'

/** The support of junctions, and where it is from. */
export interface Evidence {
  pool: SupportPool
  /** Names of the inputs, in the pool's order; different from each other. */
  inputNames: string[]
  files: InputFile[]
}

export interface EvidenceInput {
  options: CurateOptions
  reference: ReferenceGenome
  model: GeneModel
  warnings: KeptWarnings
  context: CommandContext
}

/**
 * Returns the pooled support of the alignments and tables.
 * Throws: ReferenceMismatchError when an input has no contig of the reference; InputDataError for support beyond 2^31 - 1.
 */
export async function readSupport(input: EvidenceInput): Promise<Evidence> {
  const { options, reference } = input
  const files = [
    ...(options.bam ?? []).map(path => ({ path, role: 'alignments' })),
    ...(options.junctions ?? []).map(path => ({ path, role: 'junctions' })),
  ]
  const pool = new SupportPool(files.length, {
    inputs: files.map(({ path }) => path),
    contigs: [...reference.contigs.keys()],
  })
  const lengths: SupportInput['lengths'] = new Map()
  for (const [number, file] of files.entries()) {
    await addSupport(number, file, { ...input, pool, lengths })
  }
  return { pool, inputNames: distinctNames(files.map(({ path }) => basename(path))), files }
}

/** Returns the names with a number after those that come again, one that makes no name of the others. */
export function distinctNames(names: readonly string[]): string[] {
  const used = new Set(names)
  const seen = new Set<string>()
  return names.map(name => {
    if (!seen.has(name)) {
      seen.add(name)
      return name
    }
    let number = 2
    while (used.has(`${name}#${number}`)) {
      number++
    }
    const distinct = `${name}#${number}`
    used.add(distinct)
    return distinct
  })
}
