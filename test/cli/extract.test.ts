import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { read } from '../support/alignments.ts'
import { cli, FIXTURE, parseTable, place, REF, type Row, Scratch } from '../support/cli.ts'

const HEADER =
  'contig\tstart\tend\tstrand\tstrand_source\tmotif\tfragments\treads\tunique\tmulti\tmax_anchor\t' +
  'distinct_starts\tannotated'
const FORMATS = ['tsv', 'bed6', 'bed12', 'star'] as const

const scratch = new Scratch()

async function output(args: readonly string[], stdin?: string): Promise<string> {
  const run = await cli(args, stdin === undefined ? {} : { stdin })
  expect(run.code, run.stderr).toBe(0)
  return run.stdout
}

describe('extract', () => {
  it('needs no reference and then knows no motif', async () => {
    const run = await cli(['extract', FIXTURE.bam])
    expect(run.code).toBe(0)
    expect(run.stdout.split('\n')[0]).toBe(HEADER)
    const table = parseTable(run.stdout)
    expect(table.length).toBe(139)
    expect(new Set(table.map(row => row.motif))).toEqual(new Set(['.']))
    expect(new Set(table.map(row => row.annotated))).toEqual(new Set(['.']))
    expect(run.stderr).toMatch(/^139 junctions$/m)
  })

  it('leaves the strand open where neither tag nor motif tells it in an unstranded library', async () => {
    const args = ['extract', FIXTURE.bam, ...REF, '--strandness', 'unstranded', '--exclude-flags', '3844']
    const brief = ({ strand, fragments, reads, ...row }: Row) =>
      `${place(row)}:${strand} ${fragments} ${reads}`
    const truth = parseTable(readFileSync(FIXTURE.truth, 'utf8'))
    const table = parseTable(await output(args))
    expect(table.map(brief)).toEqual(truth.map(brief))
    expect(new Set(table.filter(row => row.strand === '.').map(row => row.strand_source))).toEqual(
      new Set(['.']),
    )
  })

  it('writes what is asked for under a prefix, with a summary that has no scores', async () => {
    const cwd = scratch.subfolder()
    const { code, stdout } = await cli(['extract', FIXTURE.bam, '-o', 'p', '--format', FORMATS.join()], {
      cwd,
    })
    expect([code, stdout]).toEqual([0, ''])
    expect(readdirSync(cwd).sort()).toEqual([
      'p.SJ.out.tab',
      'p.junctions.bed',
      'p.junctions.bed12',
      'p.junctions.tsv.gz',
      'p.summary.json',
    ])
    const summary = JSON.parse(readFileSync(join(cwd, 'p.summary.json'), 'utf8'))
    expect(summary.scoring).toBeUndefined()
    expect(summary.extraction.tally.records).toBe(6104)
  })

  it('writes the same junction in each format as that format has it', async () => {
    const path = scratch.writeBam(
      'one.bam',
      [{ name: 'chr1', length: 60_000 }],
      [
        read({ name: 'a', start: 971, cigar: '20M867N12M', tags: { XS: ['A', '+'] } }),
        read({ name: 'b', start: 976, cigar: '15M867N17M', tags: { XS: ['A', '+'], NH: ['C', 2] } }),
      ],
    )
    const lines = await Promise.all(
      FORMATS.map(async format => (await output(['extract', path, '--format', format])).trimEnd()),
    )
    expect(lines).toEqual([
      `${HEADER}\nchr1\t991\t1858\t+\tXS\t.\t2\t2\t1\t1\t15\t2\t.`,
      'chr1\t991\t1858\tuniquely_mapped=1;multi_mapped=1;maximum_spliced_alignment_overhang=15;fragments=2;' +
        'reads=2;distinct_starts=2;strand_source=XS\t2\t+',
      'chr1\t971\t1875\tJUNC00000001\t2\t+\t971\t1875\t255,0,0\t2\t20,17\t0,887',
      'chr1\t992\t1858\t1\t0\t0\t1\t1\t15',
    ])
  })

  it('keeps mapping quality 255 and drops what is below --min-mapq', async () => {
    const qualities = [0, 29, 30, 60, 255]
    const path = scratch.writeBam(
      'mapq.bam',
      [{ name: 'chr1', length: 60_000 }],
      qualities.map((mapq, i) => read({ name: `q${mapq}`, start: 1000 + 1000 * i, mapq })),
    )
    const starts = async (args: string[]) =>
      parseTable(await output(['extract', path, ...args])).map(row => row.start)
    expect(await starts([])).toEqual(['1020', '2020', '3020', '4020', '5020'])
    expect(await starts(['--min-mapq', '30'])).toEqual(['3020', '4020', '5020'])
  })
})

describe('a table that extract wrote', () => {
  const knowledge: [what: string, args: string[]][] = [
    ['without a reference', []],
    ['with motifs and annotation', [...REF, '--annotation', FIXTURE.gff]],
    ['with open strands', ['--strandness', 'unstranded']],
  ]

  for (const format of FORMATS) {
    it.each(knowledge)(`comes back byte by byte from ${format} %s`, async (_, args) => {
      const first = await output(['extract', FIXTURE.bam, '--format', format, ...args])
      expect(first.trimEnd().split('\n').length).toBe(format === 'tsv' ? 140 : 139)
      expect(await output(['extract', '-', '--format', format], first)).toBe(first)
    })
  }
})

describe('a junction table as input of score', () => {
  const scores = ({ strand, donor_score, acceptor_score, score, call, status, ...row }: Row) =>
    `${place(row)}:${strand} ${donor_score} ${acceptor_score} ${score} ${call} ${status}`
  // Open strands among them: those are scored on both strands from a table, too.
  const filters = ['--strandness', 'unstranded']
  let fromBam: Row[]

  beforeAll(async () => {
    fromBam = parseTable(await output([FIXTURE.bam, ...REF, ...filters]))
  })

  it('has strandless junctions among those compared here', () => {
    expect(fromBam.filter(row => row.strand_source === 'both').length).toBe(10)
  })

  it.each(FORMATS)('scores the same junctions from %s as from the BAM', async format => {
    const table = await output(['extract', FIXTURE.bam, '--format', format, ...filters])
    const path = scratch.write(`junctions.${format}`, table)
    const fromTable = parseTable(await output([path, ...REF]))
    expect(fromTable.map(scores)).toEqual(fromBam.map(scores))
  })

  it('gives back a scored table unchanged when it is scored again', async () => {
    const first = await output([FIXTURE.bam, ...REF, '--annotation', FIXTURE.gff])
    expect(await output(['-', ...REF, '--annotation', FIXTURE.gff], first)).toBe(first)
  })
})
