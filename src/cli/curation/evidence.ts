import { basename } from 'node:path'
import { InputDataError, ReferenceMismatchError, UsageError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { grouped } from '../../core/number-text.ts'
import { type AnnotationInput, buildGeneModel, type GeneModel } from '../../curation/labels/gene-model.ts'
import { type SupportMeasure, SupportPool, supportOf } from '../../curation/labels/support-pool.ts'
import { transcriptMatcher } from '../../curation/labels/transcript-names.ts'
import { matchContigs } from '../../genome/contig-names.ts'
import type { JunctionEvidence } from '../../genome/junction.ts'
import type { Strand } from '../../genome/strand.ts'
import { type Annotation, readAnnotation } from '../../io/annotation.ts'
import { looksLikeAnnotation, readNameList } from '../../io/name-list.ts'
import type { ReferenceGenome } from '../../io/reference.ts'
import { checkFit } from '../check-fit.ts'
import type { CurateOptions } from '../commands/curate.ts'
import type { CommandContext } from '../context.ts'
import { openInput } from '../inputs.ts'
import type { InputOptions } from '../options.ts'
import { readJunctions } from '../read-junctions.ts'

/** What a curation goes by: the genes, the support, and where both are from. */
export interface Evidence {
  model: GeneModel
  pool: SupportPool
  /** Names of the inputs with support, in the pool's order; different from each other. */
  inputNames: string[]
  files: { path: string; role: string }[]
  warnings: string[]
}

/** Writes warnings to the log and keeps them for the dataset. */
class KeptWarnings {
  readonly all: string[] = []
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  add(warning: string): void {
    this.all.push(warning)
    this.#log.warn(warning)
  }
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
  const { inputs, files } = await readAnnotations(options, reference, warnings)
  const model = buildGeneModel(inputs, wantedBiotypes(options.biotypes))
  checkModel(model, options, inputs, warnings)
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

function wantedBiotypes(text: string): ReadonlySet<string> | undefined {
  return text === 'any' ? undefined : new Set(text.split(',').map(name => name.trim()))
}

async function readAnnotations(
  options: CurateOptions,
  reference: ReferenceGenome,
  warnings: KeptWarnings,
): Promise<{ inputs: AnnotationInput[]; files: Evidence['files'] }> {
  const { primary, annotation } = options
  const files = annotation.map(path => ({ path, role: 'annotation' }))
  const annotations: { path: string; annotation: Annotation }[] = []
  for (const path of annotation) {
    annotations.push({ path, annotation: await readAnnotation(path) })
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
      inputs.push(annotationInput(primary, await readAnnotation(primary), reference, () => true, warnings))
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
  warnings: KeptWarnings,
): AnnotationInput {
  for (const warning of annotation.warnings) {
    warnings.add(warning.replaceAll(path, basename(path)))
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
    warnings.add(
      `${basename(path)}: ${grouped(missing.length)} transcripts on ${lost.length} contigs that the reference lacks were left out: ${some(lost)}`,
    )
  }
  return { label: path, annotation, contigs, isPrimary }
}

function checkModel(
  model: GeneModel,
  { biotypes, primary, annotation }: CurateOptions,
  inputs: readonly AnnotationInput[],
  warnings: KeptWarnings,
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
    warnings.add(
      `${grouped(model.undecidedGenes)} genes of annotations that state neither biotypes nor CDS rows share no splice site with a coding gene, and are not taken as coding`,
    )
  }
  if (typeof primary === 'string' && !model.hasPrimary) {
    throw new InputDataError(`${primary}: expected transcripts with introns, found none on the reference`)
  }
}

interface SupportInput {
  options: CurateOptions
  reference: ReferenceGenome
  model: GeneModel
  pool: SupportPool
  warnings: KeptWarnings
  context: CommandContext
}

async function addSupport(
  input: number,
  { path, role }: { path: string; role: string },
  { options, reference, model, pool, warnings, context }: SupportInput,
): Promise<void> {
  const { terminal } = context
  const { support: measure } = options
  const isTable = role === 'junctions'
  // A table has no reads to choose from.
  const inputOptions: InputOptions = isTable
    ? { ref: options.ref }
    : { ...readOptions(options), countUnit: measure === 'reads' ? 'read' : 'fragment' }
  const opened = await openInput(context.source(path), inputOptions, terminal, reference)
  if (isTable !== (opened.table !== undefined)) {
    throw new UsageError(
      `${path}: expected ${isTable ? 'a junction table after --junctions, found alignments' : 'alignments after --bam, found a junction table'}`,
      `give it after ${isTable ? '--bam' : '--junctions'}`,
    )
  }
  const { junctions } = await readJunctions(opened, inputOptions, context)
  checkFit(opened, junctions, terminal)
  terminal.clear()
  const numbers = contigNumbers(reference)
  let lost = 0
  const counted = new Set<SupportMeasure>()
  for (const junction of junctions) {
    const contig = numbers.get(opened.contigs.get(junction.contig)?.reference ?? '')
    if (contig === undefined) {
      lost++
      continue
    }
    const support = supportOf(junction, measure, path)
    counted.add(support.counted)
    const { start, end } = junction
    pool.add(input, contig, start, end, certainStrand(junction, contig, model), support.count)
  }
  for (const other of counted) {
    if (other !== measure) {
      warnings.add(`${basename(path)}: counts ${other}, which are taken for the ${measure} asked for`)
    }
  }
  if (lost > 0) {
    warnings.add(`${basename(path)}: ${grouped(lost)} junctions on contigs the reference lacks were left out`)
  }
  terminal.info(`${path}: ${grouped(junctions.length - lost)} junctions`)
}

/** Returns the options about reads that were given. */
export function readOptions(options: CurateOptions): InputOptions {
  const { profile, excludeFlags, minMapq, minIntron, maxIntron, minAnchor, strandness } = options
  return {
    ref: options.ref,
    ...(profile && { profile }),
    ...(excludeFlags !== undefined && { excludeFlags }),
    ...(minMapq !== undefined && { minMapq }),
    ...(minIntron !== undefined && { minIntron }),
    ...(maxIntron !== undefined && { maxIntron }),
    ...(minAnchor !== undefined && { minAnchor }),
    ...(strandness && { strandness }),
  }
}

/** Returns a junction's strand; without one, that of the annotated intron at its place, if only one strand has it. */
function certainStrand(junction: JunctionEvidence, contig: number, model: GeneModel): Strand {
  if (junction.strand !== '.') {
    return junction.strand
  }
  const strands = (['+', '-'] as const).filter(
    strand => model.find(contig, junction.start, junction.end, strand) >= 0,
  )
  return strands.length === 1 ? strands[0]! : '.'
}

function contigNumbers(reference: ReferenceGenome): Map<string, number> {
  return new Map([...reference.contigs.keys()].map((name, number) => [name, number]))
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

function some(names: readonly string[]): string {
  return names.slice(0, 5).join(', ') + (names.length > 5 ? ', ...' : '')
}
