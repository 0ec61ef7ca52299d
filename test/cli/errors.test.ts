import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bgzfBlockOffsets, type CliRun, cli, FIXTURE, REF, Scratch } from '../support/cli.ts'

const scratch = new Scratch()
const bam = readFileSync(FIXTURE.bam)
const blocks = bgzfBlockOffsets(FIXTURE.bam)

function damaged(at: number): Uint8Array {
  const copy = Uint8Array.from(bam)
  copy[at]! ^= 0x10
  return copy
}

/** Asserts an error for people: a message, perhaps what to do, nothing else; the table went nowhere. */
function expectError(run: CliRun, code: number): void {
  expect(run.code, run.stderr).toBe(code)
  expect(run.stdout).toBe('')
  expect(run.stderr).toMatch(/^error: /)
  expect(run.stderr).not.toMatch(/\n +at .*:\d+:\d+/)
  expect(run.stderr).not.toContain('internal error')
}

describe('an input that is broken or of another kind ends with 3, says what and where, and leaves no file', () => {
  const middle = blocks[1]!
  const last = blocks.at(-1)!
  const inputs: [what: string, name: string, content: string | Uint8Array, message: string][] = [
    [
      'a BAM cut inside a block',
      'cut.bam',
      bam.subarray(0, middle + 500),
      `truncated: the BGZF block at byte ${middle} is incomplete (500 bytes of it are there)`,
    ],
    [
      'a BAM cut between two blocks',
      'border.bam',
      bam.subarray(0, middle),
      `truncated: no BGZF end marker at byte ${middle}, the end of the file`,
    ],
    [
      'a BAM without its end marker',
      'unmarked.bam',
      bam.subarray(0, last),
      `truncated: no BGZF end marker at byte ${last}, the end of the file`,
    ],
    [
      'a BAM with a flipped bit in its data',
      'data.bam',
      damaged(middle + 4_000),
      `the BGZF block at byte ${middle}`,
    ],
    [
      'a BAM with a flipped bit in a checksum',
      'crc.bam',
      damaged(last - 8),
      `the BGZF block at byte ${blocks.at(-2)}`,
    ],
    [
      'a BAM with a damaged block header',
      'head.bam',
      damaged(middle),
      `expected a BGZF block at byte ${middle}`,
    ],
    ['a BAM in plain gzip', 'plain.bam', gzipSync(gunzipSync(bam)), 'expected a BGZF block at byte 0'],
    ['SAM text', 'x.sam', '@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:60000\n', 'expected BAM, found SAM text'],
    [
      'SAM text without header',
      'bare.sam',
      'r1\t0\tchr1\t100\t60\t20M100N20M\t*\t0\t0\t*\t*\n',
      'expected a junction table (splice-score TSV with its header, BED6, BED12, STAR SJ.out.tab)',
    ],
    ['CRAM', 'x.cram', Buffer.from('CRAM\x03\x00rest'), 'expected BAM, found CRAM'],
    ['an empty file', 'empty.bam', '', 'expected a BAM or a junction table, found an empty file'],
    ['FASTA', 'x.fa', readFileSync(FIXTURE.ref), 'expected a BAM or a junction table, found FASTA'],
    [
      'binary data',
      'x.bin',
      Uint8Array.of(1, 2, 0, 4),
      'expected a BAM or a junction table, found other binary data',
    ],
    ['a BED row whose end is before its start', 'x.bed', 'chr1\t9\t5\tx\t0\t+\n', ':1: expected an intron'],
  ]

  it.each(inputs)('%s', async (_, name, content, message) => {
    scratch.write(name, content)
    const cwd = scratch.subfolder()
    const run = await cli([scratch.path(name), ...REF, '-o', 'out'], { cwd })
    expectError(run, 3)
    expect(run.stderr.split('\n')[0]).toContain(`${name}`)
    expect(run.stderr.split('\n')[0]).toContain(message)
    expect(readdirSync(cwd)).toEqual([])
  })

  it('a folder', async () => {
    const run = await cli([scratch.folder, ...REF])
    expectError(run, 3)
    expect(run.stderr).toBe(`error: ${scratch.folder}: expected a file, found a directory\n`)
  })

  it('a BAM cut inside a block, read from a stream to standard output', async () => {
    const run = await cli(['-', ...REF], { stdin: bam.subarray(0, middle + 500) })
    expectError(run, 3)
    expect(run.stderr).toBe(
      `error: standard input: truncated: the BGZF block at byte ${middle} is incomplete (500 bytes of it are there)\n` +
        '  the copy is incomplete or its writer was interrupted; copy or make the file again\n',
    )
  })
})

describe('what is not there ends with 4 and its name', () => {
  const { bam: input } = FIXTURE
  it.each([
    ['the input', ['none.bam', ...REF], 'none.bam: no such file'],
    ['the reference', [input, '--ref', 'none.fa'], 'none.fa: no such file'],
    ['the model', [input, ...REF, '--model', 'none.onnx'], 'none.onnx: no such file'],
    ['the annotation', [input, ...REF, '--annotation', 'none.gff3'], 'none.gff3: no such file'],
    ['the regions', [input, ...REF, '--regions', 'none.bed'], 'none.bed: no such file'],
  ])('%s', async (_, args, message) => {
    const run = await cli(args, { cwd: scratch.subfolder() })
    expectError(run, 4)
    expect(run.stderr).toMatch(/^error: [^\n]+\n {2}check the path[^\n]*\n$/)
    expect(run.stderr.split('\n')[0]).toBe(`error: ${message}`)
  })

  it('the folder of the outputs', async () => {
    const run = await cli([input, ...REF, '-o', 'none/out', '--quiet'], { cwd: scratch.subfolder() })
    expectError(run, 4)
    expect(run.stderr).toBe(
      'error: none/out: the folder none does not exist\n' + '  make the folder first, or write elsewhere\n',
    )
  })
})

describe('a model that is none', () => {
  it('ends with 3 and says what was expected', async () => {
    const run = await cli([FIXTURE.bam, ...REF, '--model', FIXTURE.ref])
    expectError(run, 3)
    expect(run.stderr).toContain(`error: ${FIXTURE.ref}: expected an ONNX model, `)
  })
})

describe('outputs that belong together', () => {
  it('are all left away when one of them cannot be written', async () => {
    const cwd = scratch.subfolder()
    mkdirSync(`${cwd}/out.summary.json`)
    const run = await cli([FIXTURE.bam, ...REF, '-o', 'out', '--quiet'], { cwd })
    expectError(run, 1)
    expect(run.stderr).toBe(
      'error: out.summary.json: expected the name of a file to write, found a folder\n  add a file name\n',
    )
    expect(readdirSync(cwd)).toEqual(['out.summary.json'])
  })
})

describe('a command line that makes no sense ends with 2', () => {
  const { bam: input } = FIXTURE
  it.each([
    ['nothing at all', [], "missing required argument 'input'"],
    ['an unknown option', [input, ...REF, '--bogus'], "unknown option '--bogus'"],
    ['no reference to score with', [input], 'expected --ref genome.fa'],
    ['two inputs', [input, input, ...REF], 'expected one input, found 2'],
    [
      'an unknown provider',
      [input, ...REF, '--provider', 'tpu'],
      "'tpu' is invalid. Allowed choices are auto, cpu",
    ],
    ['an unknown profile', [input, ...REF, '--profile', 'x'], "'x' is invalid. Allowed choices are splam"],
    [
      'a threshold that is no probability',
      [input, ...REF, '--threshold', '1.5'],
      'expected a number from 0 to 1',
    ],
    ['a negative quality', [input, ...REF, '--min-mapq', '-1'], 'expected a whole number of 0 or more'],
    ['no thread', [input, ...REF, '--threads', '0'], 'expected a whole number from 1 to 256'],
    ['flags that are no bits', [input, ...REF, '--exclude-flags', '0xzz'], 'expected SAM flag bits'],
    [
      'an unknown format',
      [input, ...REF, '--format', 'xml'],
      '--format xml: expected tsv, bed6, bed12, star',
    ],
    [
      'two formats on one output',
      [input, ...REF, '--format', 'tsv,star'],
      'standard output holds one format',
    ],
    ['an empty prefix', [input, ...REF, '-o', ''], '-o: expected a prefix for file names'],
    [
      'an unknown option of extract',
      ['extract', input, '--threshold', '0.5'],
      "unknown option '--threshold'",
    ],
  ])('%s', async (_, args, message) => {
    const run = await cli(args)
    expectError(run, 2)
    expect(run.stderr.split('\n')[0]).toContain(message)
  })
})
