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
      isPrimary = await listedTranscripts(primary, inputs, warnings)
    }
  }
  return { inputs, files }
}

async function listedTranscripts(
  path: string,
  inputs: readonly AnnotationInput[],
  warnings: Log,
): Promise<AnnotationInput['isPrimary']> {
  const names = [...new Set(await readNameList(path))]
  const matches = transcriptMatcher(names)
  const found = inputs.flatMap(({ annotation }) =>
    annotation.transcripts.flatMap(({ id }) => (matches(id) ? [id] : [])),
  )
  if (found.length === 0) {
    throw new InputDataError(
      `${path}: expected transcript IDs of the annotation, found none among ${grouped(names.length)}: ${some(names)}`,
      'give a GFF3, a GTF, or a list with one transcript ID a line, as the annotation writes it',
    )
  }
  const isFound = transcriptMatcher(found)
  const missing = names.filter(name => !isFound(name))
  if (missing.length > 0) {
    warnings.warn(
      `${basename(path)}: ${grouped(missing.length)} of ${grouped(names.length)} names are of no transcript: ${some(missing)}`,
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
    throw noCodingGenes(model, biotypes, annotation, inputs)
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

/** Says why there is no gene of the wanted biotypes: most of them may be on contigs that are not there. */
function noCodingGenes(
  model: GeneModel,
  biotypes: string,
  paths: readonly string[],
  inputs: readonly AnnotationInput[],
): Error {
  const all = inputs.flatMap(({ annotation }) => annotation.transcripts)
  const found = inputs.flatMap(({ annotation, contigs }) =>
    annotation.transcripts.filter(({ contig }) => contigs.has(contig)),
  )
  if (found.length < all.length / 2) {
    return new ReferenceMismatchError(
      `${paths.join(', ')}: expected genes on the reference's contigs, found ${grouped(found.length)} of ${grouped(all.length)} transcripts there, and none of a gene of biotype ${biotypes}`,
      'give the annotation of the same species and assembly',
    )
  }
  const stated = [...new Set(all.flatMap(({ biotype }) => biotype ?? []))].sort()
  const hasCds = inputs.some(({ annotation }) => annotation.statesCoding)
  const states =
    stated.length > 0
      ? `the annotation states the biotypes ${some(stated)}`
      : hasCds
        ? 'the annotation states no biotypes, and genes with CDS rows count as protein_coding'
        : 'the annotation states no biotypes and has no CDS rows'
  return new InputDataError(
    `${paths.join(', ')}: expected genes of biotype ${biotypes}, found none among ${grouped(model.genes.length)}: ${states}`,
    'name others with --biotypes, or take all genes with --biotypes any',
  )
}

function some(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ', ...' : '')
}
