import { UsageError } from '../core/errors.ts'
import { matchContigs } from '../genome/contig-names.ts'
import { groupByContig, type Interval, mergeIntervals } from '../genome/interval.ts'
import { parseRegion, regionInterval } from '../genome/region.ts'
import type { InputOptions } from './options.ts'

/** A contig of the input; tables do not know lengths. */
export interface Contig {
  name: string
  length?: number
}

/** Returns the regions under the names that another file has for their contigs. */
export function underNamesOf(contigs: readonly string[], regions: readonly Interval[]): Interval[] {
  const byContig = groupByContig(regions)
  const own = new Map([...byContig.keys()].map(contig => [contig, 0]))
  return matchContigs(
    contigs.map(name => ({ name })),
    own,
  ).flatMap(({ name, reference }) =>
    (byContig.get(reference ?? '') ?? []).map(region => ({ ...region, contig: name })),
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
  const names = new ContigNames(contigs)
  const intervals = (options.region ?? []).map(text => namedRegion(text, names))
  if (options.regions !== undefined) {
    const { readBedIntervals } = await import('../io/bed-intervals.ts')
    for (const { line1, ...row } of await readBedIntervals(options.regions)) {
      intervals.push({ ...row, contig: names.require(row.contig, `${options.regions}:${line1}`) })
    }
  }
  return mergeIntervals(intervals.filter(interval => interval.start < interval.end))
}

/** The names of an input's contigs, which users may also give in another file's way. */
class ContigNames {
  private readonly lengths: Map<string, number>
  private readonly resolved = new Map<string, string | undefined>()

  constructor(contigs: readonly Contig[]) {
    this.lengths = new Map(contigs.map(({ name, length }) => [name, length ?? Number.MAX_SAFE_INTEGER]))
  }

  /** Returns the input's name for a contig. */
  find(name: string): string | undefined {
    if (!this.resolved.has(name)) {
      this.resolved.set(name, matchContigs([{ name }], this.lengths)[0]?.reference)
    }
    return this.resolved.get(name)
  }

  require(name: string, where: string): string {
    const found = this.find(name)
    if (found === undefined) {
      const known = [...this.lengths.keys()]
      throw new UsageError(
        `${where}: no contig ${name}; there are ${known.slice(0, 8).join(', ')}${known.length > 8 ? ', ...' : ''}`,
      )
    }
    return found
  }

  lengthOf(name: string): number {
    return this.lengths.get(name)!
  }
}

function namedRegion(text: string, names: ContigNames): Interval {
  const region = parseRegion(text, name => names.find(name) !== undefined)
  if (!region) {
    throw new UsageError(
      `--region ${text}: expected contig:start-end with 1 <= start <= end`,
      'as in samtools: chr1:1001-2000 are bases 1001 to 2000, both included',
    )
  }
  const contig = names.require(region.contig, `--region ${text}`)
  const length = names.lengthOf(contig)
  if (region.start >= length) {
    throw new UsageError(`--region ${text}: starts past the end of ${contig}, which has ${length} bases`)
  }
  return regionInterval({ ...region, contig }, length)
}
