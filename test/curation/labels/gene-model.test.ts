import { describe, expect, it } from 'vitest'
import { buildGeneModel, type WantedBiotypes } from '../../../src/curation/labels/gene-model.ts'
import { annotationOf, inputOf, type MadeTranscript, modelOf } from '../made-genome.ts'

const CODING = new Set(['protein_coding'])
const exons: [number, number][] = [
  [100, 200],
  [300, 400],
  [500, 600],
]
const one = (change: Partial<MadeTranscript>): MadeTranscript => ({ id: 't', exons, ...change })
const isCoding = (made: MadeTranscript[], biotypes: WantedBiotypes) =>
  Object.fromEntries(buildGeneModel([inputOf(made)], biotypes).genes.map(gene => [gene.id, gene.isCoding]))

describe('a gene model', () => {
  it('joins the same intron of several transcripts and genes, and has the span of each gene', () => {
    const model = modelOf([
      { id: 'b', gene: 'g', exons },
      { id: 'a', gene: 'g', exons: [exons[0]!, exons[2]!] },
      { id: 'c', gene: 'h', exons: [[150, 200], ...exons.slice(1, 2), [500, 650]] },
      { id: 'single', gene: 's', exons: [[900, 950]] },
    ])
    expect(model.genes).toEqual([
      {
        id: 'g',
        contig: 0,
        strand: '+',
        start: 100,
        end: 600,
        spliced: { start: 200, end: 500 },
        isCoding: true,
      },
      {
        id: 'h',
        contig: 0,
        strand: '+',
        start: 150,
        end: 650,
        spliced: { start: 200, end: 500 },
        isCoding: true,
      },
      { id: 's', contig: 0, strand: '+', start: 900, end: 950, spliced: undefined, isCoding: true },
    ])
    expect(
      model.introns.map(({ start, end, transcripts, gene }) => [start, end, transcripts.join(), gene]),
    ).toEqual([
      [200, 300, 'b,c', 0],
      [200, 500, 'a', 0],
      [400, 500, 'b,c', 0],
    ])
    expect(model.find(0, 200, 500, '+')).toBe(1)
    expect(model.find(0, 200, 500, '-')).toBe(-1)
    expect(model.find(1, 200, 500, '+')).toBe(-1)
  })

  it('keeps the two strands and contigs of one gene name apart', () => {
    const model = modelOf([
      one({ gene: 'g' }),
      one({ gene: 'g', strand: '-' }),
      one({ gene: 'g', contig: 'c2' }),
    ])
    expect(model.genes.map(({ contig, strand }) => `${contig}${strand}`)).toEqual(['0+', '0-', '1+'])
    expect(model.introns.length).toBe(6)
  })

  it('leaves out transcripts on contigs the reference lacks', () => {
    const input = { ...inputOf([one({}), one({ id: 'u', contig: 'c2' })]), contigs: new Map([['c1', 0]]) }
    const model = buildGeneModel([input], undefined)
    expect(model.genes.map(gene => gene.id)).toEqual(['gene-of-t'])
  })

  it('is the same whatever the order of the transcripts', () => {
    const made = [one({}), one({ id: 'u', exons: exons.slice(1) }), one({ id: 'v', strand: '-' })]
    const { find: _a, ...model } = modelOf(made)
    const { find: _b, ...reversed } = modelOf(made.toReversed())
    expect(reversed).toEqual(model)
  })
})

describe('a gene is coding', () => {
  it.each([
    ['by its biotype', [one({ biotype: 'protein_coding' })], { 'gene-of-t': true }],
    [
      'not by another biotype, with CDS rows or without',
      [one({ biotype: 'lncRNA', coding: true })],
      { 'gene-of-t': false },
    ],
    [
      'when one of its transcripts has the biotype, where the gene states none',
      [
        one({ gene: 'g', biotype: 'retained_intron' }),
        one({ id: 'u', gene: 'g', biotype: 'protein_coding' }),
      ],
      { g: true },
    ],
    [
      'by CDS rows, where its biotype is not stated',
      [one({ coding: true }), one({ id: 'u', exons: [[900, 950]] })],
      { 'gene-of-t': true, 'gene-of-u': false },
    ],
    [
      'when one of its transcripts has CDS rows',
      [one({ gene: 'g' }), one({ id: 'u', gene: 'g', coding: true })],
      { g: true },
    ],
    [
      'not without a biotype, where others have one',
      [one({}), one({ id: 'u', biotype: 'protein_coding', exons: [[900, 950]] })],
      { 'gene-of-t': false, 'gene-of-u': true },
    ],
  ])('%s', (_, made, expected) => {
    expect(isCoding(made, CODING)).toEqual(expected)
  })

  it('by CDS rows for protein_coding only', () => {
    expect(isCoding([one({ coding: true })], new Set(['lncRNA']))).toEqual({ 'gene-of-t': false })
    expect(isCoding([one({ biotype: 'lncRNA' })], new Set(['lncRNA', 'protein_coding']))).toEqual({
      'gene-of-t': true,
    })
  })

  it('always, when all biotypes are wanted', () => {
    expect(isCoding([one({}), one({ id: 'u', biotype: 'snoRNA' })], undefined)).toEqual({
      'gene-of-t': true,
      'gene-of-u': true,
    })
  })

  it('by a splice site it shares with a coding gene, where its whole annotation says nothing', () => {
    const bare = inputOf([
      one({
        id: 'sharesDonor',
        exons: [
          [150, 200],
          [250, 280],
        ],
      }),
      one({
        id: 'sharesAcceptor',
        exons: [
          [410, 420],
          [500, 510],
        ],
      }),
      one({
        id: 'otherStrand',
        strand: '-',
        exons: [
          [150, 200],
          [250, 280],
        ],
      }),
      one({
        id: 'sharesWithTheFirst',
        exons: [
          [150, 160],
          [250, 280],
        ],
      }),
      one({
        id: 'away',
        exons: [
          [800, 820],
          [850, 900],
        ],
      }),
      one({ id: 'single', exons: [[100, 200]] }),
    ])
    const stated = inputOf([one({ biotype: 'protein_coding' })])
    for (const inputs of [
      [bare, stated],
      [stated, bare],
    ]) {
      const model = buildGeneModel(inputs, CODING)
      const coding = model.genes.filter(gene => gene.isCoding).map(gene => gene.id)
      expect(coding.sort()).toEqual(['gene-of-sharesAcceptor', 'gene-of-sharesDonor', 'gene-of-t'])
      expect(model.undecidedGenes).toBe(4)
    }
    expect(buildGeneModel([stated], CODING).undecidedGenes).toBe(0)
  })

  it('and an intron of a coding and another gene belongs to the coding one', () => {
    const model = buildGeneModel(
      [inputOf([one({ id: 'a', biotype: 'lncRNA' }), one({ id: 'b', biotype: 'protein_coding' })])],
      CODING,
    )
    expect(model.introns.map(({ gene, isCoding }) => [model.genes[gene]!.id, isCoding])).toEqual([
      ['gene-of-b', true],
      ['gene-of-b', true],
    ])
  })
})

describe('primary introns', () => {
  it('are those of any primary transcript', () => {
    const model = modelOf([one({ mane: true, exons: exons.slice(0, 2) }), one({ id: 'u' })])
    expect(model.hasPrimary).toBe(true)
    expect(model.introns.map(({ start, isPrimary }) => [start, isPrimary])).toEqual([
      [200, true],
      [400, false],
    ])
  })

  it('may come from an annotation of their own, whose transcripts are all primary', () => {
    const model = buildGeneModel(
      [
        inputOf([one({ id: 'full', biotype: 'protein_coding' })], () => false),
        inputOf([one({ id: 'mane', biotype: 'protein_coding', exons: exons.slice(1) })], () => true),
      ],
      CODING,
    )
    expect(model.introns.map(({ start, isPrimary, transcripts }) => [start, isPrimary, transcripts])).toEqual(
      [
        [200, false, ['full']],
        [400, true, ['full', 'mane']],
      ],
    )
  })

  it('are none when only transcripts without introns are primary', () => {
    expect(modelOf([one({}), one({ id: 'u', mane: true, exons: [[900, 950]] })]).hasPrimary).toBe(false)
  })
})

describe('an annotation for tests', () => {
  it('states what its transcripts state', () => {
    expect(annotationOf([one({})])).toMatchObject({ statesBiotypes: false, statesCoding: false })
    expect(annotationOf([one({ biotype: 'x', coding: true })])).toMatchObject({
      statesBiotypes: true,
      statesCoding: true,
    })
  })
})
