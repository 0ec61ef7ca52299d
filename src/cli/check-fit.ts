import { ReferenceMismatchError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { grouped } from '../core/number-text.ts'
import type { JunctionEvidence } from '../genome/junction.ts'
import { referenceFit } from '../junctions/reference-fit.ts'
import type { OpenedInput } from './inputs.ts'

/** Fewer junctions than this are no reason to doubt a reference: where its lengths agree, and where they do not. */
const MIN_JUNCTIONS = 20
const MIN_FRONT_JUNCTIONS = 5

/**
 * Compares the junctions with the sequence they were looked up in.
 * Throws: ReferenceMismatchError when the contigs' lengths do not vouch for the reference and its sequence does not
 * either; where the lengths agree it is a warning.
 */
export function checkFit(input: OpenedInput, junctions: readonly JunctionEvidence[], log: Log): void {
  if (!input.reference) {
    return
  }
  const { path } = input.reference
  const hint = 'is it the sequence the reads were aligned to, from the first base of each contig on?'
  const onFronts = junctions.filter(({ contig }) => input.contigs.get(contig)?.how === 'front-part')
  const fronts = referenceFit(onFronts)
  if (onFronts.length > 0 && onFronts.length === junctions.length && fronts.junctions === 0) {
    throw new ReferenceMismatchError(
      `${path} does not fit ${input.label}: all ${grouped(junctions.length)} junctions lie past the ends of its shortened contigs`,
      hint,
    )
  }
  if (fronts.junctions >= MIN_FRONT_JUNCTIONS && !fronts.isPlausible) {
    throw new ReferenceMismatchError(
      `${path} does not fit ${input.label}: only ${percent(fronts.share)} of the junctions on its shortened contigs, weighed by their reads, have a canonical motif there`,
      hint,
    )
  }
  const all = referenceFit(junctions)
  if (all.junctions >= MIN_JUNCTIONS && !all.isPlausible) {
    log.warn(
      `only ${percent(all.share)} of the junctions of ${input.label}, weighed by their reads, have a canonical motif in ${path}; ${hint}`,
    )
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
