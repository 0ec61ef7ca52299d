import { FLAG } from '../io/bam-records.ts'
import type { SpliceTags } from '../io/bam-tags.ts'
import { STRAND_CLASS } from './support-table.ts'

/**
 * Returns the strand sign an RF (fr-firststrand, dUTP) library gives the read's transcript: 1, -1, or 0 when the
 * flags do not say which mate it is. An FR library gives the opposite. Single-end reads count as first mates.
 *
 * | read        | RF | FR |
 * |-------------|----|----|
 * | R1 forward  | -  | +  |
 * | R1 reverse  | +  | -  |
 * | R2 forward  | +  | -  |
 * | R2 reverse  | -  | +  |
 * | single fwd  | -  | +  |
 * | single rev  | +  | -  |
 */
export function rfStrand(flag: number): number {
  const reverse = (flag & FLAG.reverse) !== 0
  if ((flag & FLAG.paired) === 0) {
    return reverse ? 1 : -1
  }
  const mates = flag & (FLAG.read1 | FLAG.read2)
  if (mates === FLAG.read1) {
    return reverse ? 1 : -1
  }
  if (mates === FLAG.read2) {
    return reverse ? -1 : 1
  }
  return 0
}

/** True when a pair's mates lie on opposite strands; single-end reads always do. */
export function matesFace(flag: number): boolean {
  return (flag & FLAG.paired) === 0 || ((flag & FLAG.reverse) !== 0) !== ((flag & FLAG.mateReverse) !== 0)
}

/**
 * Returns the strand class of a read: XS first, then ts, which is relative to the read and therefore flipped on
 * reverse reads, then what its flags would say in an RF library.
 */
export function strandClass(
  flag: number,
  tags: SpliceTags,
  useTags: boolean,
  matesMustFace: boolean,
): number {
  if (useTags && tags.xs !== 0) {
    return tags.xs > 0 ? STRAND_CLASS.xsPlus : STRAND_CLASS.xsMinus
  }
  if (useTags && tags.ts !== 0) {
    const sign = (flag & FLAG.reverse) !== 0 ? -tags.ts : tags.ts
    return sign > 0 ? STRAND_CLASS.tsPlus : STRAND_CLASS.tsMinus
  }
  const sign = matesMustFace && !matesFace(flag) ? 0 : rfStrand(flag)
  return sign > 0 ? STRAND_CLASS.rfPlus : sign < 0 ? STRAND_CLASS.rfMinus : STRAND_CLASS.none
}

/** Returns the strand sign of a tag class, 0 for the others. */
export function tagSign(strandClass: number): number {
  switch (strandClass) {
    case STRAND_CLASS.xsPlus:
    case STRAND_CLASS.tsPlus:
      return 1
    case STRAND_CLASS.xsMinus:
    case STRAND_CLASS.tsMinus:
      return -1
    default:
      return 0
  }
}
