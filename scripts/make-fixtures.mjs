// Writes fixtures/: a small simulated genome with annotation, reads and the truth about them. Same seed, same bytes.
//
//   node scripts/make-fixtures.mjs [FOLDER]      (default: fixtures/ of this repository)
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatFasta, formatGff3, formatGtf } from './simulate/annotation.mjs'
import { encodeBai, encodeBam } from './simulate/bam-writer.mjs'
import { drawGenome, maskedSequence } from './simulate/genome.mjs'
import { mulberry32 } from './simulate/random.mjs'
import { formatReadme } from './simulate/readme.mjs'
import { drawSample } from './simulate/sample.mjs'
import { countJunctions } from './simulate/truth.mjs'

const SEED = 20_250_101
const MIN_ANCHOR = 8

const folder = process.argv[2] ?? fileURLToPath(new URL('../fixtures', import.meta.url))
const random = mulberry32(SEED)
const genome = drawGenome(random)
const { records, noise } = drawSample(random, genome)

const contigs = genome.contigs.map(({ name, length }) => ({ name, length }))
const { fasta, fai } = formatFasta(
  genome.contigs.map(contig => ({ name: contig.name, sequence: maskedSequence(genome, contig) })),
)
const headerText =
  '@HD\tVN:1.6\tSO:coordinate\n' +
  contigs.map(({ name, length }) => `@SQ\tSN:${name}\tLN:${length}\n`).join('') +
  '@RG\tID:sim\tSM:sample\n@PG\tID:make-fixtures\tPN:make-fixtures\n'
const bam = encodeBam({ contigs, records, headerText })

const truth = countJunctions(records, contigs, MIN_ANCHOR)
const anyAnchor = countJunctions(records, contigs, 1)
/** @param {typeof truth} counts */
const totalReads = counts => counts.reduce((sum, { reads }) => sum + reads, 0)
const annotated = new Set(
  genome.genes.flatMap(({ contig, transcripts }) =>
    transcripts.flatMap(({ exons }) =>
      exons.slice(1).map((exon, i) => `${contig}:${exons[i].end}-${exon.start}`),
    ),
  ),
)
const columns = 'contig\tstart\tend\tstrand\tfragments\treads\n'
const truthText = truth.map(
  ({ contig, start, end, strand, fragments, reads }) =>
    `${contig}\t${start}\t${end}\t${strand}\t${fragments}\t${reads}\n`,
)

/** @type {Record<string, string | Uint8Array>} */
const files = {
  'genome.fa': fasta,
  'genome.fa.fai': fai,
  'annotation.gff3': formatGff3(genome.genes, contigs),
  'annotation.gtf': formatGtf(genome.genes),
  'sample.bam': bam,
  'sample.bam.bai': encodeBai(bam),
  'sample.junctions.truth.tsv': columns + truthText.join(''),
  'README.md': formatReadme({
    seed: SEED,
    genome,
    records,
    noise,
    truth,
    annotated,
    minAnchor: MIN_ANCHOR,
    shortAnchored: totalReads(anyAnchor) - totalReads(truth),
  }),
}
mkdirSync(folder, { recursive: true })
for (const [name, content] of Object.entries(files)) {
  writeFileSync(join(folder, name), content)
}
