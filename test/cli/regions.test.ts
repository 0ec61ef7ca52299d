import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { encodeBai, encodeBam } from '../../scripts/simulate/bam-writer.mjs'
import { between, mulberry32 } from '../../scripts/simulate/random.mjs'
import { read } from '../support/alignments.ts'
import { cli, FIXTURE, parseTable, place, REF, type Row, Scratch } from '../support/cli.ts'

const scratch = new Scratch()
const noSamtools =
  spawnSync('samtools', ['--version'], { stdio: 'ignore' }).status === 0 ? '' : ' (skipped: no samtools here)'

/** The library type is told: a small region has too few spliced reads to infer it from. */
const TOLD = [...REF, '--strandness', 'RF']

/** Regions as given, and the same 0-based half-open. */
const regions: [text: string, contig: string, start: number, end: number][] = [
  ['chr1:1-60000', 'chr1', 0, 60_000],
  ['chr1:3,300-3,400', 'chr1', 3_299, 3_400],
  ['chr1:11900-11900', 'chr1', 11_899, 11_900],
  ['chr2', 'chr2', 0, 30_000],
  ['chr2:20000', 'chr2', 19_999, 30_000],
  ['HLA:01|x', 'HLA:01|x', 0, 1_200],
  ['{HLA:01|x}:300-400', 'HLA:01|x', 299, 400],
  ['2:1-5000', 'chr2', 0, 5_000],
]

let whole: Row[]

beforeAll(async () => {
  whole = parseTable((await cli([FIXTURE.bam, ...TOLD])).stdout)
})

function overlapping(contig: string, start: number, end: number): Row[] {
  return whole.filter(row => row.contig === contig && Number(row.start) < end && Number(row.end) > start)
}

async function table(args: readonly string[]): Promise<Row[]> {
  const run = await cli(args)
  expect(run.code, run.stderr).toBe(0)
  return parseTable(run.stdout)
}

describe('--region', () => {
  it.each(regions)(
    '%s gives the rows of the whole table that overlap it',
    async (text, contig, start, end) => {
      const expected = overlapping(contig, start, end)
      expect(expected.length).toBeGreaterThan(0)
      expect(await table([FIXTURE.bam, ...TOLD, '--region', text])).toEqual(expected)
    },
  )

  it('counts both its ends in, as samtools does', async () => {
    // The intron chr1:991-1858 (0-based half-open) has its bases 992 to 1858, and no other is near.
    const found = async (text: string) => (await table(['extract', FIXTURE.bam, '--region', text])).map(place)
    expect(await found('chr1:991-991')).toEqual([])
    expect(await found('chr1:992-992')).toEqual(['chr1:991-1858'])
    expect(await found('chr1:1858-1858')).toEqual(['chr1:991-1858'])
    expect(await found('chr1:1859-1859')).toEqual([])
  })

  it('gives the header alone and ends with 0 where no junction is', async () => {
    const run = await cli([FIXTURE.bam, ...TOLD, '--region', 'chr1:1-500'])
    expect(run.code).toBe(0)
    expect(run.stdout.split('\n').length).toBe(2)
  })

  it('may be repeated: overlapping regions give each junction once', async () => {
    const texts = ['chr2:1-5000', 'chr1:3000-4000', 'chr1:3500-20000']
    const expected = [...overlapping('chr1', 2_999, 20_000), ...overlapping('chr2', 0, 5_000)]
    const options = texts.flatMap(text => ['--region', text])
    expect(await table([FIXTURE.bam, ...TOLD, ...options])).toEqual(expected)
  })

  it('says that a small region is too little to infer the library type from', async () => {
    const run = await cli([FIXTURE.bam, ...REF, '--region', 'chr1:3300-3400'])
    expect(run.stderr).toMatch(/^library: unstranded \(inferred/m)
  })

  it('restricts a junction table, too', async () => {
    const { stdout } = await cli(['extract', FIXTURE.bam, '--strandness', 'RF'])
    const path = scratch.write('junctions.tsv', stdout)
    const expected = overlapping('chr2', 0, 5_000)
    expect(await table([path, ...REF, '--region', 'chr2:1-5000'])).toEqual(expected)
  })
})

describe('--region in a BAM of many read windows', () => {
  // Qualities that do not compress make the file large, and blocks are cut without regard to records.
  const length = 1_000_000
  const random = mulberry32(11)
  const quality = () => String.fromCharCode(...Array.from({ length: 100 }, () => between(random, 33, 73)))
  const records = Array.from({ length: 20_000 }, (_, i) =>
    read({ name: `r${i}`, start: 45 * i, cigar: '50M200N50M', sequence: 100, quality: quality() }),
  )
  const bam = encodeBam({ contigs: [{ name: 'chr1', length }], records })
  const path = scratch.write('large.bam', bam)
  scratch.write('large.bam.bai', encodeBai(bam))

  it('finds the junctions of regions that end anywhere in the file', async () => {
    expect(bam.length).toBeGreaterThan(1_500_000)
    // Ends of index bins, with little of the next ones: the index sends the reader hardly further than the region goes.
    const bin = 1 << 17
    for (const [start, end] of [
      [0, 2 * bin],
      [100_000, 3 * bin],
      [300_000, 5 * bin],
      [0, length],
    ] as const) {
      // Read i alone supports the intron [45 i + 50, 45 i + 250).
      const run = await cli(['extract', path, '--region', `chr1:${start + 1}-${end}`])
      const expected = records.filter((_, i) => 45 * i + 50 < end && 45 * i + 250 > start).length
      expect(parseTable(run.stdout).length, `chr1:${start}-${end}`).toBe(expected)
    }
  })
})

describe('--regions', () => {
  it('takes the rows of a BED file, 0-based half-open', async () => {
    const bed = scratch.write('r.bed', 'chr2\t0\t5000\nchr1\t2999\t4000\nchr1\t1858\t1859\n')
    const expected = [...overlapping('chr1', 2_999, 4_000), ...overlapping('chr2', 0, 5_000)]
    expect(await table([FIXTURE.bam, ...TOLD, '--regions', bed])).toEqual(expected)
  })

  it('adds to --region', async () => {
    const bed = scratch.write('one.bed', 'chr2\t0\t5000\n')
    const expected = [...overlapping('chr1', 2_999, 4_000), ...overlapping('chr2', 0, 5_000)]
    const options = ['--regions', bed, '--region', 'chr1:3000-4000']
    expect(await table([FIXTURE.bam, ...TOLD, ...options])).toEqual(expected)
  })
})

describe('the index of a BAM', () => {
  const region = ['--region', 'chr2:1-5000']

  async function withIndex(write: (folder: string) => void): Promise<Row[]> {
    const folder = scratch.subfolder()
    copyFileSync(FIXTURE.bam, join(folder, 'x.bam'))
    write(folder)
    return table([join(folder, 'x.bam'), ...TOLD, ...region])
  }

  it.each(['x.bam.bai', 'x.bai'])('may be %s', async name => {
    const rows = await withIndex(folder => copyFileSync(`${FIXTURE.bam}.bai`, join(folder, name)))
    expect(rows).toEqual(overlapping('chr2', 0, 5_000))
  })

  it.skipIf(noSamtools)(`may be x.bam.csi${noSamtools}`, async () => {
    const rows = await withIndex(folder => {
      execFileSync('samtools', ['index', '-c', join(folder, 'x.bam')])
    })
    expect(rows).toEqual(overlapping('chr2', 0, 5_000))
  })

  it('is named with every place looked at when there is none', async () => {
    const cwd = scratch.subfolder()
    copyFileSync(FIXTURE.bam, join(cwd, 'x.bam'))
    const run = await cli(['x.bam', ...REF, ...region], { cwd })
    expect(run).toEqual({
      code: 4,
      stdout: '',
      stderr:
        'error: x.bam: a region was asked for, but there is no index (looked for x.bam.bai, x.bai, x.bam.csi, x.csi)\n' +
        '  make one with `samtools index`, or leave out the region to read the whole file\n',
    })
  })

  it('that is damaged ends the run with 3 and its name', async () => {
    const cwd = scratch.subfolder()
    copyFileSync(FIXTURE.bam, join(cwd, 'x.bam'))
    copyFileSync(FIXTURE.ref, join(cwd, 'x.bam.bai'))
    const run = await cli(['x.bam', ...REF, ...region], { cwd })
    expect([run.code, run.stdout]).toEqual([3, ''])
    expect(run.stderr).toMatch(/^error: x\.bam\.bai: the index cannot be used with x\.bam /)
  })
})

describe('a region that cannot be used', () => {
  it.each([
    ['chr9:1-100', 'no contig chr9; there are chr1, chr2, HLA:01|x'],
    ['chr1:200-100', 'expected contig:start-end with 1 <= start <= end'],
    ['chr1:0-100', 'expected contig:start-end with 1 <= start <= end'],
    ['chr1:a-b', 'no contig chr1:a-b; there are chr1, chr2, HLA:01|x'],
    ['', 'expected contig:start-end with 1 <= start <= end'],
  ])('"%s" ends the run with 2', async (text, message) => {
    const run = await cli([FIXTURE.bam, ...REF, '--region', text])
    expect([run.code, run.stdout]).toEqual([2, ''])
    expect(run.stderr.split('\n')[0]).toBe(`error: --region ${text}: ${message}`)
  })

  it('is any region of a BAM on standard input', async () => {
    const run = await cli(['-', ...REF, '--region', 'chr1:1-100'], { stdin: readFileSync(FIXTURE.bam) })
    expect(run).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: --region and --regions need an indexed file, and standard input is a stream\n' +
        '  give the path of an indexed BAM, or pipe only the region in: samtools view -b sample.bam chr1:1-1000 | ...\n',
    })
  })
})
