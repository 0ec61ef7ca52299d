// The README of fixtures/, written with the numbers of the files beside it.

/** @typedef {import('./genome.mjs').Genome} Genome */
/** @typedef {import('./noise.mjs').NoiseJunction} NoiseJunction */
/** @typedef {import('./bam-record.mjs').BamRecordSpec} BamRecordSpec */
/** @typedef {import('./truth.mjs').JunctionCount} JunctionCount */

/**
 * Returns the junction counts by class, in the order the README lists them.
 * @param {readonly JunctionCount[]} truth
 * @param {Genome} genome
 * @param {readonly NoiseJunction[]} noise
 * @param {ReadonlySet<string>} annotated `contig:start-end` of the annotation's introns
 * @returns {[label: string, junctions: number, fragments: number, reads: number][]}
 */
function classify(truth, genome, noise, annotated) {
  /** @param {{ contig: string, start: number, end: number }} intron */
  const key = intron => `${intron.contig}:${intron.start}-${intron.end}`
  const kinds = new Map(genome.introns.map(intron => [key(intron), intron.kind]))
  const noiseKinds = new Map(noise.map(junction => [key(junction), junction.kind]))
  /** @type {Map<string, [number, number, number]>} */
  const classes = new Map()
  for (const junction of truth) {
    const noiseKind = noiseKinds.get(key(junction))
    const label = noiseKind
      ? `noise, ${noiseKind === 'opposite' ? 'GT-AG on the strand opposite to the gene' : 'no known motif'}`
      : `${annotated.has(key(junction)) ? 'annotated' : 'not annotated'}, ${kinds.get(key(junction)) ?? 'GT-AG, alternative'}`
    const sums = classes.get(label) ?? [0, 0, 0]
    classes.set(label, [sums[0] + 1, sums[1] + junction.fragments, sums[2] + junction.reads])
  }
  return [...classes]
    .map(([label, sums]) => /** @type {[string, number, number, number]} */ ([label, ...sums]))
    .sort((a, b) => (a[0] < b[0] ? -1 : 1))
}

/**
 * Returns the records' counts by kind.
 * @param {readonly BamRecordSpec[]} records
 * @returns {[label: string, count: number][]}
 */
function recordCounts(records) {
  /** @param {(record: BamRecordSpec) => unknown} test */
  const count = test => records.filter(test).length
  const cigar = /** @param {BamRecordSpec} record */ record => record.cigar ?? ''
  return [
    ['records', records.length],
    ['primary and mapped', count(record => (record.flag & (4 | 256)) === 0)],
    ['of these marked duplicate', count(record => (record.flag & 1024) !== 0)],
    ['secondary (256)', count(record => (record.flag & 256) !== 0)],
    ['unmapped', count(record => (record.flag & 4) !== 0)],
    ['spliced, primary', count(record => (record.flag & 256) === 0 && cigar(record).includes('N'))],
    ['primary with NH 2', count(record => (record.flag & 256) === 0 && record.tags?.NH?.[1] === 2)],
    ['primary with NH 3', count(record => (record.flag & 256) === 0 && record.tags?.NH?.[1] === 3)],
    ['with a soft clip', count(record => cigar(record).includes('S'))],
    ['with an insertion or deletion', count(record => /[ID]/.test(cigar(record)))],
  ]
}

/**
 * Returns the README's text.
 * @param {{
 *   seed: number,
 *   genome: Genome,
 *   records: readonly BamRecordSpec[],
 *   noise: readonly NoiseJunction[],
 *   truth: readonly JunctionCount[],
 *   annotated: ReadonlySet<string>,
 *   minAnchor: number,
 *   shortAnchored: number,
 * }} facts
 * @returns {string}
 */
export function formatReadme({ seed, genome, records, noise, truth, annotated, minAnchor, shortAnchored }) {
  const contigs = genome.contigs
    .map(contig => `\`${contig.name.replace('|', '\\|')}\` ${contig.length}`)
    .join(', ')
  const transcripts = genome.genes.reduce((sum, gene) => sum + gene.transcripts.length, 0)
  const kinds = ['GT-AG', 'GC-AG', 'AT-AC'].map(
    kind => `${genome.introns.filter(intron => intron.kind === kind).length} ${kind}`,
  )
  const classes = classify(truth, genome, noise, annotated)
  return `# Fixtures

Everything here is made by \`npm run fixtures\` from seed ${seed} and nothing else: no sequence is copied from anywhere. The same
Node build gives the same bytes; another one may compress \`sample.bam\` differently (its index with it), with the same records inside.
Do not edit by hand, this file included. The numbers behind the splice sites stand in \`scripts/simulate/splice-sites.mjs\`.

| file | what |
|---|---|
| \`genome.fa\`, \`genome.fa.fai\` | ${contigs} bases; ${genome.masked.length} soft-masked stretches, N at chr1:401-700 |
| \`annotation.gff3\`, \`annotation.gtf\` | the same ${genome.genes.length} protein-coding genes with ${transcripts} transcripts and ${annotated.size} different introns |
| \`sample.bam\`, \`sample.bam.bai\` | pairs of 75 bases, reverse-stranded, coordinate-sorted, tags NM, XS (spliced reads), NH |
| \`sample.junctions.truth.tsv\` | what a counter should find: 0-based half-open, \`fragments\` counts pairs once, \`reads\` counts records |

\`default-model-scores.json\`, the scores of 50 made-up windows, is not of the simulation: \`node scripts/pin-default-model.mjs\` writes it from the default model.

The truth counts mapped records that are neither secondary nor duplicates, any MAPQ, where the M stretches on both sides of the
intron have at least ${minAnchor} bases. Its strand is that of XS; \`.\` where the aligner would give none (no known motif).

## Records

| kind | count |
|---|---|
${recordCounts(records)
  .map(([label, count]) => `| ${label} | ${count} |`)
  .join('\n')}
| crossings that count but for an anchor under ${minAnchor} | ${shortAnchored} |

## Junctions in the truth

| class | junctions | fragments | reads |
|---|---|---|---|
${classes.map(row => `| ${row.join(' | ')} |`).join('\n')}
| all | ${truth.length} | ${sum(classes, 2)} | ${sum(classes, 3)} |

## Places worth knowing

Genes have ${genome.introns.length} introns when all exons are used (${kinds.join(', ')}); alternative transcripts skip an exon or start one at an inner acceptor.

- \`${genome.genes[2].id}\` (chr1): an intron of 60 bases.
- \`${genome.genes[16].id}\` (chr2): the first intron starts 110 bases into the contig, so a 400-base window is padded.
- \`${genome.genes[24].id}\` (\`HLA:01|x\`): a contig whose name holds a colon and a bar, short enough for padding on both sides.
- \`${genome.family.members.join('`, `')}\`: copies of one gene (the second whole and on the other strand, the third up to its second
  exon). Their reads have NH 2 or 3, MAPQ 1 and secondary records.
- Noise junctions have one or two reads each.
`
}

/**
 * @param {readonly (readonly (string | number)[])[]} rows
 * @param {number} column
 * @returns {number}
 */
function sum(rows, column) {
  return rows.reduce((total, row) => total + Number(row[column]), 0)
}
