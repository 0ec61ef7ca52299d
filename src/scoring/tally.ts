import { CANONICAL_MOTIFS } from '../genome/motif.ts'
import type { ScoredJunction } from './scored-junction.ts'
import { STATUSES, type Status } from './status.ts'

/** Counts over scored junctions, for the summary. */
export interface ScoreTally {
  junctions: number
  pass: number
  fail: number
  statuses: Record<Status, number>
  motifs: Record<string, { junctions: number; pass: number }>
  annotated: { junctions: number; pass: number }
  unannotated: { junctions: number; pass: number }
}

/** Returns the counts; motifs other than the three canonical ones are counted together as `other`. */
export function tallyScores(junctions: readonly ScoredJunction[]): ScoreTally {
  const tally: ScoreTally = {
    junctions: junctions.length,
    pass: 0,
    fail: 0,
    statuses: Object.fromEntries(Object.keys(STATUSES).map(status => [status, 0])) as Record<Status, number>,
    motifs: Object.fromEntries(
      [...CANONICAL_MOTIFS, 'other'].map(motif => [motif, { junctions: 0, pass: 0 }]),
    ),
    annotated: { junctions: 0, pass: 0 },
    unannotated: { junctions: 0, pass: 0 },
  }
  for (const { call, status, motif, annotated } of junctions) {
    const pass = call === 'pass' ? 1 : 0
    tally.pass += pass
    tally.fail += call === 'fail' ? 1 : 0
    tally.statuses[status]++
    const groups = [tally.motifs[isCanonical(motif) ? motif : 'other']!]
    if (annotated !== undefined) {
      groups.push(annotated ? tally.annotated : tally.unannotated)
    }
    for (const group of groups) {
      group.junctions++
      group.pass += pass
    }
  }
  return tally
}

function isCanonical(motif: string | undefined): motif is string {
  return (CANONICAL_MOTIFS as readonly (string | undefined)[]).includes(motif)
}
