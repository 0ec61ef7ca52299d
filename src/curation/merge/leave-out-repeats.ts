import { OTHER } from '../../genome/sequence.ts'
import { SITE_CORE_FLANK } from '../import/site-core.ts'
import { packedBytes, packWindow } from '../packed-windows.ts'
import { SITE_KINDS } from '../site-window.ts'
import { visitWindows } from '../visit-windows.ts'
import { strandlessKey } from '../window-duplicates.ts'
import { SPLITS } from '../window-table.ts'
import type { MergeInput } from './merge-input.ts'

/** Bases on each side of a site by which two rows are of the same one. */
const SITE_FLANK = 35

/**
 * Leaves out rows that come more than once: junction windows with the same bases on either strand, windows of one kind of site with the
 * same 70 bases around it. Of rows with the same label one stays, of the part farthest from training, the first there; with
 * both labels all go. Rows that an import made of others take no part.
 * Memory: about 100 bytes per row.
 */
export async function leaveOutRepeats(inputs: readonly MergeInput[]): Promise<void> {
  const junctions = new SameRows<number>()
  const sites = Object.fromEntries(SITE_KINDS.map(kind => [kind, new SameRows<string>()]))
  for (const input of inputs) {
    const { dataset, families, siteKinds } = input
    const { window, windows, labels } = dataset
    const rows = input.rowsIn().filter(row => families?.isMade[row] !== 1)
    const site = 'site' in window ? window.site : 0
    await visitWindows(windows, rows, (codes, at) => {
      const row = rows[at]!
      if (siteKinds === undefined) {
        junctions.add(strandlessKey(codes), input, row, labels[row]!)
      } else {
        sites[siteKinds[row]!]!.add(around(codes, site, SITE_FLANK), input, row, labels[row]!)
      }
    })
  }
  for (const same of [junctions, ...Object.values(sites)]) {
    same.leaveOut(inputs)
  }
}

/** Rows by what makes them the same. */
class SameRows<K> {
  readonly #groups = new Map<K, number>()
  /** Of each group: bit 1 for a negative, 2 for a positive, 4 once one of it stays. */
  readonly #bits: number[] = []
  readonly #groupOf = new Map<MergeInput, Int32Array>()

  add(key: K, input: MergeInput, row: number, label: number): void {
    let group = this.#groups.get(key)
    if (group === undefined) {
      group = this.#bits.push(0) - 1
      this.#groups.set(key, group)
    }
    this.#bits[group]! |= 1 << label
    const groupOf = this.#groupOf.get(input) ?? new Int32Array(input.count).fill(-1)
    groupOf[row] = group
    this.#groupOf.set(input, groupOf)
  }

  leaveOut(inputs: readonly MergeInput[]): void {
    for (const part of [...SPLITS.keys()].reverse()) {
      for (const input of inputs) {
        for (const [row, group] of (this.#groupOf.get(input) ?? new Int32Array()).entries()) {
          if (group >= 0 && input.parts[row] === part) {
            const bits = this.#bits[group]!
            const reason = (bits & 3) === 3 ? 'contradicting-label' : bits > 3 ? 'repeated' : undefined
            if (reason !== undefined) {
              input.leaveOut(row, reason)
            }
            this.#bits[group] = bits | 4
          }
        }
      }
    }
  }
}

/**
 * Leaves out the decoys of sites, by their column `decoy`, around which stand the same 36 bases as around a positive of any input.
 * Memory: about 100 bytes per positive.
 */
export async function leaveOutKnownSites(inputs: readonly MergeInput[]): Promise<void> {
  const ofSites = inputs.flatMap(input => {
    const { window } = input.dataset
    const { siteKinds } = input
    return siteKinds !== undefined && 'site' in window ? [{ input, siteKinds, site: window.site }] : []
  })
  const known = new Set<string>()
  for (const { input, siteKinds, site } of ofSites) {
    const { windows, labels } = input.dataset
    const positives = input.rowsIn().filter(row => labels[row] === 1)
    await visitWindows(windows, positives, (codes, at) => {
      known.add(`${siteKinds[positives[at]!]} ${around(codes, site, SITE_CORE_FLANK)}`)
    })
  }
  for (const { input, siteKinds, site } of ofSites) {
    const { windows, labels, decoys } = input.dataset
    const made = input
      .rowsIn()
      .filter(row => labels[row] === 0 && decoys !== undefined && decoys.ids[row]! >= 0)
    await visitWindows(windows, made, (codes, at) => {
      const row = made[at]!
      if (known.has(`${siteKinds[row]} ${around(codes, site, SITE_CORE_FLANK)}`)) {
        input.leaveOut(row, 'site-known')
      }
    })
  }
}

/** Returns the bases up to so far from a site as a short text; those outside the window count as unknown. */
function around(codes: Uint8Array, site: number, flank: number): string {
  const bases = new Uint8Array(2 * flank).fill(OTHER)
  const from = Math.max(0, site - flank)
  bases.set(codes.subarray(from, site + flank), from - (site - flank))
  const packed = new Uint8Array(packedBytes(bases.length))
  packWindow(bases, 0, bases.length, packed, 0)
  return Buffer.from(packed).toString('latin1')
}
