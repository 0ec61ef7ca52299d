import { FLAG } from '../io/bam-records.ts'
import type { SpliceTags } from '../io/bam-tags.ts'
import type { TagRule } from './settings.ts'
import { STRAND_CLASS } from './support-table.ts'

/** Which mate a read is and how it lies: its class where no tag tells the strand; `none` when the flags do not say. */
export function placementClass(flag: number): number {
  const reverse = (flag & FLAG.reverse) !== 0
  const mates = flag & (FLAG.read1 | FLAG.read2)
  if ((flag & FLAG.paired) === 0 || mates === FLAG.read1) {
    return reverse ? STRAND_CLASS.firstReverse : STRAND_CLASS.firstForward
  }
  if (mates === FLAG.read2) {
    return reverse ? STRAND_CLASS.secondReverse : STRAND_CLASS.secondForward
  }
  return STRAND_CLASS.none
}

/** Spliced reads of known strand that lie along their transcript (sense) or against it. */
export interface MateOrientation {
  sense: number
  antisense: number
}

/** Returns which mate a class is about and the sign of its own strand; undefined for tag classes and `none`. */
export function placement(strandClass: number): { mate: 'first' | 'second'; sign: 1 | -1 } | undefined {
  switch (strandClass) {
    case STRAND_CLASS.firstForward:
      return { mate: 'first', sign: 1 }
    case STRAND_CLASS.firstReverse:
      return { mate: 'first', sign: -1 }
    case STRAND_CLASS.secondForward:
      return { mate: 'second', sign: 1 }
    case STRAND_CLASS.secondReverse:
      return { mate: 'second', sign: -1 }
    default:
      return undefined
  }
}

/** True when a pair's mates lie on opposite strands; single-end reads always do. */
function matesFace(flag: number): boolean {
  return (flag & FLAG.paired) === 0 || ((flag & FLAG.reverse) !== 0) !== ((flag & FLAG.mateReverse) !== 0)
}

/**
 * Returns the strand class of a read: XS first, then ts, which is relative to the read and therefore flipped on
 * reverse reads, then its placement.
 */
export function strandClass(
  flag: number,
  tags: SpliceTags,
  tagRule: TagRule,
  matesMustFace: boolean,
): number {
  if (tagRule !== 'none' && tags.xs !== 0) {
    return tags.xs > 0 ? STRAND_CLASS.xsPlus : STRAND_CLASS.xsMinus
  }
  if (tagRule === 'XS,ts' && tags.ts !== 0) {
    const sign = (flag & FLAG.reverse) !== 0 ? -tags.ts : tags.ts
    return sign > 0 ? STRAND_CLASS.tsPlus : STRAND_CLASS.tsMinus
  }
  return matesMustFace && !matesFace(flag) ? STRAND_CLASS.none : placementClass(flag)
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
