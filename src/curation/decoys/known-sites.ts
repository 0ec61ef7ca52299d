import { lowerBound } from '../../core/lower-bound.ts'

/** An intron with the strand its sites are on; `.` counts on both. */
interface Intron {
  start: number
  end: number
  strand: '+' | '-' | '.'
}

/**
 * Where splice sites are known on one contig. A site goes by the first base of its dinucleotide on the forward strand:
 * `start` and `end - 2` of an intron.
 * Memory: 4 bytes per distinct site.
 */
export class KnownSites {
  readonly #byStrand: Record<'+' | '-', Int32Array>

  constructor(introns: Iterable<Intron>) {
    const sites = { '+': new Set<number>(), '-': new Set<number>() }
    for (const { start, end, strand } of introns) {
      for (const one of strand === '.' ? (['+', '-'] as const) : [strand]) {
        sites[one].add(start).add(end - 2)
      }
    }
    this.#byStrand = { '+': Int32Array.from(sites['+']).sort(), '-': Int32Array.from(sites['-']).sort() }
  }

  /** True when a known dinucleotide of the strand starts here. */
  has(strand: '+' | '-', position: number): boolean {
    const sites = this.#byStrand[strand]
    return sites[lowerBound(sites, position)] === position
  }

  /** True when a known dinucleotide of either strand shares a base with the one that starts here. */
  touches(position: number): boolean {
    return (['+', '-'] as const).some(strand => {
      const sites = this.#byStrand[strand]
      const next = sites[lowerBound(sites, position - 1)]
      return next !== undefined && next <= position + 1
    })
  }
}
