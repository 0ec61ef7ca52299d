import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addDataset } from '../../src/cli/dataset-commands.ts'
import { addDatasetImport } from '../../src/cli/dataset-import-command.ts'
import type { SpliceScoreError } from '../../src/core/errors.ts'
import { folderOf } from '../curation/dataset-folder.ts'
import { inputFolder, junctionRows, siteRows } from '../curation/merge/made-inputs.ts'
import { fakeContext } from '../support/command-context.ts'

// The commands inside this process, as dataset-commands.test.ts does it.

interface Run {
  stdout: string
  stderr: string
  error: SpliceScoreError | undefined
}

async function dataset(...args: string[]): Promise<Run> {
  const context = fakeContext()
  const outputs: { discard(): void }[] = []
  context.guard = output => {
    outputs.push(output)
    return output
  }
  const program = new Command('splice-score').exitOverride().configureOutput({ writeErr: () => undefined })
  const command = program.command('dataset').exitOverride()
  addDataset(command, () => context)
  addDatasetImport(command.command('import').exitOverride(), () => context)
  const ended = await program.parseAsync(['dataset', ...args], { from: 'user' }).then(
    () => undefined,
    (error: SpliceScoreError) => error,
  )
  // As the process does at its end.
  for (const output of outputs) {
    output.discard()
  }
  return { stdout: context.output(), stderr: context.messages(), error: ended }
}

function read(folder: string) {
  const [header, ...lines] = gunzipSync(readFileSync(join(folder, 'windows.tsv.gz')))
    .toString()
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))
  const rows = lines.map(fields => Object.fromEntries(fields.map((field, i) => [header![i]!, field])))
  return { rows, description: JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8')) }
}

const newFolder = () => join(folderOf({}), 'set')
const JUNCTIONS = inputFolder('human', junctionRows(1, 10))
const SITE = { window: { length: 141, site: 61 } }
const DONORS = inputFolder('don', siteRows(2, 12, 'donor'), SITE)
const ACCEPTORS = inputFolder('acc', siteRows(3, 8, 'acceptor'), SITE)

describe('dataset merge', () => {
  it('writes one dataset of several, says what it did, and its checks hold', async () => {
    const out = newFolder()
    const { stderr, error } = await dataset('merge', JUNCTIONS, DONORS, ACCEPTORS, '-o', out)
    expect(error).toBeUndefined()
    expect(stderr).toContain('rows of each folder: human 10, don 12, acc 8\n')
    expect(stderr).toMatch(
      /^train: negative-random 5, negative-sites \d+, positive-mane 5, positive-sites \d+$/m,
    )
    expect(stderr).toContain(`${out}: 22 rows\n`)
    expect(readdirSync(out).sort()).toEqual(['dataset.json', 'windows.tsv.gz'])
    expect(read(out).description).toMatchObject({ name: 'set', source: 'Merged of human, don, acc.' })
    const check = await dataset('check', out, join(JUNCTIONS, 'windows.tsv'))
    expect(check.error).toBeUndefined()
    expect(check.stdout).toContain('ok     input windows.tsv: matches')
    const show = await dataset('show', out)
    expect(show.stdout).toMatch(/^ {2}positive-mane +0 +5$/m)
    expect(show.stdout).toContain('  rows of each folder: human 10, don 12, acc 8\n')
  })

  it('takes at most so many rows of a folder, and names that are the same apart', async () => {
    const [one, two] = [inputFolder('set', junctionRows(4, 9)), inputFolder('set', junctionRows(5, 9))]
    const out = newFolder()
    const { error } = await dataset('merge', one, two, '--limit', `${two}=3`, '--name', 'mine', '-o', out)
    expect(error).toBeUndefined()
    const { rows, description } = read(out)
    expect(rows.filter(row => row.origin === 'set').length).toBe(9)
    expect(rows.filter(row => row.origin === 'set#2').map(row => row.gene)).toEqual([
      'set#2/g0',
      'set#2/g3',
      'set#2/g6',
    ])
    expect(description.name).toBe('mine')
    expect(description.settings.inputs).toEqual([{ name: 'set' }, { name: 'set#2', limit: 3 }])
  })

  it('leaves out what is alike to another dataset or a FASTA', async () => {
    const some = inputFolder('held', junctionRows(1, 2))
    const [row] = junctionRows(1, 4).slice(3)
    const fasta = join(folderOf({}), 'held.fa')
    writeFileSync(fasta, `>x\n${row!.sequence}\n`)
    const out = newFolder()
    const { error, stderr } = await dataset('merge', JUNCTIONS, '-o', out, '--exclude-sequences', some, fasta)
    expect(error).toBeUndefined()
    expect(stderr).toContain('left out: like-excluded-sequence 3\n')
    const { rows, description } = read(out)
    expect(rows.map(own => own.gene)).toEqual(['human/g2', ...[4, 5, 6, 7, 8, 9].map(i => `human/g${i}`)])
    const excluded = description.files.filter((file: { role: string }) => file.role === 'exclude-sequences')
    expect(excluded.map((file: { name: string }) => file.name)).toEqual(['windows.tsv', 'held.fa'])
  })

  it('gives the same bytes again', async () => {
    const bytes = async (...args: string[]) => {
      const out = newFolder()
      await dataset('merge', JUNCTIONS, DONORS, ACCEPTORS, '-o', out, ...args)
      return ['windows.tsv.gz', 'dataset.json'].map(name => readFileSync(join(out, name)))
    }
    expect(await bytes()).toEqual(await bytes('--seed', '1'))
    expect((await bytes('--seed', '2'))[0]).not.toEqual((await bytes())[0])
  })

  it.each<[string, string[], number | string, string]>([
    ['no folder', [], 'commander.missingArgument', 'missing required argument'],
    ['an absent folder', ['/no/such/folder'], 4, 'no such folder'],
    ['a folder twice', [JUNCTIONS, `${JUNCTIONS}/`], 2, 'expected different datasets'],
    ['a limit that is none', [JUNCTIONS, '--limit', 'x'], 2, '--limit x: expected a folder, = and a number'],
    [
      'a limit of 0',
      [JUNCTIONS, '--limit', `${JUNCTIONS}=0`],
      2,
      'expected a folder, = and a number of rows',
    ],
    [
      'a limit of another folder',
      [JUNCTIONS, '--limit', 'x=5'],
      2,
      'expected one of the folders to merge, found another',
    ],
    [
      'an even k-mer',
      [JUNCTIONS, '--kmer', '20'],
      'commander.invalidArgument',
      'expected an odd number from 15 to 31',
    ],
    ['an absent file to exclude', [JUNCTIONS, '--exclude-sequences', 'x.fa'], 4, 'x.fa'],
    ['nothing left', [JUNCTIONS, '--exclude-sequences', JUNCTIONS], 3, 'found none that are left of 10'],
  ])('is refused with %s, and leaves nothing', async (_, args, code, message) => {
    const parent = folderOf({})
    const { error } = await dataset('merge', ...args, '-o', join(parent, 'set'))
    expect(error?.message).toContain(message)
    expect(typeof code === 'string' ? (error as unknown as { code: string }).code : error?.exitCode).toBe(
      code,
    )
    expect(readdirSync(parent)).toEqual([])
  })

  it('does not write into a folder in use', async () => {
    const parent = folderOf({ file: '' })
    mkdirSync(join(parent, 'empty'))
    expect((await dataset('merge', JUNCTIONS, '-o', parent)).error?.message).toContain('new or empty')
    expect((await dataset('merge', JUNCTIONS, '-o', join(parent, 'empty'))).error).toBeUndefined()
    expect(existsSync(join(parent, 'empty', 'dataset.json'))).toBe(true)
    expect((await dataset('merge', JUNCTIONS, '-o', join(parent, 'no', 'set'))).error?.exitCode).toBe(4)
  })
})

describe('tables of single sites from dataset import', () => {
  const lines = (rows: ReturnType<typeof siteRows>) => {
    const folder = folderOf({
      'seq.txt': rows.map(row => `${row.sequence}\n`).join(''),
      'label.txt': rows.map(row => `${row.class === 'positive' ? 1 : 0}\n`).join(''),
    })
    return ['--sequences', join(folder, 'seq.txt'), '--labels', join(folder, 'label.txt')]
  }
  const csv = (rows: ReturnType<typeof siteRows>) => {
    const text = rows.map(row => `${row.sequence},${row.class === 'positive' ? 1 : 0}\n`).join('')
    return join(folderOf({ 'a.csv': `sequence,label\n${text}` }), 'a.csv')
  }
  const ofSite = (site: string) => ['--site', site, '--site-position', '61']

  it('have near misses, which a merge keeps with their windows', async () => {
    const [donors, acceptors] = [siteRows(2, 60, 'donor'), siteRows(3, 60, 'acceptor')]
    const [d, again, a] = [newFolder(), `${newFolder()}-again`, `${newFolder()}-a`]
    const near = ['--near-miss', '3', '--near-distance', '30', '--seed', '4']
    for (const [out, args] of [
      [d, ['lines', ...lines(donors), ...ofSite('donor'), ...near, '--motif', 'GT']],
      [again, ['lines', ...lines(donors.slice(0, 30)), ...ofSite('donor'), ...near]],
      [a, ['csv', csv(acceptors), ...ofSite('acceptor'), ...near]],
    ] as const) {
      expect((await dataset('import', ...args, '-o', out)).error).toBeUndefined()
    }
    const { rows, description } = read(d)
    expect(description.settings).toMatchObject({ nearMiss: 3, nearDistance: 30, seed: 4, motif: ['GT'] })
    const made = rows.filter(row => row.class === 'negative-near-miss' || row.class === 'positive-trimmed')
    expect(made.filter(row => row.class === 'positive-trimmed').length).toBe(20)
    const out = newFolder()
    expect((await dataset('merge', d, a, '-o', out)).error).toBeUndefined()
    const both = await read(out)
    expect(both.description.leftOut).toEqual({})
    // The windows of `again` are all of `d`: nothing is added, neither they nor what was made of them.
    const more = newFolder()
    expect((await dataset('merge', d, again, a, '-o', more)).error).toBeUndefined()
    const merged = await read(more)
    expect(merged.description.observed.rowsByInput['set-again']).toBe(0)
    expect(merged.description.leftOut.repeated['positive-trimmed']).toBe(10)
    expect(merged.rows.map(row => row.sequence)).toEqual(both.rows.map(row => row.sequence))
    expect(merged.description.warnings).toContain('set-again: no row is left')
  })

  it.each<[string, string[], string]>([
    [
      'a distance without near misses',
      ['--near-distance', '5'],
      'expected a --near-distance of at least 1 with --near-miss',
    ],
    ['a distance of 0', ['--near-miss', '1', '--near-distance', '0'], 'found 0 with --near-miss 1'],
    ['a motif of three bases', ['--motif', 'GTA'], 'expected the two intron bases at a site'],
    ['a seed too large', ['--near-miss', '1', '--seed', '4294967296'], '--seed: expected a number below'],
  ])('are refused with %s', async (_, args, message) => {
    const { error } = await dataset(
      'import',
      'lines',
      ...lines(siteRows(1, 4, 'donor')),
      ...ofSite('donor'),
      ...args,
      '-o',
      newFolder(),
    )
    expect(error?.message).toContain(message)
    expect(error?.exitCode).toBe(2)
  })

  it.each(['--near-miss', '--motif'])('are needed for %s', async option => {
    const value = option === '--motif' ? 'GT' : '1'
    const { error } = await dataset(
      'import',
      'csv',
      csv(siteRows(1, 4, 'donor')),
      option,
      value,
      '-o',
      newFolder(),
    )
    expect(error?.message).toContain(`expected --site and --site-position with ${option}`)
  })
})
