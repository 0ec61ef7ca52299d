import { groupByContig } from '../genome/interval.ts'
import { compareOnContig, type JunctionEvidence } from '../genome/junction.ts'
import { intronEnds, motifOfEnds, strandOfEnds } from '../genome/motif.ts'
import type { LoadCodes } from './extract.ts'
import type { IntronIndex } from './intron-index.ts'

/** Called for each contig whose codes are in memory, with its finished junctions. */
export type OnContig = (
  contig: string,
  codes: Uint8Array,
  junctions: readonly JunctionEvidence[],
) => Promise<void>

/**
 * Returns the junctions of a table, sorted, with what the reference and the annotation know about them: the motif;
 * the strand of a canonical motif where the table has none; whether they are annotated. Nothing the table states is
 * changed, and no row is dropped or merged.
 */
export async function completeTable(
  junctions: readonly JunctionEvidence[],
  contigOrder: readonly string[],
  loadCodes: LoadCodes | undefined,
  annotation: IntronIndex | undefined,
  onContig?: OnContig,
): Promise<JunctionEvidence[]> {
  const groups = groupByContig(junctions)
  const known = contigOrder.filter(contig => groups.has(contig))
  const others = [...groups.keys()].filter(contig => !known.includes(contig))
  const completed: JunctionEvidence[] = []
  for (const contig of [...known, ...others]) {
    const codes = await loadCodes?.(contig)
    const list = groups
      .get(contig)!
      .map(junction => annotate(codes ? withMotif(junction, codes) : junction, annotation))
      .sort(compareOnContig)
    if (codes) {
      await onContig?.(contig, codes, list)
    }
    for (const junction of list) {
      completed.push(junction)
    }
  }
  return completed
}

function withMotif(junction: JunctionEvidence, codes: Uint8Array): JunctionEvidence {
  if (junction.end > codes.length) {
    return junction
  }
  const ends = intronEnds(codes, junction.start, junction.end)
  const motifStrand = strandOfEnds(ends)
  if (junction.strand === '.' && motifStrand !== '.') {
    return { ...junction, strand: motifStrand, strandSource: 'motif', motif: motifOfEnds(ends, motifStrand) }
  }
  return { ...junction, motif: motifOfEnds(ends, junction.strand) }
}

function annotate(junction: JunctionEvidence, annotation: IntronIndex | undefined): JunctionEvidence {
  return annotation ? { ...junction, annotated: annotation.has(junction) } : junction
}
