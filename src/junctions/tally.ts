/** The filters of extraction in the order in which they are applied; `passed` is the last stage. */
export const STAGES = ['flags', 'mapq', 'minIntron', 'maxIntron', 'minAnchor', 'passed'] as const
export type Stage = (typeof STAGES)[number]

export const STAGE = {
  flags: 0,
  mapq: 1,
  minIntron: 2,
  maxIntron: 3,
  minAnchor: 4,
  passed: 5,
} as const

/**
 * What extraction saw and what each filter removed.
 * Every record is in exactly one of `unmapped`, `removedReads.*`, `unspliced` and `supporting`. A spliced record none of
 * whose introns passed is put down to the last filter that any of them reached.
 * Every distinct intron seen is in exactly one of `removedJunctions.*` and the junctions kept: it is put down to the
 * last filter that any of its reads reached.
 */
export interface ExtractTally {
  records: number
  unmapped: number
  unspliced: number
  /** Records that support at least one junction. */
  supporting: number
  removedReads: Record<Exclude<Stage, 'passed'>, number>
  removedJunctions: Record<Exclude<Stage, 'passed'> | 'starFilters', number>
}

export function newTally(): ExtractTally {
  return {
    records: 0,
    unmapped: 0,
    unspliced: 0,
    supporting: 0,
    removedReads: { flags: 0, mapq: 0, minIntron: 0, maxIntron: 0, minAnchor: 0 },
    removedJunctions: { flags: 0, mapq: 0, minIntron: 0, maxIntron: 0, minAnchor: 0, starFilters: 0 },
  }
}
