import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../src/core/errors.ts'
import { overlaps } from '../../src/genome/interval.ts'
import { type Annotation, readAnnotation } from '../../src/io/annotation.ts'

const data = process.env.SPLICE_SCORE_DATA ?? '../shared/data'
const folder = mkdtempSync(join(tmpdir(), 'annotation-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
function file(...rows: string[]): string {
  const path = join(folder, `annotation-${count++}`)
  writeFileSync(path, rows.map(row => `${row.replaceAll(' | ', '\t')}\n`).join(''))
  return path
}

const gff = (type: string, start1: number, end1: number, attributes: string, contig = 'c', strand = '+') =>
  [contig, 's', type, start1, end1, '.', strand, '.', attributes].join('\t')

const brief = (annotation: Annotation) =>
  annotation.introns.map(i => `${i.contig}:${i.start}-${i.end}:${i.strand} ${i.transcripts.join(',')}`)

describe('introns of GFF3', () => {
  it('lie between the exons of each transcript, once for all that share them', async () => {
    const annotation = await readAnnotation(
      file(
        '##gff-version 3',
        gff('exon', 31, 40, 'Parent=t1'),
        gff('gene', 1, 60, 'ID=g1;biotype=protein_coding'),
        gff('mRNA', 1, 60, 'ID=t1;Parent=g1;biotype=other'),
        '###',
        gff('exon', 1, 10, 'Parent=t1,t2'),
        '# a comment',
        '',
        gff('exon', 51, 60, 'Parent=t2,t1'),
        gff('transcript', 1, 60, 'ID=t2;Parent=g1'),
        '##FASTA',
        '>c',
        'ACGT',
      ),
    )
    expect(brief(annotation)).toEqual(['c:10-30:+ t1', 'c:10-50:+ t2', 'c:40-50:+ t1'])
    expect(annotation.transcripts).toEqual([
      {
        id: 't1',
        gene: 'g1',
        biotype: 'protein_coding',
        contig: 'c',
        strand: '+',
        exons: [
          { start: 0, end: 10 },
          { start: 30, end: 40 },
          { start: 50, end: 60 },
        ],
        coding: false,
        maneSelect: false,
      },
      expect.objectContaining({ id: 't2', gene: 'g1', biotype: 'protein_coding' }),
    ])
    expect(annotation.warnings).toEqual([])
  })

  it('are none between exons that touch or overlap', async () => {
    const annotation = await readAnnotation(
      file(
        gff('exon', 1, 10, 'Parent=t'),
        gff('exon', 11, 20, 'Parent=t'),
        gff('exon', 15, 30, 'Parent=t'),
        gff('exon', 32, 40, 'Parent=t'),
        gff('exon', 33, 35, 'Parent=t'),
      ),
    )
    expect(brief(annotation)).toEqual(['c:30-31:+ t'])
    expect(annotation.warnings).toEqual([
      expect.stringContaining('1 transcripts are named as Parent'),
      expect.stringContaining('1 transcripts have exons that overlap'),
    ])
  })

  it('come from CDS and UTR rows where a transcript has no exons, frameshifts left aside', async () => {
    const annotation = await readAnnotation(
      file(
        gff('mRNA', 1, 50, 'ID=t1'),
        gff('five_prime_UTR', 1, 5, 'Parent=t1'),
        gff('CDS', 6, 10, 'ID=cds;Parent=t1'),
        gff('CDS', 21, 50, 'ID=cds;Parent=t1'),
        gff('mRNA', 1, 60, 'ID=t2'),
        gff('exon', 1, 60, 'Parent=t2'),
        gff('CDS', 1, 20, 'Parent=t2'),
        gff('CDS', 31, 60, 'Parent=t2'),
        gff('gene', 101, 140, 'ID=g3;gene_biotype=protein_coding', 'c', '-'),
        gff('CDS', 101, 120, 'ID=x;Parent=g3', 'c', '-'),
        gff('CDS', 122, 140, 'ID=x;Parent=g3', 'c', '-'),
      ),
    )
    expect(brief(annotation)).toEqual(['c:10-20:+ t1'])
    expect(annotation.transcripts.at(-1)).toMatchObject({ id: 'g3', gene: 'g3', biotype: 'protein_coding' })
  })

  it('do not take a protein row for a transcript', async () => {
    const annotation = await readAnnotation(
      file(
        gff('protein', 1, 60, 'ID=t-Protein;Derives_from=t'),
        gff('mRNA', 1, 60, 'ID=t'),
        gff('exon', 1, 10, 'Parent=t'),
        gff('exon', 21, 60, 'Parent=t'),
        gff('CDS', 1, 10, 'Parent=t,t-Protein'),
        gff('CDS', 21, 60, 'Parent=t,t-Protein'),
      ),
    )
    expect(annotation.transcripts.map(t => t.id)).toEqual(['t'])
  })

  it('never join what only shares an ID: other contigs, strands, or copies far away', async () => {
    const annotation = await readAnnotation(
      file(
        ...['X', 'Y'].flatMap(contig => [
          gff('exon', 1, 10, 'Parent=par', contig),
          gff('exon', 21, 30, 'Parent=par', contig),
        ]),
        gff('exon', 41, 50, 'Parent=par', 'Y', '-'),
        gff('exon', 61, 70, 'Parent=par', 'Y', '?'),
        gff('mRNA', 101, 200, 'ID=twin', 'Y'),
        gff('mRNA', 301, 400, 'ID=twin', 'Y'),
        gff('exon', 101, 120, 'Parent=twin', 'Y'),
        gff('exon', 191, 200, 'Parent=twin', 'Y'),
        gff('exon', 301, 320, 'Parent=twin', 'Y'),
        gff('exon', 391, 400, 'Parent=twin', 'Y'),
        gff('exon', 1, 10, 'Parent=far', 'Z'),
        gff('exon', 21, 30, 'Parent=far', 'Z'),
        gff('exon', 2_000_001, 2_000_010, 'Parent=far', 'Z'),
        gff('mRNA', 1, 3_000_000, 'ID=long', 'Z'),
        gff('exon', 1, 10, 'Parent=long', 'Z'),
        gff('exon', 2_999_001, 3_000_000, 'Parent=long', 'Z'),
      ),
    )
    expect(brief(annotation)).toEqual([
      'X:10-20:+ par',
      'Y:10-20:+ par',
      'Y:120-190:+ twin',
      'Y:320-390:+ twin',
      'Z:10-20:+ far',
      'Z:10-2999000:+ long',
    ])
    expect(annotation.transcripts.filter(t => t.id === 'par').map(t => t.contig + t.strand)).toEqual([
      'X+',
      'Y+',
      'Y-',
      'Y.',
    ])
    expect(annotation.warnings).toContainEqual(expect.stringContaining('2 transcript IDs are used again'))
    expect(annotation.warnings).toContainEqual(
      expect.stringMatching(/: 1 transcript IDs have exons on several contigs or strands; .*, first par$/),
    )
  })

  it('are taken as if overlapping exons were one, and the transcripts that have them are counted', async () => {
    const annotation = await readAnnotation(
      file(
        ...['a', 'b', 'twice', 'touching'].map(id => gff('mRNA', 1, 90, `ID=${id}`)),
        gff('exon', 1, 10, 'Parent=a,b,twice,touching'),
        gff('exon', 1, 10, 'Parent=twice'),
        gff('exon', 10, 20, 'Parent=a,b'),
        gff('exon', 15, 18, 'Parent=b'),
        gff('exon', 11, 20, 'Parent=touching'),
        gff('exon', 31, 40, 'Parent=a,b,twice,touching'),
        gff('CDS', 5, 10, 'Parent=twice'),
        gff('CDS', 6, 10, 'Parent=twice'),
      ),
    )
    expect(brief(annotation)).toEqual(['c:10-30:+ twice', 'c:20-30:+ a,b,touching'])
    expect(annotation.warnings).toEqual([
      expect.stringMatching(/: 2 transcripts have exons that overlap; .*, first a$/),
    ])
  })

  it('take the gene from the row that lies there, never from one elsewhere with the same ID', async () => {
    const annotation = await readAnnotation(
      file(
        gff('mRNA', 1, 30, 'ID=t;Parent=g1', 'X'),
        gff('exon', 1, 10, 'Parent=t', 'X'),
        gff('exon', 21, 30, 'Parent=t', 'X'),
        gff('exon', 11, 15, 'Parent=t', 'X', '-'),
        gff('exon', 11, 15, 'Parent=t', 'Z'),
      ),
    )
    expect(annotation.transcripts.map(t => `${t.contig}${t.strand} ${t.gene}`)).toEqual([
      'X+ g1',
      'X- g1',
      'Z+ undefined',
    ])
  })

  it('leave out exons without a Parent, and say so', async () => {
    const path = file(gff('exon', 1, 10, 'Parent=t'), gff('exon', 21, 30, 'ID=e'), gff('exon', 41, 50, ''))
    const { introns, warnings } = await readAnnotation(path)
    expect(introns).toEqual([])
    expect(warnings[0]).toBe(
      `${path}: 2 exon, CDS or UTR rows have no Parent and were left out, first at ${path}:2`,
    )
  })
})

describe('introns of GTF', () => {
  it('lie between the exon rows of a transcript_id', async () => {
    const annotation = await readAnnotation(
      file(
        gff('gene', 1, 60, 'gene_id "G"; transcript_id ""; gene_biotype "lncRNA";', 'c', '-'),
        gff('exon', 51, 60, 'gene_id "G"; transcript_id "T";', 'c', '-'),
        gff('exon', 1, 10, 'gene_id "G"; transcript_id "T";', 'c', '-'),
        gff('CDS', 1, 5, 'gene_id "G"; transcript_id "T";', 'c', '-'),
        gff('exon', 1, 10, 'gene_id "G";', 'c', '-'),
      ),
    )
    expect(brief(annotation)).toEqual(['c:10-50:- T'])
    expect(annotation.transcripts[0]).toMatchObject({ id: 'T', gene: 'G', biotype: 'lncRNA' })
    expect(annotation.warnings).toEqual([
      expect.stringContaining('1 exon, CDS or UTR rows have no transcript_id'),
    ])
  })
})

describe('a transcript', () => {
  const gene = (attributes: string) => gff('gene', 1, 60, attributes)
  const rna = (attributes: string) => gff('mRNA', 1, 60, attributes)
  const exon = (attributes: string) => gff('exon', 1, 60, attributes)
  const ids = 'gene_id "g"; transcript_id "t";'
  const biotypes: [string, string[]][] = [
    ['RefSeq GFF3', [gene('ID=g;gene_biotype=B'), rna('ID=t;Parent=g;gbkey=mRNA'), exon('Parent=t')]],
    [
      'RefSeq GTF',
      [
        gene('gene_id "g"; transcript_id ""; gene_biotype "B";'),
        gff('transcript', 1, 60, `${ids} transcript_biotype "mRNA";`),
        exon(ids),
      ],
    ],
    [
      'GENCODE GFF3',
      [
        gene('ID=g;gene_type=B'),
        rna('ID=t;Parent=g;gene_type=B;transcript_type=x'),
        exon('ID=e;Parent=t;gene_type=B;transcript_type=x'),
      ],
    ],
    ['GENCODE GTF of exons', [exon(`${ids} gene_type "B"; transcript_type "x";`)]],
    ['Ensembl GFF3', [gene('ID=g;biotype=B'), rna('ID=t;Parent=g;biotype=x'), exon('Parent=t')]],
    [
      'Ensembl GTF',
      [gene('gene_id "g"; gene_biotype "B";'), exon(`${ids} gene_biotype "B"; transcript_biotype "x";`)],
    ],
    ['WormBase GFF3', [gene('ID=g;biotype=B'), rna('ID=t;Parent=g'), exon('Parent=t')]],
    ['a file that knows its own only', [rna('ID=t;Parent=g;biotype=B'), exon('Parent=t')]],
  ]
  it.each(biotypes)('has the biotype of its gene: %s', async (_dialect, rows) => {
    const { transcripts, statesBiotypes, statesCoding } = await readAnnotation(file(...rows))
    expect(transcripts.map(t => `${t.id} ${t.gene} ${t.biotype} ${t.coding}`)).toEqual(['t g B false'])
    expect([statesBiotypes, statesCoding]).toEqual([true, false])
  })

  it('is coding where it has CDS rows, and only there', async () => {
    const { transcripts, statesBiotypes, statesCoding } = await readAnnotation(
      file(
        ...['a', 'b', 'utr'].flatMap(id => [rna(`ID=${id}`), exon(`Parent=${id}`)]),
        gff('CDS', 5, 20, 'Parent=b'),
        gff('five_prime_UTR', 1, 4, 'Parent=utr'),
      ),
    )
    expect(transcripts.map(t => `${t.id} ${t.coding}`)).toEqual(['a false', 'b true', 'utr false'])
    expect([statesBiotypes, statesCoding]).toEqual([false, true])
  })

  const mane: [string, string[]][] = [
    ['its own row', [rna('ID=t;Parent=g;tag=basic,MANE_Select'), exon('Parent=t')]],
    [
      'one of its exons',
      [rna('ID=t'), gff('exon', 1, 9, 'Parent=t'), gff('exon', 20, 30, 'Parent=t;tag=MANE Select')],
    ],
    ['its rows in a GTF', [gff('transcript', 1, 60, `${ids} tag "basic"; tag "MANE_Select";`), exon(ids)]],
    ['the exon rows of a GTF', [exon(`${ids} tag "MANE Select";`)]],
  ]
  it.each(mane)('is MANE Select by the tag on %s', async (_where, rows) => {
    const { transcripts } = await readAnnotation(
      file(
        ...rows,
        ...rows.map(row =>
          row.replaceAll(/MANE.Select/g, 'MANE_Plus_Clinical').replaceAll(/\b([tg])\b(?!=)/g, '$12'),
        ),
      ),
    )
    expect(transcripts.map(t => `${t.id} ${t.maneSelect}`)).toEqual(['t true', 't2 false'])
  })
})

describe('a file that is no annotation', () => {
  const rows: [string, string, string][] = [
    ['too few columns', 'chr1\t1\t2', 'expected the 9 tab-separated columns of a GFF3 or GTF row, found 3'],
    [
      'a start that is no number',
      gff('exon', 1, 2, 'Parent=t').replace('\t1\t', '\tx\t'),
      'found "x" and "2"',
    ],
    [
      'start above end',
      gff('exon', 9, 2, 'Parent=t'),
      'expected 1 <= start <= end (columns 4, 5), found 9 and 2',
    ],
    ['a 0-based start', gff('exon', 0, 2, 'Parent=t'), 'expected 1 <= start <= end'],
    ['an odd strand', gff('exon', 1, 2, 'Parent=t', 'c', 'x'), 'as strand (column 7), found "x"'],
  ]
  it.each(rows)('by %s is an error with file and line', async (_name, row, message) => {
    const path = file('# comment', row)
    const error = await readAnnotation(path).catch(e => e)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toContain(`${path}:2: `)
    expect(error.message).toContain(message)
  })

  it('by having no exons is an error with a hint', async () => {
    const error = await readAnnotation(file(gff('gene', 1, 2, 'ID=g'))).catch(e => e)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.hint).toContain('transcript_id')
  })

  it('by not being there is a missing resource', async () => {
    await expect(readAnnotation(join(folder, 'absent.gtf'))).rejects.toThrow(MissingResourceError)
  })
})

const sets: [string, number, number][] = [
  ['human-chr9-0m/ensembl91.chr9.1-1000000.gtf.gz', 105, 195],
  ['human-chrx-minigenome/refgene-hg38.minigenome.gtf.gz', 364, 1241],
  ['human-chr22-20m/mane.refseq.chr22.gff3.gz', 423, 3775],
  ['human-chr22-20m/gencode.v38.basic.chr22.gtf.gz', 2428, 6198],
  ['human-chr21-25m/ensembl.chr21.gff3.gz', 2414, 4232],
  ['human-chr20-30m/ensembl.chr20.ncbi33.gff3.gz', 24, 130],
  ['mouse-chr9-3m/gencode.chr9.1-4000000.gtf.gz', 54, 138],
  ['mouse-chr15-1m/ensembl.chr15.window.gtf.gz', 9, 25],
  ['fly-dm6-2l-2r/flybase.dm6.2l-2r.gtf.gz', 356, 557],
  ['cerevisiae-r64/r64.gff3.gz', 6446, 340],
  ['arabidopsis-tair10-1pct/annotation.gff3.gz', 500, 1537],
  ['worm-ws282-1pct/annotation.gff3.gz', 428, 991],
  ['worm-smallgenes/loci.gff3.gz', 1420, 1616],
  ['fly-r6.42-1pct/annotation.gff3.gz', 285, 484],
  ['pombe-mini/genes.gff3.gz', 200, 166],
]

/**
 * Coding transcripts, MANE Select ones, those of protein-coding genes by biotype, and whether the file states biotypes.
 * Counted apart with awk; 47 of the yeast's are Ty genes of CDS rows alone.
 */
const facts: Record<string, [number, number, number, boolean]> = {
  'human-chr9-0m/ensembl91.chr9.1-1000000.gtf.gz': [41, 0, 64, true],
  'human-chrx-minigenome/refgene-hg38.minigenome.gtf.gz': [327, 0, 0, false],
  'human-chr22-20m/mane.refseq.chr22.gff3.gz': [423, 423, 423, true],
  'human-chr22-20m/gencode.v38.basic.chr22.gtf.gz': [0, 0, 0, false],
  'human-chr21-25m/ensembl.chr21.gff3.gz': [935, 0, 1498, true],
  'mouse-chr9-3m/gencode.chr9.1-4000000.gtf.gz': [33, 0, 40, true],
  'mouse-chr15-1m/ensembl.chr15.window.gtf.gz': [7, 0, 7, true],
  'cerevisiae-r64/r64.gff3.gz': [5989, 0, 6030, true],
  'worm-ws282-1pct/annotation.gff3.gz': [307, 0, 301, true],
  'pombe-mini/genes.gff3.gz': [200, 0, 0, false],
}

/** Introns and the transcripts of each must not depend on whether the index was used. */
function expectSameAsFiltered(
  part: Annotation,
  whole: Annotation,
  regions: { contig: string; start: number; end: number }[],
) {
  const inside = (contig: string, start: number, end: number) =>
    regions.some(r => r.contig === contig && overlaps(r.start, r.end, start, end))
  expect(part.introns).toEqual(whole.introns.filter(i => inside(i.contig, i.start, i.end)))
  const transcripts = whole.transcripts.filter(t => inside(t.contig, t.exons[0]!.start, t.exons.at(-1)!.end))
  const names = (list: Annotation['transcripts']) =>
    list.map(t => `${t.id} ${t.contig}${t.strand} ${t.gene} ${t.biotype}`)
  expect(names(part.transcripts).sort()).toEqual(names(transcripts).sort())
}

describe.each(sets)('real data: %s', (name, transcripts, introns) => {
  const path = join(data, name)
  const reason = existsSync(path) ? '' : ' (skipped: the data folder is not there)'
  let whole: Annotation
  beforeAll(async () => {
    if (reason === '') {
      whole = await readAnnotation(path)
    }
  })

  it.skipIf(reason !== '')(`has ${transcripts} transcripts and ${introns} introns${reason}`, () => {
    expect(whole.introns).toHaveLength(introns)
    expect(whole.transcripts).toHaveLength(transcripts)
  })

  const fact = facts[name]
  if (fact) {
    it.skipIf(reason !== '')(`states what is coding and MANE Select${reason}`, () => {
      const having = (is: (t: Annotation['transcripts'][number]) => boolean) =>
        whole.transcripts.filter(is).length
      expect([
        having(t => t.coding),
        having(t => t.maneSelect),
        having(t => t.biotype === 'protein_coding'),
        whole.statesBiotypes,
      ]).toEqual(fact)
      expect(whole.statesCoding).toBe(fact[0] > 0)
    })
  }

  it.skipIf(reason !== '')(`gives the same introns by region as from the whole file${reason}`, async () => {
    const region = fc
      .tuple(
        fc.nat(whole.introns.length - 1),
        fc.integer({ min: -2000, max: 2000 }),
        fc.integer({ min: 1, max: 30_000 }),
      )
      .map(([i, shift, length]) => {
        const { contig, start } = whole.introns[i]!
        return { contig, start: Math.max(0, start + shift), end: Math.max(0, start + shift) + length }
      })
    await fc.assert(
      fc.asyncProperty(fc.array(region, { minLength: 1, maxLength: 3 }), async regions => {
        expectSameAsFiltered(await readAnnotation(path, { regions }), whole, regions)
      }),
      { numRuns: 8 },
    )
  })
})

const plain = join(data, 'human-chr9-0m/ensembl91.chr9.1-1000000.gtf.gz')
describe.skipIf(!existsSync(plain))(`without an index (needs ${plain})`, () => {
  it('a region is cut from the whole file', async () => {
    const whole = await readAnnotation(plain)
    const path = join(folder, 'plain.gtf')
    writeFileSync(path, gunzipSync(readFileSync(plain)))
    const regions = [{ contig: '9', start: 14_000, end: 200_000 }]
    const part = await readAnnotation(path, { regions })
    expect(part.introns.length).toBeGreaterThan(5)
    expectSameAsFiltered(part, whole, regions)
    expect(
      (await readAnnotation(plain, { regions: [{ contig: 'absent', start: 0, end: 9 }] })).introns,
    ).toEqual([])
  })
})

const hasTabix =
  spawnSync('tabix', ['--version']).status === 0 && spawnSync('bgzip', ['--version']).status === 0
describe.skipIf(!hasTabix)('long introns by index (needs tabix and bgzip)', () => {
  const exons = (id: string, ...at: number[]) =>
    at.map(start1 => gff('exon', start1, start1 + 99, `gene_id "G"; transcript_id "${id}";`))
  const rows = [
    ...exons('rowless', 1001, 900_001, 5_000_001, 5_700_001),
    ...exons('spanned', 1001, 5_500_001),
    gff('transcript', 1001, 5_500_100, 'gene_id "G"; transcript_id "spanned";'),
    ...exons('random', 2_000_001, 2_400_001, 2_900_001, 4_100_001),
  ].sort((a, b) => Number(a.split('\t')[3]) - Number(b.split('\t')[3]))

  it('agree with the whole file wherever the region lies', async () => {
    const path = file(...rows)
    const whole = await readAnnotation(path)
    expect(brief(whole)).toEqual([
      'c:1100-900000:+ rowless',
      'c:1100-5500000:+ spanned',
      'c:2000100-2400000:+ random',
      'c:2400100-2900000:+ random',
      'c:5000100-5700000:+ rowless',
    ])
    execFileSync('bgzip', ['-f', path])
    execFileSync('tabix', ['-p', 'gff', `${path}.gz`])
    await fc.assert(
      fc.asyncProperty(fc.nat(6_000_000), fc.integer({ min: 1, max: 100_000 }), async (start, length) => {
        const regions = [{ contig: 'c', start, end: start + length }]
        expectSameAsFiltered(await readAnnotation(`${path}.gz`, { regions }), whole, regions)
      }),
      { numRuns: 40 },
    )
  })
})
