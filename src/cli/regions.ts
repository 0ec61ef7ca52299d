import { UsageError } from '../core/errors.ts'
import { matchContigs } from '../genome/contig-names.ts'
import { type Interval, mergeIntervals } from '../genome/interval.ts'
import { parseRegion, regionInterval } from '../genome/region.ts'
import type { InputOptions } from './options.ts'

/** A contig of the input; tables do not know lengths. */
export interface Contig {
  name: string
  length?: number
}

/** Returns the regions under the names that another file has for their contigs. */
export function underNamesOf(contigs: readonly string[], regions: readonly Interval[]): Interval[] {
  const own = new Map(regions.map(({ contig }) => [contig, 0]))
  return matchContigs(
    contigs.map(name => ({ name })),
    own,
  ).flatMap(match =>
    regions
      .filter(({ contig }) => contig === match.reference)
      .map(region => ({ ...region, contig: match.name })),
  )
}

/** Returns the merged regions of --region and --regions under the given contigs' names, or undefined without any. */
export async function regionsOf(
  options: InputOptions,
  contigs: readonly Contig[],
): Promise<Interval[] | undefined> {
  if (!options.region && !options.regions) {
    return undefined
  }
  const lengths = new Map(contigs.map(({ name, length }) => [name, length ?? Number.MAX_SAFE_INTEGER]))
  const known = (name: string) =>
    lengths.has(name) || matchContigs([{ name }], lengths)[0]?.reference !== undefined
  const intervals: Interval[] = []
  for (const text of options.region ?? []) {
    const region = parseRegion(text, known)
    if (!region) {
      throw new UsageError(
        `--region ${text}: expected contig:start-end with 1 <= start <= end`,
        'as in samtools: chr1:1001-2000 are bases 1001 to 2000, both included',
      )
    }
    intervals.push(
      namedInterval(region.contig, `--region ${text}`, lengths, contig =>
        regionInterval({ ...region, contig }, lengths.get(contig)!),
      ),
    )
  }
  if (options.regions !== undefined) {
    const { readBedIntervals } = await import('../io/bed-intervals.ts')
    for (const row of await readBedIntervals(options.regions)) {
      intervals.push(namedInterval(row.contig, options.regions, lengths, contig => ({ ...row, contig })))
    }
  }
  return mergeIntervals(intervals.filter(interval => interval.start < interval.end))
}

function namedInterval(
  contig: string,
  where: string,
  lengths: ReadonlyMap<string, number>,
  make: (contig: string) => Interval,
): Interval {
  const name = lengths.has(contig) ? contig : matchContigs([{ name: contig }], lengths)[0]?.reference
  if (name === undefined) {
    throw new UsageError(
      `${where}: no contig ${contig}; there are ${[...lengths.keys()].slice(0, 8).join(', ')}${lengths.size > 8 ? ', ...' : ''}`,
    )
  }
  return make(name)
}
