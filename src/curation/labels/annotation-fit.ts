import { ReferenceMismatchError } from '../../core/errors.ts'
import { intronEnds, motifOfEnds, strandOfEnds } from '../../genome/motif.ts'
import type { KnownIntron } from './gene-model.ts'

/** Annotated introns with known bases below which a low share of canonical motifs may be chance. */
const MIN_INTRONS = 20
/** On a wrong assembly 2.3 % of introns look canonical by chance; the worst right annotation tried has 72 %. */
const LEAST_CANONICAL = 0.4
const DOUBTFUL_CANONICAL = 0.7
/**
 * Group II introns, as chloroplasts and plant mitochondria have twenty and more, start with GUGYG and end with AY: not canonical,
 * but in place. By chance 6 % of introns start with GT.
 */
const LEAST_GT = 0.5

/** Introns counted by what the sequence has at their ends. */
class FitTally {
  all = 0
  pastEnd = 0
  /** With known bases at both ends; of these, canonical ones, and those that start with GT. */
  known = 0
  canonical = 0
  gt = 0

  get share(): number {
    return this.known === 0 ? 1 : this.canonical / this.known
  }

  /** True when the introns cannot be where the annotation says. */
  get isWrong(): boolean {
    return this.known >= MIN_INTRONS && this.share < LEAST_CANONICAL
  }

  get isGroupTwo(): boolean {
    return this.gt >= LEAST_GT * this.known
  }

  add({ start, end, strand }: KnownIntron, codes: Uint8Array): void {
    this.all++
    if (end > codes.length) {
      this.pastEnd++
      return
    }
    const ends = intronEnds(codes, start, end)
    // Base-5 digits of which one is 4 hold an unknown base.
    if (![1, 5, 25, 125].every(place => Math.trunc(ends / place) % 5 !== 4)) {
      return
    }
    this.known++
    const motifStrand = strandOfEnds(ends)
    this.canonical += motifStrand !== '.' && (strand === '.' || motifStrand === strand) ? 1 : 0
    this.gt += motifOfEnds(ends, strand).startsWith('GT') ? 1 : 0
  }

  describe(where: string): string {
    return `only ${(100 * this.share).toFixed(1)} % of ${this.known} annotated introns${where} are GT-AG, GC-AG or AT-AC in the reference, where 95 to 100 % are usual`
  }
}

/** How well the annotated introns fit the sequence, all together and contig by contig. */
export class AnnotationFit {
  readonly #total = new FitTally()
  readonly #contigs: { name: string; tally: FitTally }[] = []

  /** Adds the introns of a contig; `name` is what messages call it. */
  add(introns: readonly KnownIntron[], codes: Uint8Array, name = `contig ${this.#contigs.length + 1}`): void {
    const tally = new FitTally()
    for (const intron of introns) {
      tally.add(intron, codes)
      this.#total.add(intron, codes)
    }
    this.#contigs.push({ name, tally })
  }

  get share(): number {
    return this.#total.share
  }

  /**
   * Throws: ReferenceMismatchError when most introns lie past their contigs' ends or have no canonical motif, those of a
   * single contig as well: chromosomes may be swapped.
   */
  require(): void {
    const { all, pastEnd, isWrong } = this.#total
    if (pastEnd > 0 && pastEnd === all) {
      throw new ReferenceMismatchError(
        `all ${all} annotated introns lie past the ends of the reference's contigs`,
        'give the reference the annotation was made for',
      )
    }
    if (isWrong) {
      throw new ReferenceMismatchError(
        this.#total.describe(''),
        'annotation and reference are of different assemblies, most likely: give those that belong together',
      )
    }
    const wrong = this.#contigs.find(({ tally }) => tally.isWrong && !tally.isGroupTwo)
    if (wrong !== undefined) {
      throw new ReferenceMismatchError(
        wrong.tally.describe(` of ${wrong.name}`),
        'the contig of that name is another one in the reference, most likely; where its introns are not those of the spliceosome (group I, in mitochondria), take them out of the annotation',
      )
    }
  }

  /** Returns what the user should know about a fit that is not good. */
  warnings(): string[] {
    const warnings: string[] = []
    const { known, share, all, pastEnd } = this.#total
    if (known >= MIN_INTRONS && share < DOUBTFUL_CANONICAL) {
      warnings.push(
        `${this.#total.describe('')}; such a share is low for a right assembly and high for a wrong one`,
      )
    }
    for (const { name, tally } of this.#contigs) {
      if (tally.isWrong && tally.isGroupTwo) {
        warnings.push(
          `${tally.describe(` of ${name}`)}; most start with GT, as group II introns of chloroplasts and mitochondria do, which are no examples of splicing by the spliceosome`,
        )
      }
    }
    if (pastEnd > 0) {
      warnings.push(
        `${pastEnd} of ${all} annotated introns lie past the ends of the reference's contigs and were left out`,
      )
    }
    return warnings
  }
}
