import { UsageError } from '../../core/errors.ts'
import { type Random, seededRandom } from '../../core/random.ts'
import { OTHER } from '../../genome/sequence.ts'
import type { SiteKind } from '../site-window.ts'
import { DistinctWindows } from './distinct-windows.ts'
import { ImportTally } from './import-tally.ts'
import { SITE_CORE_FLANK } from './site-core.ts'
import { siteMotif } from './site-motif.ts'
import type { ImportedRow, WindowImport } from './window-import.ts'

/** Class of the decoys. */
export const NEAR_MISS_CLASS = 'negative-near-miss'
/** Class of the positives that come once more with the N of a decoy. */
export const TRIMMED_CLASS = 'positive-trimmed'

/** Farthest decoy unless the user says otherwise. Units: bases. */
const DISTANCE = 100

const DECOY_MOTIF = { donor: 'GT', acceptor: 'AG' } as const

export interface NearMissOptions {
  /** Most decoys of each positive. */
  count: number
  /** Farthest decoy from the site; default 100, less in short windows. Units: bases. */
  distance?: number
  seed: number
}

/**
 * Returns the import with decoys of its positives: up to `count` other GT (of acceptors AG) of the window, moved to the index of
 * the site. That leaves N at one end of the window. Each positive comes once more with the N of some decoy, so that where N
 * begin does not tell the decoys.
 * A positive that is left out for its bases, which are in a later part or have the other label, gets neither, and of several
 * with the same bases the first alone. Windows with the same bases, and what is made of them, are one gene.
 * Memory: about 200 bytes per row.
 * Throws: UsageError for an import without one site in its windows or without classes, and for windows too short for decoys.
 */
export function withNearMisses(source: WindowImport, options: NearMissOptions): WindowImport {
  const { layout, answers } = source
  if (!('position' in layout) || answers !== 'class') {
    throw new UsageError('expected windows around one site with classes, to make near misses, found others')
  }
  const { count, seed } = options
  const { site: kind, position } = layout
  let distance = options.distance
  return {
    ...source,
    source: `${source.source} ${NEAR_MISS_CLASS} are other ${DECOY_MOTIF[kind]} of the windows of positives, up to ${count} of each; ${TRIMMED_CLASS} are positives with the N of such.`,
    // The distance is known once windows were seen.
    get settings() {
      const near = distance === undefined ? {} : { nearDistance: distance }
      return { ...source.settings, nearMiss: count, ...near, seed }
    },
    async *rows(tally) {
      const windows = await DistinctWindows.of(source.rows(new ImportTally()), position)
      distance ??= Math.min(DISTANCE, farthestShift(windows.length, position))
      const random = seededRandom(seed)
      const shifts: number[] = []
      for await (const rows of source.rows(tally)) {
        yield rows.flatMap(row => {
          const own = windows.withGene(row)
          if (!windows.take(row)) {
            return [own]
          }
          const places = decoyShifts(row.codes, { kind, position, distance: distance! }).filter(
            shift => !windows.isSite(row.codes, position + shift),
          )
          const chosen = someOf(places, count, random)
          tally.missingNegatives += count - chosen.length
          shifts.push(...chosen)
          return [own, ...chosen.map(shift => decoyOf(own, kind, position, shift))]
        })
      }
      if (shifts.length === 0) {
        return
      }
      windows.giveBack()
      for await (const rows of source.rows(new ImportTally())) {
        yield rows
          .filter(row => windows.take(row))
          .map(row => trimmed(windows.withGene(row), position, shifts[random.int(shifts.length)]!))
      }
    },
  }
}

/**
 * Returns how far from its site a window can have a decoy.
 * Throws: UsageError for windows too short to have one.
 */
function farthestShift(length: number, position: number): number {
  const farthest = Math.min(position, length - position) - SITE_CORE_FLANK
  if (length > 0 && farthest < 1) {
    throw new UsageError(
      `expected windows with more than ${SITE_CORE_FLANK} bases on both sides of the site, to make near misses, found ${length} bases with the site at ${position}`,
    )
  }
  return farthest
}

/**
 * Returns where a window has the intron bases of a site besides its own, with enough bases on both sides to know the site again.
 * Units: bases from the site.
 */
export function decoyShifts(
  codes: Uint8Array,
  { kind, position, distance }: { kind: SiteKind; position: number; distance: number },
): number[] {
  const shifts: number[] = []
  for (let shift = -distance; shift <= distance; shift++) {
    const { before, after } = knownAfter(shift, position, codes.length)
    const isRoom = shift !== 0 && before >= SITE_CORE_FLANK && after >= SITE_CORE_FLANK
    if (isRoom && siteMotif(codes, kind, position + shift) === DECOY_MOTIF[kind]) {
      shifts.push(shift)
    }
  }
  return shifts
}

/** Returns how many bases are known before and after the site of a shifted window, none farther out than in the window as it was. */
function knownAfter(shift: number, position: number, length: number): { before: number; after: number } {
  const after = length - position
  return { before: Math.min(position, position + shift), after: Math.min(after, after - shift) }
}

/** Returns the window of the site `shift` bases on from the window's own, or its own with the bases known that would be of that. */
function cut(codes: Uint8Array, position: number, shift: number, from: number): Uint8Array {
  const { before, after } = knownAfter(shift, position, codes.length)
  const out = new Uint8Array(codes.length).fill(OTHER)
  out.set(codes.subarray(from - before, from + after), position - before)
  return out
}

function decoyOf(row: ImportedRow, kind: SiteKind, position: number, shift: number): ImportedRow {
  const { gene, site } = row.known ?? {}
  return {
    codes: cut(row.codes, position, shift, position + shift),
    className: NEAR_MISS_CLASS,
    split: row.split,
    known: {
      ...(gene !== undefined && { gene }),
      ...(site !== undefined && { site }),
      decoy: `near-${kind}`,
    },
  }
}

function trimmed(row: ImportedRow, position: number, shift: number): ImportedRow {
  return { ...row, codes: cut(row.codes, position, shift, position), className: TRIMMED_CLASS }
}

/** Returns up to `count` of the items, each equally likely. */
function someOf(items: number[], count: number, random: Random): number[] {
  const chosen: number[] = []
  for (let left = items.length; left > 0 && chosen.length < count; left--) {
    const i = random.int(left)
    chosen.push(items[i]!)
    items[i] = items[left - 1]!
  }
  return chosen
}
