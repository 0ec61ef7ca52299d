import { ReferenceMismatchError } from '../../core/errors.ts'
import { intronEnds, strandOfEnds } from '../../genome/motif.ts'
import type { KnownIntron } from './gene-model.ts'

/** Annotated introns with known bases below which a low share of canonical motifs may be chance. */
const MIN_INTRONS = 20
/** On a wrong assembly 2.3 % of introns look canonical by chance; the worst right annotation tried has 72 %. */
const LEAST_CANONICAL = 0.4
const DOUBTFUL_CANONICAL = 0.7

/** How well the annotated introns fit the sequence. */
export class AnnotationFit {
  #known = 0
  #canonical = 0
  #pastEnd = 0
  #all = 0

  add(introns: readonly KnownIntron[], codes: Uint8Array): void {
    for (const { start, end, strand } of introns) {
      this.#all++
      if (end > codes.length) {
        this.#pastEnd++
        continue
      }
      const ends = intronEnds(codes, start, end)
      // Base-5 digits of which one is 4 hold an unknown base.
      const isKnown = [1, 5, 25, 125].every(place => Math.trunc(ends / place) % 5 !== 4)
      this.#known += isKnown ? 1 : 0
      const motifStrand = strandOfEnds(ends)
      this.#canonical += motifStrand !== '.' && (strand === '.' || motifStrand === strand) ? 1 : 0
    }
  }

  get share(): number {
    return this.#known === 0 ? 1 : this.#canonical / this.#known
  }

  /** Throws: ReferenceMismatchError when most introns lie past their contigs' ends or have no canonical motif. */
  require(): void {
    if (this.#pastEnd > 0 && this.#pastEnd === this.#all) {
      throw new ReferenceMismatchError(
        `all ${this.#all} annotated introns lie past the ends of the reference's contigs`,
        'give the reference the annotation was made for',
      )
    }
    if (this.#known >= MIN_INTRONS && this.share < LEAST_CANONICAL) {
      throw new ReferenceMismatchError(
        this.#motifText(),
        'annotation and reference are of different assemblies, most likely: give those that belong together',
      )
    }
  }

  /** Returns what the user should know about a fit that is not good. */
  warnings(): string[] {
    const warnings: string[] = []
    if (this.#known >= MIN_INTRONS && this.share < DOUBTFUL_CANONICAL) {
      warnings.push(`${this.#motifText()}; such a share is low for a right assembly and high for a wrong one`)
    }
    if (this.#pastEnd > 0) {
      warnings.push(
        `${this.#pastEnd} of ${this.#all} annotated introns lie past the ends of the reference's contigs and were left out`,
      )
    }
    return warnings
  }

  #motifText(): string {
    return `only ${(100 * this.share).toFixed(1)} % of ${this.#known} annotated introns are GT-AG, GC-AG or AT-AC in the reference, where 95 to 100 % are usual`
  }
}
