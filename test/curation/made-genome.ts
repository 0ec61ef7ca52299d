import { type Random, seededRandom } from '../../src/core/random.ts'
import type { TrainingReference } from '../../src/curation/annotated-examples.ts'
import { type Curated, type CurateRequest, type CurateRules, curate } from '../../src/curation/curate.ts'
import {
  type AnnotationInput,
  buildGeneModel,
  type GeneModel,
  type WantedBiotypes,
} from '../../src/curation/labels/gene-model.ts'
import type { LabelSettings } from '../../src/curation/labels/label-junctions.ts'
import { SupportPool } from '../../src/curation/labels/support-pool.ts'
import { encodeText } from '../../src/genome/sequence.ts'
import type { Strand } from '../../src/genome/strand.ts'
import type { Annotation, Transcript } from '../../src/io/annotation.ts'

/** A transcript in short; its gene is called like it unless said. Coordinates: 0-based half-open exons. */
export interface MadeTranscript {
  id: string
  gene?: string
  contig?: string
  strand?: Strand
  exons: [start: number, end: number][]
  biotype?: string
  coding?: boolean
  mane?: boolean
}

/** Returns an annotation as the reader gives it; it states biotypes, or CDS, where a transcript has one. */
export function annotationOf(made: readonly MadeTranscript[]): Annotation {
  const transcripts: Transcript[] = made.map(
    ({ id, gene, contig = 'c1', strand = '+', exons, biotype, coding, mane }) => ({
      id,
      gene: gene ?? `gene-of-${id}`,
      biotype,
      contig,
      strand,
      exons: exons.map(([start, end]) => ({ start, end })),
      coding: coding ?? false,
      maneSelect: mane ?? false,
    }),
  )
  return {
    transcripts,
    introns: [],
    statesBiotypes: made.some(transcript => transcript.biotype !== undefined),
    statesCoding: made.some(transcript => transcript.coding),
    warnings: [],
  }
}

/** Returns an annotation as `buildGeneModel` takes it: contigs c1, c2, ... are 0, 1, ... */
export function inputOf(made: readonly MadeTranscript[], isPrimary?: AnnotationInput['isPrimary']) {
  const names = [...new Set(made.map(({ contig = 'c1' }) => contig))]
  return {
    label: 'made.gff3',
    annotation: annotationOf(made),
    contigs: new Map(names.map(name => [name, Number(name.slice(1)) - 1])),
    isPrimary: isPrimary ?? ((transcript: Transcript) => transcript.maneSelect),
  }
}

/** Returns the genes and introns of one annotation in which all that is said is protein-coding. */
export function modelOf(
  made: readonly MadeTranscript[],
  biotypes: WantedBiotypes = new Set(['protein_coding']),
): GeneModel {
  const coding = made.map(transcript => ({ biotype: 'protein_coding', ...transcript }))
  return buildGeneModel([inputOf(coding)], biotypes)
}

/** A junction with its support, on contig number 0 unless said. Coordinates: 0-based half-open. */
export type MadeJunction = [start: number, end: number, strand: Strand, support: number, contig?: number]

/** Returns the support of one input. */
export function poolOf(junctions: readonly MadeJunction[]): SupportPool {
  const pool = new SupportPool(1)
  for (const [start, end, strand, support, contig = 0] of junctions) {
    pool.add(0, contig, start, end, strand, support)
  }
  return pool
}

/** Returns random bases without N. */
export function randomCodes(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random.int(4))
}

/** Writes the ends of an intron, in transcript orientation GT-AG unless said, over the bases that are there. */
export function plantIntron(
  codes: Uint8Array,
  start: number,
  end: number,
  strand: Strand,
  motif = 'GT-AG',
): void {
  const ends = encodeText(motif.replace('-', ''))
  const forward = strand === '-' ? ends.map(code => (code === 4 ? 4 : 3 - code)).reverse() : ends
  codes.set(forward.subarray(0, 2), start)
  codes.set(forward.subarray(2), end - 2)
}

/** Returns a reference in memory. */
export function referenceOf(genome: ReadonlyMap<string, Uint8Array>): TrainingReference {
  return {
    contigs: new Map(Array.from(genome, ([name, codes]) => [name, codes.length])),
    loadContig: async name => genome.get(name)!,
  }
}

/** A genome of random bases with genes, their annotation and the support of their introns. */
export interface MadeGenome {
  genome: Map<string, Uint8Array>
  transcripts: MadeTranscript[]
  junctions: MadeJunction[]
}

export interface GenomePlan {
  contigs?: number
  genesPerContig?: number
  /** Introns of a gene. */
  introns?: number
  /** Share of genes with a gene inside them on the other strand. */
  nested?: number
  seed?: number
}

/**
 * Returns a genome where every gene has GT-AG introns of 60 to 500 bases with support 120, a skipped exon with support
 * 150 that is not annotated, and opposite to it a stray junction of support 1. Genes stand 100 to 2,000 bases apart.
 */
export function madeGenome(plan: GenomePlan = {}): MadeGenome {
  const { contigs = 2, genesPerContig = 6, introns = 4, nested = 0.3, seed = 1 } = plan
  const random = seededRandom(seed)
  const genome = new Map<string, Uint8Array>()
  const transcripts: MadeTranscript[] = []
  const junctions: MadeJunction[] = []
  for (let contig = 0; contig < contigs; contig++) {
    const name = `c${contig + 1}`
    const drafts: { strand: '+' | '-'; exons: [number, number][]; hasNested: boolean }[] = []
    let at = random.int(300)
    for (let gene = 0; gene < genesPerContig; gene++) {
      const exons: [number, number][] = []
      for (let exon = 0; exon <= introns; exon++) {
        const end = at + 60 + random.int(150)
        exons.push([at, end])
        at = end + 60 + random.int(440)
      }
      drafts.push({ strand: random.int(2) === 0 ? '+' : '-', exons, hasNested: random.float() < nested })
      at = exons.at(-1)![1] + 100 + random.int(1900)
    }
    const codes = randomCodes(at, random)
    genome.set(name, codes)
    for (const [gene, { strand, exons, hasNested }] of drafts.entries()) {
      const id = `${name}g${gene + 1}`
      transcripts.push({ id, contig: name, strand, exons, biotype: 'protein_coding' })
      const other = strand === '+' ? '-' : '+'
      for (let i = 1; i < exons.length; i++) {
        const [start, end] = [exons[i - 1]![1], exons[i]![0]]
        plantIntron(codes, start, end, strand)
        junctions.push([start, end, strand, 120, contig])
      }
      junctions.push([exons[0]![1], exons[2]![0], strand, 150, contig])
      if (hasNested) {
        const [from, to] = exons[1]!
        transcripts.push({
          id: `${id}n`,
          contig: name,
          strand: other,
          exons: [
            [from, from + 10],
            [to - 10, to],
          ],
          biotype: 'protein_coding',
        })
        plantIntron(codes, from + 10, to - 10, other)
        junctions.push([from + 10, to - 10, other, 300, contig])
      } else {
        const [from, to] = exons[1]!
        plantIntron(codes, from + 5, to - 5, other)
        junctions.push([from + 5, to - 5, other, 1, contig])
      }
    }
  }
  return { genome, transcripts, junctions }
}

export const LABELS: LabelSettings = {
  minSupport: 100,
  noiseSupport: 1,
  minIntron: 20,
  maxIntron: 1_000_000,
  strandNoise: 0.05,
  keepUnknown: true,
}

/** Returns the part that holds nothing. */
export const noPart = () => ({ contigs: new Set<number>(), genes: new Set<number>(), share: 0 })

/** Returns rules: the defaults of the command, without a test or validation part. */
export function rulesOf(change: Partial<CurateRules> = {}): CurateRules {
  return {
    labels: LABELS,
    decoys: { random: 1, nearMiss: 0, noncanonical: 0 },
    splits: { test: noPart(), validation: noPart() },
    likeness: { maxIdentity: 0.9, kmer: 31 },
    layout: { kind: 'junction' },
    seed: 1,
    ...change,
  }
}

export interface MadeCuration {
  request: CurateRequest
  curated: Curated
}

/** Returns a made genome's examples, with what they were made from. */
export async function curateMade(
  made: MadeGenome,
  change: Partial<CurateRules> = {},
  more: Partial<CurateRequest> = {},
): Promise<MadeCuration> {
  const request: CurateRequest = {
    reference: referenceOf(made.genome),
    model: modelOf(made.transcripts),
    pool: poolOf(made.junctions),
    rules: rulesOf(change),
    excluded: [],
    excludedSequences: undefined,
    ...more,
  }
  return { request, curated: await curate(request) }
}
