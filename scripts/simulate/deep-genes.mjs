// The genome of the benchmark: contigs, genes and their expression, all decided by the seed and not by the depth.
import { drawPreMrna, placeGene } from './gene.mjs'
import { between, mulberry32 } from './random.mjs'

/** @typedef {import('./gene.mjs').Span} Span */
/**
 * A gene with one transcript. Coordinates: 0-based half-open, exons ascending, `sequence` on the forward strand from `start`.
 * @typedef {{ strand: '+' | '-', start: number, end: number, exons: Span[], sequence: string }} DeepGene
 */

const CONTIG_LENGTH = 20_000_000
/** Genes of each contig. */
export const GENES_PER_CONTIG = 200
const EXONS_PER_GENE = 6

/** Contigs of the benchmark. */
export const DEEP_CONTIGS = Array.from({ length: 5 }, (_, i) => ({
  name: `chr${i + 1}`,
  length: CONTIG_LENGTH,
}))

/**
 * Yields the genes with the number of their contig, in coordinate order.
 * @param {number} seed
 * @returns {Generator<{ contigId: number, gene: DeepGene }>}
 */
export function* deepGenes(seed) {
  const slot = CONTIG_LENGTH / GENES_PER_CONTIG
  const random = mulberry32(seed)
  for (const [contigId, contig] of DEEP_CONTIGS.entries()) {
    for (let i = 0; i < GENES_PER_CONTIG; i++) {
      const preMrna = drawPreMrna(random, {
        exonLengths: Array.from({ length: EXONS_PER_GENE }, () => between(random, 120, 280)),
        // Cubed: many introns of a few hundred bases, some of ten thousand.
        intronLengths: Array.from(
          { length: EXONS_PER_GENE - 1 },
          () => 80 + Math.floor(random() ** 3 * 12_000),
        ),
      })
      const offset = i * slot + between(random, 1_000, slot - preMrna.sequence.length - 1_000)
      const strand = random() < 0.5 ? '+' : '-'
      const { start, end, transcripts, sequence } = placeGene(preMrna, {
        id: '',
        contig: contig.name,
        strand,
        offset,
      })
      yield { contigId, gene: { strand, start, end, exons: transcripts[0].exons, sequence } }
    }
  }
}

/**
 * Returns how many of `total` reads each gene gets; a hundredfold between the least and the most expressed.
 * @param {number} seed
 * @param {number} total
 * @returns {number[]}
 */
export function geneDepths(seed, total) {
  const random = mulberry32(seed + 1)
  const levels = Array.from({ length: DEEP_CONTIGS.length * GENES_PER_CONTIG }, () => 1 + random() ** 4 * 99)
  return shareOut(levels, total)
}

/**
 * Returns whole numbers in proportion to the weights that add up to `total` exactly.
 * @param {readonly number[]} weights
 * @param {number} total
 * @returns {number[]}
 */
export function shareOut(weights, total) {
  const sum = weights.reduce((a, b) => a + b, 0)
  let cumulated = 0
  let given = 0
  return weights.map((weight, i) => {
    cumulated += weight
    const upTo = i === weights.length - 1 ? total : Math.floor((cumulated / sum) * total)
    const share = upTo - given
    given = upTo
    return share
  })
}
