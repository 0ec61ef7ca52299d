// Junctions that are no introns: what misaligned reads leave behind.
import { between, pick } from './random.mjs'
import { reverseComplementText } from './splice-sites.mjs'

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {import('./gene.mjs').Gene} Gene */
/** @typedef {import('./fragments.mjs').Placement} Placement */

/**
 * A false intron inside a gene. `opposite`: GT-AG read on the strand opposite to the gene; `non-canonical`: none of the three
 * known motifs on either strand, so that an aligner gives it no strand.
 * @typedef {{
 *   kind: 'opposite' | 'non-canonical', contig: string, start: number, end: number, strand: '+' | '-'
 * }} NoiseJunction
 */

const FLANK = 140
const KNOWN = new Set(['GT-AG', 'GC-AG', 'AT-AC'])

/**
 * Returns `count` different false junctions of one kind.
 * Throws: Error when the genes offer too few.
 * @param {Random} random
 * @param {NoiseJunction['kind']} kind
 * @param {number} count
 * @param {readonly Gene[]} genes
 * @param {ReadonlyMap<string, string>} sequences
 * @param {Set<string>} taken `contig:start-end` of introns already used; grows
 * @returns {NoiseJunction[]}
 */
export function drawNoise(random, kind, count, genes, sequences, taken) {
  /** @type {NoiseJunction[]} */
  const found = []
  for (let attempt = 0; found.length < count; attempt++) {
    if (attempt === 100_000) {
      throw new Error(`found ${found.length} of ${count} ${kind} noise junctions`)
    }
    const gene = pick(random, genes)
    const bases = sequences.get(gene.contig) ?? ''
    const start = between(random, gene.start, gene.end)
    const end = start + between(random, 80, 700)
    if (start < FLANK || end + FLANK > bases.length) {
      continue
    }
    const ends = bases.slice(start, start + 2) + bases.slice(end - 2, end)
    const forward = motif(ends)
    const reverse = motif(reverseComplementText(ends))
    const fits =
      kind === 'opposite'
        ? (gene.strand === '+' ? reverse : forward) === 'GT-AG'
        : !KNOWN.has(forward) && !KNOWN.has(reverse)
    const key = `${gene.contig}:${start}-${end}`
    if (fits && !taken.has(key)) {
      taken.add(key)
      const opposite = gene.strand === '+' ? '-' : '+'
      found.push({
        kind,
        contig: gene.contig,
        start,
        end,
        strand: kind === 'opposite' ? opposite : gene.strand,
      })
    }
  }
  return found
}

/** @param {string} ends */
const motif = ends => `${ends.slice(0, 2)}-${ends.slice(2)}`

/**
 * Returns the fragments that carry a false junction, two reads at most in all: one or two fragments whose left mate crosses it,
 * or one fragment short enough for both mates to cross.
 * @param {Random} random
 * @param {NoiseJunction} junction
 * @returns {Placement[]}
 */
export function noisePlacements(random, { kind, contig, start, end, strand }) {
  const exons = [
    { start: start - FLANK, end: start },
    { start: end, end: end + FLANK },
  ]
  const shape = random()
  const lengths = shape < 0.4 ? [150] : shape < 0.7 ? [150, 156] : [90]
  return lengths.map(length => ({
    contig,
    strand,
    exons,
    // The first read starts 25 to 65 bases before the junction, so both its anchors are at least 10.
    from: FLANK - between(random, 25, 65),
    length,
    tagged: kind === 'opposite',
  }))
}
