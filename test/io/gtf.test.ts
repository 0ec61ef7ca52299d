import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseGtfAttributes, parseGtfRow } from '../../src/io/gtf.ts'

const table: [string, Record<string, string[]>][] = [
  ['gene_id "G1"; transcript_id "T1";', { gene_id: ['G1'], transcript_id: ['T1'] }],
  ['gene_id "G1"; transcript_id "T1"', { gene_id: ['G1'], transcript_id: ['T1'] }],
  ['tag "basic"; tag "CCDS"; level 2;', { tag: ['basic', 'CCDS'], level: ['2'] }],
  ['note "a; b"; gene_id "G"', { note: ['a; b'], gene_id: ['G'] }],
  ['product "5" nuclease"; x "y";', { product: ['5" nuclease'], x: ['y'] }],
  ['transcript_id ""; gene_id "G";', { transcript_id: [''], gene_id: ['G'] }],
  ['  gene_id  "G" ;  x 1 ;;', { gene_id: ['G'], x: ['1'] }],
  ['gene_id "open', { gene_id: ['open'] }],
  ['flag; gene_id G;', { flag: [''], gene_id: ['G'] }],
  ['', {}],
]

describe('GTF attributes', () => {
  it.each(table)('of %s', (text, expected) => {
    expect(Object.fromEntries(parseGtfAttributes(text))).toEqual(expected)
  })

  it('come back whatever stands between the quotes', () => {
    const value = fc.string().filter(text => !text.includes('"'))
    fc.assert(
      fc.property(fc.array(value), values => {
        const text = values.map(v => `note "${v}";`).join(' ')
        expect(parseGtfAttributes(text).get('note') ?? []).toEqual(values)
      }),
    )
  })
})

describe('a GTF row', () => {
  const row = (type: string, attributes: string) =>
    parseGtfRow(['chr1', 'src', type, '1', '9', '.', '+', '.', attributes])

  it('of an exon names its transcript, gene and biotypes', () => {
    expect(row('exon', 'gene_id "G"; transcript_id "T"; gene_type "a"; transcript_type "b";')).toEqual({
      kind: 'exon',
      contig: 'chr1',
      ids: ['T'],
      gene: 'G',
      isWholeTranscript: false,
      geneBiotype: 'a',
      biotype: 'b',
      isCds: false,
      maneSelect: false,
    })
  })

  const tags: [string, boolean][] = [
    ['tag "basic"; tag "MANE_Select"; tag "CCDS";', true],
    ['tag "MANE Select";', true],
    ['tag "MANE_Plus_Clinical";', false],
    ['tag "basic";', false],
    ['note "MANE_Select";', false],
  ]
  it.each(tags)('with %s is MANE Select: %s', (attributes, is) => {
    expect(row('transcript', `gene_id "G"; transcript_id "T"; ${attributes}`)?.maneSelect).toBe(is)
  })

  it('of a CDS is told from one of a UTR or a stop codon', () => {
    const types = ['CDS', 'UTR', 'stop_codon', 'exon']
    expect(types.map(type => row(type, 'transcript_id "T"')?.isCds)).toEqual([true, false, false, false])
  })

  it('is read by its type', () => {
    const kinds = [
      'exon',
      'CDS',
      'five_prime_utr',
      'stop_codon',
      'gene',
      'transcript',
      'mRNA',
      'intron',
      'start_codon',
    ]
    expect(kinds.map(type => row(type, 'transcript_id "T"')?.kind)).toEqual([
      'exon',
      'part',
      'part',
      'part',
      'gene',
      'transcript',
      'transcript',
      undefined,
      undefined,
    ])
  })

  it('with an empty transcript_id belongs to none', () => {
    expect(row('exon', 'gene_id "G"; transcript_id "";')?.ids).toEqual([])
  })
})
