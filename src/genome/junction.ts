import { type Strand, strandRank } from './strand.ts'

/**
 * A splice junction: the intron between two exons.
 * Coordinates: `[start, end)` on the reference forward strand, 0-based half-open; `start` is the first
 * intron base, `end` the first base of the exon to its right.
 */
export interface Junction {
  contig: string
  start: number
  end: number
  strand: Strand
}

/** Orders junctions of one contig by start, end, strand (`+`, `-`, `.`). */
export function compareOnContig(a: Junction, b: Junction): number {
  return a.start - b.start || a.end - b.end || strandRank(a.strand) - strandRank(b.strand)
}

/** How a junction's strand was decided. `both` = no evidence, scored on both strands; `table` = read from a junction table. */
export type StrandSource = 'XS' | 'ts' | 'library' | 'motif' | 'table' | 'both' | '.'

/**
 * A junction with what is known about its support. Undefined = not known (written as `.`).
 * Units: counts of fragments (mates of a pair crossing the same intron count once) or reads (alignments); bases for anchors.
 */
export interface JunctionEvidence extends Junction {
  strandSource: StrandSource
  /** Dinucleotides in transcript orientation, donor first, e.g. `GT-AG`; undefined without a reference. */
  motif: string | undefined
  fragments: number | undefined
  reads: number | undefined
  /** Support by uniquely mapped evidence, in the count unit of the run (fragments by default). */
  unique: number | undefined
  /** Support by multi-mapped evidence, in the same unit. */
  multi: number | undefined
  /** Largest over reads of the smaller of the two anchors. */
  maxAnchor: number | undefined
  /** Largest anchor on the left and on the right side, each over all reads; only regtools BED12 carries them. */
  leftAnchor: number | undefined
  rightAnchor: number | undefined
  /** Number of different alignment start positions among the supporting reads. */
  distinctStarts: number | undefined
  /** True when the same intron (contig, start, end, and strand where known) is in the annotation. */
  annotated: boolean | undefined
}
