import { UsageError } from '../../core/errors.ts'
import { chooseGroups, type Random } from '../../core/random.ts'
import { classNumber } from '../example-classes.ts'
import { type ExampleLayout, shownStretches } from '../example-layout.ts'
import { type ContigExamples, placeOf, REMOVED } from '../example-rows.ts'
import type { LeftOut } from '../left-out.ts'
import { SPLITS, type Split } from '../window-table.ts'
import type { GeneCluster, SplitUnits } from './split-units.ts'

/** What goes into one part: whole contigs and whole genes that are named, or a share of the positives, in whole units. */
export interface PartSettings {
  /** Numbers of contigs. */
  contigs: ReadonlySet<number>
  /** Numbers of genes. */
  genes: ReadonlySet<number>
  /** Share of all positives; looked at where nothing is named. */
  share: number
}

export interface SplitSettings {
  test: PartSettings
  validation: PartSettings
}

const UNKNOWN = classNumber('unknown')
const TRAIN = SPLITS.indexOf('train')
const HELD = ['test', 'validation'] as const

/**
 * Returns the part of each cluster, as a number in `SPLITS`, and the parts that could not be drawn for want of units. What is
 * named is taken first: a contig whole, whatever else belongs to its genes; a gene with its whole unit. Of the units that
 * nothing is named of, shares are drawn.
 * Throws: UsageError for genes that are named for both parts, or whose windows overlap.
 */
export function assignClusters(
  units: SplitUnits,
  settings: SplitSettings,
  random: Random,
): { parts: Uint8Array; notDrawn: Split[] } {
  const parts = new Uint8Array(units.clusters.length).fill(TRAIN)
  const isNamed = new Uint8Array(units.units.length)
  for (const split of HELD) {
    takeNamed(units, settings[split], split, parts, isNamed)
  }
  const notDrawn: Split[] = []
  const total = units.clusters.reduce((sum, cluster) => sum + cluster.positives, 0)
  for (const split of HELD) {
    const { contigs, genes, share } = settings[split]
    const free = [...units.units.keys()].filter(
      unit => isNamed[unit] === 0 && units.units[unit]!.every(cluster => parts[cluster] === TRAIN),
    )
    const take = (unit: number) => {
      for (const cluster of units.units[unit]!) {
        parts[cluster] = SPLITS.indexOf(split)
      }
    }
    const isDrawn = contigs.size === 0 && genes.size === 0 && share > 0
    if (isDrawn && !drawShare(free, units, share * total, random, take)) {
      notDrawn.push(split)
    }
  }
  return { parts, notDrawn }
}

function takeNamed(
  { clusters, units }: SplitUnits,
  { contigs, genes }: PartSettings,
  split: Split,
  parts: Uint8Array,
  isNamed: Uint8Array,
): void {
  const part = SPLITS.indexOf(split)
  for (const [number, cluster] of clusters.entries()) {
    const byGene = cluster.genes.some(gene => genes.has(gene))
    if (!byGene && !contigs.has(cluster.contig)) {
      continue
    }
    isNamed[cluster.unit] = 1
    for (const own of byGene ? units[cluster.unit]! : [number]) {
      if (parts[own] !== TRAIN && parts[own] !== part) {
        throw new UsageError(
          'expected genes for test and validation that have nothing in common, found some named for both, or overlapping one that is',
          'name each gene, and each contig, for one part',
        )
      }
      parts[own] = part
    }
  }
}

/** Gives away units that together hold about so many positives, and their share of those without; false when there are too few. */
function drawShare(
  free: readonly number[],
  { units, clusters }: SplitUnits,
  wanted: number,
  random: Random,
  take: (unit: number) => void,
): boolean {
  const positives = (unit: number) =>
    units[unit]!.reduce((sum, number) => sum + clusters[number]!.positives, 0)
  const members = free.flatMap(unit => new Array<number>(positives(unit)).fill(unit))
  const share = wanted / members.length
  const chosen =
    members.length === 0 ? undefined : share >= 1 ? new Set(members) : chooseGroups(members, share, random)
  if (chosen === undefined) {
    return false
  }
  for (const unit of free) {
    // A unit without positives is drawn by itself, so that its negatives are spread like the others.
    if (positives(unit) > 0 ? chosen.has(unit) : random.float() < share) {
      take(unit)
    }
  }
  return true
}

/** Returns the settings with every gene of the groups of the named ones: any copy stands for all. */
export function withWholeGroups(settings: SplitSettings, groupOf: Int32Array): SplitSettings {
  const whole = (part: PartSettings): PartSettings => {
    if (part.genes.size === 0) {
      return part
    }
    const groups = new Set([...part.genes].map(gene => groupOf[gene]!))
    return { ...part, genes: new Set([...groupOf.keys()].filter(gene => groups.has(groupOf[gene]!))) }
  }
  return { test: whole(settings.test), validation: whole(settings.validation) }
}

/**
 * Writes the part of every row that has none. A row of class `unknown` goes where its windows' surroundings are, far from
 * all of them where its contig is; one that shows bases of two parts is removed and counted.
 */
export function assignRows(
  contigs: readonly ContigExamples[],
  { clusters, clusterOfGene }: SplitUnits,
  parts: Uint8Array,
  settings: SplitSettings,
  layout: ExampleLayout,
  leftOut: LeftOut,
): void {
  const byContig = new Map<number, number[]>()
  for (const [number, { contig }] of clusters.entries()) {
    const list = byContig.get(contig) ?? []
    byContig.set(contig, list)
    list.push(number)
  }
  for (const rows of contigs) {
    const home = contigPart(rows.contig, settings)
    const own = byContig.get(rows.contig) ?? []
    for (let row = 0; row < rows.count; row++) {
      if (rows.splits[row] === REMOVED) {
        continue
      }
      if (rows.classes[row] !== UNKNOWN) {
        rows.splits[row] = parts[clusterOfGene[rows.genes[row]!]!]!
        continue
      }
      const around = partsAround(own, clusters, parts, shownStretches(placeOf(rows, row), layout))
      if (around.size > 1) {
        leftOut.add('between-two-splits', 'unknown')
        rows.splits[row] = REMOVED
      } else {
        rows.splits[row] = [...around][0] ?? home
      }
    }
  }
}

/** Returns the part that a whole contig belongs to: the one it is named for, or that takes everything. */
function contigPart(contig: number, settings: SplitSettings): number {
  const found = HELD.find(split => {
    const { contigs, genes, share } = settings[split]
    return contigs.has(contig) || (share === 1 && contigs.size === 0 && genes.size === 0)
  })
  return found === undefined ? TRAIN : SPLITS.indexOf(found)
}

/** Returns the parts of the clusters that the stretches share bases with. `own` are those of the contig, by start. */
function partsAround(
  own: readonly number[],
  clusters: readonly GeneCluster[],
  parts: Uint8Array,
  shown: readonly number[],
): Set<number> {
  const found = new Set<number>()
  for (let i = 0; i < shown.length; i += 2) {
    const [from, to] = [shown[i]!, shown[i + 1]!]
    let [low, high] = [0, own.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (clusters[own[middle]!]!.end <= from) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    for (let at = low; at < own.length && clusters[own[at]!]!.start < to; at++) {
      found.add(parts[own[at]!]!)
    }
  }
  return found
}
