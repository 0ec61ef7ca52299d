import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeBai, encodeBam } from '../../scripts/simulate/bam-writer.mjs'
import { read } from '../support/alignments.ts'
import { cli, FIXTURE, REF, Scratch, shell } from '../support/cli.ts'

const scratch = new Scratch()

describe('an index', () => {
  it('of another file is refused rather than losing junctions', async () => {
    const folder = scratch.subfolder()
    const other = encodeBam({ contigs: [{ name: 'chr1', length: 60_000 }], records: [read({ start: 2000 })] })
    copyFileSync(FIXTURE.bam, join(folder, 'sample.bam'))
    writeFileSync(join(folder, 'sample.bam.bai'), encodeBai(other))
    const run = await cli(['extract', 'sample.bam', '--region', 'chr1'], { cwd: folder })
    expect([run.code, run.stdout]).toEqual([3, ''])
    expect(run.stderr).toMatch(/sample\.bam\.bai: the index cannot be used with sample\.bam \(/)
    expect(run.stderr).toContain('samtools index')
  })

  it('does not hide that the file is cut', async () => {
    const folder = scratch.subfolder()
    const bytes = readFileSync(FIXTURE.bam)
    writeFileSync(join(folder, 'cut.bam'), bytes.subarray(0, Math.floor(bytes.length * 0.9)))
    copyFileSync(`${FIXTURE.bam}.bai`, join(folder, 'cut.bam.bai'))
    const run = await cli(['extract', 'cut.bam', '--region', 'chr1:1-5000'], { cwd: folder })
    expect([run.code, run.stdout]).toEqual([3, ''])
    expect(run.stderr).toContain('no BGZF end marker')
  })
})

describe('a pipe given as a path', () => {
  it('reads as standard input does', async () => {
    const whole = await cli([FIXTURE.bam, ...REF, '--annotation', FIXTURE.gff, '--quiet'])
    const piped = await shell(
      `$SPLICE_SCORE <(cat '${FIXTURE.bam}') --ref '${FIXTURE.ref}' --annotation <(cat '${FIXTURE.gff}') --quiet`,
    )
    expect([piped.code, piped.stderr]).toEqual([0, ''])
    expect(piped.stdout).toBe(whole.stdout)
  })
})

describe('a table', () => {
  it('with positions past 2^31 names the line', async () => {
    const bed = scratch.write('far.bed', 'chr1\t100\t200\ta\t1\t+\nchr1\t3000000000\t3000000100\tb\t1\t+\n')
    const run = await cli([bed, ...REF])
    expect([run.code, run.stdout]).toEqual([3, ''])
    expect(run.stderr).toContain('far.bed:2: expected positions up to 2147483647, found end 3000000100')
  })

  it('on contigs that the annotation lacks is not annotated, and no error', async () => {
    const bed = scratch.write('hla.bed', 'HLA:01|x\t500\t650\ta\t1\t-\n')
    const gff = scratch.write(
      'chr1.gff3',
      'chr1\t.\tmRNA\t1\t900\t.\t+\t.\tID=t\nchr1\t.\texon\t1\t100\t.\t+\t.\tParent=t\nchr1\t.\texon\t400\t900\t.\t+\t.\tParent=t\n',
    )
    const run = await cli([bed, ...REF, '--annotation', gff])
    expect(run.code).toBe(0)
    expect(run.stdout.split('\n')[1]!.split('\t')[12]).toBe('0')
  })
})

describe('options that cannot be meant', () => {
  it.each([
    [
      'a folder as prefix',
      [FIXTURE.bam, ...REF, '-o', '/tmp/'],
      /-o: expected a prefix for file names, found the folder/,
    ],
    [
      'a region past the contig',
      [FIXTURE.bam, ...REF, '--region', 'chr1:60001-60002'],
      /starts past the end of chr1, which has 60000/,
    ],
    [
      'a shortest intron over the longest',
      [FIXTURE.bam, ...REF, '--min-intron', '500', '--max-intron', '100'],
      /--min-intron 500 and --max-intron 100/,
    ],
    [
      'the star profile without a reference',
      ['extract', FIXTURE.bam, '--profile', 'star'],
      /expected --ref genome\.fa/,
    ],
    ['a comma as a number', [FIXTURE.bam, ...REF, '--min-intron', ','], /whole number/],
  ])('such as %s end with 2', async (_what, args, message) => {
    const run = await cli(args)
    expect([run.code, run.stdout]).toEqual([2, ''])
    expect(run.stderr).toMatch(message)
  })
})
