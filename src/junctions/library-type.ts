import { strandOfEnds } from '../genome/motif.ts'
import { type Strand, strandOfSign, strandSign } from '../genome/strand.ts'
import type { IntronMotifs } from './intron-motifs.ts'
import type { JunctionExtractor } from './junction-extractor.ts'
import { type MateOrientation, placement } from './read-strand.ts'
import type { Strandness } from './settings.ts'

/** The library type used for reads without a strand tag, and what it rests on. */
export interface LibraryType {
  type: Exclude<Strandness, 'auto'>
  inferred: boolean
  /** First mates and single-end reads. */
  first: MateOrientation
  second: MateOrientation
}

/** Fewer spliced reads than this decide nothing. */
const MIN_EVIDENCE = 20
/** Share of the reads that must agree; stranded kits reach 0.9 and more, unstranded ones about 0.5. */
const MIN_SHARE = 0.8

/** Sign of the transcript's strand relative to the read's, for first and second mates. */
const SENSE: Record<'RF' | 'FR' | 'FF' | 'RR', { first: 1 | -1; second: 1 | -1 }> = {
  RF: { first: -1, second: 1 },
  FR: { first: 1, second: -1 },
  FF: { first: 1, second: 1 },
  RR: { first: -1, second: -1 },
}

/**
 * Returns the strand a library type gives reads of a placement class.
 *
 * | read       | RF | FR | FF | RR |
 * |------------|----|----|----|----|
 * | R1 forward | -  | +  | +  | -  |
 * | R1 reverse | +  | -  | -  | +  |
 * | R2 forward | +  | -  | +  | -  |
 * | R2 reverse | -  | +  | -  | +  |
 *
 * Single-end reads are read as R1.
 */
export function libraryStrand(strandClass: number, type: LibraryType['type']): Strand {
  const placed = placement(strandClass)
  return type === 'unstranded' || !placed ? '.' : strandOfSign(placed.sign * SENSE[type][placed.mate])
}

/**
 * Returns the library type: the one given, or for `auto` the one that the spliced reads' own strands (XS, ts or a
 * canonical motif in the reference) agree with.
 */
export function libraryType(
  strandness: Strandness,
  extractor: JunctionExtractor,
  motifs: IntronMotifs | undefined,
): LibraryType {
  const evidence = extractor.tagOrientation()
  const { support } = extractor
  for (let row = 0; motifs && row < support.size; row++) {
    const placed = placement(support.classOf(row))
    const ends = motifs.ends(support.intronOf(row))
    const motifSign = ends === undefined ? 0 : strandSign(strandOfEnds(ends))
    if (placed && motifSign !== 0) {
      evidence[placed.mate][placed.sign === motifSign ? 'sense' : 'antisense'] += support.reads[row]!
    }
  }
  return strandness === 'auto'
    ? { type: inferredType(evidence.first, evidence.second), inferred: true, ...evidence }
    : { type: strandness, inferred: false, ...evidence }
}

/** A mate without enough evidence of its own is taken to lie opposite to the other, as pairs mostly do. */
function inferredType(first: MateOrientation, second: MateOrientation): LibraryType['type'] {
  const own = { first: side(first), second: side(second) }
  const firstSide = own.first ?? (own.second === undefined ? 0 : -own.second)
  const secondSide = own.second ?? -firstSide
  if (firstSide === 0 || secondSide === 0) {
    return 'unstranded'
  }
  return firstSide < 0 ? (secondSide < 0 ? 'RR' : 'RF') : secondSide < 0 ? 'FR' : 'FF'
}

/** 1 sense, -1 antisense, 0 neither, undefined with too little evidence. */
function side({ sense, antisense }: MateOrientation): number | undefined {
  const total = sense + antisense
  if (total < MIN_EVIDENCE) {
    return undefined
  }
  return sense >= MIN_SHARE * total ? 1 : antisense >= MIN_SHARE * total ? -1 : 0
}
