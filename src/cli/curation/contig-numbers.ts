import type { ReferenceGenome } from '../../io/reference.ts'

/** Returns the number of each contig of the reference. */
export function contigNumbers(reference: ReferenceGenome): Map<string, number> {
  return new Map([...reference.contigs.keys()].map((name, number) => [name, number]))
}
