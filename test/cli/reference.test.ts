import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bgzip, DEFAULT_BLOCK_SIZE } from '../../scripts/simulate/bgzf.mjs'
import { mulberry32, pick } from '../../scripts/simulate/random.mjs'
import { read } from '../support/alignments.ts'
import {
  cli,
  FIXTURE,
  formatFasta,
  lasting,
  parseFasta,
  parseTable,
  place,
  REF,
  type Row,
  Scratch,
} from '../support/cli.ts'

const scratch = new Scratch()
const LENGTH = 3_000

function randomBases(seed: number): string {
  const random = mulberry32(seed)
  return Array.from({ length: LENGTH }, () => pick(random, ['A', 'C', 'G', 'T'])).join('')
}

/** Returns the sequence with other bases from `at` on. */
function withBases(sequence: string, at: number, bases: string): string {
  return sequence.slice(0, at) + bases + sequence.slice(at + bases.length)
}

/** Three exon bases and the start of an intron; the end of an intron and one exon base. */
const DONOR = 'CAGGTAAGTA'
const ACCEPTOR = 'TTTCTTTTCTTTCAGG'

function reversed(bases: string): string {
  return [...bases]
    .reverse()
    .map(base => 'TGCA'['ACGT'.indexOf(base)])
    .join('')
}

async function score(args: readonly string[]): Promise<{ rows: Row[]; stderr: string }> {
  const run = await cli(args)
  expect(run.code, run.stderr).toBe(0)
  return { rows: parseTable(run.stdout), stderr: run.stderr }
}

function statuses(rows: readonly Row[]): string[] {
  return rows.map(row => `${place(row)} ${row.status}`)
}

function bed(junctions: readonly [start: number, end: number, strand: string][], contig = 'chr1'): string {
  return junctions.map(([start, end, strand]) => `${contig}\t${start}\t${end}\tx\t1\t${strand}\n`).join('')
}

describe('the status of a junction', () => {
  const fasta = scratch.write('chr1.fa', formatFasta({ chr1: randomBases(1) }))

  it('is padded from the first base on that the window reaches past the contig', async () => {
    const path = scratch.write(
      'ends.bed',
      bed([
        [0, 1000, '+'],
        [199, 1000, '-'],
        [200, 1000, '+'],
        [1000, 2800, '-'],
        [1000, 2801, '+'],
        [1000, 3000, '-'],
      ]),
    )
    expect(statuses((await score([path, '--ref', fasta])).rows)).toEqual([
      'chr1:0-1000 padded',
      'chr1:199-1000 padded',
      'chr1:200-1000 scored',
      'chr1:1000-2800 scored',
      'chr1:1000-2801 padded',
      'chr1:1000-3000 padded',
    ])
  })

  it('is padded for a read that crosses an intron right before the end of the contig', async () => {
    const reads = [read({ start: 2_860, cigar: '20M100N20M', tags: { XS: ['A', '-'] } })]
    const path = scratch.writeBam('end.bam', [{ name: 'chr1', length: LENGTH }], reads)
    const { rows } = await score([path, '--ref', fasta])
    expect(rows).toMatchObject([{ start: '2880', end: '2980', strand: '-', status: 'padded' }])
    expect(rows[0]!.score).toMatch(/^[01]\.\d{5}$/)
  })

  it('is outside_contig for a junction of a table that ends past the contig, and it has no score', async () => {
    const path = scratch.write(
      'outside.bed',
      bed([
        [1000, 3001, '+'],
        [4000, 5000, '.'],
      ]),
    )
    const { rows, stderr } = await score([path, '--ref', fasta])
    const blank = { donor_score: '.', acceptor_score: '.', score: '.', call: '.', status: 'outside_contig' }
    expect(rows).toMatchObject([
      { start: '1000', end: '3001', strand: '+', motif: '.', ...blank },
      { start: '4000', end: '5000', strand: '.', motif: '.', ...blank },
    ])
    expect(stderr).toContain('2 junctions: 0 pass, 0 fail at ')
    expect(stderr).toContain('\n  outside_contig: 2 junctions\n')
  })

  it('is site_n exactly when one of the four site bases is no base', async () => {
    // An N at 500 of chr1: the junctions have it before, in and behind their first two and last two bases.
    const holed = scratch.write('holed.fa', formatFasta({ chr1: withBases(randomBases(1), 500, 'N') }))
    const path = scratch.write(
      'sites.bed',
      bed([
        [300, 500, '+'],
        [300, 501, '-'],
        [300, 502, '+'],
        [300, 503, '-'],
        [498, 900, '+'],
        [499, 900, '-'],
        [500, 900, '+'],
        [501, 900, '-'],
      ]),
    )
    expect(statuses((await score([path, '--ref', holed])).rows)).toEqual([
      'chr1:300-500 scored',
      'chr1:300-501 site_n',
      'chr1:300-502 site_n',
      'chr1:300-503 scored',
      'chr1:498-900 scored',
      'chr1:499-900 site_n',
      'chr1:500-900 site_n',
      'chr1:501-900 scored',
    ])
  })
})

describe('a junction whose strand nothing tells', () => {
  // Reads without tags; sites that a model knows by sight, on the forward strand and on the reverse one in turn.
  const starts = Array.from({ length: 12 }, (_, i) => 300 + 200 * i)
  const sequence = starts.reduce((bases, start, i) => {
    const [left, right] = i % 2 === 0 ? [DONOR, ACCEPTOR] : [reversed(ACCEPTOR), reversed(DONOR)]
    const leftFlank = i % 2 === 0 ? 3 : 1
    const withLeft = withBases(bases, start - leftFlank, left)
    return withBases(withLeft, start + 100 + (4 - leftFlank) - right.length, right)
  }, randomBases(2))
  const fasta = scratch.write('open.fa', formatFasta({ chr1: sequence }))
  const reads = starts.map((start, i) => read({ name: `r${i}`, start: start - 20 }))
  const bam = scratch.writeBam('open.bam', [{ name: 'chr1', length: LENGTH }], reads)
  // Splam's rules leave the strand open without a tag, also where the motif would tell it.
  const open = ['--ref', fasta, '--profile', 'splam']

  it('is scored on both strands and takes the better one', async () => {
    const { rows } = await score([bam, ...open])
    const onStrand = async (strand: string) => {
      const table = bed(starts.map(start => [start, start + 100, strand]))
      return (await score([scratch.write(`open${strand}.bed`, table), '--ref', fasta])).rows
    }
    const [plus, minus] = [await onStrand('+'), await onStrand('-')]
    expect(rows.length).toBe(starts.length)
    for (const [i, row] of rows.entries()) {
      const [better, worse] = i % 2 === 0 ? [plus[i]!, minus[i]!] : [minus[i]!, plus[i]!]
      expect(Number(better.score), place(row)).toBeGreaterThan(Number(worse.score))
      expect(row, place(row)).toMatchObject({
        strand: i % 2 === 0 ? '+' : '-',
        strand_source: 'both',
        motif: 'GT-AG',
        donor_score: better.donor_score,
        acceptor_score: better.acceptor_score,
        score: better.score,
        call: 'pass',
      })
    }
  })

  it('stays open in a table without scores', async () => {
    const { rows } = await score(['extract', bam, ...open])
    expect(rows.map(row => `${row.strand} ${row.strand_source}`)).toEqual(starts.map(() => '. .'))
  })

  it('takes the strand of a canonical motif without being scored on both', async () => {
    const { rows } = await score([bam, '--ref', fasta])
    expect(rows.map(row => `${row.strand} ${row.strand_source} ${row.motif}`)).toEqual(
      starts.map((_, i) => `${i % 2 === 0 ? '+' : '-'} motif GT-AG`),
    )
  })
})

describe('a reference that does not fit the alignments', () => {
  const genome = parseFasta(readFileSync(FIXTURE.ref, 'utf8'))
  const { chr1, chr2, ...others } = genome

  it('lacks a contig: a warning, the status contig_missing for its junctions, and exit 0', async () => {
    const fasta = scratch.write('no-chr2.fa', formatFasta({ chr1: chr1!, ...others }))
    const { rows, stderr } = await score([FIXTURE.bam, '--ref', fasta])
    const missing = rows.filter(row => row.contig === 'chr2')
    expect(missing.length).toBe(46)
    expect(new Set(missing.map(row => row.status))).toEqual(new Set(['contig_missing']))
    expect(new Set(missing.map(row => row.motif + row.score! + row.call))).toEqual(new Set(['...']))
    expect(rows.filter(row => row.contig !== 'chr2' && row.status === 'contig_missing')).toEqual([])
    expect(stderr.startsWith(`warning: the contigs of ${FIXTURE.bam} and ${fasta} do not agree:\n`)).toBe(
      true,
    )
    expect(stderr).toContain(`\n- 1 of 3 contigs of ${FIXTURE.bam} not in ${fasta}: chr2\n`)
    expect(stderr).toContain('\n  contig_missing: 46 junctions\n')
  })

  it('has a contig of another length: a warning, contig_differs, and exit 0 as long as another fits', async () => {
    const fasta = scratch.write('long-chr2.fa', formatFasta({ ...genome, chr2: `${chr2}ACGT` }))
    const { rows, stderr } = await score([FIXTURE.bam, '--ref', fasta])
    const differing = rows.filter(row => row.contig === 'chr2')
    expect(differing.length).toBe(46)
    expect(new Set(differing.map(row => row.status))).toEqual(new Set(['contig_differs']))
    expect(rows.filter(row => row.contig === 'chr1' && row.status === 'scored').length).toBe(89)
    expect(stderr).toMatch(/^warning: /)
    expect(stderr).toContain(`with another length in ${fasta}: chr2 (30000 bases, there 30004)\n`)
  })

  it('is only the front part of the contigs: a warning, and what lies past its end is outside_contig', async () => {
    const fasta = scratch.write('front.fa', formatFasta({ chr1: chr1!.slice(0, 20_000) }))
    const { rows, stderr } = await score([FIXTURE.bam, '--ref', fasta])
    const statuses = new Set(rows.filter(row => row.contig === 'chr1').map(row => row.status))
    expect(statuses).toEqual(new Set(['scored', 'outside_contig']))
    expect(rows.filter(row => row.status === 'scored').every(row => Number(row.end) <= 20_000)).toBe(true)
    expect(stderr).toContain(`which is taken as their front part: chr1 (60000 bases, there 20000)\n`)
  })

  it.each([
    [
      'does not hold the junctions',
      chr1!.slice(0, 500),
      /all 139 junctions lie past the ends of its shortened contigs/,
    ],
    [
      'is another sequence',
      'ACTTGCAGTTA'.repeat(2000),
      /only [\d.]+ % of the junctions on its shortened contigs/,
    ],
  ])('is a shortened one that %s: exit 5', async (_, sequence, message) => {
    const fasta = scratch.write(
      'shortened.fa',
      formatFasta({ chr1: sequence, chr2: 'ACGT', 'HLA:01|x': 'ACGT' }),
    )
    const run = await cli([FIXTURE.bam, '--ref', fasta])
    expect([run.code, run.stdout]).toEqual([5, ''])
    expect(run.stderr).toMatch(message)
  })

  it('says its warning with --quiet, too', async () => {
    const fasta = scratch.write('quiet.fa', formatFasta({ chr1: chr1!, ...others }))
    const { stderr } = await score([FIXTURE.bam, '--ref', fasta, '--quiet'])
    expect(stderr).toBe(
      `warning: the contigs of ${FIXTURE.bam} and ${fasta} do not agree:\n` +
        `- 1 of 3 contigs of ${FIXTURE.bam} not in ${fasta}: chr2\n`,
    )
  })

  it.each([
    ['other names', { scaffold_1: 'ACGTACGT' }, 'not in'],
    [
      'other lengths',
      { chr1: `${chr1}A`, chr2: `${chr2}A`, 'HLA:01|x': `${others['HLA:01|x']}A` },
      'with another length in',
    ],
  ])('has only %s: exit 5 and no output', async (_, sequences, what) => {
    const fasta = scratch.write('other.fa', formatFasta(sequences))
    const cwd = scratch.subfolder()
    const run = await cli([FIXTURE.bam, '--ref', fasta, '-o', 'out'], { cwd })
    expect([run.code, run.stdout, readdirSync(cwd)]).toEqual([5, '', []])
    expect(run.stderr).toContain(`- 3 of 3 contigs of ${FIXTURE.bam} ${what} ${fasta}: chr1`)
    expect(run.stderr).toMatch(/\n {2}give the FASTA the reads were aligned to; /)
  })

  it('is a table whose contigs are all unknown: exit 5, too', async () => {
    const path = scratch.write('chr9.bed', bed([[100, 200, '+']], 'chr9'))
    expect(await cli([path, ...REF])).toMatchObject({ code: 5, stdout: '' })
  })

  it('is an annotation of another assembly: exit 5', async () => {
    const exon = (start1: number, end1: number) =>
      `chr9\tx\texon\t${start1}\t${end1}\t.\t+\t.\tgene_id "g"; transcript_id "t";\n`
    const gtf = scratch.write('chr9.gtf', exon(1, 100) + exon(201, 300))
    const run = await cli([FIXTURE.bam, ...REF, '--annotation', gtf])
    expect([run.code, run.stdout]).toEqual([5, ''])
    expect(run.stderr).toContain(
      `no contig of ${gtf} (chr9) is among those of ${FIXTURE.bam} (chr1, chr2, HLA:01|x)`,
    )
  })
})

describe('a reference under other names or in another form', () => {
  it('may call chr1 1: the table is the same, under the names of the alignments', async () => {
    const text = readFileSync(FIXTURE.ref, 'utf8').replaceAll('>chr', '>')
    const fasta = scratch.write('ensembl.fa', text)
    const annotation = readFileSync(FIXTURE.gtf, 'utf8').replace(/^chr/gm, '')
    const gtf = scratch.write('ensembl.gtf', annotation)
    const run = await cli([FIXTURE.bam, '--ref', fasta, '--annotation', gtf])
    const expected = await cli([FIXTURE.bam, ...REF, '--annotation', FIXTURE.gtf])
    expect(lasting(run)).toEqual(lasting(expected))
  })

  it('may be bgzip-compressed and without an index, and none is left beside it', async () => {
    const cwd = scratch.subfolder()
    const packed = bgzip(readFileSync(FIXTURE.ref), DEFAULT_BLOCK_SIZE, true)
    const fasta = scratch.write('packed.fa.gz', packed)
    const before = readdirSync(scratch.folder)
    const run = await cli([FIXTURE.bam, '--ref', fasta], { cwd })
    expect(lasting(run)).toEqual(lasting(await cli([FIXTURE.bam, ...REF])))
    expect(readdirSync(scratch.folder)).toEqual(before)
  })
})
