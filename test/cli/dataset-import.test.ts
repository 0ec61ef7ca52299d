import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { cli, finished, Scratch, startCli } from '../support/cli.ts'

const scratch = new Scratch()
const IMPORT = ['dataset', 'import']

/** A folder with small tables of every kind. */
function tables(): string {
  const folder = scratch.subfolder()
  const intron = `GT${'ACCTGTCAAGCT'.repeat(5)}AG`
  const files = {
    'seq.txt': 'AAGTAA\nAACCAA\n',
    'label.txt': '1\n0\n',
    'train.csv': 'sequence,label\nAACCGT,1\nCACCGT,0\nCCCCGT,2\n',
    'test.csv': 'sequence,label\nAACCGT,1\nTACCGT,0\n',
    'values.csv': 'full_seq,eff\nAACCGT,0.5\nCACCGT,nan\n',
    'bound.seq': 'FoldID\tEventID\tseq\tBound\nA\tp\tACGTTGCAACCT\t1\n',
    'introns.eie': `TCGTACCTTGCATCGATTAC ${intron} CCTTATACGGACTTCATCCA 120 g\n`,
  }
  for (const [name, content] of Object.entries(files)) {
    scratch.write(join(folder.slice(scratch.folder.length + 1), name), content)
  }
  return folder
}

const tableOf = (cwd: string) =>
  gunzipSync(readFileSync(join(cwd, 'set/windows.tsv.gz')))
    .toString()
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))

describe('dataset import', () => {
  it.each<[string, string[], string[], string]>([
    [
      'lines',
      [
        '--sequences',
        'seq.txt',
        '--labels',
        'label.txt',
        '--site',
        'donor',
        '--site-position',
        '2',
        '--split',
        'test',
      ],
      ['class', 'split', 'site', 'sequence'],
      'test: negative 1, positive 1',
    ],
    [
      'csv',
      ['--train', 'train.csv', '--test', 'test.csv', '--classes', '0=negative,1=positive,2=negative-x'],
      ['class', 'split', 'sequence'],
      'train: negative 1, negative-x 1\ntest: negative 1, positive 1',
    ],
    [
      'csv',
      ['values.csv', '--sequence-column', 'full_seq', '--target-column', 'eff'],
      ['target', 'split', 'sequence'],
      'train: target 1',
    ],
    [
      'deepbind',
      ['bound.seq', '--shuffled-negatives', '2'],
      ['class', 'split', 'gene', 'sequence'],
      'train: negative-shuffled 2, positive 1',
    ],
    [
      'eie',
      ['introns.eie', '--decoys', '2'],
      ['class', 'split', 'gene', 'motif', 'site', 'support', 'decoy', 'sequence'],
      'train: negative-near-miss 2, positive 1',
    ],
    [
      'eie',
      ['introns.eie', '--site', 'donor', '--window-length', '40', '--site-position', '20'],
      ['class', 'split', 'gene', 'motif', 'site', 'support', 'sequence'],
      'train: positive 1',
    ],
  ])('%s %j writes a folder', async (reader, args, header, counts) => {
    const cwd = tables()
    const run = await cli([...IMPORT, reader, ...args, '--out', 'set'], { cwd })
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toBe('')
    expect(run.stderr).toContain(`${counts}\n`)
    expect(run.stderr).toMatch(/^set: \d+ rows$/m)
    expect(readdirSync(join(cwd, 'set')).sort()).toEqual(['dataset.json', 'windows.tsv.gz'])
    expect(tableOf(cwd)[0]).toEqual(header)
  })

  it('says what it left out, also when quiet', async () => {
    const cwd = tables()
    const args = [
      'csv',
      '--train',
      'train.csv',
      '--test',
      'test.csv',
      '--classes',
      '0=negative,1=positive,2=skip',
    ]
    const run = await cli([...IMPORT, ...args, '--out', 'set', '--quiet'], { cwd })
    expect(run).toEqual({
      code: 0,
      stdout: '',
      stderr:
        'warning: 1 rows with a label to skip were left out\nwarning: 1 rows with the bases of a test row (either strand) were left out\n',
    })
  })

  it('names the set as asked', async () => {
    const cwd = tables()
    const run = await cli(
      [...IMPORT, 'csv', 'test.csv', '--out', 'set', '--name', 'mine', '--source', 'them'],
      { cwd },
    )
    expect(run.code, run.stderr).toBe(0)
    const description = JSON.parse(readFileSync(join(cwd, 'set/dataset.json'), 'utf8'))
    expect(description).toMatchObject({ name: 'mine', source: 'them', settings: { deduplicate: false } })
  })

  it('takes -o for --out, and says thousands as such', async () => {
    const cwd = tables()
    const rows = Array.from(
      { length: 1200 },
      (_, i) => `AACC${'ACGT'.charAt(i % 4)}T,${i % 4 === 0 ? 1 : 0}\n`,
    )
    writeFileSync(join(cwd, 'many.csv'), `sequence,label\n${rows.join('')}`)
    const run = await cli([...IMPORT, 'csv', 'many.csv', '-o', 'set'], { cwd })
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr).toContain('warning: 1,196 rows repeat an earlier one of their part')
    expect(run.stderr).toContain('train: negative 900, positive 300\n')
    expect(run.stderr).toContain('set: 1,200 rows\n')
  })

  it('makes of measured values a set whose checks hold', async () => {
    const cwd = tables()
    const columns = ['--sequence-column', 'full_seq', '--target-column', 'eff']
    const run = await cli([...IMPORT, 'csv', 'values.csv', ...columns, '-o', 'set'], { cwd })
    expect(run.code, run.stderr).toBe(0)
    const checked = await cli(['dataset', 'check', 'set'], { cwd })
    expect(checked.code, checked.stdout).toBe(0)
    expect(checked.stdout).toContain('ok     rows by class: 1 rows as recorded\n')
  })

  it('writes the same bytes again', async () => {
    const bytes = async () => {
      const cwd = tables()
      const run = await cli([...IMPORT, 'eie', 'introns.eie', '--decoys', '2', '--out', 'set'], { cwd })
      expect(run.code, run.stderr).toBe(0)
      return ['windows.tsv.gz', 'dataset.json'].map(name => readFileSync(join(cwd, 'set', name)))
    }
    expect(await bytes()).toEqual(await bytes())
  })

  it.each<[string, string[], number, string]>([
    ['no table', ['csv'], 2, 'expected at least one table, found none'],
    ['no folder to write', ['csv', 'test.csv', '--out', 'no/set'], 4, 'does not exist'],
    ['a folder in use', ['csv', 'test.csv', '--out', '.'], 2, 'new or empty'],
    ['an absent table', ['csv', 'absent.csv'], 4, 'absent.csv: no such file'],
    ['an unexplained label', ['csv', 'train.csv'], 3, 'train.csv:4: expected 0, 1 as label, found "2"'],
    ['a class that is none', ['csv', 'test.csv', '--classes', '0=x'], 2, 'found 0=x'],
    [
      'a site without a position',
      ['csv', 'test.csv', '--site', 'donor'],
      2,
      'both --site and --site-position',
    ],
    [
      'a site outside',
      ['csv', 'test.csv', '--site', 'donor', '--site-position', '6'],
      2,
      'inside the windows of 6 bases',
    ],
    ['sequences without labels', ['lines', '--sequences', 'seq.txt'], 2, '--labels'],
    [
      'lines without a site',
      ['lines', '--sequences', 'seq.txt', '--labels', 'label.txt'],
      2,
      '--site and --site-position',
    ],
    [
      'more sequences than labels',
      ['lines', '--sequences', 'seq.txt', '--sequences', 'seq.txt', '--labels', 'label.txt'],
      2,
      'as many --labels as --sequences, found 1 and 2',
    ],
    [
      'a window without a site',
      ['eie', 'introns.eie', '--window-length', '40'],
      2,
      'found no site, 40 and no position',
    ],
    [
      'too short an intron',
      ['eie', 'introns.eie', '--min-intron', '3'],
      2,
      '--min-intron: expected at least 4',
    ],
    [
      'nothing with the support',
      ['eie', 'introns.eie', '--min-support', '121'],
      3,
      'found none: 1 rows read',
    ],
    [
      'a seed too large',
      ['deepbind', 'bound.seq', '--seed', '4294967296'],
      2,
      '--seed: expected a number below',
    ],
    ['another kind of table', ['vcf', 'x'], 2, 'vcf'],
  ])('is refused with %s, and leaves nothing', async (_what, args, code, message) => {
    const cwd = tables()
    const before = readdirSync(cwd)
    const out = args.includes('--out') ? [] : ['--out', 'set']
    const run = await cli([...IMPORT, ...args, ...out], { cwd })
    expect(run.stderr).toContain(message)
    expect([run.code, run.stdout]).toEqual([code, ''])
    expect(readdirSync(cwd)).toEqual(before)
  })

  it('leaves nothing when it is interrupted', async () => {
    const cwd = tables()
    const before = readdirSync(cwd)
    const [line] = readFileSync(join(cwd, 'introns.eie'), 'utf8').split('\n')
    // Seconds of work, of which the run is to see the beginning only.
    const long = scratch.write('long.eie', `${line}\n`.repeat(30_000))
    const child = startCli([...IMPORT, 'eie', long, '--decoys', '3', '--out', 'set'], { cwd })
    while (!readdirSync(cwd).some(name => name.startsWith('.set.tmp-'))) {
      expect(child.exitCode).toBe(null)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    child.kill('SIGINT')
    const run = await finished(child)
    expect(run.code).toBe(130)
    expect(existsSync(join(cwd, 'set'))).toBe(false)
    expect(readdirSync(cwd)).toEqual(before)
  })
})
