import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import type { GeneModel } from '../../../src/curation/labels/gene-model.ts'
import { GenePlaces } from '../../../src/curation/labels/gene-places.ts'
import { type LabelSettings, labelJunctions } from '../../../src/curation/labels/label-junctions.ts'
import { observe } from '../../../src/curation/labels/observed.ts'
import { LeftOut } from '../../../src/curation/left-out.ts'
import { LABELS, type MadeJunction, modelOf, plantIntron, poolOf, randomCodes } from '../made-genome.ts'

/** A gene on + with introns 300-500 and 700-900, one on - with an intron 2200-2400, and a noncoding one at 3200-3400. */
const MODEL = modelOf([
  {
    id: 'a',
    exons: [
      [200, 300],
      [500, 700],
      [900, 1000],
    ],
  },
  {
    id: 'm',
    strand: '-',
    exons: [
      [2100, 2200],
      [2400, 2500],
    ],
  },
  {
    id: 'nc',
    exons: [
      [3100, 3200],
      [3400, 3500],
    ],
    biotype: 'lncRNA',
  },
])
const NO_MOTIF = 'AA-AA'

interface Case {
  junctions: MadeJunction[]
  model?: GeneModel
  settings?: Partial<LabelSettings>
  /** Motif of every junction at a place of its own; `N` in it is an unknown base. */
  motif?: string
  excluded?: [number, number]
  length?: number
}

function evidenceOf({ junctions, model = MODEL, settings }: Case) {
  const places = new GenePlaces(model.genes)
  return { model, places, pool: poolOf(junctions), settings: { ...LABELS, ...settings } }
}

/** Returns the examples in short, and what was left out. */
function label(made: Case): { taken: string[]; leftOut: Record<string, Record<string, number>> } {
  const evidence = evidenceOf(made)
  const { model, pool } = evidence
  const codes = randomCodes(made.length ?? 5000, seededRandom(3))
  for (const { start, end, strand } of model.introns) {
    if (end <= codes.length) {
      plantIntron(codes, start, end, strand)
    }
  }
  for (const [start, end, strand] of made.junctions) {
    const isAnnotated = model.introns.some(intron => intron.start === start && intron.end === end)
    if (!isAnnotated && end <= codes.length) {
      plantIntron(codes, start, end, strand, made.motif ?? 'GT-AG')
    }
  }
  const taken: string[] = []
  const leftOut = new LeftOut()
  labelJunctions(
    evidence,
    {
      contig: 0,
      codes,
      introns: model.introns,
      observed: pool.byContig(1)[0]!,
      isExcluded: (start, end) =>
        made.excluded !== undefined && start < made.excluded[1] && made.excluded[0] < end,
      leftOut,
    },
    (start, end, strand, className, gene) =>
      taken.push(`${start}-${end}:${strand} ${className} ${model.genes[gene]?.id ?? '.'}`),
  )
  return { taken, leftOut: leftOut.asRecord() }
}

/** Returns what became of one junction beside the annotated introns, none of which has support. */
function fate(junction: MadeJunction, more: Omit<Case, 'junctions'> = {}): string {
  const alone = label({ junctions: [], ...more })
  const { taken, leftOut } = label({ junctions: [junction], ...more })
  const reasons = Object.entries(leftOut).flatMap(([reason, classes]) =>
    Object.entries(classes)
      .filter(([name, count]) => count > (alone.leftOut[reason]?.[name] ?? 0))
      .map(([name]) => `${reason} (${name})`),
  )
  return [...taken, ...reasons].join('; ')
}

describe('an annotated intron', () => {
  it('is positive with support enough', () => {
    expect(
      label({
        junctions: [
          [300, 500, '+', 100],
          [700, 900, '+', 99],
          [2200, 2400, '-', 500],
        ],
      }),
    ).toEqual({
      taken: ['300-500:+ positive gene-of-a', '2200-2400:- positive gene-of-m'],
      leftOut: { 'support-below-minimum': { positive: 1 }, 'gene-not-coding': { positive: 1 } },
    })
  })

  it('is positive-mane or positive-alt where there is a primary set', () => {
    const model = modelOf([
      {
        id: 'a',
        mane: true,
        exons: [
          [200, 300],
          [500, 700],
        ],
      },
      {
        id: 'b',
        exons: [
          [200, 300],
          [500, 700],
          [900, 1000],
        ],
      },
    ])
    expect(
      label({
        model,
        junctions: [
          [300, 500, '+', 100],
          [700, 900, '+', 100],
        ],
      }).taken,
    ).toEqual(['300-500:+ positive-mane gene-of-a', '700-900:+ positive-alt gene-of-b'])
  })

  it('needs no support when none is asked for', () => {
    expect(label({ junctions: [], settings: { minSupport: 0 } }).taken).toHaveLength(3)
  })

  it('never observed, or with support on the other strand only, is none', () => {
    expect(label({ junctions: [[300, 500, '-', 200]], motif: NO_MOTIF }).leftOut).toEqual({
      'never-observed': { positive: 3 },
      'gene-not-coding': { positive: 1 },
      'on-both-strands': { unknown: 1 },
    })
  })

  it('with more than a stray read on the other strand is left out', () => {
    const junctions: MadeJunction[] = [
      [300, 500, '+', 190],
      [300, 500, '-', 10],
    ]
    expect(label({ junctions }).taken).toEqual(['300-500:+ positive gene-of-a'])
    const { taken, leftOut } = label({
      junctions: [
        [300, 500, '+', 189],
        [300, 500, '-', 10],
      ],
    })
    expect(taken).toEqual([])
    expect(leftOut['on-both-strands']).toEqual({ positive: 1 })
    expect(label({ junctions, settings: { strandNoise: 0 } }).taken).toEqual([])
  })

  it('annotated on both strands has no certain strand', () => {
    const model = modelOf([
      {
        id: 'a',
        exons: [
          [200, 300],
          [500, 700],
        ],
      },
      {
        id: 'b',
        strand: '-',
        exons: [
          [250, 300],
          [500, 600],
        ],
      },
    ])
    const { taken, leftOut } = label({ model, junctions: [[300, 500, '+', 500]] })
    expect(taken).toEqual([])
    expect(leftOut).toEqual({ 'on-both-strands': { positive: 1 }, 'never-observed': { positive: 1 } })
  })

  it('annotated without a strand as well has that of the other annotation', () => {
    const exons: [number, number][] = [
      [200, 300],
      [500, 700],
    ]
    const model = modelOf([
      { id: 'a', exons },
      { id: 'b', strand: '.', exons },
    ])
    expect(label({ model, junctions: [[300, 500, '+', 500]] })).toEqual({
      taken: ['300-500:+ positive gene-of-a'],
      leftOut: { 'no-strand': { positive: 1 } },
    })
  })

  it('without a strand, past the contig or of an odd length is left out', () => {
    const model = modelOf([
      {
        id: 'a',
        strand: '.',
        exons: [
          [200, 300],
          [500, 700],
        ],
      },
      {
        id: 'b',
        exons: [
          [800, 850],
          [851, 1000],
        ],
      },
      {
        id: 'c',
        exons: [
          [1200, 1300],
          [1900, 2000],
        ],
      },
    ])
    const junctions: MadeJunction[] = [
      [850, 851, '+', 200],
      [1300, 1900, '+', 200],
    ]
    expect(label({ model, junctions, length: 1500 })).toEqual({
      taken: [],
      leftOut: {
        'no-strand': { positive: 1 },
        'intron-length': { positive: 1 },
        'past-contig-end': { positive: 1 },
      },
    })
    expect(label({ model, junctions, settings: { maxIntron: 599 } }).leftOut['intron-length']).toEqual({
      positive: 2,
    })
    expect(label({ model, junctions, settings: { maxIntron: 600 } }).taken).toEqual([
      '1300-1900:+ positive gene-of-c',
    ])
  })

  it.each([
    ['GT-AG', 'positive gene-of-a'],
    ['GC-AG', 'positive gene-of-a'],
    ['AT-AC', 'positive gene-of-a'],
    // Without a canonical motif on either strand, as some introns are.
    ['AA-AA', 'positive gene-of-a'],
    ['CT-AC', 'motif-against-strand (positive)'],
    ['GT-AT', 'motif-against-strand (positive)'],
    ['GN-AG', 'site-bases-unknown (positive)'],
    ['GT-AN', 'site-bases-unknown (positive)'],
  ])('with motif %s: %s', (motif, expected) => {
    const model = modelOf([
      {
        id: 'a',
        exons: [
          [200, 300],
          [500, 700],
        ],
      },
    ])
    const codes = randomCodes(1000, seededRandom(3))
    plantIntron(codes, 300, 500, '+', motif)
    const leftOut = new LeftOut()
    const taken: string[] = []
    labelJunctions(
      evidenceOf({ model, junctions: [[300, 500, '+', 100]] }),
      { contig: 0, codes, introns: model.introns, observed: [0], isExcluded: () => false, leftOut },
      (_start, _end, _strand, className, gene) => taken.push(`${className} ${model.genes[gene]!.id}`),
    )
    const reasons = Object.entries(leftOut.asRecord()).map(
      ([reason, classes]) => `${reason} (${Object.keys(classes)})`,
    )
    expect([...taken, ...reasons]).toEqual([expected])
  })

  it('in an excluded region is left out', () => {
    expect(
      label({ junctions: [[300, 500, '+', 100]], excluded: [499, 510] }).leftOut['excluded-region'],
    ).toEqual({
      positive: 1,
    })
  })
})

describe('a junction that is not annotated', () => {
  it.each<[string, MadeJunction, string]>([
    ['of support 1 opposite a coding gene is noise', [350, 450, '-', 1], '350-450:- negative-1 gene-of-a'],
    [
      'of support 1 opposite a gene of the other strand too',
      [2250, 2350, '+', 1],
      '2250-2350:+ negative-1 gene-of-m',
    ],
    [
      'that reaches to both ends of the gene is inside it',
      [200, 1000, '-', 1],
      '200-1000:- negative-1 gene-of-a',
    ],
    [
      'that reaches out of the gene is not inside it',
      [199, 450, '-', 1],
      'not-opposite-a-coding-gene (negative-1)',
    ],
    ['on the strand of the gene is no noise', [350, 450, '+', 1], 'not-opposite-a-coding-gene (negative-1)'],
    [
      'opposite a noncoding gene is no noise',
      [3250, 3350, '-', 1],
      'not-opposite-a-coding-gene (negative-1)',
    ],
    ['between the genes is no noise', [1200, 1400, '-', 1], 'not-opposite-a-coding-gene (negative-1)'],
    [
      'of support 2 is neither noise nor supported',
      [350, 450, '-', 2],
      'support-between-noise-and-minimum (unlabelled)',
    ],
    [
      'of support 99 is neither noise nor supported',
      [350, 450, '-', 99],
      'support-between-noise-and-minimum (unlabelled)',
    ],
    ['with support enough is unknown, opposite a gene as well', [350, 450, '-', 100], '350-450:- unknown .'],
    [
      'with support enough in a gene is unknown and of that gene',
      [300, 900, '+', 100],
      '300-900:+ unknown gene-of-a',
    ],
    ['with support enough between the genes is unknown', [1200, 1400, '-', 100], '1200-1400:- unknown .'],
    ['without a strand is none', [350, 450, '.', 1], 'no-strand (negative-1)'],
    ['of support 1 and 19 bases is none', [350, 369, '-', 1], 'intron-length (negative-1)'],
    ['with support enough past the contig is none', [4900, 5001, '+', 100], 'past-contig-end (unknown)'],
  ])('%s', (_, junction, expected) => {
    expect(fate(junction)).toBe(expected)
  })

  it('of support 1 is no noise where a gene lies on its own strand', () => {
    const model = modelOf([
      {
        id: 'a',
        exons: [
          [200, 300],
          [500, 700],
        ],
      },
      { id: 'b', strand: '-', exons: [[440, 460]], biotype: 'lncRNA' },
    ])
    expect(fate([350, 441, '-', 1], { model })).toBe('gene-on-own-strand (negative-1)')
    expect(fate([350, 440, '-', 1], { model })).toBe('350-440:- negative-1 gene-of-a')
    // A gene without a strand lies on both.
    const either = modelOf([
      { id: 'a', exons: [[200, 700]] },
      { id: 'b', strand: '.', exons: [[440, 460]] },
    ])
    expect(fate([350, 441, '-', 1], { model: either })).toBe('gene-on-own-strand (negative-1)')
  })

  it('of support 1 at the place of a real one of the other strand is no noise', () => {
    expect(fate([300, 500, '-', 1], { motif: NO_MOTIF })).toBe('on-both-strands (negative-1)')
    const { leftOut, taken } = label({
      junctions: [
        [350, 450, '+', 150],
        [350, 450, '-', 1],
      ],
      motif: NO_MOTIF,
    })
    expect(taken).toEqual(['350-450:+ unknown gene-of-a'])
    expect(leftOut['on-both-strands']).toEqual({ 'negative-1': 1 })
  })

  it('with its motif on the other strand is none', () => {
    expect(fate([350, 450, '-', 1], { motif: 'CT-AC' })).toBe('motif-against-strand (negative-1)')
    expect(fate([350, 450, '-', 100], { motif: 'CT-GC' })).toBe('motif-against-strand (unknown)')
    expect(fate([350, 450, '-', 1], { motif: 'NT-AG' })).toBe('site-bases-unknown (negative-1)')
    expect(fate([350, 450, '-', 1], { motif: NO_MOTIF })).toBe('350-450:- negative-1 gene-of-a')
  })

  it('in an excluded region is none', () => {
    expect(fate([350, 450, '-', 1], { excluded: [449, 450] })).toBe('excluded-region (negative-1)')
  })

  it('is noise with exactly the support asked for', () => {
    const settings = { noiseSupport: 2 }
    expect(fate([350, 450, '-', 2], { settings })).toBe('350-450:- negative-1 gene-of-a')
    expect(fate([350, 450, '-', 3], { settings })).toBe('support-between-noise-and-minimum (unlabelled)')
    // Noise comes before support where both say the same.
    expect(fate([350, 450, '-', 1], { settings: { minSupport: 1 } })).toBe('350-450:- negative-1 gene-of-a')
    expect(fate([350, 450, '-', 2], { settings: { minSupport: 0 } })).toContain('350-450:- unknown .')
  })

  it.each<[string, Partial<LabelSettings>, support: number]>([
    ['less support than noise', { noiseSupport: 2 }, 1],
    ['single reads, and no class of noise', { noiseSupport: 0 }, 1],
    ['no support, where none is needed', { minSupport: 0 }, 0],
    ['no support, where none is needed and nothing is noise', { minSupport: 0, noiseSupport: 0 }, 0],
  ])('with %s is not annotated, and that is all', (_, settings, support) => {
    const { leftOut } = label({ junctions: [[350, 450, '-', support]], settings })
    expect(leftOut['not-annotated']).toEqual({ unlabelled: 1 })
    expect(leftOut).not.toHaveProperty('support-between-noise-and-minimum')
  })

  it.each(['+', '-', '.'] as const)(
    'on %s at the place of an annotated intron without a strand is that one',
    strand => {
      const model = modelOf([
        {
          id: 'either',
          strand: '.',
          exons: [
            [200, 300],
            [500, 700],
          ],
        },
        { id: 'host', exons: [[100, 900]] },
        { id: 'other', strand: '-', exons: [[100, 900]] },
      ])
      for (const support of [1, 50, 100]) {
        expect(label({ model, junctions: [[300, 500, strand, support]], motif: NO_MOTIF })).toEqual({
          taken: [],
          leftOut: { 'no-strand': { positive: 1 } },
        })
      }
      const { annotatedSupported } = observe(evidenceOf({ model, junctions: [[300, 500, strand, 100]] }))
      expect(annotatedSupported).toBe(1)
    },
  )

  it('with support enough is counted, and never negative, where unknown ones are not kept', () => {
    expect(fate([350, 450, '-', 100], { settings: { keepUnknown: false } })).toBe('not-annotated (unknown)')
  })
})

describe('what was observed', () => {
  it('is counted before the rules about strand, length and sequence', () => {
    const junctions: MadeJunction[] = [
      [300, 500, '+', 100],
      [700, 900, '+', 99],
      [3200, 3400, '+', 400],
      [1200, 1400, '.', 150],
      [350, 450, '-', 1],
      [3250, 3350, '-', 1],
      [2250, 2350, '-', 1],
      [199, 450, '-', 1],
      [1500, 1600, '.', 1],
    ]
    expect(observe(evidenceOf({ junctions }))).toEqual({
      junctions: 9,
      supported: 3,
      noise: 5,
      noiseOppositeGene: 2,
      annotatedIntrons: 4,
      annotatedInCodingGenes: 3,
      annotatedSupported: 2,
    })
    expect(observe(evidenceOf({ junctions, settings: { noiseSupport: 0 } })).noise).toBe(0)
  })
})
