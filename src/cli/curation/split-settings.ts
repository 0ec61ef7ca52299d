import { InputDataError, UsageError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { GeneModel } from '../../curation/labels/gene-model.ts'
import { transcriptMatcher } from '../../curation/labels/transcript-names.ts'
import type { PartSettings, SplitSettings } from '../../curation/splits/assign-splits.ts'
import { matchContigs } from '../../genome/contig-names.ts'
import { readNameList } from '../../io/name-list.ts'
import type { ReferenceGenome } from '../../io/reference.ts'
import type { CurateOptions } from '../commands/curate.ts'

/**
 * Returns what goes into which part, by numbers.
 * Throws: UsageError for contigs the reference lacks and for parts that share one; InputDataError for lists without any
 * gene of the annotation.
 */
export async function splitSettings(
  options: CurateOptions,
  reference: ReferenceGenome,
  model: GeneModel,
  log: Log,
): Promise<SplitSettings> {
  const part = async (
    flag: string,
    contigs: string | undefined,
    genes: string | undefined,
    share: number,
  ): Promise<PartSettings> => ({
    contigs: contigNumbers(`${flag}-contigs`, contigs, reference),
    genes: genes === undefined ? new Set() : await geneNumbers(`${flag}-genes`, genes, model, log),
    share,
  })
  const settings = {
    test: await part('--test', options.testContigs, options.testGenes, options.test),
    validation: await part(
      '--validation',
      options.validationContigs,
      options.validationGenes,
      options.validation,
    ),
  }
  const names = [...reference.contigs.keys()]
  const both = [...settings.test.contigs].filter(contig => settings.validation.contigs.has(contig))
  if (both.length > 0) {
    throw new UsageError(
      `expected different contigs for test and validation, found ${both.map(contig => names[contig]).join(', ')} named for both`,
    )
  }
  return settings
}

function contigNumbers(
  flag: string,
  text: string | undefined,
  reference: ReferenceGenome,
): ReadonlySet<number> {
  const wanted = (text ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
  const names = [...reference.contigs.keys()]
  const matches = matchContigs(
    wanted.map(name => ({ name })),
    new Map(names.map(name => [name, 0])),
  )
  const missing = matches.filter(match => match.reference === undefined).map(match => match.name)
  if (missing.length > 0) {
    throw new UsageError(
      `${flag}: expected contigs of ${reference.path}, found ${missing.join(', ')}`,
      `it has ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', ...' : ''}`,
    )
  }
  return new Set(matches.map(match => names.indexOf(match.reference!)))
}

async function geneNumbers(
  flag: string,
  path: string,
  model: GeneModel,
  log: Log,
): Promise<ReadonlySet<number>> {
  const names = await readNameList(path)
  const matches = transcriptMatcher(names)
  const found = new Set<number>()
  for (const [number, gene] of model.genes.entries()) {
    if (matches(gene.id)) {
      found.add(number)
    }
  }
  if (found.size === 0) {
    throw new InputDataError(
      `${flag} ${path}: expected genes of the annotation, found none among ${names.length}: ${names.slice(0, 3).join(', ')}`,
      'write gene IDs as the annotation does, one a line',
    )
  }
  if (found.size < names.length) {
    log.warn(`${flag} ${path}: ${found.size} of ${names.length} genes are annotated on the reference`)
  }
  return found
}
