import { lowerBound } from '../../core/lower-bound.ts'
import type { Strand } from '../../genome/strand.ts'
import type { Gene } from './gene-model.ts'

/** Genes of one contig and strand, for questions about what overlaps. */
class StrandGenes {
  readonly numbers: number[] = []
  readonly starts: number[] = []
  readonly ends: number[] = []
  /** Largest end up to here. */
  readonly reach: number[] = []

  /** Adds a gene; starts must not descend. */
  add(number: number, start: number, end: number): void {
    this.numbers.push(number)
    this.starts.push(start)
    this.ends.push(end)
    this.reach.push(Math.max(end, this.reach.at(-1) ?? 0))
  }

  /** Returns the first gene that `find` yields, -1 without one. A generator for each of millions of questions is slow. */
  first(before: number, beyond: number): number {
    for (let i = lowerBound(this.starts, before) - 1; i >= 0 && this.reach[i]! > beyond; i--) {
      if (this.ends[i]! > beyond) {
        return this.numbers[i]!
      }
    }
    return -1
  }

  /** Yields the genes that start before `before` and end beyond `beyond`, the last to start first. */
  *find(before: number, beyond: number): Generator<number> {
    for (let i = lowerBound(this.starts, before) - 1; i >= 0 && this.reach[i]! > beyond; i--) {
      if (this.ends[i]! > beyond) {
        yield this.numbers[i]!
      }
    }
  }
}

/** Where genes lie, by contig and strand. A gene without a strand counts on both. */
export class GenePlaces {
  readonly #genes: readonly Gene[]
  readonly #byStrand = new Map<string, StrandGenes[]>([
    ['+', []],
    ['-', []],
  ])

  /** Takes genes sorted by contig and start. */
  constructor(genes: readonly Gene[]) {
    this.#genes = genes
    for (const [number, { contig, strand, start, end }] of genes.entries()) {
      for (const one of strand === '.' ? ['+', '-'] : [strand]) {
        const lists = this.#byStrand.get(one)!
        lists[contig] ??= new StrandGenes()
        lists[contig].add(number, start, end)
      }
    }
  }

  /** True when a gene of the strand shares a base with `[start, end)`. */
  overlapsAny(contig: number, strand: Strand, start: number, end: number): boolean {
    return this.overlapping(contig, strand, start, end) >= 0
  }

  /** Returns the number of a gene of the strand that shares a base with `[start, end)`, -1 without one. */
  overlapping(contig: number, strand: Strand, start: number, end: number): number {
    return this.#byStrand.get(strand)?.[contig]?.first(end, start) ?? -1
  }

  /** Returns the number of a gene of the strand that holds `[start, end)` and passes the test; -1 without one. */
  containing(
    contig: number,
    strand: Strand,
    start: number,
    end: number,
    test: (gene: Gene) => boolean = () => true,
  ): number {
    const list = this.#byStrand.get(strand)?.[contig]
    for (const number of list?.find(start + 1, end - 1) ?? []) {
      if (test(this.#genes[number]!)) {
        return number
      }
    }
    return -1
  }
}
