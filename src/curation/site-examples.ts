import { IntervalTable } from '../junctions/interval-table.ts'
import type { KnownSites } from './decoys/known-sites.ts'
import { classNumber, EXAMPLE_CLASSES, type ExampleClass, MAKINGS, type Making } from './example-classes.ts'
import type { TakeExample } from './example-rows.ts'
import type { LeftOut } from './left-out.ts'
import { type SiteKind, sitePosition } from './site-window.ts'

/**
 * The distinct donors (or acceptors) of a contig's junctions, each with one junction to stand for it: a site of a positive
 * junction is positive, else one of an `unknown` junction is unknown, else it is negative, unless it is known, by annotation or
 * by support. Of several junctions of the class the best supported one stands, of equals the first.
 * Memory: 60 bytes per site.
 */
export class SiteExamples {
  readonly #kind: SiteKind
  readonly #supportOf: (start: number, end: number, strand: '+' | '-') => number
  readonly #sites = new IntervalTable()
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  readonly #classes: number[] = []
  readonly #makings: number[] = []
  readonly #genes: number[] = []

  constructor(kind: SiteKind, supportOf: (start: number, end: number, strand: '+' | '-') => number) {
    this.#kind = kind
    this.#supportOf = supportOf
  }

  /** Offers a junction to stand for its site. */
  offer(
    start: number,
    end: number,
    strand: '+' | '-',
    className: ExampleClass,
    making: Making,
    gene: number,
  ): void {
    const known = this.#sites.size
    const site = this.#sites.intern(
      strand === '+' ? 1 : 0,
      sitePosition({ start, end, strand }, this.#kind),
      0,
    )
    if (site < known && !this.#isBetter(site, start, end, strand, className)) {
      return
    }
    this.#starts[site] = start
    this.#ends[site] = end
    this.#classes[site] = classNumber(className)
    this.#makings[site] = MAKINGS.indexOf(making)
    this.#genes[site] = gene
  }

  /** Gives away the junctions that stand for sites, in the order the sites were first offered; negatives at known sites are counted instead. */
  give(known: KnownSites, leftOut: LeftOut, take: TakeExample): void {
    for (let site = 0; site < this.#sites.size; site++) {
      const [start, end] = [this.#starts[site]!, this.#ends[site]!]
      const strand = this.#sites.group(site) === 1 ? '+' : '-'
      const className = EXAMPLE_CLASSES[this.#classes[site]!]!
      const dinucleotide = (this.#kind === 'donor') === (strand === '+') ? start : end - 2
      if (className.startsWith('negative') && known.has(strand, dinucleotide)) {
        leftOut.add('site-known', className)
      } else {
        take(start, end, strand, className, MAKINGS[this.#makings[site]!]!, this.#genes[site]!)
      }
    }
  }

  #isBetter(site: number, start: number, end: number, strand: '+' | '-', className: ExampleClass): boolean {
    const other = EXAMPLE_CLASSES[this.#classes[site]!]!
    return className === other
      ? this.#supportOf(start, end, strand) > this.#supportOf(this.#starts[site]!, this.#ends[site]!, strand)
      : rank(className) < rank(other)
  }
}

/** Rank of a class when junctions share a site: what is known to splice decides. */
function rank(className: ExampleClass): number {
  return className === 'unknown' ? 0.5 + classNumber('positive') : classNumber(className)
}
