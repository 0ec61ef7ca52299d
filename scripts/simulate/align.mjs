// Error-free and slightly damaged alignments of stretches of a transcript to its contig.
import { between, pick } from './random.mjs'
import { drawBases } from './splice-sites.mjs'

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {import('./gene.mjs').Span} Span */

/**
 * A read's alignment: bases in forward orientation, `editDistance` as in the NM tag.
 * @typedef {{ start: number, end: number, cigar: string, sequence: string, editDistance: number }} Alignment
 */

/**
 * What may happen to a read, as shares of all reads (`mismatch`: of all bases).
 * @typedef {{ clip: number, indel: number, mismatch: number }} Damage
 */

/** Short stretches keep no indel: aligners put none next to an intron or a read's end. */
const INDEL_MARGIN = 10

/**
 * Returns the length of spliced exons.
 * @param {readonly Span[]} exons
 * @returns {number}
 */
export function splicedLength(exons) {
  return exons.reduce((sum, exon) => sum + exon.end - exon.start, 0)
}

/**
 * Returns the stretches of the contig that `[from, to)` of the spliced exons covers, left to right.
 * @param {readonly Span[]} exons ascending
 * @param {number} from
 * @param {number} to
 * @returns {Span[]}
 */
export function splicedSpans(exons, from, to) {
  const spans = []
  let before = 0
  for (const exon of exons) {
    const start = exon.start + Math.max(0, from - before)
    const end = Math.min(exon.end, exon.start + to - before)
    if (start < end) {
      spans.push({ start, end })
    }
    before += exon.end - exon.start
  }
  return spans
}

/**
 * Returns the alignment of a read of `length` bases that starts at spliced base `from`.
 * @param {Random} random
 * @param {string} contigSequence
 * @param {readonly Span[]} exons
 * @param {number} from
 * @param {number} length
 * @param {Damage | undefined} damage none: an exact read
 * @returns {Alignment}
 */
export function alignRead(random, contigSequence, exons, from, length, damage) {
  const fate = damage ? random() : 1
  const clip = damage && fate < damage.clip ? between(random, 1, 12) : 0
  const clipLeft = clip > 0 && random() < 0.5
  const indel = damage && fate >= damage.clip && fate < damage.clip + damage.indel ? between(random, 1, 3) : 0
  const insert = indel > 0 && random() < 0.5

  let taken = length - clip - (insert ? indel : 0) + (insert ? 0 : indel)
  const begin = from + (clipLeft ? clip : 0)
  const fits = begin + taken <= splicedLength(exons)
  if (!fits) {
    taken = length - clip
  }
  const spans = splicedSpans(exons, begin, begin + taken)
  const host = fits && indel > 0 ? pickHost(random, spans, indel) : -1
  if (indel > 0 && host < 0) {
    // No stretch can take the indel: the read stays exact.
    return alignRead(random, contigSequence, exons, from, length, undefined)
  }

  const ops = []
  let sequence = ''
  for (const [i, span] of spans.entries()) {
    const bases = contigSequence.slice(span.start, span.end)
    const size = bases.length
    if (i > 0) {
      ops.push(`${span.start - spans[i - 1].end}N`)
    }
    if (i !== host) {
      ops.push(`${size}M`)
      sequence += bases
      continue
    }
    const cut = between(random, INDEL_MARGIN, size - INDEL_MARGIN - indel)
    if (insert) {
      ops.push(`${cut}M${indel}I${size - cut}M`)
      sequence += bases.slice(0, cut) + drawBases(random, indel, [1, 1, 1, 1]).join('') + bases.slice(cut)
    } else {
      ops.push(`${cut}M${indel}D${size - cut - indel}M`)
      sequence += bases.slice(0, cut) + bases.slice(cut + indel)
    }
  }
  const noisy = damage ? addMismatches(random, sequence, damage.mismatch) : { sequence, count: 0 }
  const clipped = clip > 0 ? drawBases(random, clip, [1, 1, 1, 1]).join('') : ''
  const clipOp = clip > 0 ? `${clip}S` : ''
  return {
    start: spans[0].start,
    end: spans[spans.length - 1].end,
    cigar: clipLeft ? clipOp + ops.join('') : ops.join('') + clipOp,
    sequence: clipLeft ? clipped + noisy.sequence : noisy.sequence + clipped,
    editDistance: noisy.count + indel,
  }
}

/**
 * Returns the index of a stretch long enough for an indel with its margins, or -1.
 * @param {Random} random
 * @param {readonly Span[]} spans
 * @param {number} indel
 * @returns {number}
 */
function pickHost(random, spans, indel) {
  const hosts = spans.flatMap((span, i) => (span.end - span.start >= 2 * INDEL_MARGIN + indel ? [i] : []))
  return hosts.length > 0 ? pick(random, hosts) : -1
}

/**
 * @param {Random} random
 * @param {string} sequence
 * @param {number} share
 * @returns {{ sequence: string, count: number }}
 */
function addMismatches(random, sequence, share) {
  let out = ''
  let count = 0
  for (const base of sequence) {
    if (random() < share) {
      out += pick(
        random,
        [...'ACGT'].filter(other => other !== base),
      )
      count++
    } else {
      out += base
    }
  }
  return { sequence: out, count }
}
