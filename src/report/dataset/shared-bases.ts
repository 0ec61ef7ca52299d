import { bitCount } from '../../core/bit-count.ts'
import { type DatasetExamples, type ExampleLayout, type ExamplePlaces, PARTS, type Part } from './examples.ts'

/** A stretch of a contig, 0-based half-open. */
type Stretch = readonly [start: number, end: number]

/** What the windows of two parts show of the same bases of the genome, on whichever strand. */
export class SharedBases {
  /** Windows of the first part that show a base of the second, and such bases; by first and second part. */
  readonly #windows = [0, 1, 2].map(() => [0, 0, 0])
  readonly #bases = [0, 1, 2].map(() => [0, 0, 0])

  /**
   * Returns what the parts share; undefined where the places of the windows are not known.
   * Memory: 3 bits per base of the longest contig, and 4 bytes per row.
   */
  static of(
    examples: DatasetExamples,
    rows: Record<Part, Uint32Array>,
    parts: Uint8Array,
  ): SharedBases | undefined {
    const stretchesOf = stretchFinder(examples)
    if (stretchesOf === undefined) {
      return undefined
    }
    const shared = new SharedBases()
    for (const ofContig of rowsByContig(examples.places!, rows)) {
      shared.#addContig(ofContig, row => stretchesOf(row), parts)
    }
    return shared
  }

  /** Returns how many windows of a part show bases that another part shows, and how many bases both show. */
  between(queried: Part, held: Part): { windows: number; bases: number } {
    const [a, b] = [PARTS.indexOf(queried), PARTS.indexOf(held)]
    return { windows: this.#windows[a]![b]!, bases: this.#bases[a]![b]! }
  }

  #addContig(rows: Uint32Array, stretchesOf: (row: number) => readonly Stretch[], parts: Uint8Array): void {
    const present = new Set(Array.from(rows, row => parts[row]!))
    if (present.size < 2) {
      return
    }
    let [low, high] = [Infinity, 0]
    for (const row of rows) {
      for (const [start, end] of stretchesOf(row)) {
        low = Math.min(low, start)
        high = Math.max(high, end)
      }
    }
    const covered = PARTS.map((_, part) => new BitRange(low, present.has(part) ? high : low))
    for (const row of rows) {
      for (const [start, end] of stretchesOf(row)) {
        covered[parts[row]!]!.set(start, end)
      }
    }
    for (const a of present) {
      for (const b of present) {
        this.#bases[a]![b]! += a === b ? 0 : covered[a]!.countShared(covered[b]!)
      }
    }
    for (const row of rows) {
      const own = parts[row]!
      const stretches = stretchesOf(row)
      for (const other of present) {
        if (other !== own && stretches.some(([start, end]) => covered[other]!.any(start, end))) {
          this.#windows[own]![other]!++
        }
      }
    }
  }
}

/** Returns the rows with a place, contig by contig. */
function rowsByContig({ contigs, starts }: ExamplePlaces, rows: Record<Part, Uint32Array>): Uint32Array[] {
  const sizes = contigs.texts.map(() => 0)
  const isPlaced = (row: number) => contigs.ids[row]! >= 0 && starts[row]! >= 0
  for (const part of PARTS) {
    for (const row of rows[part]) {
      if (isPlaced(row)) {
        sizes[contigs.ids[row]!]!++
      }
    }
  }
  const lists = sizes.map(size => new Uint32Array(size))
  const filled = sizes.map(() => 0)
  for (const part of PARTS) {
    for (const row of rows[part]) {
      if (isPlaced(row)) {
        const contig = contigs.ids[row]!
        lists[contig]![filled[contig]!++] = row
      }
    }
  }
  return lists
}

/** Returns what tells which bases a row's window shows; undefined where the dataset does not say it. */
function stretchFinder(examples: DatasetExamples): ((row: number) => readonly Stretch[]) | undefined {
  const { places, sites, window } = examples
  if (places === undefined) {
    return undefined
  }
  const { starts, ends, strands } = places
  if ('donor' in window) {
    return row => junctionStretches(window, starts[row]!, ends[row]!, strands[row]! >= 0)
  }
  if (!('site' in window) || sites === undefined) {
    return undefined
  }
  return row => {
    const site = sites.texts[sites.ids[row]!]
    if (site !== 'donor' && site !== 'acceptor') {
      return []
    }
    const isForward = strands[row]! >= 0
    const border = (site === 'donor') === isForward ? starts[row]! : ends[row]!
    const [left, right] = isForward
      ? [window.site, window.length - window.site]
      : [window.length - window.site, window.site]
    return [stretch(border - left, border + right)]
  }
}

/** Returns the two halves of a junction window; of a short intron both show all of it and no more. */
function junctionStretches(
  window: Extract<ExampleLayout, { donor: number }>,
  start: number,
  end: number,
  isForward: boolean,
): Stretch[] {
  const { length, donor, acceptor } = window
  const middle = Math.floor((donor + acceptor) / 2)
  const [donorInside, acceptorInside] = [middle - donor, acceptor - middle].map(bases =>
    Math.min(bases, end - start),
  )
  const [leftFlank, rightFlank] = isForward ? [donor, length - acceptor] : [length - acceptor, donor]
  const [leftInside, rightInside] = isForward
    ? [donorInside!, acceptorInside!]
    : [acceptorInside!, donorInside!]
  return [stretch(start - leftFlank, start + leftInside), stretch(end - rightInside, end + rightFlank)]
}

/** Windows that reach beyond a contig's end share padding there only if they share its last base as well. */
function stretch(start: number, end: number): Stretch {
  return [Math.max(start, 0), Math.max(end, 0)]
}

/** One bit per place of [low, high). */
class BitRange {
  readonly #low: number
  readonly #words: Uint32Array

  constructor(low: number, high: number) {
    this.#low = low
    this.#words = new Uint32Array(Math.ceil((high - low) / 32))
  }

  set(start: number, end: number): void {
    this.#words32(start, end, (word, mask) => {
      this.#words[word]! |= mask
      return false
    })
  }

  any(start: number, end: number): boolean {
    return this.#words32(start, end, (word, mask) => (this.#words[word]! & mask) !== 0)
  }

  countShared(other: BitRange): number {
    let count = 0
    for (const [i, word] of this.#words.entries()) {
      count += bitCount(word & other.#words[i]!)
    }
    return count
  }

  /** Shows the words of a stretch with a mask of its bits, until `visit` returns true. */
  #words32(start: number, end: number, visit: (word: number, mask: number) => boolean): boolean {
    const [from, to] = [start - this.#low, end - this.#low]
    for (let word = from >>> 5; word * 32 < to; word++) {
      const first = Math.max(from - word * 32, 0)
      const last = Math.min(to - word * 32, 32)
      if (visit(word, (0xffffffff << first) & (0xffffffff >>> (32 - last)))) {
        return true
      }
    }
    return false
  }
}
