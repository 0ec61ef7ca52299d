import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { parseGff3Row } from '../../src/io/gff3.ts'
import { RowPlace } from '../../src/io/text-lines.ts'

const row = (type: string, attributes: string, contig = 'chr1') =>
  parseGff3Row([contig, '100%', type, '1', '9', '.', '+', '.', attributes], new RowPlace('a.gff3', 1))

describe('a GFF3 row', () => {
  it('of an exon names all its parents', () => {
    expect(row('exon', 'ID=e1;Parent=t1,t2;Name=x')).toMatchObject({ kind: 'exon', ids: ['t1', 't2'] })
    expect(row('exon', 'Name=x')).toMatchObject({ kind: 'exon', ids: [] })
    expect(row('exon', '')).toMatchObject({ kind: 'exon', ids: [] })
  })

  it('of a transcript names its gene and biotype', () => {
    expect(row('mRNA', 'ID=t1;Parent=g1;biotype=retained_intron')).toEqual({
      kind: 'transcript',
      contig: 'chr1',
      ids: ['t1'],
      gene: 'g1',
      isWholeTranscript: true,
      geneBiotype: undefined,
      biotype: 'retained_intron',
      isCds: false,
      maneSelect: false,
    })
    expect(row('gene', 'ID=g1;gene_biotype=tRNA')).toMatchObject({
      ids: ['g1'],
      gene: 'g1',
      isWholeTranscript: false,
      geneBiotype: 'tRNA',
    })
  })

  const tags: [string, boolean][] = [
    ['tag=basic,MANE_Select', true],
    ['tag=MANE Select;transcript_id=x', true],
    ['tag=MANE%20Select', true],
    ['tag=basic,MANE_Select,Ensembl_canonical', true],
    ['tag=MANE Plus Clinical', false],
    ['tag=MANE_Plus_Clinical', false],
    ['tag=NOT_MANE_Select', false],
    ['locus_tag=MANE_Select', false],
    ['Note=MANE Select', false],
    ['tag=basic', false],
  ]
  it.each(tags)('with %s is MANE Select: %s', (attributes, is) => {
    expect(row('mRNA', `ID=t1;Parent=g1;${attributes}`)?.maneSelect).toBe(is)
    expect(row('exon', `${attributes};Parent=t1`)?.maneSelect).toBe(is)
  })

  it('of a CDS is told from one of a UTR', () => {
    expect(row('CDS', 'Parent=t1')).toMatchObject({ kind: 'part', isCds: true })
    expect(row('five_prime_UTR', 'Parent=t1')).toMatchObject({ kind: 'part', isCds: false })
  })

  it('of a CDS without a parent is held by its own ID', () => {
    expect(row('CDS', 'ID=cds1')).toMatchObject({ kind: 'part', ids: ['cds1'] })
  })

  it.each(['intron', 'region', 'chromosome', 'cDNA_match', 'start_codon'])(
    'of type %s says nothing',
    type => {
      expect(row(type, 'ID=x')).toBeUndefined()
    },
  )

  it('has its URL escapes read, in the contig name too', () => {
    expect(row('exon', 'Parent=a%2Cb%3B,c%25', 'chr%7C1')).toMatchObject({
      contig: 'chr|1',
      ids: ['a,b;', 'c%'],
    })
  })

  it('keeps a second equals sign and a percent sign that escapes nothing', () => {
    expect(row('exon', 'Parent=a=b,50%')?.ids).toEqual(['a=b', '50%'])
  })

  it('is not disturbed by free text, however odd', () => {
    expect(row('exon', 'Note=100% identity %E9;constructor=1;__proto__=2;Parent=t')?.ids).toEqual(['t'])
  })

  it('with broken escapes in what is read is an error', () => {
    expect(() => row('exon', 'Parent=%E9')).toThrow(InputDataError)
  })
})
