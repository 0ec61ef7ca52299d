import { grouped } from '../../core/number-text.ts'
import { encodeText, OTHER } from '../../genome/sequence.ts'
import { type Check, check, skipped } from './checks.ts'
import type { DatasetExamples } from './examples.ts'
import { describePlace } from './row-checks.ts'

const NAME = "motifs are those of the windows' bases"

/** Compares the motif column with the windows, one by one. */
export class MotifCheck {
  readonly #examples: DatasetExamples
  /** Codes of each motif, donor first; undefined for texts of another form. */
  readonly #motifs: (Uint8Array | undefined)[]
  #compared = 0
  #wrong = 0
  #first: number | undefined

  constructor(examples: DatasetExamples) {
    this.#examples = examples
    this.#motifs = (examples.motifs?.texts ?? []).map(text =>
      /^[ACGTN]{2}-[ACGTN]{2}$/.test(text) ? encodeText(text.replace('-', '')) : undefined,
    )
  }

  add(codes: Uint8Array, row: number): void {
    const motif = this.#motifs[this.#examples.motifs?.ids[row] ?? -1]
    const places = motif === undefined ? [] : this.#placesOf(row)
    if (motif === undefined || places.length === 0) {
      return
    }
    this.#compared++
    const isGap = this.#isShort(row)
    const agrees = places.every(([at, k]) => codes[at] === motif[k] || (isGap && codes[at] === OTHER))
    if (!agrees) {
      this.#wrong++
      this.#first ??= row
    }
  }

  finish(): Check {
    if (this.#compared === 0) {
      return skipped(NAME, 'there are no motifs, or the sites of the windows are not known')
    }
    const first = this.#first
    return check(
      NAME,
      first === undefined
        ? undefined
        : `${grouped(this.#wrong)} of ${grouped(this.#compared)} differ, first ${describePlace(this.#examples, first)}`,
      `${grouped(this.#compared)} rows`,
    )
  }

  /** Returns places in the window with the number of the motif's base that stands there. */
  #placesOf(row: number): [at: number, base: number][] {
    const { window, sites } = this.#examples
    const inside = (places: [number, number][]) => places.filter(([at]) => at >= 0 && at < window.length)
    if ('donor' in window) {
      const { donor, acceptor } = window
      return inside([
        [donor, 0],
        [donor + 1, 1],
        [acceptor - 2, 2],
        [acceptor - 1, 3],
      ])
    }
    const site = sites?.texts[sites.ids[row]!]
    if (!('site' in window) || site === undefined) {
      return []
    }
    const at = window.site
    return site === 'donor'
      ? inside([
          [at, 0],
          [at + 1, 1],
        ])
      : inside([
          [at - 2, 2],
          [at - 1, 3],
        ])
  }

  /** An intron of one base has no second donor base: the window has a gap there, the motif the base beyond. */
  #isShort(row: number): boolean {
    const { places } = this.#examples
    return places !== undefined && places.ends[row]! - places.starts[row]! === 1
  }
}
