// Reads of one gene at any depth, written straight into BAM bytes in coordinate order.
import { splicedSpans } from './align.mjs'
import { binOf } from './bam-record.mjs'
import { shareOut } from './deep-genes.mjs'
import { between, pickWeighted } from './random.mjs'

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {import('./byte-sink.mjs').ByteSink} ByteSink */
/** @typedef {import('./deep-genes.mjs').DeepGene} DeepGene */

const READ_LENGTH = 100
const [M, N, SOFT_CLIP] = [0, 3, 4]
const CLIP_SHARE = 0.02
const MISMATCH_SHARE = 0.15
const MULTI_SHARE = 0.05
const NIBBLES = [1, 2, 4, 8]
/** Many enough that two equal ones rarely lie within the 32 KiB that DEFLATE looks back. */
const QUALITY_PROFILES = 8_192
/** Phred values as a sequencer bins them, by share: in a good stretch of a read, in a poor one. */
const QUALITY_VALUES = [37, 25, 11, 2]
const QUALITY_SHARES = [
  [88, 7, 4, 1],
  [55, 24, 16, 5],
]

/**
 * Returns quality strings as raw Phred bytes, one after the other.
 * @param {Random} random
 * @returns {Uint8Array} `QUALITY_PROFILES` times `READ_LENGTH` bytes
 */
export function drawQualityPool(random) {
  const pool = new Uint8Array(QUALITY_PROFILES * READ_LENGTH)
  for (let i = 0; i < pool.length; i += READ_LENGTH) {
    const turn = between(random, 30, 140)
    for (let j = 0; j < READ_LENGTH; j++) {
      pool[i + j] = QUALITY_VALUES[pickWeighted(random, QUALITY_SHARES[j < turn ? 0 : 1])]
    }
  }
  return pool
}

/**
 * Yields after each position of the gene whose reads are in the sink: the caller's turn to empty it.
 * Memory: one position's reads.
 * @param {ByteSink} sink
 * @param {Random} random
 * @param {{ contigId: number, gene: DeepGene }} place
 * @param {number} depth number of reads
 * @param {Uint8Array} qualityPool
 */
export function* writeReads(sink, random, { contigId, gene }, depth, qualityPool) {
  const { exons, strand, start: geneStart, sequence } = gene
  const letters = exons.map(exon => sequence.slice(exon.start - geneStart, exon.end - geneStart)).join('')
  const bases = Uint8Array.from(letters, letter => NIBBLES['ACGT'.indexOf(letter)])
  const positions = bases.length - READ_LENGTH + 1
  // Uneven on purpose: real coverage is, and the deepest positions set the block contents.
  const counts = shareOut(
    Array.from({ length: positions }, () => random() ** 2),
    depth,
  )
  for (const [from, count] of counts.entries()) {
    const full = cigarOf(exons, from, READ_LENGTH)
    for (let i = 0; i < count; i++) {
      const clip = random() < CLIP_SHARE ? between(random, 1, 12) : 0
      const alignment = clip > 0 ? cigarOf(exons, from, READ_LENGTH - clip) : full
      writeRead(sink, random, { contigId, strand, alignment, clip, bases, from, qualityPool })
    }
    yield
  }
}

/**
 * @param {DeepGene['exons']} exons
 * @param {number} from
 * @param {number} length
 * @returns {{ start: number, end: number, ops: number[] }}
 */
function cigarOf(exons, from, length) {
  const spans = splicedSpans(exons, from, from + length)
  const ops = spans.flatMap((span, i) => {
    const match = ((span.end - span.start) << 4) | M
    return i === 0 ? [match] : [((span.start - spans[i - 1].end) << 4) | N, match]
  })
  return { start: spans[0].start, end: spans[spans.length - 1].end, ops }
}

/**
 * @param {ByteSink} sink
 * @param {Random} random
 * @param {{
 *   contigId: number,
 *   strand: '+' | '-',
 *   alignment: { start: number, end: number, ops: number[] },
 *   clip: number,
 *   bases: Uint8Array,
 *   from: number,
 *   qualityPool: Uint8Array,
 * }} read
 */
function writeRead(sink, random, { contigId, strand, alignment, clip, bases, from, qualityPool }) {
  const { start, end, ops } = alignment
  const name = `SIM:1:${between(random, 1101, 1178)}:${between(random, 1000, 32000)}:${between(random, 1000, 32000)}`
  const hits = random() < MULTI_SHARE ? between(random, 2, 3) : 1
  const isReverse = random() < 0.5
  const head = sink.length
  sink.u32(0)
  sink.u32(contigId)
  sink.u32(start)
  sink.u8(name.length + 1)
  sink.u8(hits > 1 ? 1 : 60)
  sink.u16(binOf(start, end))
  sink.u16(ops.length + (clip > 0 ? 1 : 0))
  sink.u16(isReverse ? 16 : 0)
  sink.u32(READ_LENGTH)
  sink.u32(-1)
  sink.u32(-1)
  sink.u32(0)
  sink.ascii(name)
  sink.u8(0)
  for (const op of ops) {
    sink.u32(op)
  }
  if (clip > 0) {
    sink.u32((clip << 4) | SOFT_CLIP)
  }
  const at = sink.reserve(READ_LENGTH / 2)
  for (let i = 0; i < READ_LENGTH; i += 2) {
    sink.bytes[at + (i >> 1)] = (bases[from + i] << 4) | bases[from + i + 1]
  }
  for (let i = READ_LENGTH - clip; i < READ_LENGTH; i++) {
    setBase(sink.bytes, at, i, NIBBLES[between(random, 0, 3)])
  }
  let differences = 0
  if (random() < MISMATCH_SHARE) {
    const i = between(random, 0, READ_LENGTH - clip - 1)
    const base = NIBBLES[between(random, 0, 3)]
    differences += base === bases[from + i] ? 0 : 1
    setBase(sink.bytes, at, i, base)
  }
  const profile = between(random, 0, QUALITY_PROFILES - 1) * READ_LENGTH
  const qualities = qualityPool.subarray(profile, profile + READ_LENGTH)
  sink.raw(isReverse ? qualities.toReversed() : qualities)
  sink.ascii('NMC')
  sink.u8(differences)
  if (ops.length > 1) {
    sink.ascii(strand === '+' ? 'XSA+' : 'XSA-')
  }
  sink.ascii('NHC')
  sink.u8(hits)
  sink.view.setUint32(head, sink.length - head - 4, true)
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at where the packed sequence starts
 * @param {number} i
 * @param {number} nibble
 */
function setBase(bytes, at, i, nibble) {
  const byte = at + (i >> 1)
  bytes[byte] = i % 2 === 0 ? (nibble << 4) | (bytes[byte] & 15) : (bytes[byte] & 0xf0) | nibble
}
