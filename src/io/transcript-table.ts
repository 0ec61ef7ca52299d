import { type Strand, strandRank } from '../genome/strand.ts'

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
}

/** Where a row lies. Coordinates: 0-based half-open. */
export interface RowSpan {
  start: number
  end: number
  strand: Strand
}

/**
 * A transcript and its exons, ascending, merged where they touch or overlap.
 * Coordinates: 0-based half-open. `biotype` is the gene's where known, else the transcript's own.
 */
export interface Transcript {
  id: string
  gene: string | undefined
  biotype: string | undefined
  contig: string
  strand: Strand
  exons: { start: number; end: number }[]
}

/**
 * Longest gap between exons taken as an intron where no row spans the whole transcript; a wider gap separates two
 * copies that share an ID. It is also how far a region query looks around a region, which is why both ways agree.
 */
export const MAX_UNSPANNED_INTRON = 1_000_000

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
}

interface Exon {
  start: number
  end: number
}

interface ParentRow extends Exon {
  contig: string
  strand: Strand
  gene: string | undefined
  geneBiotype: string | undefined
  biotype: string | undefined
  isWholeTranscript: boolean
}

/** Collects annotation rows in any order and puts the transcripts together. */
export class TranscriptTable {
  /** Contigs in order of first appearance. */
  readonly contigs = new Map<string, number>()
  exonsWithoutParent = 0
  /** IDs named as a parent by exons, for which no row was seen. */
  unknownParents = 0
  /** Copies of a transcript found far apart under one ID. */
  splitCopies = 0
  private readonly groups = new Map<string, Group>()
  private readonly parents = new Map<string, ParentRow[]>()
  private readonly geneBiotypes = new Map<string, string>()
  private readonly proteins = new Set<string>()
  private readonly texts = new Map<string, string>()

  add(row: AnnotationRow, span: RowSpan): void {
    if (!this.contigs.has(row.contig)) {
      this.contigs.set(this.kept(row.contig), this.contigs.size)
    }
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
      const parent = { ...known, ...span, isWholeTranscript: row.isWholeTranscript }
      const list = this.parents.get(id)
      if (list) {
        list.push(parent)
      } else {
        this.parents.set(id, [parent])
      }
    }
  }

  private addExon(id: string, row: AnnotationRow, span: RowSpan): void {
    // Genes of the X/Y pseudo-autosomal region, and trans-spliced ones, use an ID on several contigs or strands.
    const key = `${row.contig}\t${span.strand}\t${id}`
    let group = this.groups.get(key)
    if (!group) {
      group = { id: this.kept(id), strand: span.strand, exons: [], parts: [], ...this.keptFields(row) }
      this.groups.set(key, group)
    }
    const list = row.kind === 'exon' ? group.exons : group.parts
    list.push({ start: span.start, end: span.end })
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
    for (const group of this.groups.values()) {
      // A protein row repeats the CDS of a transcript that is there on its own.
      if (group.exons.length > 0 || !this.proteins.has(group.id)) {
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
      this.unknownParents++
    }
    const onContig = (all ?? []).filter(row => row.contig === group.contig)
    const rows = onContig.filter(row => row.strand === group.strand)
    const merged =
      group.exons.length > 0 ? mergeExons(group.exons, 0) : mergeExons(group.parts, LONGEST_FRAMESHIFT)
    const pieces = splitCopies(merged, rows)
    this.splitCopies += pieces.length - 1
    for (const exons of pieces) {
      const span = { start: exons[0]!.start, end: exons.at(-1)!.end }
      // Trans-spliced transcripts have one row, on one of their two strands.
      const row = rows.find(r => overlaps(r, span)) ?? onContig.find(r => overlaps(r, span))
      const gene = group.gene ?? row?.gene
      const biotype =
        group.geneBiotype ??
        row?.geneBiotype ??
        (gene === undefined ? undefined : this.geneBiotypes.get(gene)) ??
        row?.biotype ??
        group.biotype
      into.push({ id: group.id, gene, biotype, contig: group.contig, strand: group.strand, exons })
    }
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function overlaps(a: Exon, b: Exon): boolean {
  return a.start < b.end && b.start < a.end
}

/** Returns the exons sorted and merged where at most `gap` bases lie between them; they are used up. */
function mergeExons(exons: Exon[], gap: number): Exon[] {
  exons.sort((a, b) => a.start - b.start || a.end - b.end)
  const merged: Exon[] = []
  for (const exon of exons) {
    const last = merged.at(-1)
    if (last && exon.start - last.end <= gap) {
      last.end = Math.max(last.end, exon.end)
    } else {
      merged.push(exon)
    }
  }
  return merged
}

/** Returns the exons cut into copies: at gaps between different parent rows, and at gaps too wide for an intron. */
function splitCopies(exons: Exon[], rows: readonly ParentRow[]): Exon[][] {
  const copies: Exon[][] = [[exons[0]!]]
  for (let i = 1; i < exons.length; i++) {
    if (sameCopy(exons[i - 1]!, exons[i]!, rows)) {
      copies.at(-1)!.push(exons[i]!)
    } else {
      copies.push([exons[i]!])
    }
  }
  return copies
}

function sameCopy(left: Exon, right: Exon, rows: readonly ParentRow[]): boolean {
  const ofLeft = rows.filter(row => overlaps(row, left))
  const ofRight = rows.filter(row => overlaps(row, right))
  const common = ofLeft.filter(row => ofRight.includes(row))
  if (common.length === 0 && ofLeft.length > 0 && ofRight.length > 0) {
    return false
  }
  return right.start - left.end <= MAX_UNSPANNED_INTRON || common.some(row => row.isWholeTranscript)
}
