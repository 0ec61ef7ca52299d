import { grouped } from '../../core/number-text.ts'
import type { Curated } from '../../curation/curate.ts'
import type { CuratedTally } from '../../curation/curated-tally.ts'

/** Returns what a curation did, in a few lines. */
export function describeCuration(curated: Curated, tally: CuratedTally): string[] {
  const { observed, leftOut, leaks } = curated
  const lines: string[] = []
  if (observed.junctions > 0) {
    lines.push(
      `${grouped(observed.junctions)} junctions seen, ${grouped(observed.supported)} with support enough; ${grouped(observed.annotatedIntrons)} annotated introns, ${grouped(observed.annotatedSupported)} with support enough`,
    )
  }
  for (const [split, classes] of Object.entries(tally.classesBySplit)) {
    const counts = Object.entries(classes).map(([name, count]) => `${name} ${grouped(count)}`)
    lines.push(`${split}: ${counts.join(', ')}`)
  }
  for (const { held, cleaned, overlapping, sameBases, alike } of leaks) {
    lines.push(
      `${held}: ${grouped(overlapping + sameBases + alike)} rows of ${cleaned.join(' and ')} left out as too much alike to it`,
    )
  }
  const reasons = Object.entries(leftOut.asRecord())
    .filter(([reason]) => reason !== 'like-test' && reason !== 'like-validation')
    .map(([reason]) => `${reason} ${grouped(leftOut.count(reason))}`)
  if (reasons.length > 0) {
    lines.push(`left out: ${reasons.join(', ')}`)
  }
  return lines
}
