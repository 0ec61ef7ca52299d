import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { readDataset } from '../../../src/curation/dataset.ts'
import { importLines } from '../../../src/curation/import/lines.ts'
import { fileOf, imported, refusal } from './import-folder.ts'

function linesOf(
  sequences: string | Uint8Array,
  labels: string,
  position = 2,
  site: 'donor' | 'acceptor' = 'donor',
) {
  const pair = { sequences: fileOf(sequences, 'seq.txt'), labels: fileOf(labels, 'label.txt') }
  return { pair, source: importLines({ pairs: [pair], site, position, split: 'test' }) }
}

describe('sequences and labels in lines', () => {
  it('become windows of one site', async () => {
    const { pair, source } = linesOf('AAGTAA\r\naaccaa\r\nAANNAA\r\n', '1\n0\n0\n')
    const { folder, header, rows, description, summary } = await imported(source)
    expect(header).toEqual(['class', 'split', 'site', 'sequence'])
    expect(rows.map(row => Object.values(row).join(' '))).toEqual([
      'positive test donor AAGTAA',
      'negative test donor AACCAA',
      'negative test donor AANNAA',
    ])
    expect(description).toMatchObject({
      schema: 'splice-score-dataset',
      toolVersion: '1.2.3',
      name: 'set',
      window: { length: 6, site: 2 },
      settings: { reader: 'lines', site: 'donor', sitePosition: 2, split: 'test' },
      counts: { rows: 3, classes: { negative: 2, positive: 1 }, splits: { test: 3 } },
      observed: { rowsRead: 3, positiveSiteBases: { GT: 1 } },
      leftOut: {},
      warnings: [],
    })
    const sha256 = createHash('sha256').update(readFileSync(pair.sequences)).digest('hex')
    expect(description.files[0]).toEqual({ name: 'seq.txt', sha256, role: 'sequences' })
    expect(description.files[1]).toMatchObject({ name: 'label.txt', role: 'labels' })
    expect(summary.counts.classesBySplit).toEqual({ test: { negative: 2, positive: 1 } })
    const dataset = await readDataset(folder, { scratchFolder: folder })
    expect(dataset.window).toEqual({ length: 6, site: 2 })
    expect([...dataset.labels]).toEqual([1, 0, 0])
    expect(dataset.splits.test.length).toBe(3)
    await dataset.close()
  })

  it('may be packed, and of several pairs', async () => {
    const first = linesOf(gzipSync('AAGTAA\n'), '1')
    const second = linesOf('CCGTCC\nCCTTCC\n', '1\n0\n')
    const source = importLines({
      pairs: [first.pair, second.pair],
      site: 'donor',
      position: 2,
      split: 'train',
    })
    const { rows, description } = await imported(source)
    expect(rows.map(row => row.sequence)).toEqual(['AAGTAA', 'CCGTCC', 'CCTTCC'])
    expect(description.files.map((file: { role: string }) => file.role)).toEqual([
      'sequences',
      'labels',
      'sequences',
      'labels',
    ])
  })

  it('are warned of when the positives have no site where one is said to be', async () => {
    const { description } = await imported(
      linesOf('AAAGCC\nCCAGAA\nCCCCAA\n', '1\n1\n0\n', 2, 'acceptor').source,
    )
    expect(description.warnings).toEqual([
      'only 0 of 2 positives have AG, AC as intron bases at the acceptor position 2: it is the index of the first intron base of a donor, or of the first exon base after an acceptor',
    ])
    const right = await imported(linesOf('AAAGCC\nCCAGAA\nCCCCAA\n', '1\n1\n0\n', 4, 'acceptor').source)
    expect(right.description.warnings).toEqual([])
    expect(right.description.observed.positiveSiteBases).toEqual({ AG: 2 })
  })

  it.each([
    [
      'fewer labels',
      'AAGT\nCCGT\n',
      '1\n',
      /expected as many labels as sequences, found 1 lines in .*label.txt and 2 in .*seq.txt/,
    ],
    ['more labels', 'AAGT\n', '1\n0\n0\n', /found 3 lines in .*label.txt and 1 in .*seq.txt/],
    ['another label', 'AAGT\nCCGT\n', '1\n2\n', /label.txt:2: expected 0 or 1 as label, in "2"/],
    [
      'another length',
      'AAGT\nCCGTA\n',
      '1\n0\n',
      /seq.txt:2: expected 4 bases as sequence, as in .*seq.txt:1, found 5/,
    ],
    ['an empty line', 'AAGT\n\nAAGT\n', '1\n0\n1\n', /seq.txt:2: expected letters as sequence, found none/],
    ['RNA', 'AAGU\n', '1\n', /found "U" as letter 4/],
    ['gaps', 'AA-T\n', '1\n', /found "-" as letter 3/],
    ['nothing', '', '', /expected rows with a label or a value, found none: 0 rows read/],
  ])('are refused with %s, and nothing is left behind', async (_what, sequences, labels, message) => {
    const error = await refusal(linesOf(sequences, labels).source)
    expect(error.message).toMatch(message)
    expect(error.exitCode).toBe(3)
  })

  it('are refused with a site outside the windows', async () => {
    const error = await refusal(linesOf('AAGT\n', '1\n', 4).source)
    expect(error.message).toContain('expected a site position inside the windows of 4 bases, found 4')
    expect(error.exitCode).toBe(2)
  })
})
