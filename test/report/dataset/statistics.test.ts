import { describe, expect, it } from 'vitest'
import { datasetCharts } from '../../../src/report/dataset/charts.ts'
import type { DatasetExamples } from '../../../src/report/dataset/examples.ts'
import type { DatasetRecord } from '../../../src/report/dataset/record.ts'
import { datasetStatistics } from '../../../src/report/dataset/statistics.ts'
import { describeDataset } from '../../../src/report/dataset/table.ts'
import { readMarks } from '../charts/svg-marks.ts'
import { type MadeRow, madeExamples } from './made-examples.ts'

const WINDOW = { length: 24, donor: 6, acceptor: 18 }
const POSITIVE = 'ACACAGGTAAGTTTTTAGCCCCCC'
const NEGATIVE = 'NNNNNCGTCCCCAAAACAAGTTTT'

const row = (
  className: string,
  part: MadeRow['part'],
  i: number,
  change: Partial<MadeRow> = {},
): MadeRow => ({
  className,
  part: part!,
  sequence: className.startsWith('positive') ? POSITIVE : NEGATIVE,
  contig: `chr${(i % 12) + 1}`,
  start: 1000 * i,
  end: 1000 * i + 100 * (i + 1),
  strand: '+',
  motif: 'GT-AG',
  gene: `g${i >> 1}`,
  ...change,
})

const ROWS: MadeRow[] = [
  ...Array.from({ length: 12 }, (_, i) =>
    row('positive-mane', i < 8 ? 'train' : 'test', i, { support: 100 * (i + 1) }),
  ),
  row('positive-alt', 'validation', 12, { motif: 'GC-AG', support: 150 }),
  row('negative-random', 'train', 13, { decoy: 'random' }),
  row('negative-random', 'test', 14, { decoy: 'random' }),
  row('unknown', 'train', 15, { support: 7 }),
]
const EXAMPLES = madeExamples(ROWS, WINDOW)
const RECORD: DatasetRecord = {
  source: 'random bases',
  reference: undefined,
  files: [],
  tables: [],
  counts: undefined,
  settings: {},
  leftOut: { 'both lists': { 'positive-alt': 1200, unknown: 3 } },
  observed: { junctions: 5120, inputs: { a: 1 } },
  decoys: { random: { asked: 2000, made: 2 }, nearMiss: { asked: 0, made: 0 } },
  leaks: { units: 7 },
  warnings: ['few examples'],
}
const OPTIONS = { toolVersion: '0.1.0' }
const REPORT = await datasetStatistics(EXAMPLES, RECORD, OPTIONS)
const TEXT = describeDataset(REPORT)

describe('the statistics of a dataset', () => {
  it('count classes by part, positives first and unknown last', () => {
    expect(REPORT.classes.map(({ name, examples, parts }) => [name, examples, parts])).toEqual([
      ['positive-alt', 1, { train: 0, validation: 1, test: 0 }],
      ['positive-mane', 12, { train: 8, validation: 0, test: 4 }],
      ['negative-random', 2, { train: 1, validation: 0, test: 1 }],
      ['unknown', 1, { train: 1, validation: 0, test: 0 }],
    ])
    expect(REPORT.parts.train).toEqual({ examples: 10, positives: 8, negatives: 1 })
    expect([REPORT.examples, REPORT.genes]).toEqual([16, 8])
  })

  it('have the lengths and supports of each class', () => {
    expect(REPORT.lengths!['positive-mane']).toMatchObject({
      count: 12,
      min: 100,
      lowerQuartile: 300,
      median: 600,
      upperQuartile: 900,
      max: 1200,
      edges: [100, 200, 500, 1000, 2000],
      counts: [1, 3, 5, 3],
    })
    expect(Object.keys(REPORT.supports!)).toEqual(['positive-alt', 'positive-mane', 'unknown'])
    expect(REPORT.supports!.unknown).toMatchObject({ count: 1, median: 7 })
  })

  it('have motifs, decoys and contigs', () => {
    expect(REPORT.motifs!['positive-alt']).toEqual({ 'GC-AG': 1 })
    expect(REPORT.decoys!['negative-random']).toEqual({ random: 2 })
    expect(Object.entries(REPORT.contigs!).length).toBe(12)
    expect(REPORT.contigs!.chr1).toEqual({ train: 1, validation: 1, test: 0 })
  })

  it('count unknown bases and the bases around the sites', () => {
    expect(REPORT.unknownBases['negative-random']).toEqual({ share: 5 / 24, windows: 2 })
    expect(REPORT.unknownBases['positive-mane']).toEqual({ share: 0, windows: 0 })
    const [donor, acceptor] = REPORT.logos
    expect(donor!.positions).toEqual([-3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8])
    // The window has no more than 18 bases before the acceptor.
    expect(acceptor!.positions).toEqual([...Array.from({ length: 18 }, (_, i) => i - 18), 1, 2, 3])
    const { windows, counts } = donor!.classes['positive-mane']!
    expect(windows).toBe(12)
    // C, A, G before the donor, then GT.
    expect([counts.slice(8, 12), counts.slice(12, 16), counts.slice(16, 20)]).toEqual([
      [0, 0, 12, 0],
      [0, 0, 12, 0],
      [0, 0, 0, 12],
    ])
    // N's are not counted: position -3 to -1 are N, N, C.
    expect(donor!.classes['negative-random']!.counts.slice(0, 12)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0,
    ])
  })

  it('take donors and acceptors of single sites apart', async () => {
    const sites = madeExamples(
      [
        { className: 'positive', sequence: 'AAAGTAA', site: 'donor' },
        { className: 'positive', sequence: 'CAGCCCC', site: 'acceptor' },
      ],
      { length: 7, site: 3 },
    )
    const { logos, lengths, contigs } = await datasetStatistics(sites, undefined, OPTIONS)
    expect(
      logos.map(({ site, positions, classes }) => [site, positions.length, classes.positive!.windows]),
    ).toEqual([
      ['donor', 7, 1],
      ['acceptor', 6, 1],
    ])
    expect([lengths, contigs]).toEqual([undefined, undefined])
  })

  it('describe targets', async () => {
    const plain = madeExamples(Array(4).fill({ className: '.' }), { length: 5 })
    const targets = { values: Float32Array.of(0, 5, 1, 5, 2, 5, 5, 5), columns: 2 }
    const examples: DatasetExamples = { ...plain, targets }
    const report = await datasetStatistics(examples, undefined, OPTIONS)
    expect(report.classes).toEqual([])
    expect(report.targets).toMatchObject([
      { column: 'target1', count: 4, min: 0, mean: 2, max: 5, counts: [1, 0, 1, 0, 1, 0, 0, 0, 0, 1] },
      { column: 'target2', min: 5, mean: 5, max: 5, counts: [4] },
    ])
    expect(describeDataset(report)).toContain('target2:')
    expect(Object.keys(datasetCharts(report, examples))).toEqual(['targets'])
  })
})

describe('the text for people', () => {
  it('has the table of classes with totals and balance', () => {
    expect(TEXT).toContain(
      [
        'examples:',
        '  class                   train  validation  test  total    share',
        '  positive-alt                0           1     0      1   6.25 %',
        '  positive-mane               8           0     4     12  75.00 %',
        '  negative-random             1           0     1      2  12.50 %',
        '  unknown                     1           0     0      1   6.25 %',
        '  total                      10           1     5     16',
        '  negatives per positive   0.13        0.00  0.25   0.15',
      ].join('\n'),
    )
  })

  it('has a histogram with bars, and sums the small contigs', () => {
    expect(TEXT).toContain('    from   500  5  41.67 %  ########################\n')
    expect(TEXT).toMatch(/^ {2}2 others +\d/m)
  })

  it('says what was left out, observed and removed, and warns', () => {
    expect(TEXT).toMatch(/^left out:\n {2}reason +positive-alt +unknown\n {2}both lists +1,200 +3$/m)
    expect(TEXT).toContain(
      'observed:\n  distinct junctions of the alignments and tables: 5,120\n  inputs.a: 1\n',
    )
    expect(TEXT).toMatch(
      /^decoys, before rows were left out:\n {2}class +asked for +made\n {2}negative-random +2,000 +2$/m,
    )
    expect(TEXT).not.toContain('negative-near-miss')
    expect(TEXT).toContain('leaks:\n  groups of genes kept in one part: 7\n')
    expect(TEXT.endsWith('warnings:\n  few examples')).toBe(true)
  })
})

describe('the charts of a dataset', () => {
  const charts = datasetCharts(REPORT, EXAMPLES)

  it('are lengths, motifs and logos', () => {
    expect(Object.keys(charts)).toEqual(['lengths', 'motifs', 'logos'])
    for (const svg of Object.values(charts)) {
      expect(() => readMarks(svg)).not.toThrow()
      expect(svg).toMatch(/<title>[^<]+<\/title>\n<desc>[^<]+\.<\/desc>/)
    }
  })

  it('name every class in the logos', () => {
    const texts = readMarks(charts.logos!).texts.map(({ text }) => text)
    expect(texts).toEqual(
      expect.arrayContaining(['positive-mane (12)', 'negative-random (2)', 'unknown (1)']),
    )
  })
})
