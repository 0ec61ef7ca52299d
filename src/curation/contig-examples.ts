import { derivedSeed, nameCounter } from '../core/derived-seed.ts'
import { seededRandom } from '../core/random.ts'
import { intronEnds, strandOfEnds } from '../genome/motif.ts'
import { KnownSites } from './decoys/known-sites.ts'
import {
  type DecoyTemplate,
  drawNearMissDecoys,
  drawShiftedDecoys,
  type NearMissRequest,
} from './decoys/near-miss-decoys.ts'
import type { ExampleClass, Making } from './example-classes.ts'
import { cutExample, type ExampleLayout, shownStretches, windowLength } from './example-layout.ts'
import type { ContigExamples, ExampleRows, TakeExample } from './example-rows.ts'
import type { KmerIndex } from './homology/kmer-index.ts'
import { LikenessJudge } from './homology/likeness-judge.ts'
import type { IntronSet } from './intron-set.ts'
import {
  type ContigToLabel,
  type LabelEvidence,
  labelJunctions,
  unannotatedClass,
} from './labels/label-junctions.ts'
import { drawOppositeStrandDecoys } from './opposite-strand-decoys.ts'
import { SiteExamples } from './site-examples.ts'
import { strandlessKey } from './window-duplicates.ts'

/** Decoys for each positive. */
export interface DecoyCounts {
  random: number
  nearMiss: number
  noncanonical: number
}

/** What the examples of every contig are made by. */
export interface ExampleRules {
  evidence: LabelEvidence
  decoys: DecoyCounts
  layout: ExampleLayout
  /** Intron lengths of the positives of all contigs, which random decoys follow. */
  lengths: Int32Array
  /** Sequence that nothing here may be alike to. */
  excludedSequences: { index: KmerIndex; maxIdentity: number } | undefined
  seed: number
}

const DECOY_STREAM = 1

/** Decoys wanted, asked for and made so far, so that fractions add up over contigs. */
export class DecoyQuota {
  readonly #perPositive: number
  #wanted = 0
  #asked = 0
  #made = 0

  constructor(perPositive: number) {
    this.#perPositive = perPositive
  }

  /** Returns how many decoys to make for so many more positives. */
  next(positives: number): number {
    this.#wanted += positives * this.#perPositive
    const count = Math.round(this.#wanted) - this.#asked
    this.#asked += count
    return count
  }

  /** Counts decoys that were made. */
  made(count: number): void {
    this.#made += count
  }

  /** Returns how many were asked for and how many of them there was room for. */
  counts(): { asked: number; made: number } {
    return { asked: this.#asked, made: this.#made }
  }
}

/** What is filled for one contig after the other. */
export interface ContigMemory {
  rows: ExampleRows
  /** Introns that are examples already. */
  taken: IntronSet
}

export type DecoyQuotas = Record<keyof DecoyCounts, DecoyQuota>

/**
 * Returns the examples of a contig: its labelled junctions, then decoys made of the positives, all without a part yet.
 * What is drawn depends on other contigs through `lengths` and `quotas` only.
 * Memory: the contig's codes, and what `ExampleRows` and `IntronSet` take.
 */
export function contigExamples(
  rules: ExampleRules,
  contig: ContigToLabel & { name: string },
  quotas: DecoyQuotas,
  memory: ContigMemory,
): ContigExamples {
  const { evidence, layout, excludedSequences, seed } = rules
  const { codes, leftOut } = contig
  const { rows, taken } = memory
  taken.clear()
  const sites =
    layout.kind === 'junction'
      ? undefined
      : new SiteExamples(layout.kind, (start, end, strand) =>
          evidence.pool.supportAt(contig.contig, start, end, strand),
        )
  const templates: DecoyTemplate[] = []
  const judge =
    excludedSequences && new LikenessJudge(excludedSequences.index, codes, excludedSequences.maxIdentity)
  const window = new Uint8Array(windowLength(layout))
  const add: TakeExample = (start, end, strand, className, making, gene) => {
    const intron = { start, end, strand }
    if (!cutExample(codes, intron, layout, window)) {
      leftOut.add('site-bases-unknown', className)
    } else if (judge?.isAlike(shownStretches(intron, layout))) {
      leftOut.add('like-excluded-sequence', className)
    } else {
      // Written out: with a spread, 0.8 kB per example survived into old space.
      rows.add({ start, end, strand, className, making, gene, key: strandlessKey(window) })
    }
  }
  const take: TakeExample = sites
    ? (start, end, strand, className, making, gene) =>
        sites.offer(start, end, strand, className, making, gene)
    : add
  labelJunctions(evidence, contig, (start, end, strand, className, gene) => {
    taken.add(start, end)
    take(start, end, strand, className, '.', gene)
    const spliced = evidence.model.genes[gene]?.spliced
    if (className.startsWith('positive') && spliced) {
      templates.push({ start, end, strand, gene, spliced })
    }
  })
  const random = seededRandom(derivedSeed(seed, DECOY_STREAM, nameCounter(contig.name)))
  drawDecoys(rules, contig, { templates, taken, quotas, random }, take)
  // The sites that are known to splice can be no negatives.
  sites?.give(
    new KnownSites([...contig.introns, ...supportedIntrons(evidence, contig.observed)]),
    leftOut,
    add,
  )
  return rows.take(contig.contig)
}

/** Returns the introns with support enough, annotated or not. */
function supportedIntrons({ pool, settings }: LabelEvidence, observed: readonly number[]) {
  return observed
    .filter(id => unannotatedClass(pool.support(id), settings) === 'unknown')
    .map(id => pool.intron(id))
}

interface DecoyState {
  templates: readonly DecoyTemplate[]
  /** Introns that are examples already. */
  taken: IntronSet
  quotas: DecoyQuotas
  random: NearMissRequest['random']
}

function drawDecoys(
  { evidence, lengths }: ExampleRules,
  contig: ContigToLabel,
  { templates, taken, quotas, random }: DecoyState,
  take: TakeExample,
): void {
  const { model, pool, places, settings } = evidence
  const { codes, introns, observed } = contig
  const known = [...introns, ...observed.map(id => pool.intron(id))]
  const sites = new KnownSites(known)
  const strands = ['+', '-', '.'] as const
  const isForbidden = (start: number, end: number) =>
    taken.has(start, end) ||
    strands.some(
      strand =>
        model.find(contig.contig, start, end, strand) >= 0 ||
        pool.find(contig.contig, start, end, strand) >= 0,
    ) ||
    contig.isExcluded(start, end)
  const hosts = hostsOf(templates)
  const randomDecoys = drawOppositeStrandDecoys(
    {
      contig: codes,
      hosts,
      annotated: [...introns, ...supportedIntrons(evidence, observed)],
      lengths,
      count: quotas.random.next(templates.length),
      random,
      isForbidden: (start, end, strand) =>
        end - start < settings.minIntron ||
        end - start > settings.maxIntron ||
        // What is known anywhere has its sites among the known ones.
        sites.touches(start) ||
        sites.touches(end - 2) ||
        taken.has(start, end) ||
        places.overlapsAny(contig.contig, strand, start, end) ||
        contig.isExcluded(start, end),
    },
    (start, end, strand, host) => {
      taken.add(start, end)
      take(start, end, strand, 'negative-random', 'random', hosts[host]!.gene)
    },
  )
  const request = {
    codes,
    templates,
    sites,
    minIntron: settings.minIntron,
    maxIntron: settings.maxIntron,
    isForbidden,
    random,
  }
  const takeAs =
    (className: ExampleClass) =>
    (start: number, end: number, strand: '+' | '-', making: Making, gene: number) => {
      taken.add(start, end)
      take(start, end, strand, className, making, gene)
    }
  quotas.random.made(randomDecoys)
  quotas.nearMiss.made(
    drawNearMissDecoys(
      { ...request, count: quotas.nearMiss.next(templates.length) },
      takeAs('negative-near-miss'),
    ),
  )
  quotas.noncanonical.made(
    drawShiftedDecoys(
      { ...request, count: quotas.noncanonical.next(templates.length) },
      (start, end) => strandOfEnds(intronEnds(codes, start, end)) !== '.',
      takeAs('negative-noncanonical'),
    ),
  )
}

/** Returns where random decoys go: the spliced stretch of every gene with positives, as often as it has them. */
function hostsOf(
  templates: readonly DecoyTemplate[],
): { start: number; end: number; strand: '+' | '-'; weight: number; gene: number }[] {
  const hosts = new Map<
    number,
    { start: number; end: number; strand: '+' | '-'; weight: number; gene: number }
  >()
  for (const { gene, strand, spliced } of templates) {
    const host = hosts.get(gene) ?? { ...spliced, strand, gene, weight: 0 }
    host.weight++
    hosts.set(gene, host)
  }
  return [...hosts.values()]
}
