// The little genome of the fixtures: three contigs with 25 genes on them.
import { drawHalfCopy, drawPreMrna, drawShape, placeGene } from './gene.mjs'
import { between } from './random.mjs'
import { drawBases, INTERGENIC } from './splice-sites.mjs'

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {import('./gene.mjs').Gene} Gene */
/** @typedef {import('./gene.mjs').GeneShape} GeneShape */
/** @typedef {import('./gene.mjs').PreMrna} PreMrna */
/** @typedef {import('./gene.mjs').Span} Span */
/** @typedef {Span & { contig: string, strand: '+' | '-', kind: string }} Intron */
/** @typedef {{ name: string, length: number, sequence: string }} Contig sequence in upper case, soft masking apart */

/**
 * Copies of one gene, by gene id. Reads from the first `shared` transcript bases fit every member alike.
 * @typedef {{ members: string[], whole: string[], shared: number }} Family
 */

/**
 * @typedef {{ contigs: Contig[], masked: (Span & { contig: string })[], genes: Gene[], introns: Intron[], family: Family }} Genome
 */

/** Every contig: its length, its genes, and the stretch of N where it has one. */
const LAYOUT = [
  { name: 'chr1', length: 60_000, geneCount: 16, firstGap: 900, unknown: { start: 400, end: 700 } },
  // The first intron of chr2 starts 110 bases in: a 400-base window around it needs padding.
  { name: 'chr2', length: 30_000, geneCount: 8, firstGap: 30, unknown: undefined },
  { name: 'HLA:01|x', length: 1_200, geneCount: 1, firstGap: 150, unknown: undefined },
]

/** Genes that are not drawn freely, by number from 1. @type {Record<number, Partial<GeneShape>>} */
const SPECIAL = {
  2: { intronKinds: { 0: 'GC-AG' } },
  3: { exonLengths: [140, 120, 180], intronLengths: [60, 420] },
  5: { intronKinds: { 1: 'AT-AC' } },
  7: { intronKinds: { 1: 'GC-AG' } },
  12: { intronKinds: { 1: 'AT-AC' } },
  17: { exonLengths: [80, 130, 110, 170], intronLengths: [240, 130, 510] },
  20: { intronKinds: { 0: 'GC-AG' } },
  25: { exonLengths: [120, 130, 110], intronLengths: [150, 110] },
}
/** Gene 9 has a whole copy (19, on the other strand) and a half one (22). */
const FAMILY = { model: 9, whole: 19, half: 22 }
const REVERSE = new Set([2, 4, 5, 8, 10, 13, 14, 16, 18, 19, 21, 24, 25])

/** @param {number} number */
const geneId = number => `SIMG${String(number).padStart(3, '0')}`

/**
 * Returns the genome.
 * @param {Random} random
 * @returns {Genome}
 */
export function drawGenome(random) {
  const geneTotal = LAYOUT.reduce((sum, contig) => sum + contig.geneCount, 0)
  const { preMrnas, shared } = drawPreMrnas(random, geneTotal)
  /** @type {Genome} */
  const genome = {
    contigs: [],
    masked: [],
    genes: [],
    introns: [],
    family: {
      members: [FAMILY.model, FAMILY.whole, FAMILY.half].map(geneId),
      whole: [FAMILY.model, FAMILY.whole].map(geneId),
      shared,
    },
  }
  let number = 1
  for (const { name, length, geneCount, firstGap, unknown } of LAYOUT) {
    let sequence = ''
    for (let i = 0; i < geneCount; i++, number++) {
      sequence += drawBases(random, i === 0 ? firstGap : between(random, 300, 1500), INTERGENIC).join('')
      const placed = placeGene(preMrnas[number - 1], {
        id: geneId(number),
        contig: name,
        strand: REVERSE.has(number) ? '-' : '+',
        offset: sequence.length,
      })
      const { sequence: geneSequence, introns, ...gene } = placed
      sequence += geneSequence
      genome.genes.push(gene)
      genome.introns.push(...introns.map(intron => ({ contig: name, strand: gene.strand, ...intron })))
    }
    if (sequence.length > length) {
      throw new Error(`${name}: ${geneCount} genes take ${sequence.length} bases, more than ${length}`)
    }
    sequence += drawBases(random, length - sequence.length, INTERGENIC).join('')
    if (unknown) {
      const run = 'N'.repeat(unknown.end - unknown.start)
      sequence = sequence.slice(0, unknown.start) + run + sequence.slice(unknown.end)
    }
    genome.contigs.push({ name, length, sequence })
    genome.masked.push(...drawMasks(random, name, length))
  }
  return genome
}

/**
 * @param {Random} random
 * @param {number} count
 * @returns {{ preMrnas: PreMrna[], shared: number }}
 */
function drawPreMrnas(random, count) {
  const preMrnas = Array.from({ length: count }, (_, i) =>
    drawPreMrna(random, { ...drawShape(random), ...SPECIAL[i + 1] }),
  )
  const drawn = preMrnas[FAMILY.model - 1]
  // One transcript only: then the copies share a plain stretch of transcript bases.
  const model = { ...drawn, transcripts: drawn.transcripts.slice(0, 1) }
  const { preMrna, shared } = drawHalfCopy(random, model)
  preMrnas[FAMILY.model - 1] = model
  preMrnas[FAMILY.whole - 1] = model
  preMrnas[FAMILY.half - 1] = preMrna
  return { preMrnas, shared }
}

/**
 * Returns soft-masked stretches, wherever they fall: sites in lower case are sites too.
 * @param {Random} random
 * @param {string} contig
 * @param {number} length
 */
function drawMasks(random, contig, length) {
  const masks = []
  for (let start = between(random, 200, 900); start < length - 400; ) {
    const end = start + between(random, 60, 320)
    masks.push({ contig, start, end })
    start = end + between(random, 500, 2500)
  }
  return masks
}

/**
 * Returns a contig's sequence with its soft-masked stretches in lower case.
 * @param {Genome} genome
 * @param {Contig} contig
 * @returns {string}
 */
export function maskedSequence(genome, contig) {
  let text = ''
  let at = 0
  for (const mask of genome.masked.filter(mask => mask.contig === contig.name)) {
    text += contig.sequence.slice(at, mask.start) + contig.sequence.slice(mask.start, mask.end).toLowerCase()
    at = mask.end
  }
  return text + contig.sequence.slice(at)
}
