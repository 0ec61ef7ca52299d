import type { JunctionEvidence } from '../genome/junction.ts'

/** STAR's motif classes, the order of its four-valued outSJfilter parameters. */
type MotifClass = 0 | 1 | 2 | 3

const MIN_OVERHANG = [30, 12, 12, 12]
const MIN_UNIQUE = [3, 1, 1, 1]
const MIN_TOTAL = [3, 1, 1, 1]
const MIN_DISTANCE = [10, 0, 5, 10]
/** Longest intron for junctions with 1, 2 and 3 reads. */
const MAX_INTRON_BY_READS = [50_000, 100_000, 200_000]

function motifClass(junction: JunctionEvidence): MotifClass {
  switch (junction.motif) {
    case 'GT-AG':
      return 1
    case 'GC-AG':
      return 2
    case 'AT-AC':
      return 3
    default:
      return 0
  }
}

/**
 * Returns the junctions of one contig that STAR's default output filters keep; annotated ones are exempt.
 * The distance to the next junction's donor and acceptor is measured among the junctions that pass the other filters.
 * Source: STAR manual 2.7.10, parameters outSJfilterOverhangMin, -CountUniqueMin, -CountTotalMin,
 * -DistToOtherSJmin, -IntronMaxVsReadN.
 */
export function starFilter(junctions: readonly JunctionEvidence[]): JunctionEvidence[] {
  const supported = junctions.filter(junction => junction.annotated === true || isSupported(junction))
  const starts = sorted(supported.map(junction => junction.start))
  const ends = sorted(supported.map(junction => junction.end))
  return supported.filter(junction => {
    const distance = MIN_DISTANCE[motifClass(junction)]!
    return (
      junction.annotated === true ||
      (isApart(starts, junction.start, distance) && isApart(ends, junction.end, distance))
    )
  })
}

function isSupported(junction: JunctionEvidence): boolean {
  const motif = motifClass(junction)
  const unique = junction.unique ?? 0
  const total = unique + (junction.multi ?? 0)
  const longest = MAX_INTRON_BY_READS[total - 1] ?? Number.POSITIVE_INFINITY
  return (
    (unique >= MIN_UNIQUE[motif]! || total >= MIN_TOTAL[motif]!) &&
    (junction.maxAnchor ?? 0) >= MIN_OVERHANG[motif]! &&
    junction.end - junction.start <= longest
  )
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

/** True when no other junction's value lies nearer than `distance`; a shared one is at distance 0. */
function isApart(values: readonly number[], value: number, distance: number): boolean {
  const at = firstAt(values, value)
  const before = values[at - 1]
  const after = values[at + 1]
  return (
    (before === undefined || value - before >= distance) && (after === undefined || after - value >= distance)
  )
}

function firstAt(values: readonly number[], value: number): number {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! < value) {
      low = middle + 1
    } else {
      high = middle
    }
  }
  return low
}
