// The reads of the fixture sample: fragments of every gene, repeats, duplicates, lost mates, noise.
import { splicedLength } from './align.mjs'
import {
  asDuplicate,
  asSecondary,
  drawFragmentLength,
  lostPair,
  pairRecords,
  READ_LENGTH,
  withLostMate,
} from './fragments.mjs'
import { drawNoise, noisePlacements } from './noise.mjs'
import { between, pick, pickWeighted } from './random.mjs'

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {import('./gene.mjs').Gene} Gene */
/** @typedef {import('./genome.mjs').Genome} Genome */
/** @typedef {import('./fragments.mjs').Placement} Placement */
/** @typedef {import('./noise.mjs').NoiseJunction} NoiseJunction */
/** @typedef {import('./bam-record.mjs').BamRecordSpec} BamRecordSpec */

const FRAGMENTS = 2_680
const FAMILY_FRAGMENTS = 120
const LOST_PAIRS = 15
const NOISE = /** @type {const} */ ([
  ['opposite', 10],
  ['non-canonical', 10],
])
const DUPLICATE_SHARE = 0.03
const LOST_MATE_SHARE = 0.008
const DAMAGE = { clip: 0.04, indel: 0.015, mismatch: 0.002 }
/** Relative expression of genes, and of a gene's first, second and third transcript. */
const GENE_LEVELS = [1, 1, 2, 2, 3, 5, 9]
const TRANSCRIPT_SHARES = [65, 25, 10]

/**
 * Returns the sample's records in coordinate order, unplaced ones last, and the false junctions among them.
 * @param {Random} random
 * @param {Genome} genome
 * @returns {{ records: BamRecordSpec[], noise: NoiseJunction[] }}
 */
export function drawSample(random, genome) {
  const sequences = new Map(genome.contigs.map(contig => [contig.name, contig.sequence]))
  const members = new Set(genome.family.members)
  const single = genome.genes.filter(gene => !members.has(gene.id))
  /** @type {BamRecordSpec[]} */
  const records = []
  let count = 0
  const nextName = () => `sim.${++count}`

  const levels = single.map(() => pick(random, GENE_LEVELS))
  for (let i = 0; i < FRAGMENTS; i++) {
    const gene = single[pickWeighted(random, levels)]
    const options = { hits: 1, damage: DAMAGE }
    const pair = pairRecords(random, nextName(), sequences, drawPlacement(random, gene), options)
    const fate = random()
    if (fate < LOST_MATE_SHARE) {
      records.push(...withLostMate(random, pair))
    } else {
      records.push(...pair)
      if (fate > 1 - DUPLICATE_SHARE) {
        records.push(...asDuplicate(pair, nextName()))
      }
    }
  }
  for (let i = 0; i < FAMILY_FRAGMENTS; i++) {
    records.push(...familyRecords(random, genome, sequences, nextName()))
  }
  const taken = new Set(genome.introns.map(({ contig, start, end }) => `${contig}:${start}-${end}`))
  const noise = NOISE.flatMap(([kind, n]) => drawNoise(random, kind, n, single, sequences, taken))
  for (const placement of noise.flatMap(junction => noisePlacements(random, junction))) {
    records.push(...pairRecords(random, nextName(), sequences, placement, { hits: 1 }))
  }
  for (let i = 0; i < LOST_PAIRS; i++) {
    records.push(...lostPair(random, nextName()))
  }
  return { records: sortRecords(records, genome), noise }
}

/**
 * @param {Random} random
 * @param {Gene} gene
 * @returns {Placement}
 */
function drawPlacement(random, gene) {
  const shares = TRANSCRIPT_SHARES.slice(0, gene.transcripts.length)
  const { exons } = gene.transcripts[pickWeighted(random, shares)]
  const spliced = splicedLength(exons)
  const length = Math.max(READ_LENGTH, drawFragmentLength(random, spliced))
  const from = between(random, 0, spliced - length)
  return { contig: gene.contig, strand: gene.strand, exons, from, length, tagged: true }
}

/**
 * Returns a fragment of one member of the gene family at every place it fits: one primary pair, the others secondary.
 * @param {Random} random
 * @param {Genome} genome
 * @param {ReadonlyMap<string, string>} sequences
 * @param {string} name
 * @returns {BamRecordSpec[]}
 */
function familyRecords(random, { genes, family }, sequences, name) {
  const source = pick(
    random,
    genes.filter(gene => family.members.includes(gene.id)),
  )
  const placement = drawPlacement(random, source)
  const offset = fromFivePrime(placement)
  const fitsAll = offset + placement.length <= family.shared
  const homes = fitsAll ? family.members : family.whole.includes(source.id) ? family.whole : [source.id]
  const places = homes.map(id => {
    const gene = genes.find(other => other.id === id) ?? source
    const { exons } = gene.transcripts[0]
    const own = { ...placement, contig: gene.contig, strand: gene.strand, exons, from: offset }
    return { ...own, from: fromFivePrime(own) }
  })
  const primary = between(random, 0, places.length - 1)
  return places.flatMap((place, i) => {
    const pair = pairRecords(random, name, sequences, place, { hits: places.length })
    return i === primary ? pair : asSecondary(pair)
  })
}

/**
 * Returns where the fragment starts counted from the transcript's 5' end; the same step leads back.
 * @param {Placement} placement
 * @returns {number}
 */
function fromFivePrime({ strand, exons, from, length }) {
  return strand === '+' ? from : splicedLength(exons) - from - length
}

/**
 * @param {readonly BamRecordSpec[]} records
 * @param {Genome} genome
 * @returns {BamRecordSpec[]}
 */
function sortRecords(records, { contigs }) {
  const rank = new Map(contigs.map((contig, i) => [contig.name, i]))
  /** @param {BamRecordSpec} record */
  const contigRank = record => rank.get(record.contig ?? '') ?? contigs.length
  return records.toSorted((a, b) => contigRank(a) - contigRank(b) || (a.start ?? 0) - (b.start ?? 0))
}
