// Genes: first as a pre-mRNA in transcript orientation, then placed on a contig.
import { between, pick } from './random.mjs'
import { drawAcceptor, drawBases, drawIntron, EXON, reverseComplementText } from './splice-sites.mjs'

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {import('./splice-sites.mjs').IntronKind} IntronKind */
/** @typedef {{ start: number, end: number }} Span 0-based half-open */

/**
 * What a gene is to look like, 5' to 3'. `intronKinds` names the introns that are not GT-AG, by index.
 * @typedef {{
 *   exonLengths: number[],
 *   intronLengths: number[],
 *   intronKinds?: Record<number, IntronKind>,
 * }} GeneShape
 */

/**
 * A gene before it has a place: its sequence and its transcripts' exons, in transcript orientation.
 * @typedef {{ sequence: string, introns: (Span & { kind: IntronKind })[], transcripts: Span[][] }} PreMrna
 */

/**
 * A gene on a contig. Coordinates: 0-based half-open on the forward strand; exons ascending.
 * @typedef {{ id: string, exons: Span[] }} Transcript
 * @typedef {{
 *   id: string, contig: string, strand: '+' | '-', start: number, end: number, transcripts: Transcript[]
 * }} Gene
 */

/**
 * Returns a random shape of three to six exons.
 * @param {Random} random
 * @returns {GeneShape}
 */
export function drawShape(random) {
  const exonCount = between(random, 3, 6)
  return {
    exonLengths: Array.from({ length: exonCount }, () => between(random, 90, 240)),
    // Squaring leans towards the short introns without leaving out the long.
    intronLengths: Array.from({ length: exonCount - 1 }, () => 80 + Math.floor(random() ** 2 * 1200)),
  }
}

/**
 * Returns a pre-mRNA of the shape given. The first transcript has every exon; where there are four exons or more a second one
 * skips an inner exon; where an exon is long enough another one starts at an acceptor inside it.
 * @param {Random} random
 * @param {GeneShape} shape
 * @returns {PreMrna}
 */
export function drawPreMrna(random, { exonLengths, intronLengths, intronKinds = {} }) {
  const exons = exonLengths.map(length => drawBases(random, length, EXON))
  /** @type {{ letters: string[], kind: IntronKind }[]} */
  const introns = intronLengths.map((length, i) => {
    const kind = intronKinds[i] ?? 'GT-AG'
    const { before, intron, after } = drawIntron(random, length, kind)
    exons[i].splice(-3, 3, ...before)
    exons[i + 1].splice(0, 2, ...after)
    return { letters: intron, kind }
  })
  // Alternatives beside an AT-AC or GC-AG intron would make hybrids such as AT-AG.
  /** @param {number} i */
  const plain = i => [introns[i - 1], introns[i]].every(intron => !intron || intron.kind === 'GT-AG')
  const roomy = exons.findIndex((exon, i) => i > 0 && exon.length >= 150 && plain(i))
  const skippable = exons.flatMap((_, i) => (i > 0 && i < exons.length - 1 && plain(i) ? [i] : []))
  const shift = between(random, 36, 60)
  if (roomy > 0) {
    exons[roomy].splice(shift - 20, 22, ...drawAcceptor(random))
  }

  let sequence = ''
  /** @type {Span[]} */
  const all = []
  /** @type {PreMrna['introns']} */
  const spans = []
  for (const [i, exon] of exons.entries()) {
    all.push({ start: sequence.length, end: sequence.length + exon.length })
    sequence += exon.join('')
    if (i < introns.length) {
      const { letters, kind } = introns[i]
      spans.push({ start: sequence.length, end: sequence.length + letters.length, kind })
      sequence += letters.join('')
    }
  }
  const transcripts = [all]
  if (all.length >= 4 && skippable.length > 0) {
    const skipped = pick(random, skippable)
    transcripts.push(all.filter((_, i) => i !== skipped))
  }
  if (roomy > 0) {
    transcripts.push(
      all.map((span, i) => (i === roomy ? { start: span.start + shift, end: span.end } : span)),
    )
  }
  return { sequence, introns: spans, transcripts }
}

/**
 * Returns a gene that shares another one's first exon, first intron and second exon, and goes its own way after.
 * @param {Random} random
 * @param {PreMrna} model
 * @returns {{ preMrna: PreMrna, shared: number }} and the number of transcript bases shared
 */
export function drawHalfCopy(random, model) {
  const [first, second] = model.transcripts[0]
  const rest = drawPreMrna(random, {
    exonLengths: [second.end - second.start, 130, 160],
    intronLengths: [pick(random, [150, 210, 260]), 320],
  })
  const [ownSecond, ...ownRest] = rest.transcripts[0]
  const move = second.end - ownSecond.end
  const sequence = model.sequence.slice(0, second.end) + rest.sequence.slice(ownSecond.end)
  /** @param {Span} span */
  const moved = span => ({ ...span, start: span.start + move, end: span.end + move })
  return {
    preMrna: {
      sequence,
      introns: [...model.introns.slice(0, 1), ...rest.introns.map(i => ({ ...moved(i), kind: i.kind }))],
      transcripts: [[first, second, ...ownRest.map(moved)]],
    },
    shared: first.end - first.start + second.end - second.start,
  }
}

/**
 * Returns the gene at its place: `offset` is the contig position of its leftmost base.
 * @param {PreMrna} preMrna
 * @param {{ id: string, contig: string, strand: '+' | '-', offset: number }} place
 * @returns {Gene & { sequence: string, introns: PreMrna['introns'] }} with the forward-strand sequence
 */
export function placeGene(preMrna, { id, contig, strand, offset }) {
  const length = preMrna.sequence.length
  /** @template {Span} S @param {S} span @returns {S} */
  const onContig = span =>
    strand === '+'
      ? { ...span, start: offset + span.start, end: offset + span.end }
      : { ...span, start: offset + length - span.end, end: offset + length - span.start }
  return {
    id,
    contig,
    strand,
    start: offset,
    end: offset + length,
    transcripts: preMrna.transcripts.map((exons, i) => ({
      id: `${id}.t${i + 1}`,
      exons: exons.map(onContig).sort((a, b) => a.start - b.start),
    })),
    sequence: strand === '+' ? preMrna.sequence : reverseComplementText(preMrna.sequence),
    introns: preMrna.introns.map(onContig),
  }
}
