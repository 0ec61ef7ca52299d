import { GrowingColumn } from '../growing-column.ts'
import { strandlessKey } from '../window-duplicates.ts'
import { SPLITS } from '../window-table.ts'
import { labelOfClass } from './class-mapping.ts'
import { siteCore } from './site-core.ts'
import type { ImportedRow } from './window-import.ts'

/** Bits of a window: that it is in a part, that it is a negative there, and that it was taken. */
const IN_PART = 1
const NEGATIVE_IN_PART = 1 << SPLITS.length
const TAKEN = 1 << (2 * SPLITS.length)

/** The windows of an import around one site, those with the same bases on either strand as one. */
export class DistinctWindows {
  /** Bases of a window; 0 without any. */
  length = 0
  readonly #position: number
  readonly #numbers = new Map<number, number>()
  readonly #bits = new GrowingColumn(length => new Uint8Array(length))
  /** The bases around the sites of positives. */
  readonly #sites = new Set<string>()

  private constructor(position: number) {
    this.#position = position
  }

  /** Returns the windows of all rows, whose site is at `position`. */
  static async of(
    batches: AsyncIterable<readonly ImportedRow[]>,
    position: number,
  ): Promise<DistinctWindows> {
    const windows = new DistinctWindows(position)
    for await (const rows of batches) {
      for (const row of rows) {
        windows.#add(row)
      }
    }
    return windows
  }

  /** Returns the row with its gene, or else one of its own that it shares with the rows of the same bases. */
  withGene(row: ImportedRow): ImportedRow {
    return { ...row, known: { gene: `window-${this.#numberOf(row) + 1}`, ...row.known } }
  }

  /**
   * Returns true the first time for a positive whose bases are those of no other label in its part, and of no row in a later
   * part: others will be left out, or repeat it.
   */
  take(row: ImportedRow): boolean {
    if (labelOf(row) !== 1) {
      return false
    }
    const number = this.#numberOf(row)
    const bits = this.#bits.at(number)
    const part = SPLITS.indexOf(row.split)
    const later = (NEGATIVE_IN_PART - 1) & ~(((2 * IN_PART) << part) - 1)
    if ((bits & (later | (NEGATIVE_IN_PART << part) | TAKEN)) !== 0) {
      return false
    }
    this.#bits.set(number, bits | TAKEN)
    return true
  }

  /** Makes all windows ready to be taken once more. */
  giveBack(): void {
    for (let number = 0; number < this.#bits.length; number++) {
      this.#bits.set(number, this.#bits.at(number) & ~TAKEN)
    }
  }

  /** Returns whether a site at this index would have the bases of a positive's. */
  isSite(codes: Uint8Array, at: number): boolean {
    return this.#sites.has(siteCore(codes, at))
  }

  #add(row: ImportedRow): void {
    this.length = row.codes.length
    const label = labelOf(row)
    if (label === 1) {
      this.#sites.add(siteCore(row.codes, this.#position))
    }
    const key = strandlessKey(row.codes)
    const number = this.#numbers.get(key) ?? this.#bits.length
    if (number === this.#bits.length) {
      this.#numbers.set(key, number)
      this.#bits.push(0)
    }
    const part = SPLITS.indexOf(row.split)
    const bits = label < 0 ? 0 : (IN_PART << part) | (label === 0 ? NEGATIVE_IN_PART << part : 0)
    this.#bits.set(number, this.#bits.at(number) | bits)
  }

  #numberOf({ codes }: ImportedRow): number {
    return this.#numbers.get(strandlessKey(codes))!
  }
}

/** 1 positive, 0 negative, -1 unknown. */
function labelOf({ className }: ImportedRow): number {
  return className === undefined ? -1 : labelOfClass(className)
}
