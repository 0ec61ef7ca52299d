// Paired reads of fragments of transcripts, as an aligner such as HISAT2 would report them.
import { alignRead } from './align.mjs'
import { between, pickWeighted } from './random.mjs'
import { drawBases } from './splice-sites.mjs'

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {import('./gene.mjs').Span} Span */
/** @typedef {import('./bam-record.mjs').BamRecordSpec} BamRecordSpec */
/** @typedef {import('./align.mjs').Alignment} Alignment */
/** @typedef {import('./align.mjs').Damage} Damage */

/**
 * Where a fragment came from: the spliced bases `[from, from + length)` counted from the left on the contig.
 * `strand` is the transcript's; `tagged`: spliced reads carry XS.
 * @typedef {{
 *   contig: string, strand: '+' | '-', exons: readonly Span[], from: number, length: number, tagged: boolean
 * }} Placement
 */

export const READ_LENGTH = 75
const FLAG = { paired: 1, proper: 2, unmapped: 4, mateUnmapped: 8, reverse: 16, mateReverse: 32 }
const SECONDARY = 256
const DUPLICATE = 1024
const [FIRST, LAST] = [64, 128]

/** Quality letters as a sequencer bins them, by share: good, in the last quarter of a read, bad. */
const QUALITY_LETTERS = 'F:,#'
const QUALITY_SHARES = [
  [94, 5, 1, 0],
  [82, 12, 5, 1],
]

/**
 * Returns a read's qualities in sequencing order.
 * @param {Random} random
 * @param {number} length
 * @returns {string}
 */
export function drawQuality(random, length) {
  let quality = ''
  for (let i = 0; i < length; i++) {
    quality += QUALITY_LETTERS[pickWeighted(random, QUALITY_SHARES[i < length * 0.75 ? 0 : 1])]
  }
  return quality
}

/**
 * Returns the two records of a fragment, left mate first. The library is reverse-stranded (dUTP): read 1 is antisense.
 * @param {Random} random
 * @param {string} name
 * @param {ReadonlyMap<string, string>} sequences by contig
 * @param {Placement} placement
 * @param {{ hits: number, damage?: Damage | undefined }} options number of places the fragment fits; damage only for one
 * @returns {BamRecordSpec[]}
 */
export function pairRecords(random, name, sequences, placement, { hits, damage }) {
  const { contig, strand, exons, from, length, tagged } = placement
  const bases = sequences.get(contig) ?? ''
  const left = alignRead(random, bases, exons, from, READ_LENGTH, damage)
  const right = alignRead(random, bases, exons, from + length - READ_LENGTH, READ_LENGTH, damage)
  const leftEnd = Math.min(left.start, right.start)
  const template = Math.max(left.end, right.end) - leftEnd
  const both = FLAG.paired | FLAG.proper
  const [leftMate, rightMate] = strand === '+' ? [LAST, FIRST] : [FIRST, LAST]
  const leftFirst = left.start <= right.start
  /** @param {Alignment} own @param {Alignment} mate @param {number} flag @param {number} templateLength */
  const record = (own, mate, flag, templateLength) => ({
    name,
    flag,
    contig,
    start: own.start,
    mapq: hits > 1 ? 1 : 60,
    cigar: own.cigar,
    mateContig: contig,
    mateStart: mate.start,
    templateLength,
    sequence: own.sequence,
    quality: drawQuality(random, READ_LENGTH),
    tags: tagsOf(own, hits, tagged ? strand : undefined),
  })
  const leftRecord = record(left, right, both | FLAG.mateReverse | leftMate, leftFirst ? template : -template)
  const rightRecord = record(right, left, both | FLAG.reverse | rightMate, leftFirst ? -template : template)
  rightRecord.quality = Array.from(rightRecord.quality).reverse().join('')
  return [leftRecord, rightRecord]
}

/**
 * Returns tags in the order NM, XS, NH. XS stands on spliced reads only.
 * @param {Alignment} alignment
 * @param {number} hits
 * @param {'+' | '-' | undefined} strand
 * @returns {Record<string, import('./bam-record.mjs').BamTag>}
 */
function tagsOf(alignment, hits, strand) {
  return {
    NM: ['C', alignment.editDistance],
    ...(strand && alignment.cigar.includes('N') ? { XS: ['A', strand] } : {}),
    NH: ['C', hits],
  }
}

/**
 * Returns the records as a secondary alignment's.
 * @param {readonly BamRecordSpec[]} records
 * @returns {BamRecordSpec[]}
 */
export function asSecondary(records) {
  return records.map(record => ({ ...record, flag: record.flag | SECONDARY }))
}

/**
 * Returns the records as a duplicate of another fragment: same place, own name.
 * @param {readonly BamRecordSpec[]} records
 * @param {string} name
 * @returns {BamRecordSpec[]}
 */
export function asDuplicate(records, name) {
  return records.map(record => ({ ...record, name, flag: record.flag | DUPLICATE }))
}

/**
 * Returns the pair with its right mate unmapped, placed at the left mate's position as the specification advises.
 * @param {Random} random
 * @param {readonly BamRecordSpec[]} pair
 * @returns {BamRecordSpec[]}
 */
export function withLostMate(random, [left, right]) {
  const { name, contig, start } = left
  const place = { contig, start, mateContig: contig, mateStart: start, templateLength: 0 }
  return [
    { ...left, ...place, flag: (left.flag & (FIRST | LAST)) | FLAG.paired | FLAG.mateUnmapped },
    {
      ...place,
      ...drawUnaligned(random, name),
      flag: (right.flag & (FIRST | LAST)) | FLAG.paired | FLAG.unmapped,
    },
  ]
}

/**
 * Returns two records of a pair that fits nowhere.
 * @param {Random} random
 * @param {string} name
 * @returns {BamRecordSpec[]}
 */
export function lostPair(random, name) {
  const flag = FLAG.paired | FLAG.unmapped | FLAG.mateUnmapped
  return [FIRST, LAST].map(mate => ({ ...drawUnaligned(random, name), flag: flag | mate }))
}

/**
 * @param {Random} random
 * @param {string} name
 */
function drawUnaligned(random, name) {
  return {
    name,
    mapq: 0,
    sequence: drawBases(random, READ_LENGTH, [1, 1, 1, 1]).join(''),
    quality: drawQuality(random, READ_LENGTH),
  }
}

/**
 * Returns a fragment's length: a sum of uniforms around 160, so that about two pairs in five overlap.
 * @param {Random} random
 * @param {number} longest
 * @returns {number}
 */
export function drawFragmentLength(random, longest) {
  const length = 76 + between(random, 0, 56) + between(random, 0, 56) + between(random, 0, 56)
  return Math.min(length, longest)
}
