import { InputDataError, UsageError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { matchContigs } from '../../genome/contig-names.ts'
import type { Interval } from '../../genome/interval.ts'
import { readBedIntervals } from '../../io/bed-intervals.ts'
import type { ReferenceGenome } from '../../io/reference.ts'

const WHY_NOT_NOTHING = 'regions that exclude nothing would be taken for a clean dataset'

/**
 * Returns the regions of BED files under the reference's contig names; rows on contigs it lacks are warned of.
 * Throws: InputDataError for a file without rows, or without a base in them; UsageError when one has no contig of the reference.
 */
export async function excludedRegions(
  paths: readonly string[],
  reference: ReferenceGenome,
  log: Log,
): Promise<Interval[]> {
  const known = new Map([...reference.contigs.keys()].map(name => [name, 0]))
  const regions: Interval[] = []
  for (const path of paths) {
    const rows = await readBedIntervals(path)
    if (rows.every(({ start, end }) => start === end)) {
      throw new InputDataError(`--exclude ${path}: expected BED rows with bases, found none`, WHY_NOT_NOTHING)
    }
    const names = [...new Set(rows.map(row => row.contig))]
    const nameOf = new Map(
      matchContigs(
        names.map(name => ({ name })),
        known,
      ).map(match => [match.name, match.reference]),
    )
    const missing = names.filter(name => nameOf.get(name) === undefined)
    if (missing.length === names.length) {
      throw new UsageError(
        `--exclude ${path}: expected contigs of the reference, found ${names.slice(0, 5).join(', ')}`,
        WHY_NOT_NOTHING,
      )
    }
    if (missing.length > 0) {
      log.warn(
        `${path}: ${missing.length} contigs are not in the reference: ${missing.slice(0, 5).join(', ')}`,
      )
    }
    for (const { contig, start, end } of rows) {
      const name = nameOf.get(contig)
      if (name !== undefined) {
        regions.push({ contig: name, start, end })
      }
    }
  }
  return regions
}
