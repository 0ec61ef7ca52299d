import { DisjointSets } from '../../core/disjoint-sets.ts'
import { type Strand, strandRank } from '../../genome/strand.ts'
import type { Annotation, Transcript } from '../../io/annotation.ts'
import { IntervalTable } from '../../junctions/interval-table.ts'

/** An annotation with what its names mean here. */
export interface AnnotationInput {
  label: string
  annotation: Annotation
  /** Number of the reference contig for each contig name; names that are absent are not in the reference. */
  contigs: ReadonlyMap<string, number>
  /** True for the transcripts of the primary set (MANE, say). */
  isPrimary(transcript: Transcript): boolean
}

/** A gene of one annotation on one contig and strand. Coordinates: 0-based half-open, first to last exon base. */
export interface Gene {
  id: string
  contig: number
  strand: Strand
  start: number
  end: number
  isCoding: boolean
  /** From its first intron's start to its last intron's end; undefined for a gene without introns. */
  spliced: { start: number; end: number } | undefined
}

/** An intron of one or more annotations. */
export interface KnownIntron {
  contig: number
  start: number
  end: number
  strand: Strand
  /** IDs of its transcripts in all annotations, sorted. */
  transcripts: readonly string[]
  isPrimary: boolean
  /** True when a gene it belongs to is of a wanted biotype. */
  isCoding: boolean
  /** Number of a gene it belongs to, a coding one if there is one. */
  gene: number
}

/** The genes and introns of all annotations together. */
export interface GeneModel {
  /** By contig, start, end, strand, ID. */
  genes: readonly Gene[]
  /** By contig, start, end, strand. */
  introns: readonly KnownIntron[]
  hasPrimary: boolean
  /**
   * Number of the group of each gene: genes with one ID, as two annotations have them, and genes that share a splice site
   * belong together.
   */
  groupOf: Int32Array
  /** Genes of which no annotation says whether they are coding. */
  undecidedGenes: number
  /** Returns the number in `introns` of an intron, -1 for one that is not annotated on this strand. */
  find(contig: number, start: number, end: number, strand: Strand): number
}

/** Biotypes to take genes of; undefined takes all. */
export type WantedBiotypes = ReadonlySet<string> | undefined

type Coding = 'yes' | 'no' | 'unknown'

interface GeneDraft extends Gene {
  /** The gene's own; where the annotation states none, those of all its transcripts. */
  biotypes: Set<string>
  hasCds: boolean
  coding: Coding
}

/**
 * Returns the genes and introns of the annotations. A gene is coding by its biotype; where it has none, by its CDS rows;
 * and where its whole annotation states neither, if it shares a splice site with a gene that another annotation calls coding.
 * Transcripts on contigs the reference lacks are left out.
 */
export function buildGeneModel(inputs: readonly AnnotationInput[], biotypes: WantedBiotypes): GeneModel {
  const drafts: GeneDraft[] = []
  const introns = new IntronCollector()
  for (const input of inputs) {
    collectGenes(input, biotypes, drafts, introns)
  }
  const undecidedGenes = decideBySharedSites(drafts, introns)
  const order = [...drafts.keys()].sort((a, b) => compareGenes(drafts[a]!, drafts[b]!))
  const numberOf = new Int32Array(drafts.length)
  for (const [number, draft] of order.entries()) {
    numberOf[draft] = number
  }
  const genes = order.map(draft => finished(drafts[draft]!))
  const groupOf = geneGroups(drafts, introns, numberOf)
  const known = introns.finish(genes, numberOf)
  return {
    genes,
    introns: known,
    groupOf,
    hasPrimary: known.some(intron => intron.isPrimary),
    undecidedGenes,
    find: finderOf(known),
  }
}

/** Returns the group of each finished gene, numbered by its first gene. */
function geneGroups(
  drafts: readonly GeneDraft[],
  introns: IntronCollector,
  numberOf: Int32Array,
): Int32Array {
  const sets = new DisjointSets(drafts.length)
  const firstOfId = new Map<string, number>()
  for (const [gene, { id }] of drafts.entries()) {
    const first = firstOfId.get(id) ?? gene
    firstOfId.set(id, first)
    sets.join(first, gene)
  }
  const firstOfSite: number[] = []
  introns.visitSites((site, gene) => {
    firstOfSite[site] ??= gene
    sets.join(firstOfSite[site], gene)
  })
  const firstOf = new Map<number, number>()
  const drafted = [...numberOf.keys()].sort((a, b) => numberOf[a]! - numberOf[b]!)
  return Int32Array.from(drafted, (draft, number) => {
    const group = firstOf.get(sets.root(draft)) ?? number
    firstOf.set(sets.root(draft), group)
    return group
  })
}

/** In a function of its own: a closure keeps everything alive that any closure beside it uses, the drafts too. */
function finderOf(known: readonly KnownIntron[]): GeneModel['find'] {
  const places = new IntervalTable()
  for (const { contig, start, end, strand } of known) {
    places.intern(groupOf(contig, strand), start, end)
  }
  return (contig, start, end, strand) => places.find(groupOf(contig, strand), start, end)
}

function collectGenes(
  { annotation, contigs, isPrimary }: AnnotationInput,
  biotypes: WantedBiotypes,
  drafts: GeneDraft[],
  introns: IntronCollector,
): void {
  const own = new Map<string, number>()
  const first = drafts.length
  for (const transcript of annotation.transcripts) {
    const contig = contigs.get(transcript.contig)
    if (contig === undefined) {
      continue
    }
    const number = geneOf(transcript, contig, own, drafts)
    const { exons, strand, id } = transcript
    const primary = isPrimary(transcript)
    for (let i = 1; i < exons.length; i++) {
      introns.add({ contig, start: exons[i - 1]!.end, end: exons[i]!.start, strand, id, primary }, number)
    }
  }
  for (const draft of drafts.slice(first)) {
    draft.coding = codingOf(draft, annotation, biotypes)
  }
}

/** Returns the number of the transcript's gene, after widening it to the transcript. */
function geneOf(
  transcript: Transcript,
  contig: number,
  own: Map<string, number>,
  drafts: GeneDraft[],
): number {
  const { id, gene = id, strand, exons, biotype, coding } = transcript
  const [start, end] = [exons[0]!.start, exons.at(-1)!.end]
  const spliced = exons.length > 1 ? { start: exons[0]!.end, end: exons[exons.length - 1]!.start } : undefined
  const key = `${gene}\t${contig}\t${strand}`
  const number = own.get(key)
  if (number === undefined) {
    own.set(key, drafts.length)
    const biotypes = new Set(biotype === undefined ? [] : [biotype])
    return (
      drafts.push({
        id: gene,
        contig,
        strand,
        start,
        end,
        spliced,
        biotypes,
        hasCds: coding,
        isCoding: false,
        coding: 'unknown',
      }) - 1
    )
  }
  const draft = drafts[number]!
  draft.start = Math.min(draft.start, start)
  draft.end = Math.max(draft.end, end)
  if (biotype !== undefined) {
    draft.biotypes.add(biotype)
  }
  draft.hasCds ||= coding
  if (spliced) {
    draft.spliced = draft.spliced
      ? {
          start: Math.min(draft.spliced.start, spliced.start),
          end: Math.max(draft.spliced.end, spliced.end),
        }
      : spliced
  }
  return number
}

function codingOf(draft: GeneDraft, annotation: Annotation, biotypes: WantedBiotypes): Coding {
  if (biotypes === undefined) {
    return 'yes'
  }
  if (draft.biotypes.size > 0) {
    return [...draft.biotypes].some(biotype => biotypes.has(biotype)) ? 'yes' : 'no'
  }
  // CDS rows tell protein-coding genes; they say nothing about other biotypes that were asked for.
  if (annotation.statesCoding) {
    return draft.hasCds && biotypes.has('protein_coding') ? 'yes' : 'no'
  }
  return annotation.statesBiotypes ? 'no' : 'unknown'
}

/** Makes undecided genes coding that share a splice site with a coding one; returns how many stay undecided. */
function decideBySharedSites(drafts: GeneDraft[], introns: IntronCollector): number {
  if (drafts.some(draft => draft.coding === 'unknown')) {
    const codingSites = new Set<number>()
    introns.visitSites((site, gene) => {
      if (drafts[gene]!.coding === 'yes') {
        codingSites.add(site)
      }
    })
    introns.visitSites((site, gene) => {
      if (drafts[gene]!.coding === 'unknown' && codingSites.has(site)) {
        drafts[gene]!.coding = 'yes'
      }
    })
  }
  return drafts.filter(draft => draft.coding === 'unknown').length
}

function finished({ id, contig, strand, start, end, spliced, coding }: GeneDraft): Gene {
  return { id, contig, strand, start, end, spliced, isCoding: coding === 'yes' }
}

function compareGenes(a: Gene, b: Gene): number {
  return (
    a.contig - b.contig ||
    a.start - b.start ||
    a.end - b.end ||
    strandRank(a.strand) - strandRank(b.strand) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  )
}

const groupOf = (contig: number, strand: Strand) => contig * 3 + strandRank(strand)

interface TranscriptIntron {
  contig: number
  start: number
  end: number
  strand: Strand
  id: string
  primary: boolean
}

interface IntronDraft {
  contig: number
  start: number
  end: number
  strand: Strand
  ids: string[]
  primary: boolean
  genes: number[]
}

/** Joins the same introns of different transcripts. */
class IntronCollector {
  readonly #numbers = new IntervalTable()
  readonly #drafts: IntronDraft[] = []

  add({ contig, start, end, strand, id, primary }: TranscriptIntron, gene: number): void {
    const number = this.#numbers.intern(groupOf(contig, strand), start, end)
    const draft = this.#drafts[number]
    if (draft === undefined) {
      this.#drafts.push({ contig, start, end, strand, ids: [id], primary, genes: [gene] })
      return
    }
    draft.primary ||= primary
    if (!draft.ids.includes(id)) {
      draft.ids.push(id)
    }
    if (!draft.genes.includes(gene)) {
      draft.genes.push(gene)
    }
  }

  /** Calls with the number of each splice site and each gene that has it. */
  visitSites(visit: (site: number, gene: number) => void): void {
    const sites = new IntervalTable()
    for (const { contig, start, end, strand, genes } of this.#drafts) {
      const group = groupOf(contig, strand)
      // An intron's end is told from a start at the same base.
      for (const site of [sites.intern(group, start, 0), sites.intern(group, end, 1)]) {
        for (const gene of genes) {
          visit(site, gene)
        }
      }
    }
  }

  finish(genes: readonly Gene[], numberOf: Int32Array): KnownIntron[] {
    const known = this.#drafts.map(({ contig, start, end, strand, ids, primary, genes: own }) => {
      const numbers = own.map(draft => numberOf[draft]!).sort((a, b) => a - b)
      const coding = numbers.find(number => genes[number]!.isCoding)
      return {
        contig,
        start,
        end,
        strand,
        transcripts: ids.sort(),
        isPrimary: primary,
        isCoding: coding !== undefined,
        gene: coding ?? numbers[0]!,
      }
    })
    return known.sort(
      (a, b) =>
        a.contig - b.contig ||
        a.start - b.start ||
        a.end - b.end ||
        strandRank(a.strand) - strandRank(b.strand),
    )
  }
}
