import { derivedSeed } from '../core/derived-seed.ts'
import { InputDataError, throwIfAborted } from '../core/errors.ts'
import { grouped } from '../core/number-text.ts'
import type { OnProgress } from '../core/progress.ts'
import { seededRandom } from '../core/random.ts'
import { type Interval, mergeIntervals } from '../genome/interval.ts'
import type { TrainingReference } from './annotated-examples.ts'
import { contigExamples, type DecoyCounts, DecoyQuota, type ExampleRules } from './contig-examples.ts'
import { absentGenes, checkParts, type DecoyTotals, emptyClasses, missingDecoys } from './curated-checks.ts'
import { type ExampleLayout, shownStretches } from './example-layout.ts'
import { type ContigExamples, ExampleRows, picked, REMOVED, withoutKeys } from './example-rows.ts'
import type { KmerIndex } from './homology/kmer-index.ts'
import { IntronSet } from './intron-set.ts'
import { AnnotationFit } from './labels/annotation-fit.ts'
import type { GeneModel, KnownIntron } from './labels/gene-model.ts'
import { GenePlaces } from './labels/gene-places.ts'
import { type LabelEvidence, type LabelSettings, problemOfAnnotated } from './labels/label-junctions.ts'
import { type Observed, observe } from './labels/observed.ts'
import type { SupportPool } from './labels/support-pool.ts'
import { LeftOut } from './left-out.ts'
import { removeContradictions, removeRepeats } from './same-bases.ts'
import { assignClusters, assignRows, type SplitSettings, withWholeGroups } from './splits/assign-splits.ts'
import { MergedStretches } from './splits/merged-stretches.ts'
import { type LeakReport, type LikenessSettings, removeLeaks } from './splits/remove-leaks.ts'
import { splitUnits } from './splits/split-units.ts'

/** Every rule of a curation. */
export interface CurateRules {
  labels: LabelSettings
  decoys: DecoyCounts
  splits: SplitSettings
  likeness: LikenessSettings
  layout: ExampleLayout
  seed: number
}

export interface CurateRequest {
  reference: TrainingReference
  model: GeneModel
  pool: SupportPool
  rules: CurateRules
  /** Regions no window may show a base of, under the reference's contig names. */
  excluded: readonly Interval[]
  excludedSequences: KmerIndex | undefined
  onProgress?: OnProgress | undefined
  signal?: AbortSignal | undefined
}

export interface Curated {
  /** The examples that are left, contigs in reference order. */
  contigs: ContigExamples[]
  observed: Observed
  leftOut: LeftOut
  leaks: LeakReport[]
  decoys: DecoyTotals
  /** Groups of genes that were kept together. */
  units: number
  warnings: string[]
}

const SPLIT_STREAM = 2

/**
 * Returns the labelled, split and cleaned examples of a genome.
 * The same inputs, rules and seed give the same examples.
 * Memory: a contig's codes and 24 bytes per example; the index of what is held out, at most 60 MB.
 * Throws: ReferenceMismatchError when the annotation does not fit the sequence; InputDataError when there would be no
 * positive, no negative, or nothing to train on; InterruptedError.
 */
export async function curate(request: CurateRequest): Promise<Curated> {
  const { model, pool, rules, reference, signal } = request
  const evidence: LabelEvidence = {
    model,
    places: new GenePlaces(model.genes),
    pool,
    settings: rules.labels,
  }
  const leftOut = new LeftOut()
  const observed = observe(evidence)
  const { contigs, fit, decoys } = await allExamples(request, evidence, observed, leftOut)
  removeContradictions(contigs, leftOut)
  const warnings = fit.warnings()
  const units = splitUnits(contigs, model.groupOf, rules.layout)
  const { parts, notDrawn } = assignClusters(
    units,
    withWholeGroups(rules.splits, model.groupOf),
    seededRandom(derivedSeed(rules.seed, SPLIT_STREAM)),
  )
  for (const split of notDrawn) {
    warnings.push(
      `no ${split} part was drawn: all positives belong to ${units.units.length === 1 ? 'one group' : `${units.units.length} groups`} of genes whose windows overlap, and a group is kept whole`,
    )
  }
  assignRows(contigs, units, parts, rules.splits, rules.layout, leftOut)
  const names = [...reference.contigs.keys()]
  const leaks = await removeLeaks({
    contigs,
    layout: rules.layout,
    settings: rules.likeness,
    loadCodes: contig => reference.loadContig(names[contig]!),
    leftOut,
    signal,
  })
  // Only now: of the same bases in two parts it is the training side that goes.
  removeRepeats(contigs, leftOut)
  for (const [i, rows] of contigs.entries()) {
    // One at a time, so that all are never there twice.
    contigs[i] = withoutRemoved(rows)
  }
  const kept = contigs.filter(rows => rows.count > 0)
  checkParts(kept, rules, leftOut)
  warnings.push(...absentGenes(kept, rules, model), ...missingDecoys(kept, decoys))
  warnings.push(...emptyClasses(kept, rules, { observed, hasPrimary: model.hasPrimary }))
  return { contigs: kept, observed, leftOut, leaks, decoys, units: units.units.length, warnings }
}

async function allExamples(
  request: CurateRequest,
  evidence: LabelEvidence,
  observed: Observed,
  leftOut: LeftOut,
): Promise<{ contigs: ContigExamples[]; fit: AnnotationFit; decoys: DecoyTotals }> {
  const { reference, model, pool, rules, onProgress, signal } = request
  const names = [...reference.contigs.keys()]
  const introns: KnownIntron[][] = names.map(() => [])
  for (const intron of model.introns) {
    introns[intron.contig]!.push(intron)
  }
  const junctions = pool.byContig(names.length)
  const lengths = positiveLengths(evidence)
  if (lengths.length === 0) {
    // An annotation that does not fit has no support either; that is then what to say.
    await requireFit(introns, reference)
    throw noPositives(evidence, observed)
  }
  const exampleRules: ExampleRules = {
    evidence,
    decoys: rules.decoys,
    layout: rules.layout,
    lengths,
    excludedSequences: request.excludedSequences && {
      index: request.excludedSequences,
      maxIdentity: rules.likeness.maxIdentity,
    },
    seed: rules.seed,
  }
  const quotas = {
    random: new DecoyQuota(rules.decoys.random),
    nearMiss: new DecoyQuota(rules.decoys.nearMiss),
    noncanonical: new DecoyQuota(rules.decoys.noncanonical),
  }
  const regions = excludedByContig(request.excluded)
  const fit = new AnnotationFit()
  const memory = { rows: new ExampleRows(), taken: new IntronSet() }
  const contigs: ContigExamples[] = []
  for (const [contig, name] of names.entries()) {
    throwIfAborted(signal)
    const own = introns[contig]!
    if (own.length === 0 && junctions[contig]!.length === 0) {
      continue
    }
    onProgress?.({ stage: 'labelling', done: contig, unit: 'contigs', share: contig / names.length })
    const codes = await reference.loadContig(name)
    fit.add(own, codes, name)
    const kept = regions.get(name) ?? []
    contigs.push(
      contigExamples(
        exampleRules,
        {
          contig,
          name,
          codes,
          introns: own,
          observed: junctions[contig]!,
          isExcluded: exclusion(kept, rules.layout),
          leftOut,
        },
        quotas,
        memory,
      ),
    )
  }
  fit.require()
  const { random, nearMiss, noncanonical } = quotas
  const decoys = {
    random: random.counts(),
    nearMiss: nearMiss.counts(),
    noncanonical: noncanonical.counts(),
  }
  return { contigs, fit, decoys }
}

/** Returns the lengths of the introns that nothing but their sequence can keep from being positives. */
function positiveLengths(evidence: LabelEvidence): Int32Array {
  return Int32Array.from(
    evidence.model.introns.filter(intron => problemOfAnnotated(evidence, intron) === undefined),
    ({ start, end }) => end - start,
  )
}

/** Throws: ReferenceMismatchError when the introns, one list for each contig, do not fit the sequence. */
async function requireFit(
  introns: readonly (readonly KnownIntron[])[],
  reference: TrainingReference,
): Promise<void> {
  const fit = new AnnotationFit()
  for (const [contig, name] of [...reference.contigs.keys()].entries()) {
    if (introns[contig]!.length > 0) {
      fit.add(introns[contig]!, await reference.loadContig(name), name)
    }
  }
  fit.require()
}

function noPositives(evidence: LabelEvidence, observed: Observed): InputDataError {
  const { annotatedIntrons, annotatedInCodingGenes, annotatedSupported } = observed
  const { minSupport } = evidence.settings
  return new InputDataError(
    `expected annotated introns to take as positives, found none: ${grouped(annotatedIntrons)} are annotated, ${grouped(annotatedInCodingGenes)} of them in genes of the wanted biotypes, ${grouped(annotatedSupported)} have a support of ${minSupport} or more`,
    annotatedInCodingGenes === 0
      ? 'the annotation states other biotypes: name them with --biotypes, or take all genes with --biotypes any'
      : annotatedSupported === 0
        ? 'lower --min-support; 0 takes annotated introns without alignments'
        : 'see --min-intron and --max-intron',
  )
}

function excludedByContig(excluded: readonly Interval[]): Map<string, Interval[]> {
  const byContig = new Map<string, Interval[]>()
  for (const interval of mergeIntervals(excluded)) {
    const list = byContig.get(interval.contig) ?? []
    byContig.set(interval.contig, list)
    list.push(interval)
  }
  return byContig
}

/** Returns a test whether the window of an intron, on either strand, shows a base of the regions. */
function exclusion(
  regions: readonly Interval[],
  layout: ExampleLayout,
): (start: number, end: number) => boolean {
  if (regions.length === 0) {
    return () => false
  }
  const stretches = MergedStretches.ofIntervals(regions)
  return (start, end) =>
    (['+', '-'] as const).some(strand => stretches.meets(shownStretches({ start, end, strand }, layout)))
}

function withoutRemoved(rows: ContigExamples): ContigExamples {
  const order = new Uint32Array(
    rows.count - rows.splits.reduce((n, split) => n + (split === REMOVED ? 1 : 0), 0),
  )
  for (let row = 0, kept = 0; row < rows.count; row++) {
    if (rows.splits[row] !== REMOVED) {
      order[kept++] = row
    }
  }
  return order.length === rows.count ? withoutKeys(rows) : picked(rows, order)
}
