import { derivedSeed, nameCounter } from '../../core/derived-seed.ts'
import { DisjointSets } from '../../core/disjoint-sets.ts'
import { InputDataError } from '../../core/errors.ts'
import { chooseGroups, type Random, seededRandom } from '../../core/random.ts'
import { SPLITS } from '../window-table.ts'
import type { YeastConstruct } from './yeast-constructs.ts'

/** Shares of the rows to draw for two parts; the rest is trained on. */
export interface PartShares {
  test: number
  validation: number
}

/** Bases of the intron that the networks read, always as many. */
export const YEAST_INTRON = 145

const HELD = ['test', 'validation'] as const
const TRAIN = SPLITS.indexOf('train')
const DRAWING_STREAM = 1
const EQUALISING_STREAM = 2

/** Efficiency from which on a construct counts as spliced when the two kinds are made equal in number. */
export const SPLICED_FROM = 0.1

/**
 * Returns the unit of each row, as the number of its first one. A unit is all that has to do with each other: rows of one barcode, with one
 * intron, or with the same 145 bases from the first intron base on.
 */
export function unitsOf(constructs: readonly YeastConstruct[]): Int32Array {
  const sets = new DisjointSets(constructs.length)
  const firsts = new Map<string, number>()
  for (const [row, { barcode, sequence, donor, acceptor }] of constructs.entries()) {
    const shared = [
      `barcode ${barcode}`,
      `intron ${sequence.slice(donor, acceptor)}`,
      `bases ${sequence.slice(donor, donor + YEAST_INTRON)}`,
    ]
    for (const key of shared) {
      const first = firsts.get(key)
      if (first === undefined) {
        firsts.set(key, row)
      } else {
        sets.join(first, row)
      }
    }
  }
  return Int32Array.from(constructs, (_, row) => sets.root(row))
}

/**
 * Returns the part of each row, as its number in `SPLITS`: shares of each library, drawn in whole units. A unit is of the library of its
 * first row.
 */
export function drawParts(
  constructs: readonly YeastConstruct[],
  units: Int32Array,
  shares: PartShares,
  seed: number,
): Uint8Array {
  const parts = new Uint8Array(constructs.length).fill(TRAIN)
  for (const [library, rows] of rowsByLibrary(constructs, units)) {
    const stream = derivedSeed(seed, DRAWING_STREAM, nameCounter(library))
    let left = rows
    for (const [i, part] of HELD.entries()) {
      const wanted = shares[part] * rows.length
      const chosen =
        wanted > 0
          ? choose(left, units, wanted / left.length, seededRandom(derivedSeed(stream, i)))
          : undefined
      for (const row of left) {
        if (chosen?.has(units[row]!)) {
          parts[row] = SPLITS.indexOf(part)
        }
      }
      left = left.filter(row => parts[row] === TRAIN)
    }
  }
  return parts
}

function rowsByLibrary(constructs: readonly YeastConstruct[], units: Int32Array): Map<string, number[]> {
  const rows = new Map<string, number[]>()
  for (const [row, unit] of units.entries()) {
    const { library } = constructs[unit]!
    const members = rows.get(library) ?? []
    members.push(row)
    rows.set(library, members)
  }
  return rows
}

/** Returns the chosen units; of a single one all or nothing. */
function choose(
  rows: readonly number[],
  units: Int32Array,
  share: number,
  random: Random,
): Set<number> | undefined {
  const groupOf = rows.map(row => units[row]!)
  return share >= 1 ? new Set(groupOf) : chooseGroups(groupOf, share, random)
}

/**
 * Returns the rows of a dataset that has as many of efficiency 0.1 and more as below, in each part: those below once, the others drawn
 * from their part, each time from all of them.
 * Shape: numbers of rows, some more than once.
 * Throws: InputDataError for a part with rows of one kind only.
 */
export function equalisedRows(
  constructs: readonly YeastConstruct[],
  parts: Uint8Array,
  seed: number,
): number[] {
  return SPLITS.flatMap((split, part) => {
    const rows = [...constructs.keys()].filter(row => parts[row] === part)
    const spliced = rows.filter(row => constructs[row]!.efficiency >= SPLICED_FROM)
    const unspliced = rows.filter(row => constructs[row]!.efficiency < SPLICED_FROM)
    if (rows.length > 0 && (spliced.length === 0 || unspliced.length === 0)) {
      throw new InputDataError(
        `part ${split}: expected rows of efficiency ${SPLICED_FROM} and more and rows below, to make them equal in number, found ${spliced.length} and ${unspliced.length}`,
        'give more constructs, other shares, or leave the numbers as they are',
      )
    }
    const random = seededRandom(derivedSeed(seed, EQUALISING_STREAM, part))
    return [...unspliced, ...unspliced.map(() => spliced[random.int(spliced.length)]!)]
  })
}
