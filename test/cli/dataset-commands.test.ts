import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Command } from 'commander'
import { afterAll, describe, expect, it } from 'vitest'
import { addDataset } from '../../src/cli/dataset-commands.ts'
import type { SpliceScoreError } from '../../src/core/errors.ts'
import { seededRandom } from '../../src/core/random.ts'
import { packedBytes, packWindow } from '../../src/curation/packed-windows.ts'
import { decodeText } from '../../src/genome/sequence.ts'
import { openParquetTable } from '../../src/io/parquet-table.ts'
import { cutWindow, WINDOW_LENGTH } from '../../src/junctions/window.ts'
import type { DatasetReport } from '../../src/report/dataset/document.ts'
import { folderOf, tableOf } from '../curation/dataset-folder.ts'
import { type FakeContext, fakeContext } from '../support/command-context.ts'

// The commands inside this process; dataset.test.ts runs some through the built command line.

const scratch = folderOf({})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
const CONTIG = 40_000

/** Returns a contig with GT-AG introns, one every 4,000 bases, 1,000 bases long. */
function madeContig(seed: number): { codes: Uint8Array; introns: { start: number; end: number }[] } {
  const random = seededRandom(seed)
  const codes = Uint8Array.from({ length: CONTIG }, () => random.int(4))
  const introns = Array.from({ length: CONTIG / 4000 }, (_, i) => ({
    start: 4000 * i + 1000,
    end: 4000 * i + 2000,
  }))
  for (const { start, end } of introns) {
    codes.set([2, 3], start)
    codes.set([0, 2], end - 2)
  }
  return { codes, introns }
}

interface Row {
  contig: string
  start: number
  end: number
  className: string
  split: string
  motif: string
  codes: Uint8Array
}

const GENOME = { chr1: madeContig(1), chr2: madeContig(2) }
const FASTA = Object.entries(GENOME)
  .map(([name, { codes }]) => `>${name}\n${decodeText(codes)}\n`)
  .join('')
/** chr2 is for testing. */
const ROWS: Row[] = Object.entries(GENOME).flatMap(([contig, { codes, introns }]) =>
  introns.map((intron, i) => {
    const window = new Uint8Array(WINDOW_LENGTH)
    cutWindow(codes, { ...intron, strand: '+' }, window, 0)
    return {
      contig,
      ...intron,
      className: i % 2 === 0 ? 'positive' : i === 9 ? 'unknown' : 'negative-random',
      split: contig === 'chr2' ? 'test' : i < 7 ? 'train' : 'validation',
      motif: 'GT-AG',
      codes: window,
    }
  }),
)
const HEADER = ['contig', 'start', 'end', 'strand', 'class', 'split', 'support', 'motif', 'gene', 'decoy']
const fieldsOf = (row: Row) => [
  ...[row.contig, row.start, row.end, '+', row.className, row.split],
  ...[row.className === 'positive' ? 100 : '.', row.motif, `${row.contig}-${row.split}`],
  row.className.startsWith('negative') ? 'random' : '.',
]
const countsOf = (texts: readonly string[]) =>
  Object.fromEntries([...new Set(texts)].map(text => [text, texts.filter(t => t === text).length]))

/** Returns a folder as curate writes it. */
async function madeFolder(
  rows: readonly Row[],
  { windows = true }: { windows?: boolean } = {},
): Promise<string> {
  const packed = new Uint8Array(rows.length * packedBytes(WINDOW_LENGTH))
  rows.forEach((row, i) => {
    packWindow(row.codes, 0, WINDOW_LENGTH, packed, i * packedBytes(WINDOW_LENGTH))
  })
  const table = gzipSync(tableOf(HEADER, ...rows.map(fieldsOf)))
  const folder = folderOf({ 'junctions.tsv.gz': table, ...(windows && { 'windows.codes': packed }) })
  const parquet = await openParquetTable(
    join(folder, 'junctions.parquet'),
    HEADER.map(name => ({
      name,
      type: ['start', 'end', 'support'].includes(name) ? 'int32' : 'text',
      nullable: true,
    })),
  )
  const columns = HEADER.map((_, k) =>
    rows.map(row => {
      const field = fieldsOf(row)[k]!
      return field === '.' ? undefined : field
    }),
  )
  await parquet.write(columns as (string | undefined)[][])
  await parquet.close()
  const own = ['junctions.tsv.gz', 'junctions.parquet', ...(windows ? ['windows.codes'] : [])]
  const description = {
    schema: 'splice-score-dataset',
    schemaVersion: 1,
    name: 'made',
    source: 'random bases',
    window: { length: WINDOW_LENGTH, donor: 200, acceptor: 600 },
    ...(windows && { windows: { file: 'windows.codes', encoding: 'base5' } }),
    reference: { name: 'genome.fa', sha256: sha256(FASTA) },
    files: [
      { name: 'genome.fa', sha256: sha256(FASTA), role: 'reference' },
      { name: 'genes.gff3', sha256: sha256('genes'), role: 'annotation' },
    ],
    tables: own.map(name => ({ name, sha256: sha256(readFileSync(join(folder, name))) })),
    counts: {
      rows: rows.length,
      classes: countsOf(rows.map(row => row.className)),
      splits: countsOf(rows.map(row => row.split)),
      contigs: countsOf(rows.map(row => row.contig)),
      motifs: countsOf(rows.map(row => row.motif)),
    },
    leftOut: { 'on both lists': { positive: 2 } },
  }
  writeFileSync(join(folder, 'dataset.json'), JSON.stringify(description))
  return folder
}

const CLEAN = await madeFolder(ROWS)

interface Run {
  stdout: string
  stderr: string
  error: SpliceScoreError | undefined
}

async function dataset(...args: string[]): Promise<Run> {
  const context: FakeContext = fakeContext()
  const program = new Command('splice-score').exitOverride().configureOutput({ writeErr: () => undefined })
  addDataset(program.command('dataset').exitOverride(), () => context)
  const ended = await program.parseAsync(['dataset', ...args], { from: 'user' }).then(
    () => undefined,
    (error: SpliceScoreError) => error,
  )
  return { stdout: context.output(), stderr: context.messages(), error: ended }
}

const failing = ({ stdout }: Run) => stdout.split('\n').filter(line => line.startsWith('FAILS'))

describe('dataset show', () => {
  it('prints what a dataset holds, rows of class unknown among them', async () => {
    const { stdout, error } = await dataset('show', CLEAN)
    expect(error).toBeUndefined()
    expect(stdout).toContain('dataset   made\nsource    random bases\nexamples  20 of 3 genes\n')
    expect(stdout).toMatch(/^ {2}positive +4 +1 +5 +10 +50\.00 %$/m)
    expect(stdout).toMatch(/^ {2}unknown +0 +1 +1 +2 +10\.00 %$/m)
    expect(stdout).toMatch(/^ {2}on both lists +2$/m)
  })

  it('prints the same numbers as JSON', async () => {
    const { stdout } = await dataset('show', CLEAN, '--json')
    const report: DatasetReport = JSON.parse(stdout)
    expect(report).toMatchObject({
      schema: 'splice-score-dataset-report',
      name: 'made',
      examples: 20,
      parts: { test: { examples: 10, positives: 5, negatives: 4 } },
      lengths: { positive: { count: 10, min: 1000, max: 1000 } },
      motifs: { positive: { 'GT-AG': 10 } },
      decoys: { 'negative-random': { random: 8 } },
      contigs: { chr1: { train: 7, validation: 3, test: 0 } },
    })
  })

  it('writes the report and charts with a prefix', async () => {
    const folder = join(scratch, 'out')
    mkdirSync(folder)
    const { stdout, stderr, error } = await dataset('show', CLEAN, '-o', join(folder, 'x'))
    expect(error).toBeUndefined()
    expect(stdout).toContain('dataset   made\n')
    const names = ['dataset-report.json', 'lengths.svg', 'motifs.svg', 'logos.svg']
    expect(stderr).toContain(`wrote ${names.map(name => join(folder, `x.${name}`)).join(', ')}`)
    expect(readFileSync(join(folder, 'x.logos.svg'), 'utf8')).toContain('>negative-random (8)</text>')
  })

  it('cuts the windows of a dataset without from the reference', async () => {
    const bare = await madeFolder(ROWS, { windows: false })
    const fasta = join(folderOf({ 'genome.fa': FASTA }), 'genome.fa')
    expect((await dataset('show', bare)).error).toMatchObject({ exitCode: 4 })
    const [cut, packed] = await Promise.all([
      dataset('show', bare, '--ref', fasta, '--json'),
      dataset('show', CLEAN, '--json'),
    ])
    expect(cut.stdout).toBe(packed.stdout)
  })

  it('shows a hand-made table of targets', async () => {
    const folder = folderOf({
      'windows.tsv': tableOf(['sequence', 'target'], ['ACGT', '1.5'], ['AAAA', '2.5'], ['CCCC', '0.5']),
    })
    const { stdout } = await dataset('show', folder)
    expect(stdout).toMatch(/^target:\n.*\n +3 +0\.5 +1\.5 +2\.5$/m)
  })

  it('ends with status 4 where there is no such folder', async () => {
    expect((await dataset('show', join(scratch, 'nowhere'))).error).toMatchObject({ exitCode: 4 })
  })
})

describe('dataset check', () => {
  it('holds for what curate wrote', async () => {
    const run = await dataset('check', CLEAN)
    expect(run.error).toBeUndefined()
    expect(failing(run)).toEqual([])
    expect(run.stdout).toMatch(/^ok {5}hash of windows\.codes: sha256 [0-9a-f]{12}$/m)
    expect(run.stdout).toContain('ok     junctions.parquet equals junctions.tsv.gz: 20 rows, 10 columns\n')
    expect(run.stdout).toContain(
      '-      2 of 2 inputs: not given: genome.fa (reference), genes.gff3 (annotation)\n',
    )
    expect(run.stderr).toBe('22 checks hold\n')
  })

  it('prints only failures with -q', async () => {
    expect((await dataset('check', CLEAN, '-q')).stdout).toBe('')
  })

  it('compares inputs with their hashes', async () => {
    const inputs = folderOf({ 'genome.fa': FASTA, 'genes.gff3': 'other genes' })
    const run = await dataset('check', CLEAN, join(inputs, 'genes.gff3'), '--ref', join(inputs, 'genome.fa'))
    expect(run.stdout).toMatch(/^ok {5}input genome\.fa: matches/m)
    expect(failing(run)).toEqual([expect.stringMatching(/^FAILS {2}input genes\.gff3: differs/)])
    expect(run.error).toMatchObject({ exitCode: 3 })
  })

  it('finds a changed table, by its hash, its counts and its Parquet twin', async () => {
    const folder = await madeFolder(ROWS)
    const changed = ROWS.map((row, i) => (i === 0 ? { ...row, className: 'negative-random' } : row))
    writeFileSync(join(folder, 'junctions.tsv.gz'), gzipSync(tableOf(HEADER, ...changed.map(fieldsOf))))
    const run = await dataset('check', folder)
    expect(failing(run).map(line => line.split(':')[0])).toEqual([
      'FAILS  hash of junctions.tsv.gz',
      'FAILS  rows by class',
      'FAILS  junctions.parquet equals junctions.tsv.gz',
    ])
    expect(run.error).toMatchObject({ exitCode: 3 })
    expect(run.error!.message).toContain('found 3 that do not')
  })

  it('finds damaged and missing files', async () => {
    const folder = await madeFolder(ROWS)
    writeFileSync(join(folder, 'windows.codes'), 'short')
    rmSync(join(folder, 'junctions.parquet'))
    const run = await dataset('check', folder)
    expect(failing(run).map(line => line.split(':')[0])).toEqual([
      'FAILS  hash of junctions.parquet',
      'FAILS  hash of windows.codes',
      'FAILS  the dataset can be read',
    ])
    rmSync(join(folder, 'windows.codes'))
    expect((await dataset('check', folder)).error).toMatchObject({ exitCode: 3 })
  })

  it('has nothing to compare a reference with that no dataset.json names', async () => {
    const folder = await madeFolder(ROWS)
    rmSync(join(folder, 'dataset.json'))
    const fasta = join(folderOf({ 'genome.fa': FASTA }), 'genome.fa')
    const run = await dataset('check', folder, '--ref', fasta)
    expect(run.error).toBeUndefined()
    expect(failing(run)).toEqual([])
    expect(run.stdout).toContain(
      '-      input genome.fa: nothing to compare with: there is no dataset.json\n',
    )
  })

  it('says that dataset.json is missing beside packed windows', async () => {
    const folder = await madeFolder(ROWS)
    rmSync(join(folder, 'dataset.json'))
    const { error } = await dataset('check', folder)
    expect(error).toMatchObject({ exitCode: 4 })
    expect(error!.message).toContain('dataset.json: no such file, though windows.codes needs it')
  })

  it.each(['show', 'check'])('%s asks for the folder where it gets its table', async command => {
    const path = join(CLEAN, 'junctions.tsv.gz')
    const run = await dataset(command, path)
    expect(run).toMatchObject({ stdout: '', error: { exitCode: 3, hint: 'give the folder it is in' } })
    expect(run.error!.message).toBe(`${path}: expected a folder, found a file`)
  })

  it('says that there is no such folder, and nothing before', async () => {
    const run = await dataset('check', join(scratch, 'nosuch'))
    expect(run).toMatchObject({ stdout: '', error: { exitCode: 4 } })
    expect(run.error!.message).toBe(`${join(scratch, 'nosuch')}: no such folder`)
  })

  it('finds a leak between the splits', async () => {
    const near = ROWS[12]!.codes.slice()
    near.fill(0, 0, 20)
    const leaky = ROWS.map((row, i) => (i === 0 ? { ...row, codes: near } : row))
    const run = await dataset('check', await madeFolder(leaky), '-q')
    expect(run.stdout).toBe(
      'FAILS  no window of train is alike to one of test (90 % or more, by 31-mers): 1 of 7 (14.29 %) are\n',
    )
    expect(run.error).toMatchObject({ exitCode: 3 })
  })

  it('checks what applies to a hand-made folder', async () => {
    const text = (row: Row) => decodeText(row.codes)
    const folder = folderOf({
      'windows.tsv': tableOf(
        ['sequence', 'class', 'split'],
        ...ROWS.slice(6, 14).map(row => [text(row), row.className, row.split]),
        [text(ROWS[12]!), 'positive', 'train'],
      ),
    })
    const run = await dataset('check', folder)
    expect(failing(run).map(line => line.replace(/:.*/, ''))).toEqual([
      'FAILS  no window of train is one of test (either strand)',
      'FAILS  no window of train is alike to one of test (90 % or more, by 31-mers)',
    ])
    expect(run.stdout).toContain('-      counts: there is no dataset.json\n')
  })

  it('does not call windows unlike each other that are too short to be compared', async () => {
    const text = (row: Row) => decodeText(row.codes.subarray(190, 211))
    const folder = folderOf({
      'windows.tsv': tableOf(
        ['sequence', 'class', 'split'],
        ...ROWS.slice(6, 14).map(row => [text(row), row.className, row.split]),
      ),
    })
    const run = await dataset('check', folder)
    expect(run.stdout).toContain(
      '-      no window of train is alike to one of test (90 % or more, by 31-mers): windows of 21 bases hold no 31-mer; see --kmer\n',
    )
    expect((await dataset('check', folder, '--kmer', '21')).stdout).toContain(
      'ok     no window of train is alike to one of test (90 % or more, by 21-mers)',
    )
  })

  it.each([
    [['--max-identity', '0'], 'above 0'],
    [['--max-identity', '1.5'], 'from 0 to 1'],
    [['--kmer', '30'], 'odd number from 15 to 31'],
    [['--kmer', '13'], 'odd number from 15 to 31'],
  ])('refuses %j', async (args, message) => {
    const { error } = await dataset('check', CLEAN, ...args)
    expect(error!.message).toContain(message)
  })
})
