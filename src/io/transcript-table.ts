import { type Strand, strandRank } from '../genome/strand.ts'
import {
  type Exon,
  mergeExons,
  type ParentSpan,
  someOverlap,
  spansOverlap,
  splitCopies,
} from './transcript-exons.ts'

/** What one GFF3 or GTF row says about transcripts. */
export interface AnnotationRow {
  /** `part` = CDS or UTR, used where a transcript has no exon rows. */
  kind: 'exon' | 'part' | 'transcript' | 'gene' | 'protein'
  contig: string
  /** Exon and part rows: the transcripts they belong to. Other rows: their own ID, if any. */
  ids: readonly string[]
  gene: string | undefined
  /** True for rows that span one transcript (not a gene, not a contig): no intron is too long inside them. */
  isWholeTranscript: boolean
  /** The gene's biotype, where the row states it. */
  geneBiotype: string | undefined
  /** The row's own biotype. */
  biotype: string | undefined
  /** True for a CDS row: what it belongs to is translated. */
  isCds: boolean
  /** True when the row has the tag MANE Select. */
  maneSelect: boolean
}

/** Where a row lies. Coordinates: 0-based half-open. */
export interface RowSpan {
  start: number
  end: number
  strand: Strand
}

/**
 * A transcript and its exons, ascending, merged where they touch or overlap.
 * Coordinates: 0-based half-open. `biotype` is the gene's where known, else the transcript's own. `coding`: it has CDS
 * rows. `maneSelect`: its own row or one of its exons has the tag (MANE Plus Clinical is another).
 */
export interface Transcript {
  id: string
  gene: string | undefined
  biotype: string | undefined
  contig: string
  strand: Strand
  exons: { start: number; end: number }[]
  coding: boolean
  maneSelect: boolean
}

/** How many transcripts something was found in, and the first one's ID. */
export interface TranscriptCount {
  count: number
  first: string
}

/** CDS rows one or two bases apart write a ribosomal frameshift (47 in yeast's Ty elements), not an intron. */
const LONGEST_FRAMESHIFT = 2

interface Group {
  id: string
  contig: string
  strand: Strand
  exons: Exon[]
  parts: Exon[]
  gene: string | undefined
  geneBiotype: string | undefined
  biotype: string | undefined
  coding: boolean
  maneSelect: boolean
}

interface ParentRow extends ParentSpan {
  contig: string
  strand: Strand
  gene: string | undefined
  geneBiotype: string | undefined
  biotype: string | undefined
  maneSelect: boolean
}

/** Collects annotation rows in any order and puts the transcripts together. */
export class TranscriptTable {
  /** Contigs in order of first appearance. */
  readonly contigs = new Map<string, number>()
  exonsWithoutParent = 0
  /** True once a row has stated a biotype. */
  statesBiotypes = false
  /** True once a CDS row was seen. */
  statesCoding = false
  /** IDs named as a parent by exons, for which no row was seen. */
  readonly unknownParents = noneYet()
  /** Copies of a transcript found far apart under one ID. */
  readonly splitCopies = noneYet()
  /** IDs whose exons lie on more than one contig or strand. */
  readonly scattered = noneYet()
  /** Transcripts of which two different exons overlap. */
  readonly overlapping = noneYet()
  /** The exons of each ID, apart by contig and strand. */
  private readonly groups = new Map<string, Group[]>()
  private readonly parents = new Map<string, ParentRow[]>()
  private readonly geneBiotypes = new Map<string, string>()
  private readonly proteins = new Set<string>()
  private readonly texts = new Map<string, string>()

  add(row: AnnotationRow, span: RowSpan): void {
    if (!this.contigs.has(row.contig)) {
      this.contigs.set(this.kept(row.contig), this.contigs.size)
    }
    this.statesBiotypes ||= row.geneBiotype !== undefined || row.biotype !== undefined
    this.statesCoding ||= row.isCds
    if (row.kind === 'exon' || row.kind === 'part') {
      if (row.ids.length === 0) {
        this.exonsWithoutParent++
      }
      for (const id of row.ids) {
        this.addExon(id, row, span)
      }
    } else if (row.ids.length > 0) {
      this.addParent(this.kept(row.ids[0]!), row, span)
    }
  }

  private addParent(id: string, row: AnnotationRow, span: RowSpan): void {
    if (row.kind === 'protein') {
      this.proteins.add(id)
      return
    }
    const known = this.keptFields(row)
    const biotype = known.geneBiotype ?? known.biotype
    if (biotype !== undefined) {
      this.geneBiotypes.set(id, biotype)
    }
    if (row.kind === 'transcript') {
      const { isWholeTranscript, maneSelect } = row
      const parent = { ...known, ...span, isWholeTranscript, maneSelect }
      const list = this.parents.get(id)
      if (list) {
        list.push(parent)
      } else {
        this.parents.set(id, [parent])
      }
    }
  }

  private addExon(id: string, row: AnnotationRow, span: RowSpan): void {
    const group = this.groupOf(id, row, span.strand)
    group.coding ||= row.isCds
    group.maneSelect ||= row.maneSelect
    const list = row.kind === 'exon' ? group.exons : group.parts
    list.push({ start: span.start, end: span.end })
  }

  /** Genes of the X/Y pseudo-autosomal region, and trans-spliced ones, use an ID on several contigs or strands. */
  private groupOf(id: string, row: AnnotationRow, strand: Strand): Group {
    const ofId = this.groups.get(id)
    const known = ofId?.find(group => group.strand === strand && group.contig === row.contig)
    if (known) {
      return known
    }
    const copy = this.kept(id)
    const fields = this.keptFields(row)
    const group = { id: copy, strand, exons: [], parts: [], ...fields, coding: false, maneSelect: false }
    if (ofId) {
      ofId.push(group)
    } else {
      this.groups.set(copy, [group])
    }
    return group
  }

  private keptFields(row: AnnotationRow): Pick<Group, 'contig' | 'gene' | 'geneBiotype' | 'biotype'> {
    const { gene, geneBiotype, biotype } = row
    return {
      contig: this.kept(row.contig),
      gene: gene === undefined ? undefined : this.kept(gene),
      geneBiotype: geneBiotype === undefined ? undefined : this.kept(geneBiotype),
      biotype: biotype === undefined ? undefined : this.kept(biotype),
    }
  }

  /** Returns one copy per text. A field cut from a line would keep the whole piece of the file in memory. */
  private kept(text: string): string {
    let copy = this.texts.get(text)
    if (copy === undefined) {
      copy = Buffer.from(text).toString()
      this.texts.set(copy, copy)
    }
    return copy
  }

  /** Yields the spans of the rows that cover one transcript each. */
  *wholeTranscripts(): Generator<Exon & { contig: string }> {
    for (const list of this.parents.values()) {
      for (const parent of list) {
        if (parent.isWholeTranscript) {
          yield parent
        }
      }
    }
  }

  /** Returns all transcripts, by contig appearance, start, end, strand, ID. */
  transcripts(): Transcript[] {
    const transcripts: Transcript[] = []
    for (const [id, groups] of this.groups) {
      // A protein row repeats the CDS of a transcript that is there on its own.
      const own = this.proteins.has(id) ? groups.filter(group => group.exons.length > 0) : groups
      if (own.length > 1) {
        countOne(this.scattered, id)
      }
      for (const group of own) {
        this.addTranscripts(group, transcripts)
      }
    }
    return transcripts.sort(
      (a, b) =>
        this.contigs.get(a.contig)! - this.contigs.get(b.contig)! ||
        a.exons[0]!.start - b.exons[0]!.start ||
        a.exons.at(-1)!.end - b.exons.at(-1)!.end ||
        strandRank(a.strand) - strandRank(b.strand) ||
        compareText(a.id, b.id),
    )
  }

  private addTranscripts(group: Group, into: Transcript[]): void {
    const all = this.parents.get(group.id)
    if (!all) {
      countOne(this.unknownParents, group.id)
    }
    const onContig = (all ?? []).filter(row => row.contig === group.contig)
    const rows = onContig.filter(row => row.strand === group.strand)
    const hasExons = group.exons.length > 0
    const sorted = (hasExons ? group.exons : group.parts).sort((a, b) => a.start - b.start || a.end - b.end)
    // CDS, UTR and stop codon rows overlap in many files.
    if (hasExons && someOverlap(sorted)) {
      countOne(this.overlapping, group.id)
    }
    const pieces = splitCopies(mergeExons(sorted, hasExons ? 0 : LONGEST_FRAMESHIFT), rows)
    for (let copy = 1; copy < pieces.length; copy++) {
      countOne(this.splitCopies, group.id)
    }
    for (const exons of pieces) {
      const span = { start: exons[0]!.start, end: exons.at(-1)!.end }
      // Trans-spliced transcripts have one row, on one of their two strands.
      const row = rows.find(r => spansOverlap(r, span)) ?? onContig.find(r => spansOverlap(r, span))
      const gene = group.gene ?? row?.gene
      const biotype =
        group.geneBiotype ??
        row?.geneBiotype ??
        (gene === undefined ? undefined : this.geneBiotypes.get(gene)) ??
        row?.biotype ??
        group.biotype
      const { id, contig, strand, coding } = group
      const maneSelect = group.maneSelect || (row?.maneSelect ?? false)
      into.push({ id, gene, biotype, contig, strand, exons, coding, maneSelect })
    }
  }
}

function noneYet(): TranscriptCount {
  return { count: 0, first: '' }
}

function countOne(counted: TranscriptCount, id: string): void {
  if (counted.count++ === 0) {
    counted.first = id
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
