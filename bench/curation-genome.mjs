// Writes a synthetic genome to curate: sequence, annotation and junction tables, one contig in memory at a time.
//   node bench/curation-genome.mjs FOLDER [--scale 1] [--seed 1]
// At scale 1: 100 Mb over five contigs, 20,000 coding genes of eleven exons, 5 % of them copies of others.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { between, mulberry32, pick } from '../scripts/simulate/random.mjs'

/** @typedef {import('../scripts/simulate/random.mjs').Random} Random */
/** @typedef {{ start: number, end: number }} Span 0-based half-open */

/**
 * A gene's place. Exons are relative to `start`, ascending on the forward strand.
 * @typedef {{ id: string, start: number, length: number, strand: '+' | '-', exons: Span[] }} Gene
 */

/** A stretch to make copies of. @typedef {{ codes: Uint8Array, strand: '+' | '-', exons: Span[] }} Model */

const CONTIGS = 5
const CONTIG_LENGTH = 20_000_000
/** Places for a gene on a contig; one in `UNKNOWN_EVERY` is N instead. */
const SLOTS = 4080
const UNKNOWN_EVERY = 51
const INTRONS_PER_GENE = 10
const MIN_INTRON = 60
const MAX_INTRON = 1500
/** Share of genes that are copies, with up to this share of their bases replaced, half of them inverted. */
const COPIES = 0.05
const MAX_DIVERGENCE = 0.1
const MODELS = 500
/** Share of genes with a second transcript, which skips an exon. */
const SKIPPING = 0.3
const NOISE_PER_GENE = 15
const GC = 0.41
const LINE_WIDTH = 60
const LETTERS = Buffer.from('ACGTN')
const [A, C, G, T, N] = [0, 1, 2, 3, 4]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: 'string', default: '1' }, seed: { type: 'string', default: '1' } },
})
writeAll(positionals[0] ?? '.', Number(values.scale), Number(values.seed))

/**
 * @param {string} folder
 * @param {number} scale
 * @param {number} seed
 */
function writeAll(folder, scale, seed) {
  mkdirSync(folder, { recursive: true })
  const random = mulberry32(seed)
  const files = ['genome.fa', 'genes.gtf', 'rep1.SJ.out.tab', 'rep2.SJ.out.tab'].map(name =>
    openSync(join(folder, name), 'w'),
  )
  const [fasta, gtf, ...tables] = /** @type {[number, number, number, number]} */ (files)
  /** @type {Model[]} */
  const models = []
  const slots = Math.max(UNKNOWN_EVERY, Math.round(SLOTS * scale))
  const length = Math.round(slots * (CONTIG_LENGTH / SLOTS))
  let [offset, fai, geneNumber] = [0, '', 0]
  for (let i = 1; i <= CONTIGS; i++) {
    const name = `chr${i}`
    const codes = drawSequence(random, length)
    const genes = drawGenes(random, codes, slots, models, geneNumber)
    geneNumber += genes.length
    offset += name.length + 2
    fai += `${name}\t${length}\t${offset}\t${LINE_WIDTH}\t${LINE_WIDTH + 1}\n`
    offset += writeContig(fasta, name, codes)
    writeAnnotation(gtf, name, genes, random, tables, codes)
  }
  for (const file of files) {
    closeSync(file)
  }
  writeFileSync(join(folder, 'genome.fa.fai'), fai)
}

/**
 * @param {Random} random
 * @param {number} length
 */
function drawSequence(random, length) {
  const codes = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const drawn = random()
    codes[i] = drawn < GC / 2 ? C : drawn < GC ? G : drawn < (1 + GC) / 2 ? A : T
  }
  return codes
}

/**
 * Places genes and stretches of N, and writes splice sites into the sequence.
 * @param {Random} random
 * @param {Uint8Array} codes
 * @param {number} slots
 * @param {Model[]} models
 * @param {number} before genes of the contigs before
 */
function drawGenes(random, codes, slots, models, before) {
  const width = Math.floor(codes.length / slots)
  /** @type {Gene[]} */
  const genes = []
  for (let slot = 0; slot < slots; slot++) {
    if (slot % UNKNOWN_EVERY === 0) {
      codes.fill(N, slot * width, (slot + 1) * width)
      continue
    }
    const isCopy = models.length > 0 && random() < COPIES
    const model = isCopy ? copyOf(random, pick(random, models)) : undefined
    const strand = model?.strand ?? (random() < 0.5 ? '+' : '-')
    const exons = model?.exons ?? drawExons(random, width - 300)
    const length = exons.at(-1)?.end ?? 0
    const start = slot * width + between(random, 100, width - length - 100)
    if (model) {
      codes.set(model.codes, start)
    }
    writeSites(codes, start, strand, exons)
    genes.push({ id: `G${String(before + genes.length + 1).padStart(6, '0')}`, start, length, strand, exons })
    if (!isCopy && random() < 0.1) {
      models[models.length < MODELS ? models.length : Math.floor(random() * MODELS)] = {
        codes: codes.slice(start, start + length),
        strand,
        exons,
      }
    }
  }
  return genes
}

/**
 * @param {Random} random
 * @param {number} longest
 * @returns {Span[]}
 */
function drawExons(random, longest) {
  for (;;) {
    const exons = [{ start: 0, end: between(random, 70, 170) }]
    for (let i = 0; i < INTRONS_PER_GENE; i++) {
      const start = /** @type {Span} */ (exons.at(-1)).end + intronLength(random)
      exons.push({ start, end: start + between(random, 70, 170) })
    }
    if (/** @type {Span} */ (exons.at(-1)).end <= longest) {
      return exons
    }
  }
}

/** Log-normal, around 160 bases. @param {Random} random */
function intronLength(random) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.min(MAX_INTRON, MIN_INTRON + Math.round(Math.exp(4.6 + 0.8 * normal)))
}

/**
 * Returns a copy of a gene with some bases replaced, on the other strand in half of the cases.
 * @param {Random} random
 * @param {Model} model
 * @returns {Model}
 */
function copyOf(random, { codes: own, strand, exons }) {
  const divergence = random() * MAX_DIVERGENCE
  const codes = own.map(code => (random() < divergence ? Math.floor(random() * 4) : code))
  if (random() < 0.5) {
    return { codes, strand, exons }
  }
  return {
    codes: codes.reverse().map(code => 3 - code),
    strand: strand === '+' ? '-' : '+',
    exons: exons.map(({ start, end }) => ({ start: own.length - end, end: own.length - start })).reverse(),
  }
}

/**
 * @param {Uint8Array} codes
 * @param {number} start
 * @param {'+' | '-'} strand
 * @param {Span[]} exons
 */
function writeSites(codes, start, strand, exons) {
  const [left, right] =
    strand === '+'
      ? [
          [G, T],
          [A, G],
        ]
      : [
          [C, T],
          [A, C],
        ] // prettier-ignore
  for (const { start: from, end: to } of intronsOf(exons)) {
    codes.set(left, start + from)
    codes.set(right, start + to - 2)
  }
}

/**
 * @param {readonly Span[]} exons
 * @returns {Span[]}
 */
function intronsOf(exons) {
  return exons.slice(1).map((exon, i) => ({ start: /** @type {Span} */ (exons[i]).end, end: exon.start }))
}

/**
 * Returns the bytes of the sequence lines written.
 * @param {number} file
 * @param {string} name
 * @param {Uint8Array} codes
 */
function writeContig(file, name, codes) {
  const lines = new Uint8Array(codes.length + Math.ceil(codes.length / LINE_WIDTH)).fill(0x0a)
  for (let i = 0; i < codes.length; i++) {
    lines[i + Math.floor(i / LINE_WIDTH)] = /** @type {number} */ (LETTERS[/** @type {number} */ (codes[i])])
  }
  writeSync(file, `>${name}\n`)
  for (let at = 0; at < lines.length; ) {
    at += writeSync(file, lines, at)
  }
  return lines.length
}

/**
 * Writes the genes of a contig, the support of their introns, and noise.
 * @param {number} gtf
 * @param {string} contig
 * @param {Gene[]} genes
 * @param {Random} random
 * @param {number[]} tables
 * @param {Uint8Array} codes
 */
function writeAnnotation(gtf, contig, genes, random, tables, codes) {
  for (const gene of genes) {
    const transcripts = [gene.exons]
    if (random() < SKIPPING) {
      const skipped = between(random, 1, INTRONS_PER_GENE - 1)
      transcripts.push(gene.exons.filter((_, i) => i !== skipped))
    }
    writeSync(gtf, gtfRows(contig, gene, transcripts))
    const rows = transcripts.flatMap((exons, i) =>
      supportRows(random, gene, i === 0 ? intronsOf(exons) : skippingIntrons(gene.exons, exons), i === 0),
    )
    for (let i = 0; i < NOISE_PER_GENE; i++) {
      rows.push(...noiseRow(random, gene, codes))
    }
    rows.sort((a, b) => a.start - b.start || a.end - b.end)
    for (const [i, table] of tables.entries()) {
      const own = rows.filter(row => /** @type {number} */ (row.counts[i]) > 0)
      writeSync(table, own.map(row => sjRow(contig, row, /** @type {number} */ (row.counts[i]))).join(''))
    }
  }
}

/**
 * @param {Span[]} whole
 * @param {Span[]} exons
 */
function skippingIntrons(whole, exons) {
  const known = new Set(intronsOf(whole).map(({ start, end }) => `${start}-${end}`))
  return intronsOf(exons).filter(({ start, end }) => !known.has(`${start}-${end}`))
}

/**
 * @param {string} contig
 * @param {Gene} gene
 * @param {Span[][]} transcripts
 */
function gtfRows(contig, { id, start, length, strand }, transcripts) {
  const ofGene = `gene_id "${id}"; gene_biotype "protein_coding";`
  /** @type {(type: string, from: number, to: number, attributes: string) => string} */
  const row = (type, from, to, attributes) =>
    `${contig}\tbench\t${type}\t${start + from + 1}\t${start + to}\t.\t${strand}\t.\t${attributes}\n`
  let rows = row('gene', 0, length, ofGene)
  for (const [i, exons] of transcripts.entries()) {
    const tag = i === 0 ? ' tag "MANE_Select";' : ''
    const attributes = `${ofGene} transcript_id "${id}.${i + 1}";${tag}`
    rows += row('transcript', 0, length, attributes)
    for (const exon of exons) {
      rows += row('exon', exon.start, exon.end, attributes) + row('CDS', exon.start, exon.end, attributes)
    }
  }
  return rows
}

/** @typedef {{ start: number, end: number, strand: '+' | '-', motif: number, counts: number[] }} SjRow */

/**
 * Support of 100 fragments and more for introns of the first transcript; for others in half of the cases.
 * @param {Random} random
 * @param {Gene} gene
 * @param {Span[]} introns
 * @param {boolean} isFirst
 * @returns {SjRow[]}
 */
function supportRows(random, gene, introns, isFirst) {
  return introns.map(({ start, end }) => {
    const total = isFirst || random() < 0.5 ? Math.floor(100 * 100 ** random()) : between(random, 2, 99)
    const first = Math.round(total * random())
    return {
      start: gene.start + start,
      end: gene.start + end,
      strand: gene.strand,
      motif: gene.strand === '+' ? 1 : 2,
      counts: [first, total - first],
    }
  })
}

/**
 * A GT-AG pair in a gene that a stray read or a few span: on the opposite strand in three of four cases.
 * @param {Random} random
 * @param {Gene} gene
 * @param {Uint8Array} codes
 * @returns {SjRow[]}
 */
function noiseRow(random, gene, codes) {
  const isOpposite = random() < 0.75
  const strand = isOpposite === (gene.strand === '+') ? '-' : '+'
  const [l0, l1, r0, r1] = strand === '+' ? [G, T, A, G] : [C, T, A, C]
  const limit = gene.start + gene.length
  let start = gene.start + between(random, 0, gene.length - 200)
  while (start < limit && !(codes[start] === l0 && codes[start + 1] === l1)) {
    start++
  }
  let end = start + intronLength(random)
  while (end <= limit && !(codes[end - 2] === r0 && codes[end - 1] === r1)) {
    end++
  }
  const count = random() < 0.8 ? 1 : between(random, 2, 5)
  const counts = random() < 0.5 ? [count, 0] : [0, count]
  return end > limit ? [] : [{ start, end, strand, motif: strand === '+' ? 1 : 2, counts }]
}

/**
 * @param {string} contig
 * @param {SjRow} row
 * @param {number} count
 */
function sjRow(contig, { start, end, strand, motif }, count) {
  return `${contig}\t${start + 1}\t${end}\t${strand === '+' ? 1 : 2}\t${motif}\t0\t${count}\t0\t40\n`
}
