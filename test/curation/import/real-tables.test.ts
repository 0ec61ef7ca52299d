import { describe, expect, it } from 'vitest'
import { readDataset } from '../../../src/curation/dataset.ts'
import { parseClassMapping } from '../../../src/curation/import/class-mapping.ts'
import { importCsv } from '../../../src/curation/import/csv.ts'
import { importDeepBind } from '../../../src/curation/import/deepbind.ts'
import { importExonIntronExon } from '../../../src/curation/import/exon-intron-exon.ts'
import { importLines } from '../../../src/curation/import/lines.ts'
import type { SplitFile } from '../../../src/curation/import/window-import.ts'
import type { Split } from '../../../src/curation/window-table.ts'
import { dataPath, dataReason, hasData } from '../../support/real-data.ts'
import { imported } from './import-folder.ts'

const at = (path: string, split: Split): SplitFile => ({ path: dataPath(path), split })

describe.skipIf(!hasData)(`published tables${dataReason}`, () => {
  it.each([
    ['dassi-dss1', 'donor', 61, 16_061, 7965, 'GT'],
    ['dassi-dss1', 'acceptor', 60, 15_822, 8012, 'AG'],
    ['dassi-dss2-141', 'donor', 61, 25_040, 12_486, 'GT'],
    ['dassi-dss2-141', 'acceptor', 60, 24_815, 12_460, 'AG'],
  ] as const)('%s: human %ss at %i', async (set, site, position, rows, positives, pair) => {
    const file = (what: string) => dataPath(`${set}/test_hs_${site.slice(0, 3)}_${what}.txt.gz`)
    const pairs = [{ sequences: file('seq'), labels: file('label') }]
    const { description } = await imported(importLines({ pairs, site, position, split: 'test' }))
    const classes = { positive: positives, negative: rows - positives }
    expect(description.counts).toMatchObject({ rows, classes, splits: { test: rows } })
    expect(description.window).toEqual({ length: 141, site: position })
    expect(Object.keys(description.observed.positiveSiteBases)[0]).toBe(pair)
  })

  it('dassi-dss2-602: fly acceptors at 302', async () => {
    const file = (what: string) => dataPath(`dassi-dss2-602/test_dmelanogaster_acc_${what}.txt.gz`)
    const pairs = [{ sequences: file('seq'), labels: file('label') }]
    const { description } = await imported(
      importLines({ pairs, site: 'acceptor', position: 302, split: 'test' }),
    )
    expect(description.counts.rows).toBe(2871)
    expect(description.observed.positiveSiteBases).toEqual({ AG: 1442 })
  })

  it('gue-splice-400: the sequences of both parts are left to the test', async () => {
    const inputs = [at('gue-splice-400/dev.csv.gz', 'validation'), at('gue-splice-400/test.csv.gz', 'test')]
    const classes = parseClassMapping('0=positive,1=negative-donor,2=negative')
    const layout = { site: 'acceptor', position: 200 } as const
    const { description, folder } = await imported(importCsv({ inputs, classes, layout }))
    // 30 sequences, one of them twice among the 1,001 acceptors and 987 donors of dev.
    expect(description.leftOut).toEqual({ 'also-in-test': { positive: 13, 'negative-donor': 18 } })
    expect(description.counts.classesBySplit).toEqual({
      validation: { positive: 1001 - 13, 'negative-donor': 987 - 18, negative: 2574 },
      test: { positive: 956, 'negative-donor': 1025, negative: 2581 },
    })
    const dataset = await readDataset(folder, { scratchFolder: folder })
    expect(dataset.warnings).toEqual([])
    await dataset.close()
  })

  it('gue-tf-human tf4: training rows that validation has are left out', async () => {
    const inputs = (['train', 'validation', 'test'] as const).map(split =>
      at(`gue-tf-human/tf4-${split === 'validation' ? 'dev' : split}.csv.gz`, split),
    )
    const { description } = await imported(importCsv({ inputs }))
    expect(description.observed.rowsRead).toBe(21_000)
    expect(description.leftOut).toEqual({ 'also-in-validation': { positive: 512 } })
  })

  it('deepbind: 8,526 ARID3A sites and as many shuffles, 500 and 500 to test', async () => {
    const inputs = [
      at('deepbind-encode-chip/arid3a-k562-ac.seq.gz', 'train'),
      at('deepbind-encode-chip/arid3a-k562-b.seq.gz', 'test'),
    ]
    const { description, folder } = await imported(importDeepBind({ inputs, shuffledNegatives: 1 }))
    expect(description.counts.classesBySplit).toEqual({
      train: { positive: 8526, 'negative-shuffled': 8526 },
      test: { positive: 500, negative: 500 },
    })
    const dataset = await readDataset(folder, { scratchFolder: folder })
    // A shuffle goes where its positive goes.
    expect(dataset.splitSource).toBe('gene')
    const positives = dataset.splits.validation.filter(row => dataset.labels[row] === 1)
    expect(dataset.splits.validation.length).toBe(2 * positives.length)
    await dataset.close()
  })

  it('exon-intron-exon: 26,252 of 62,804 Arabidopsis introns have 100 reads', async () => {
    const inputs = [at('exon-intron-exon/arabidopsis.eie.txt.gz', 'train')]
    const single = { kind: 'donor', length: 40, site: 20 } as const
    const { description } = await imported(importExonIntronExon({ inputs, single }))
    expect(description.counts.classes).toEqual({ positive: 26_252, unknown: 62_804 - 26_252 })
    expect(description.counts.motifs).toEqual({ 'GT-AG': 62_804 })
  })

  it('exon-intron-exon: fly introns with decoys', async () => {
    const inputs = [at('exon-intron-exon/fly.eie.txt.gz', 'train')]
    const { description } = await imported(importExonIntronExon({ inputs, decoys: 1 }))
    const { classes } = description.counts
    expect(classes.positive).toBe(18_186)
    expect(classes['negative-near-miss'] + description.observed.missingNegatives).toBe(18_186)
    expect(classes['negative-near-miss']).toBeGreaterThan(17_000)
    expect(description.counts.motifs).toEqual({ 'GT-AG': description.counts.rows })
  })

  it.each([
    ['all-dev', 2501, 1813, 538],
    ['nonatural-dev', 2260, 1826, 350],
    ['nonatural-test', 2317, 1816, 394],
    ['splicing-data-sample', 434, 390, 34],
  ])('yeast %s: %i values', async (name, values, zeros, above) => {
    const inputs = [at(`yeast-splicing-efficiency/${name}.csv.gz`, 'test')]
    const { description, header, rows } = await imported(
      importCsv({ inputs, sequenceColumn: 'full_seq', targetColumns: ['splicing_eff'] }),
    )
    expect(header).toEqual([
      'target',
      'split',
      'donor_position',
      'branch_position',
      'acceptor_position',
      'sequence',
    ])
    expect(rows.length).toBe(values)
    expect(rows.filter(row => Number(row.target) === 0).length).toBe(zeros)
    expect(rows.filter(row => Number(row.target) > 0.05).length).toBe(above)
    expect(description.window).toEqual({ length: 1615 })
    const { sequence, donor_position: donor, acceptor_position: acceptor } = rows[0]!
    expect(sequence!.slice(Number(donor), Number(donor) + 2)).toBe('GT')
    expect(sequence!.slice(Number(acceptor) - 2, Number(acceptor))).toBe('AG')
  })
})
