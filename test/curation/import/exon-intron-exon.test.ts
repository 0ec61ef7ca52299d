import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDataset } from '../../../src/curation/dataset.ts'
import {
  type ExonIntronExonOptions,
  importExonIntronExon,
  type SingleSite,
} from '../../../src/curation/import/exon-intron-exon.ts'
import { decodeText, encodeText } from '../../../src/genome/sequence.ts'
import { cutWindow } from '../../../src/junctions/window.ts'
import { fileOf, imported, refusal } from './import-folder.ts'

const LEFT = 'TCGTACCTTGCATCGATTAC'
const RIGHT = 'CCTTATACGGACTTCATCCA'
/** One false GT at 6 and one false AG that ends at 30, both 24 and more bases from the other site. */
const INTRON = `GTATCCGTCCATTCACCTACCATTCACCAGCCTATTCCATTCCATTCCAG`
const line = (count: number, { left = LEFT, intron = INTRON, right = RIGHT, gene = 'g1' } = {}) =>
  `${left} ${intron} ${right} ${count} ${gene}\n`

const eie = (text: string, options: Partial<ExonIntronExonOptions> = {}) =>
  importExonIntronExon({ inputs: [{ path: fileOf(text, 'table.eie'), split: 'train' }], ...options })

/** The window of the intron `[start, end)` of these bases alone. */
function windowOf(bases: string, start: number, end: number): string {
  const codes = new Uint8Array(800)
  cutWindow(encodeText(bases), { start, end, strand: '+' }, codes, 0)
  return decodeText(codes)
}

describe('lines of exon, intron and exon', () => {
  it('become the windows of a contig of these bases alone', async () => {
    const { folder, header, rows, description } = await imported(eie(line(100) + line(99, { gene: 'g2' })))
    const sequence = windowOf(LEFT + INTRON + RIGHT, 20, 70)
    const row = { split: 'train', motif: 'GT-AG', site: 'junction', sequence }
    expect(header).toEqual(['class', 'split', 'gene', 'motif', 'site', 'support', 'sequence'])
    expect(rows).toEqual([
      { ...row, class: 'positive', gene: 'g1', support: '100' },
      { ...row, class: 'unknown', gene: 'g2', support: '99' },
    ])
    expect(sequence.slice(180, 206)).toBe(`${LEFT}${INTRON.slice(0, 6)}`)
    expect(sequence.slice(594, 620)).toBe(`${INTRON.slice(-6)}${RIGHT}`)
    expect(description.window).toEqual({ length: 800, donor: 200, acceptor: 600 })
    expect(description.counts).toMatchObject({ classes: { positive: 1, unknown: 1 }, motifs: { 'GT-AG': 2 } })
    const dataset = await readDataset(folder, { scratchFolder: folder, validationFraction: 0 })
    expect([dataset.windows.count, dataset.leftOut]).toEqual([1, 1])
    await dataset.close()
  })

  it('may be of one site', async () => {
    const donor: SingleSite = { kind: 'donor', length: 9, site: 3 }
    const acceptor: SingleSite = { kind: 'acceptor', length: 30, site: 4 }
    const first = await imported(eie(line(5), { minSupport: 5, single: donor }))
    expect(first.rows.map(row => [row.site, row.sequence])).toEqual([['donor', 'TACGTATCC']])
    expect(first.description.window).toEqual({ length: 9, site: 3 })
    const second = await imported(eie(line(5), { minSupport: 5, single: acceptor }))
    expect(second.rows.map(row => [row.site, row.sequence])).toEqual([['acceptor', `CCAG${RIGHT}NNNNNN`]])
  })

  it('give as decoys the pairs of a true site and a false one, with as many exon bases', async () => {
    const { rows, description } = await imported(eie(line(100) + line(99, { gene: 'g2' }), { decoys: 5 }))
    const bases = LEFT + INTRON + RIGHT
    const decoys = rows.filter(row => row.class === 'negative-near-miss')
    expect(decoys.map(row => [row.gene, row.motif, row.decoy, row.support]).sort()).toEqual([
      ['g1', 'GT-AG', 'near-acceptor', '.'],
      ['g1', 'GT-AG', 'near-donor', '.'],
    ])
    const byMaking = Object.fromEntries(decoys.map(row => [row.decoy, row.sequence]))
    expect(byMaking['near-donor']).toBe(windowOf(bases.slice(6), 20, 64))
    expect(byMaking['near-acceptor']).toBe(windowOf(bases.slice(0, 50 + 20), 20, 50))
    expect(description.observed.missingNegatives).toBe(3)
  })

  it('give false sites as decoys of one site', async () => {
    const donor = { kind: 'donor', length: 12, site: 4 } as const
    const acceptor = { kind: 'acceptor', length: 12, site: 8 } as const
    const donors = await imported(eie(line(100), { decoys: 1, single: donor }))
    expect(donors.rows.map(row => [row.class, row.decoy, row.sequence])).toEqual([
      ['positive', '.', 'TTACGTATCCGT'],
      ['negative-near-miss', 'near-donor', 'ATCCGTCCATTC'],
    ])
    const acceptors = await imported(eie(line(100), { decoys: 1, single: acceptor }))
    expect(acceptors.rows.map(row => [row.class, row.decoy, row.sequence])).toEqual([
      ['positive', '.', 'CATTCCAGCCTT'],
      ['negative-near-miss', 'near-acceptor', 'TTCACCAGCCTA'],
    ])
  })

  it('take no site of the table as a decoy, not even a hardly used one', async () => {
    const other = { left: (LEFT + INTRON).slice(6, 26), intron: INTRON.slice(6), gene: 'g1' }
    const { rows } = await imported(eie(line(100) + line(0, other), { decoys: 5 }))
    expect(rows.map(row => row.decoy)).toEqual(['.', 'near-acceptor', '.'])
  })

  it('leave decoys shorter than the shortest intron out', async () => {
    const { rows } = await imported(eie(line(100), { decoys: 5, minIntron: 31 }))
    expect(rows.map(row => row.decoy)).toEqual(['.', 'near-donor'])
  })

  it('give decoys whose known bases around the false site are as many as around a true one', async () => {
    const base = fc.constantFrom('A', 'C', 'G', 'T')
    const text = (length: number) =>
      fc.array(base, { minLength: length, maxLength: length }).map(letters => letters.join(''))
    const lines = fc.array(fc.record({ left: text(20), middle: text(60), right: text(20) }), {
      minLength: 1,
      maxLength: 5,
    })
    await fc.assert(
      fc.asyncProperty(lines, fc.nat(100), async (introns, seed) => {
        const table = introns.map(({ left, middle, right }) =>
          line(100, { left, intron: `GT${middle}AG`, right }),
        )
        const { rows } = await imported(eie(table.join(''), { decoys: 3, seed }))
        for (const { sequence } of rows) {
          expect(sequence).toMatch(/^N{180}[ACGT]{20}GT[ACGT]+N+[ACGT]+AG[ACGT]{20}N{180}$/)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('have the same decoys for the same seed and others for another', async () => {
    const table = line(100, { intron: `GT${'ACGTAGCC'.repeat(12)}AG` })
    const bytes = async (seed: number) => (await imported(eie(table, { decoys: 4, seed }))).bytes[0]
    expect(await bytes(1)).toEqual(await bytes(1))
    expect(await bytes(2)).not.toEqual(await bytes(1))
  })

  it('leave introns with an unknown base at a site out', async () => {
    const { rows, description } = await imported(eie(line(100) + line(7, { intron: `NT${INTRON.slice(2)}` })))
    expect(rows.length).toBe(1)
    expect(description.leftOut).toEqual({ 'unknown-site-base': { unknown: 1 } })
  })

  it.each([
    [
      'four columns',
      'ACGT GTCCAG ACGT 5\n',
      /table.eie:1: expected exon, intron, exon, count and gene, found 4 columns/,
    ],
    ['a count that is none', 'ACGT GTCCAG ACGT x g\n', /expected a whole number as count, found "x"/],
    ['a tiny intron', 'ACGT GTA ACGT 5 g\n', /expected an intron of at least 4 bases, found 3/],
    ['RNA', 'ACGT GUAAAG ACGT 5 g\n', /found "U"/],
    [
      'too little support everywhere',
      line(99),
      /expected rows with a label or a value, found none: 1 rows read/,
    ],
  ])('are refused with %s', async (_what, text, message) => {
    const error = await refusal(eie(text))
    expect(error.message).toMatch(message)
    expect(error.exitCode).toBe(3)
  })
})
