import type { JunctionEvidence } from '../genome/junction.ts'
import { CANONICAL_MOTIFS, reverseMotifText } from '../genome/motif.ts'

const EITHER_STRAND = new Set<string>([...CANONICAL_MOTIFS, ...CANONICAL_MOTIFS.map(reverseMotifText)])

/**
 * On a wrong sequence 6 of 256 ends (2.3 %) are canonical by chance; on the right one the noisiest of eight BAM files
 * tried, simulated Nanopore reads with no filter on anchors, reached 89 %.
 */
const MIN_SHARE = 0.2

/** How well junctions fit the reference. */
export interface ReferenceFit {
  /** Junctions whose motif is known. */
  junctions: number
  /** Share of their reads that lie on canonical motifs of either strand; 1 without junctions. */
  share: number
  isPlausible: boolean
}

/** Returns the fit of the junctions whose motif is known. */
export function referenceFit(junctions: readonly JunctionEvidence[]): ReferenceFit {
  let known = 0
  let reads = 0
  let canonical = 0
  for (const { motif, reads: own = 1 } of junctions) {
    if (motif !== undefined && !motif.includes('N')) {
      known++
      reads += own
      canonical += EITHER_STRAND.has(motif) ? own : 0
    }
  }
  const share = reads === 0 ? 1 : canonical / reads
  return { junctions: known, share, isPlausible: share >= MIN_SHARE }
}
