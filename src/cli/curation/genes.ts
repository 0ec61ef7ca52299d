import { basename } from 'node:path'
import { InputDataError, ReferenceMismatchError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { grouped } from '../../core/number-text.ts'
import { type AnnotationInput, buildGeneModel, type GeneModel } from '../../curation/labels/gene-model.ts'
import { transcriptMatcher } from '../../curation/labels/transcript-names.ts'
import { matchContigs } from '../../genome/contig-names.ts'
import { type Annotation, readAnnotation } from '../../io/annotation.ts'
import { looksLikeAnnotation, readNameList } from '../../io/name-list.ts'
import type { ReferenceGenome } from '../../io/reference.ts'
import type { CurateOptions } from '../commands/curate.ts'
import { contigNumbers } from './contig-numbers.ts'

/** The genes of all annotations, and the files they are from. */
export interface Genes {
  model: GeneModel
  files: { path: string; role: string }[]
}

/**
 * Returns the genes of the annotations. The annotations themselves are not kept.
 * Throws: ReferenceMismatchError when an annotation has no contig of the reference; InputDataError when nothing says
 * which genes are coding, and for a list of transcripts that are not annotated.
 */
export async function readGenes(
  options: CurateOptions,
  reference: ReferenceGenome,
  warnings: Log,
): Promise<Genes> {
  const { inputs, files } = await readAnnotations(options, reference, warnings)
  const model = buildGeneModel(inputs, wantedBiotypes(options.biotypes))
  checkModel(model, options, inputs, warnings)
  return { model, files }
}

function wantedBiotypes(text: string): ReadonlySet<string> | undefined {
  return text === 'any' ? undefined : new Set(text.split(',').map(name => name.trim()))
}

async function readAnnotations(
  options: CurateOptions,
  reference: ReferenceGenome,
  warnings: Log,
): Promise<{ inputs: AnnotationInput[]; files: Genes['files'] }> {
  const { primary, annotation } = options
  const files = annotation.map(path => ({ path, role: 'annotation' }))
  const annotations: { path: string; annotation: Annotation }[] = []
  for (const path of annotation) {
    annotations.push({ path, annotation: await readAnnotation(path, { introns: false }) })
  }
  let isPrimary: AnnotationInput['isPrimary'] = () => false
  if (primary === undefined) {
    isPrimary = transcript => transcript.maneSelect
  }
  const inputs = annotations.map(({ path, annotation: own }) =>
    annotationInput(path, own, reference, transcript => isPrimary(transcript), warnings),
  )
  if (typeof primary === 'string') {
    files.push({ path: primary, role: 'primary' })
    if (await looksLikeAnnotation(primary)) {
      const own = await readAnnotation(primary, { introns: false })
      inputs.push(annotationInput(primary, own, reference, () => true, warnings))
    } else {
      isPrimary = await listedTranscripts(primary, inputs)
    }
  }
  return { inputs, files }
}

async function listedTranscripts(
  path: string,
  inputs: readonly AnnotationInput[],
): Promise<AnnotationInput['isPrimary']> {
  const names = await readNameList(path)
  const matches = transcriptMatcher(names)
  const found = inputs.some(({ annotation }) => annotation.transcripts.some(({ id }) => matches(id)))
  if (!found) {
    throw new InputDataError(
      `${path}: expected transcript IDs of the annotation, found none among ${grouped(names.length)}: ${names.slice(0, 3).join(', ')}`,
      'give a GFF3, a GTF, or a list with one transcript ID a line, as the annotation writes it',
    )
  }
  return transcript => matches(transcript.id)
}

function annotationInput(
  path: string,
  annotation: Annotation,
  reference: ReferenceGenome,
  isPrimary: AnnotationInput['isPrimary'],
  warnings: Log,
): AnnotationInput {
  for (const warning of annotation.warnings) {
    warnings.warn(warning.replaceAll(path, basename(path)))
  }
  const numbers = contigNumbers(reference)
  const names = [...new Set(annotation.transcripts.map(transcript => transcript.contig))]
  const known = new Map([...reference.contigs.keys()].map(name => [name, 0]))
  const contigs = new Map<string, number>()
  for (const { name, reference: found } of matchContigs(
    names.map(name => ({ name })),
    known,
  )) {
    if (found !== undefined) {
      contigs.set(name, numbers.get(found)!)
    }
  }
  if (contigs.size === 0) {
    throw new ReferenceMismatchError(
      `no contig of ${path} (${some(names)}) is among those of ${reference.path} (${some([...numbers.keys()])})`,
      'give the annotation of the same assembly; chr1 and 1 are taken as the same name',
    )
  }
  const missing = annotation.transcripts.filter(({ contig }) => !contigs.has(contig))
  if (missing.length > 0) {
    const lost = [...new Set(missing.map(transcript => transcript.contig))]
    warnings.warn(
      `${basename(path)}: ${grouped(missing.length)} transcripts on ${lost.length} contigs that the reference lacks were left out: ${some(lost)}`,
    )
  }
  return { label: path, annotation, contigs, isPrimary }
}

function checkModel(
  model: GeneModel,
  { biotypes, primary, annotation }: CurateOptions,
  inputs: readonly AnnotationInput[],
  warnings: Log,
): void {
  if (!model.genes.some(gene => gene.isCoding)) {
    const seen = new Set(
      inputs.flatMap(input => input.annotation.transcripts.flatMap(({ biotype }) => biotype ?? [])),
    )
    throw new InputDataError(
      `${annotation.join(', ')}: expected genes of biotype ${biotypes}, found none among ${grouped(model.genes.length)}: the annotation states ${seen.size === 0 ? 'no biotypes and has no CDS rows' : `the biotypes ${some([...seen].sort())}`}`,
      'name others with --biotypes, or take all genes with --biotypes any',
    )
  }
  if (model.undecidedGenes > 0) {
    warnings.warn(
      `${grouped(model.undecidedGenes)} genes of annotations that state neither biotypes nor CDS rows share no splice site with a coding gene, and are not taken as coding`,
    )
  }
  if (typeof primary === 'string' && !model.hasPrimary) {
    throw new InputDataError(`${primary}: expected transcripts with introns, found none on the reference`)
  }
}

function some(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ', ...' : '')
}
