import { OTHER } from '../../genome/sequence.ts'
import type { SiteLogo, UnknownBases } from './document.ts'
import { type ClassGroups, type DatasetExamples, type PassOptions, visitWindows } from './examples.ts'

/** Positions of the logos: three exon and eight intron bases of donors, twenty intron and three exon bases of acceptors. */
const AROUND = {
  donor: { before: 3, after: 8 },
  acceptor: { before: 20, after: 3 },
  site: { before: 20, after: 8 },
} as const

export interface BaseCounts {
  unknownBases: Record<string, UnknownBases>
  logos: SiteLogo[]
}

/** Returns what one pass over the windows counts: unknown bases, and the bases around the sites, by class. */
export async function countBases(
  examples: DatasetExamples,
  groups: ClassGroups,
  options: PassOptions = {},
): Promise<BaseCounts> {
  const { windows } = examples
  const counters = countersOf(examples, groups)
  const unknown = groups.names.map(() => ({ bases: 0, windows: 0, of: 0 }))
  await visitWindows(
    windows,
    (codes, row) => {
      const group = groups.of[row]!
      const found = countUnknown(codes)
      const sums = unknown[group]!
      sums.bases += found
      sums.windows += found > 0 ? 1 : 0
      sums.of++
      for (const counter of counters) {
        counter.add(codes, row, group)
      }
    },
    options,
  )
  return {
    unknownBases: Object.fromEntries(
      groups.names.map((name, i) => {
        const { bases, windows: some, of } = unknown[i]!
        return [name, { share: of === 0 ? 0 : bases / (of * windows.length), windows: some }]
      }),
    ),
    logos: counters.map(counter => counter.finish()).filter(logo => Object.keys(logo.classes).length > 0),
  }
}

function countUnknown(codes: Uint8Array): number {
  let count = 0
  for (let i = 0; i < codes.length; i++) {
    count += codes[i] === OTHER ? 1 : 0
  }
  return count
}

function countersOf(examples: DatasetExamples, groups: ClassGroups): SiteCounter[] {
  const { window, sites, windows } = examples
  const counter = (site: SiteLogo['site'], index: number, counts: (row: number) => boolean) =>
    new SiteCounter(site, index, windows.length, groups.names, counts)
  if ('donor' in window) {
    return [counter('donor', window.donor, () => true), counter('acceptor', window.acceptor, () => true)]
  }
  if (!('site' in window)) {
    return []
  }
  if (sites === undefined) {
    return [counter('site', window.site, () => true)]
  }
  return (['donor', 'acceptor'] as const).map(site => {
    const id = sites.texts.indexOf(site)
    return counter(site, window.site, row => id >= 0 && sites.ids[row] === id)
  })
}

/** Counts bases by position and class around one site of the windows. */
class SiteCounter {
  readonly #site: SiteLogo['site']
  readonly #names: readonly string[]
  readonly #isCounted: (row: number) => boolean
  /** First position in the window, and how many there are. */
  readonly #from: number
  readonly #positions: number[]
  /** Shape: [classes, positions, 5]. */
  readonly #counts: Float64Array
  readonly #windows: number[]

  constructor(
    site: SiteLogo['site'],
    index: number,
    length: number,
    names: readonly string[],
    isCounted: (row: number) => boolean,
  ) {
    const { before, after } = AROUND[site]
    this.#site = site
    this.#names = names
    this.#isCounted = isCounted
    this.#from = Math.max(index - before, 0)
    const to = Math.min(index + after, length)
    this.#positions = Array.from({ length: to - this.#from }, (_, i) => {
      const offset = this.#from + i - index
      return offset < 0 ? offset : offset + 1
    })
    this.#counts = new Float64Array(names.length * this.#positions.length * 5)
    this.#windows = names.map(() => 0)
  }

  add(codes: Uint8Array, row: number, group: number): void {
    if (!this.#isCounted(row)) {
      return
    }
    this.#windows[group]!++
    const positions = this.#positions.length
    for (let i = 0; i < positions; i++) {
      this.#counts[(group * positions + i) * 5 + codes[this.#from + i]!]!++
    }
  }

  finish(): SiteLogo {
    const positions = this.#positions.length
    const classes = this.#names.flatMap((name, group) => {
      const windows = this.#windows[group]!
      const counts = Array.from(
        { length: positions * 4 },
        (_, i) => this.#counts[(group * positions + (i >> 2)) * 5 + (i & 3)]!,
      )
      return windows === 0 ? [] : [[name, { windows, counts }] as const]
    })
    return { site: this.#site, positions: this.#positions, classes: Object.fromEntries(classes) }
  }
}
