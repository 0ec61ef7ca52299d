import { chooseGroups, type Random } from '../../core/random.ts'
import { classNumber } from '../example-classes.ts'
import { type ExampleLayout, shownStretches } from '../example-layout.ts'
import { type ContigExamples, placeOf, REMOVED } from '../example-rows.ts'
import type { LeftOut } from '../left-out.ts'
import { SPLITS, type Split } from '../window-table.ts'
import type { SplitUnits } from './split-units.ts'

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

/** Returns the part of each unit, as a number in `SPLITS`; undefined for a part that could not be drawn for want of units. */
export function assignUnits(
  { units }: SplitUnits,
  settings: SplitSettings,
  random: Random,
): { parts: Uint8Array; notDrawn: Split[] } {
  const parts = new Uint8Array(units.length).fill(TRAIN)
  const notDrawn: Split[] = []
  const total = units.reduce((sum, unit) => sum + unit.positives, 0)
  for (const split of ['test', 'validation'] as const) {
    const { contigs, genes, share } = settings[split]
    const number = SPLITS.indexOf(split)
    const free = [...units.keys()].filter(unit => parts[unit] === TRAIN)
    if (contigs.size > 0 || genes.size > 0) {
      for (const unit of free) {
        if (contigs.has(units[unit]!.contig) || units[unit]!.genes.some(gene => genes.has(gene))) {
          parts[unit] = number
        }
      }
    } else if (share > 0 && !drawShare(free, units, share * total, random, unit => (parts[unit] = number))) {
      notDrawn.push(split)
    }
  }
  return { parts, notDrawn }
}

/** Gives away units that together hold about so many positives, and their share of those without; false when there are too few. */
function drawShare(
  free: readonly number[],
  units: SplitUnits['units'],
  wanted: number,
  random: Random,
  take: (unit: number) => void,
): boolean {
  const members = free.flatMap(unit => new Array<number>(units[unit]!.positives).fill(unit))
  const share = wanted / members.length
  const chosen =
    share >= 1 ? new Set(members) : members.length === 0 ? undefined : chooseGroups(members, share, random)
  if (chosen === undefined) {
    return false
  }
  for (const unit of free) {
    // A unit without positives is drawn by itself, so that its negatives are spread like the others.
    if (units[unit]!.positives > 0 ? chosen.has(unit) : random.float() < share) {
      take(unit)
    }
  }
  return true
}

/**
 * Writes the part of every row that has none. A row of class `unknown` goes where its windows' surroundings are, far from
 * all of them where its contig is; one that shows bases of two parts is removed and counted.
 */
export function assignRows(
  contigs: readonly ContigExamples[],
  { units, unitOfGene }: SplitUnits,
  parts: Uint8Array,
  settings: SplitSettings,
  layout: ExampleLayout,
  leftOut: LeftOut,
): void {
  for (const rows of contigs) {
    const home = contigPart(rows.contig, settings)
    const own = [...units.entries()].filter(([, unit]) => unit.contig === rows.contig)
    for (let row = 0; row < rows.count; row++) {
      if (rows.splits[row] === REMOVED) {
        continue
      }
      if (rows.classes[row] !== UNKNOWN) {
        rows.splits[row] = parts[unitOfGene[rows.genes[row]!]!]!
        continue
      }
      const around = partsAround(own, parts, shownStretches(placeOf(rows, row), layout))
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
  const found = (['test', 'validation'] as const).find(split => {
    const { contigs, genes, share } = settings[split]
    return contigs.has(contig) || (share === 1 && contigs.size === 0 && genes.size === 0)
  })
  return found === undefined ? TRAIN : SPLITS.indexOf(found)
}

/** Returns the parts of the units that the stretches share bases with. Units come by start and do not overlap. */
function partsAround(
  own: readonly (readonly [number, SplitUnits['units'][number]])[],
  parts: Uint8Array,
  shown: readonly number[],
): Set<number> {
  const found = new Set<number>()
  for (let i = 0; i < shown.length; i += 2) {
    const [from, to] = [shown[i]!, shown[i + 1]!]
    let [low, high] = [0, own.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (own[middle]![1].end <= from) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    for (let at = low; at < own.length && own[at]![1].start < to; at++) {
      found.add(parts[own[at]![0]]!)
    }
  }
  return found
}
