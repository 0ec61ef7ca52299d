import { describe, expect, it } from 'vitest'
import type { CurateOptions } from '../../src/cli/commands/curate.ts'
import { readSupport } from '../../src/cli/curation/evidence.ts'
import { readGenes } from '../../src/cli/curation/genes.ts'
import { KeptWarnings } from '../../src/cli/curation/kept-warnings.ts'
import { type Curated, curate } from '../../src/curation/curate.ts'
import { KnownSites } from '../../src/curation/decoys/known-sites.ts'
import { GenePlaces } from '../../src/curation/labels/gene-places.ts'
import { positiveClass, problemOfAnnotated } from '../../src/curation/labels/label-junctions.ts'
import { openReference } from '../../src/io/reference.ts'
import { fakeContext } from '../support/command-context.ts'
import { dataPath, dataReason, hasData } from '../support/real-data.ts'
import { examplesOf, ofClass } from './example-list.ts'
import { LABELS, noPart, rulesOf } from './made-genome.ts'

/** Options of the command as far as they say what is read. */
interface Inputs extends Partial<CurateOptions> {
  ref: string
  annotation: string[]
}

/** Returns the examples of real inputs, without parts unless said, and what they were made from. */
async function curateFiles(inputs: Inputs, validation = 0) {
  const options = {
    ...{ minSupport: 100, support: 'fragments', noiseSupport: 1, biotypes: 'protein_coding' },
    ...inputs,
  } as CurateOptions
  const reference = await openReference(inputs.ref)
  const context = fakeContext()
  const kept = new KeptWarnings(context.terminal, [])
  const { model } = await readGenes(options, reference, kept)
  const { pool } = await readSupport({ options, reference, model, warnings: kept, context })
  const warnings = kept.all
  const labels = { ...LABELS, minSupport: options.minSupport }
  const splits = { test: noPart(), validation: { ...noPart(), share: validation } }
  const rules = rulesOf({ labels, splits })
  const curated = await curate({ reference, model, pool, rules, excluded: [], excludedSequences: undefined })
  return { curated, model, pool, warnings, labels, reference }
}

function classesOf(curated: Curated): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { className } of examplesOf(curated.contigs)) {
    counts[className] = (counts[className] ?? 0) + 1
  }
  return counts
}

const folder = (name: string) => (file: string) => dataPath(`${name}/${file}`)

describe.skipIf(!hasData)(`real data${dataReason}`, () => {
  it.each([
    [
      'arabidopsis-tair10-1pct',
      { junctions: 4222, supported: 1560, noise: 1087, annotatedIntrons: 1537, annotatedSupported: 1326 },
    ],
    [
      'worm-ws282-1pct',
      { junctions: 7273, supported: 1689, noise: 0, annotatedIntrons: 991, annotatedSupported: 955 },
    ],
    [
      'fly-r6.42-1pct',
      { junctions: 620, supported: 406, noise: 0, annotatedIntrons: 484, annotatedSupported: 366 },
    ],
  ])('of %s has the counts of its intron rows', async (name, expected) => {
    const file = folder(name)
    const gff = file('annotation.gff3.gz')
    const { curated, model } = await curateFiles(
      { ref: file('genome.fa.gz'), annotation: [gff], junctions: [gff], support: 'reads' },
      0.1,
    )
    expect(curated.observed).toMatchObject(expected)
    const classes = classesOf(curated)
    expect(classes.positive).toBeGreaterThan(0.8 * expected.annotatedSupported)
    expect(classes['negative-random']).toBeGreaterThan(0.95 * classes.positive!)
    if (name.startsWith('arabidopsis')) {
      // 133 lie opposite a row of type gene; one more opposite a transposable-element gene, which has exons.
      expect(curated.observed.noiseOppositeGene).toBe(134)
      expect(classes['negative-1']).toBeGreaterThan(100)
    } else {
      expect(curated.warnings).toContain('there is no example of class negative-1')
    }
    for (const contig of curated.contigs) {
      const sites = new KnownSites(model.introns.filter(intron => intron.contig === contig.contig))
      for (const { start, end, strand } of ofClass([contig], 'negative')) {
        expect(sites.has(strand, start) || sites.has(strand, end - 2)).toBe(false)
      }
    }
  })

  it('of human-chr22-20m has the counts of its two STAR tables', async () => {
    const file = folder('human-chr22-20m')
    const { curated, model, pool, labels, warnings } = await curateFiles({
      ref: file('chr22.partial.fa.gz'),
      annotation: [file('gencode.v38.basic.chr22.gtf.gz')],
      primary: file('mane.refseq.chr22.gff3.gz'),
      junctions: [file('uhr-rep1.star.SJ.out.tab.gz'), file('uhr-rep2.star.SJ.out.tab.gz')],
      support: 'unique',
    })
    expect(curated.observed).toMatchObject({ junctions: 4099, supported: 101, noise: 867 })
    // Nearly all of them lie where the sequence is not known; labels hold for the whole chromosome.
    const evidence = { model, pool, settings: labels, places: new GenePlaces(model.genes) }
    const positives = model.introns.filter(intron => problemOfAnnotated(evidence, intron) === undefined)
    expect(positives.filter(intron => positiveClass(model, intron) === 'positive-mane').length).toBe(99)
    expect(positives.length).toBe(100)
    expect(classesOf(curated)).toMatchObject({ 'positive-mane': 4, 'positive-alt': 1 })
    expect(curated.leftOut.count('site-bases-unknown', 'positive-mane')).toBe(95)
    expect(warnings.some(warning => warning.includes('share no splice site with a coding gene'))).toBe(true)
  })

  it('of human-chrx-minigenome has positives with ten fragments and more', async () => {
    const file = folder('human-chrx-minigenome')
    const inputs = {
      ref: file('minigenome.fa.gz'),
      annotation: [file('refgene-hg38.minigenome.gtf.gz')],
      bam: [file('geuvadis-lcl.minigenome.bam')],
      minSupport: 10,
    }
    const { curated } = await curateFiles(inputs)
    expect(curated.observed).toMatchObject({
      junctions: 913,
      supported: 239,
      noise: 245,
      annotatedSupported: 235,
    })
    expect(classesOf(curated).positive).toBe(235)
    // The counts of alignments at any anchor, as the data's description has them.
    const loose = await curateFiles({ ...inputs, support: 'reads', minAnchor: 0, minIntron: 1 })
    expect(loose.curated.observed).toMatchObject({ junctions: 916, supported: 272, noise: 214 })
  })

  it('of mouse-chr15-1m has four libraries added up, and single reads opposite its genes', async () => {
    const file = folder('mouse-chr15-1m')
    const { curated, pool } = await curateFiles({
      ref: file('chr15.window.fa.gz'),
      annotation: [file('ensembl.chr15.window.gtf.gz')],
      bam: ['e14-rep1.bam', 'e14-rep2.bam', 'e18-rep1.bam', 'e18-rep2.bam'].map(file),
    })
    expect(pool.inputs).toBe(4)
    expect(curated.observed).toMatchObject({ supported: 19, annotatedSupported: 18 })
    expect(classesOf(curated)).toMatchObject({ positive: 18, 'negative-1': 12 })
  })
})
