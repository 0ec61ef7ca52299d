import { intronEnds, motifOfEnds, strandOfEnds } from '../../genome/motif.ts'
import { oppositeStrand, type Strand } from '../../genome/strand.ts'
import type { ExampleClass } from '../example-classes.ts'
import type { LeftOut } from '../left-out.ts'
import type { GeneModel, KnownIntron } from './gene-model.ts'
import type { GenePlaces } from './gene-places.ts'
import type { SupportPool } from './support-pool.ts'

/** Rules that make a junction an example. Units: support in the run's measure; bases. */
export interface LabelSettings {
  /** Least support of a positive. */
  minSupport: number
  /** Support of a `negative-1`, exactly; 0 makes none. */
  noiseSupport: number
  minIntron: number
  maxIntron: number
  /**
   * Largest share of the support of both strands that may be on the other one: library strands are wrong now and then. More,
   * and neither strand is certain.
   */
  strandNoise: number
  /** Keep supported junctions that are not annotated, as class `unknown`. */
  keepUnknown: boolean
}

/** What labels are decided by, the same for all contigs. */
export interface LabelEvidence {
  model: GeneModel
  places: GenePlaces
  pool: SupportPool
  settings: LabelSettings
}

/** A contig to label. */
export interface ContigToLabel {
  contig: number
  codes: Uint8Array
  /** The annotated introns and the numbers of the pool's junctions on it. */
  introns: readonly KnownIntron[]
  observed: readonly number[]
  /** True when what a model would see of the junction lies in a region that is kept out. */
  isExcluded(start: number, end: number): boolean
  leftOut: LeftOut
}

/** Takes an example. `gene` is its own, for negatives the one opposite, -1 without one. */
export type TakeJunction = (
  start: number,
  end: number,
  strand: '+' | '-',
  className: ExampleClass,
  gene: number,
) => void

/**
 * Gives away the labelled junctions of a contig, each once, annotated introns first; what is no example is counted with
 * its reason.
 * Source: the classes of Splam (Chao et al., Genome Biology 25:243, 2024).
 */
export function labelJunctions(evidence: LabelEvidence, contig: ContigToLabel, take: TakeJunction): void {
  for (const intron of contig.introns) {
    labelAnnotated(evidence, contig, intron, take)
  }
  for (const id of contig.observed) {
    labelUnannotated(evidence, contig, id, take)
  }
}

/** Returns the class an annotated intron would have. */
export function positiveClass(model: GeneModel, intron: KnownIntron): ExampleClass {
  return model.hasPrimary ? (intron.isPrimary ? 'positive-mane' : 'positive-alt') : 'positive'
}

/** Returns why an annotated intron is no positive whatever the sequence says; undefined when nothing speaks against it. */
export function problemOfAnnotated(evidence: LabelEvidence, intron: KnownIntron): string | undefined {
  const { pool, settings } = evidence
  const { contig, start, end, strand } = intron
  if (strand === '.') {
    return 'no-strand'
  }
  if (!intron.isCoding) {
    return 'gene-not-coding'
  }
  const id = pool.find(contig, start, end, strand)
  if ((id < 0 ? 0 : pool.support(id)) < settings.minSupport) {
    return id < 0 ? 'never-observed' : 'support-below-minimum'
  }
  return lengthProblem(settings, start, end) ?? strandProblem(evidence, contig, start, end, strand)
}

function labelAnnotated(
  evidence: LabelEvidence,
  contig: ContigToLabel,
  intron: KnownIntron,
  take: TakeJunction,
): void {
  const { start, end, strand, gene } = intron
  const className = positiveClass(evidence.model, intron)
  const problem =
    problemOfAnnotated(evidence, intron) ?? sequenceProblem(contig, start, end, strand as '+' | '-')
  if (problem !== undefined) {
    contig.leftOut.add(problem, className)
  } else {
    take(start, end, strand as '+' | '-', className, gene)
  }
}

function labelUnannotated(
  evidence: LabelEvidence,
  contig: ContigToLabel,
  id: number,
  take: TakeJunction,
): void {
  const { pool, model, settings } = evidence
  const [start, end, strand] = [pool.start(id), pool.end(id), pool.strand(id)]
  // An annotated intron without a strand is this one as well, and was counted with the annotated ones.
  if ([strand, '.' as const].some(one => model.find(contig.contig, start, end, one) >= 0)) {
    return
  }
  const support = pool.support(id)
  const className = unannotatedClass(support, settings)
  if (className === undefined) {
    contig.leftOut.add(unlabelledReason(support, settings), 'unlabelled')
    return
  }
  if (className === 'unknown' && !settings.keepUnknown) {
    contig.leftOut.add('not-annotated', className)
    return
  }
  const problem =
    (strand === '.' ? 'no-strand' : undefined) ??
    lengthProblem(settings, start, end) ??
    strandProblem(evidence, contig.contig, start, end, strand) ??
    (className === 'negative-1' ? noiseProblem(evidence, contig.contig, start, end, strand) : undefined) ??
    sequenceProblem(contig, start, end, strand as '+' | '-')
  if (problem !== undefined) {
    contig.leftOut.add(problem, className)
    return
  }
  const host = className === 'unknown' ? strand : oppositeStrand(strand)
  const gene =
    className === 'unknown'
      ? evidence.places.overlapping(contig.contig, host, start, end)
      : oppositeCodingGene(evidence, contig.contig, start, end, strand)
  take(start, end, strand as '+' | '-', className, gene)
}

/** Returns the class a junction without annotation would have by its support; undefined for one that is in between. */
export function unannotatedClass(support: number, settings: LabelSettings): ExampleClass | undefined {
  const { minSupport, noiseSupport } = settings
  if (noiseSupport > 0 && support === noiseSupport) {
    return 'negative-1'
  }
  return support >= minSupport && support > noiseSupport ? 'unknown' : undefined
}

/** Returns why a junction without annotation has no class: without a class of noise there is nothing to be between. */
function unlabelledReason(support: number, { minSupport, noiseSupport }: LabelSettings): string {
  return noiseSupport > 0 && support > noiseSupport && support < minSupport
    ? 'support-between-noise-and-minimum'
    : 'not-annotated'
}

/** Returns the number of a coding gene that holds the junction on the opposite strand, -1 without one. */
export function oppositeCodingGene(
  { places }: Pick<LabelEvidence, 'places'>,
  contig: number,
  start: number,
  end: number,
  strand: Strand,
): number {
  return places.containing(contig, oppositeStrand(strand), start, end, gene => gene.isCoding)
}

function noiseProblem(
  evidence: LabelEvidence,
  contig: number,
  start: number,
  end: number,
  strand: Strand,
): string | undefined {
  if (oppositeCodingGene(evidence, contig, start, end, strand) < 0) {
    return 'not-opposite-a-coding-gene'
  }
  return evidence.places.overlapsAny(contig, strand, start, end) ? 'gene-on-own-strand' : undefined
}

function lengthProblem(
  { minIntron, maxIntron }: LabelSettings,
  start: number,
  end: number,
): string | undefined {
  return end - start < minIntron || end - start > maxIntron ? 'intron-length' : undefined
}

/** A junction that annotation, or more than a stray read, has on the other strand too has no certain strand. */
function strandProblem(
  { model, pool, settings }: LabelEvidence,
  contig: number,
  start: number,
  end: number,
  strand: Strand,
): string | undefined {
  const other = oppositeStrand(strand)
  const [own, against] = [strand, other].map(one => pool.supportAt(contig, start, end, one)) as [
    number,
    number,
  ]
  const isAnnotated = model.find(contig, start, end, other) >= 0
  return isAnnotated || against > settings.strandNoise * (own + against) ? 'on-both-strands' : undefined
}

function sequenceProblem(
  { codes, isExcluded }: ContigToLabel,
  start: number,
  end: number,
  strand: '+' | '-',
): string | undefined {
  if (end > codes.length) {
    return 'past-contig-end'
  }
  const ends = intronEnds(codes, start, end)
  if (motifOfEnds(ends, strand).includes('N')) {
    return 'site-bases-unknown'
  }
  if (strandOfEnds(ends) === oppositeStrand(strand)) {
    return 'motif-against-strand'
  }
  return isExcluded(start, end) ? 'excluded-region' : undefined
}
