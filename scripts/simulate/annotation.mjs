// Text files of a simulated genome: FASTA with index, GFF3, GTF. All 1-based values here are the formats' own.

/** @typedef {import('./gene.mjs').Gene} Gene */

const SOURCE = 'simulated'

/**
 * Returns FASTA text and its .fai text.
 * @param {readonly { name: string, sequence: string }[]} contigs
 * @param {number} [width]
 * @returns {{ fasta: string, fai: string }}
 */
export function formatFasta(contigs, width = 60) {
  let fasta = ''
  let fai = ''
  for (const { name, sequence } of contigs) {
    fasta += `>${name}\n`
    fai += `${name}\t${sequence.length}\t${fasta.length}\t${width}\t${width + 1}\n`
    for (let at = 0; at < sequence.length; at += width) {
      fasta += `${sequence.slice(at, at + width)}\n`
    }
  }
  return { fasta, fai }
}

/**
 * Returns a row of nine columns.
 * @param {Gene} gene
 * @param {string} type
 * @param {{ start: number, end: number }} span
 * @param {string} attributes
 * @returns {string}
 */
function row(gene, type, span, attributes) {
  return `${gene.contig}\t${SOURCE}\t${type}\t${span.start + 1}\t${span.end}\t.\t${gene.strand}\t.\t${attributes}\n`
}

/**
 * Returns the genes as GFF3 in the manner of Ensembl (`biotype`), `###` after each gene.
 * @param {readonly Gene[]} genes
 * @param {readonly { name: string, length: number }[]} contigs
 * @returns {string}
 */
export function formatGff3(genes, contigs) {
  let text = '##gff-version 3\n'
  for (const { name, length } of contigs) {
    text += `##sequence-region ${name} 1 ${length}\n`
  }
  for (const gene of genes) {
    text += row(gene, 'gene', gene, `ID=gene:${gene.id};Name=${gene.id};biotype=protein_coding`)
    for (const { id, exons } of gene.transcripts) {
      const parent = `transcript:${id}`
      const attributes = `ID=${parent};Parent=gene:${gene.id};biotype=protein_coding;transcript_id=${id}`
      text += row(gene, 'mRNA', extent(exons), attributes)
      for (const [i, exon] of exons.entries()) {
        const rank = rankOf(gene, exons.length, i)
        text += row(gene, 'exon', exon, `ID=exon:${id}.${rank};Parent=${parent};rank=${rank}`)
      }
    }
    text += '###\n'
  }
  return text
}

/**
 * Returns the genes as GTF in the manner of Ensembl (`gene_biotype`), exons in transcript order.
 * @param {readonly Gene[]} genes
 * @returns {string}
 */
export function formatGtf(genes) {
  let text = '#!genome-build simulated\n'
  for (const gene of genes) {
    const ofGene = `gene_id "${gene.id}"; gene_name "${gene.id}"; gene_biotype "protein_coding";`
    text += row(gene, 'gene', gene, ofGene)
    for (const { id, exons } of gene.transcripts) {
      const attributes = `${ofGene} transcript_id "${id}"; transcript_biotype "protein_coding";`
      text += row(gene, 'transcript', extent(exons), attributes)
      const inOrder = gene.strand === '+' ? exons : exons.toReversed()
      for (const [i, exon] of inOrder.entries()) {
        text += row(gene, 'exon', exon, `${attributes} exon_number "${i + 1}";`)
      }
    }
  }
  return text
}

/**
 * @param {readonly { start: number, end: number }[]} exons
 * @returns {{ start: number, end: number }}
 */
function extent(exons) {
  return { start: exons[0].start, end: exons[exons.length - 1].end }
}

/**
 * @param {Gene} gene
 * @param {number} count
 * @param {number} index from the left
 * @returns {number} from the 5' end, from 1
 */
function rankOf(gene, count, index) {
  return gene.strand === '+' ? index + 1 : count - index
}
