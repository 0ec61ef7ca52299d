// Writes a large spliced BAM for benchmarks: 5,000 introns over five contigs, the same at every depth.
//
//   node scripts/make-benchmark-bam.mjs OUT.bam [--reads 1000000] [--seed 1] [--ref OUT.fa]
import { open, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { writeHeader } from './simulate/bam-record.mjs'
import { openBgzf } from './simulate/bgzf-stream.mjs'
import { ByteSink } from './simulate/byte-sink.mjs'
import { DEEP_CONTIGS, deepGenes, GENES_PER_CONTIG, geneDepths } from './simulate/deep-genes.mjs'
import { drawQualityPool, writeReads } from './simulate/deep-reads.mjs'
import { mulberry32 } from './simulate/random.mjs'

const USAGE = 'usage: node scripts/make-benchmark-bam.mjs OUT.bam [--reads 1000000] [--seed 1] [--ref OUT.fa]'
/** Bytes gathered before they go to the compressor. */
const BATCH = 1 << 20
const LINE_WIDTH = 60

/**
 * Writes the BAM.
 * Memory: bounded, whatever the number of reads.
 * @param {string} path
 * @param {number} reads
 * @param {number} seed
 */
async function writeBam(path, reads, seed) {
  const output = await openBgzf(path)
  const sink = new ByteSink(4 * BATCH)
  const random = mulberry32(seed + 2)
  const qualityPool = drawQualityPool(random)
  const depths = geneDepths(seed, reads)
  writeHeader(sink, DEEP_CONTIGS)
  let number = 0
  for (const place of deepGenes(seed)) {
    for (const _ of writeReads(sink, random, place, depths[number], qualityPool)) {
      if (sink.length >= BATCH) {
        await output.drain(sink)
      }
    }
    number++
  }
  await output.drain(sink, true)
  await output.close()
}

/**
 * Writes the contigs the reads come from, and the .fai beside them.
 * Memory: one contig.
 * @param {string} path
 * @param {number} seed
 */
async function writeReference(path, seed) {
  const file = await open(path, 'w')
  const random = mulberry32(seed + 3)
  const genes = deepGenes(seed)
  let offset = 0
  let fai = ''
  for (const { name, length } of DEEP_CONTIGS) {
    const head = `>${name}\n`
    offset += head.length
    fai += `${name}\t${length}\t${offset}\t${LINE_WIDTH}\t${LINE_WIDTH + 1}\n`
    const bases = new Uint8Array(length)
    for (let i = 0; i < length; i++) {
      bases[i] = 'ACGT'.charCodeAt(random() * 4)
    }
    for (let i = 0; i < GENES_PER_CONTIG; i++) {
      const { value } = genes.next()
      if (value) {
        bases.set(Buffer.from(value.gene.sequence, 'latin1'), value.gene.start)
      }
    }
    const lines = new Uint8Array(length + Math.ceil(length / LINE_WIDTH)).fill(0x0a)
    for (let at = 0, line = 0; at < length; at += LINE_WIDTH, line += LINE_WIDTH + 1) {
      lines.set(bases.subarray(at, at + LINE_WIDTH), line)
    }
    await file.write(head)
    await file.write(lines)
    offset += lines.length
  }
  await file.close()
  await writeFile(`${path}.fai`, fai)
}

/**
 * Returns the whole number an option holds, or ends the program with the usage.
 * @param {string} name
 * @param {string} text
 * @returns {number}
 */
function wholeNumber(name, text) {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    process.stderr.write(`--${name}: expected a whole number, found '${text}'\n${USAGE}\n`)
    process.exit(2)
  }
  return value
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    reads: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    ref: { type: 'string' },
  },
})
if (positionals.length !== 1) {
  process.stderr.write(`${USAGE}\n`)
  process.exit(2)
}
const seed = wholeNumber('seed', values.seed)
await writeBam(positionals[0], wholeNumber('reads', values.reads), seed)
if (values.ref !== undefined) {
  await writeReference(values.ref, seed)
}
