import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  BIN,
  type CliRun,
  cli,
  FIXTURE,
  finished,
  formatFasta,
  parseFasta,
  parseTable,
  place,
  Scratch,
  saysOnStderr,
  startCli,
} from '../support/cli.ts'

const scratch = new Scratch()
const GENES = ['--ref', FIXTURE.ref, '--annotation', FIXTURE.gff]
const READS = ['--bam', FIXTURE.bam, '--min-support', '10']
const curate = (...args: string[]) => cli(['curate', ...args])
const described = (folder: string) => JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8'))
const rowsOf = (folder: string, stem = 'junctions') =>
  parseTable(gunzipSync(readFileSync(join(folder, `${stem}.tsv.gz`))).toString())
const filesOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map(name => [name, readFileSync(join(folder, name)).toString('base64')]),
  )

/** Returns a run that wrote a folder of this name, after checking that it ended well. */
async function curated(name: string, ...args: string[]): Promise<{ folder: string; run: CliRun }> {
  const folder = scratch.path(name)
  const run = await curate(...args, '-o', folder)
  expect(run.stderr.split('\n').filter(line => line.startsWith('error'))).toEqual([])
  expect([run.code, run.stdout]).toEqual([0, ''])
  return { folder, run }
}

describe('splice-score curate', () => {
  it('makes a dataset that holds its checks, and that train and evaluate read', async () => {
    const args = [...GENES, ...READS, '--near-miss', '1', '--noncanonical', '0.5', '--test-contigs', 'chr2']
    const { folder, run } = await curated('set', ...args)
    expect(run.stderr).toContain(
      '139 junctions seen, 53 with support enough; 123 annotated introns, 53 with support enough\n',
    )
    const { counts, files, settings } = described(folder)
    expect(run.stderr).toContain(`set: ${counts.rows} examples\n`)
    expect(counts.classes).toMatchObject({ positive: 53, 'negative-1': 7, 'negative-near-miss': 53 })
    expect(counts.classesBySplit.test.positive).toBe(6)
    expect(files.map(({ name, role }: Record<string, string>) => `${name} ${role}`)).toEqual([
      'genome.fa reference',
      'annotation.gff3 annotation',
      'sample.bam alignments',
    ])
    expect(settings).toMatchObject({ minSupport: 10, support: 'fragments', testContigs: 'chr2', seed: 1 })
    // Only what decided.
    expect([settings.test, settings.validation]).toEqual([undefined, 0.1])
    const extracted = await cli(['extract', FIXTURE.bam, '--ref', FIXTURE.ref])
    const fragments = new Map(
      parseTable(extracted.stdout).map(row => [`${place(row)}${row.strand}`, row.fragments]),
    )
    for (const row of rowsOf(folder).filter(({ class: name }) => /^positive|^negative-1$/.test(name!))) {
      expect(row.support).toBe(fragments.get(`${place(row)}${row.strand}`))
    }
    const inputs = [FIXTURE.ref, FIXTURE.gff, FIXTURE.bam]
    const check = await cli(['dataset', 'check', folder, ...inputs, '--ref', FIXTURE.ref])
    expect(check.stdout).not.toContain('FAILS')
    expect(check.code).toBe(0)
    const model = scratch.path('pwm.onnx')
    const train = await cli(['train', '--model', 'pwm', '--data', folder, '--out', model])
    expect(train.code).toBe(0)
    const evaluate = ['evaluate', '--model', model, '--resamples', '20', '--data']
    const measured = await cli([...evaluate, folder])
    expect(measured.code).toBe(0)
    expect(measured.stdout).toContain('against negative-near-miss')
    const bare = await curated('set-bare', ...args, '--no-windows', '--name', 'set')
    expect(readdirSync(bare.folder).sort()).toEqual(['dataset.json', 'junctions.parquet', 'junctions.tsv.gz'])
    expect((await cli([...evaluate, bare.folder])).code).toBe(4)
    const cut = await cli([...evaluate, bare.folder, '--ref', FIXTURE.ref])
    expect([cut.code, cut.stdout]).toEqual([0, measured.stdout])
  })

  it('pools tables and alignments, and takes counts of another kind with a warning', async () => {
    const reads = scratch.write('reads.bed', 'chr1\t991\t1858\tx\t500\t+\nchr1\t1996\t3256\tx\t40\t+\n')
    const other = scratch.path('other')
    mkdirSync(other)
    const again = scratch.write('other/reads.bed', 'chr1\t991\t1858\tx\t1\t.\n')
    const inputs = ['--bam', FIXTURE.bam, '--junctions', reads, again]
    const { folder, run } = await curated('pooled', ...GENES, ...inputs, '--min-support', '60')
    const rows = rowsOf(folder)
    // The row without a strand is at an annotated intron of one strand.
    expect(rows.find(({ start, end }) => start === '991' && end === '1858')).toMatchObject({
      class: 'positive',
      support: '514',
      'support:sample.bam': '13',
      'support:reads.bed': '500',
      'support:reads.bed#2': '1',
    })
    expect(rows.find(({ start, end }) => start === '1996' && end === '3256')).toMatchObject({ support: '63' })
    const warning = 'reads.bed: counts reads, which are taken for the fragments asked for'
    expect(described(folder).warnings).toContain(warning)
    expect(run.stderr).toContain(`warning: ${warning}\n`)
  })

  it('writes into the dataset what it warns of while it reads, without folders', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `chr1\t${1000 * i + 7}\t${1000 * i + 507}\tx\t1\t+\n`)
    const odd = scratch.write('odd.bed', `${rows.join('')}chrZ\t5\t500\tx\t1\t+\n`)
    const { folder, run } = await curated('warnings', ...GENES, ...READS, '--junctions', odd)
    const { warnings } = described(folder)
    expect(warnings).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^the contigs of odd\.bed and genome\.fa do not agree:\n- 1 of 2 .*: chrZ$/),
        expect.stringMatching(
          /^only [\d.]+ % of the junctions of odd\.bed, .* canonical motif in genome\.fa; /,
        ),
        'odd.bed: 1 junctions on contigs the reference lacks were left out',
      ]),
    )
    expect(JSON.stringify(warnings)).not.toContain('/')
    expect(run.stderr).toContain(`of the junctions of ${odd}, `)
    const table = await curate(...GENES, '--bam', odd, '-o', scratch.path('never'))
    expect(table.stderr).toBe(
      `error: ${odd}: expected alignments after --bam, found a junction table\n  give it after --junctions\n`,
    )
  })

  it('takes GFF3 as a junction table, plain and long', async () => {
    // More than what is looked at to tell what a file is, and cut in the middle of a row there.
    const introns = [
      'chr1\tx\tintron\t992\t1858\t200\t+\t.\tID=i1',
      'chr1\tx\tintron\t1997\t3256\t300\t+\t.\tID=i2',
    ]
    const table = scratch.write('reads.gff3', `${readFileSync(FIXTURE.gff, 'utf8')}${introns.join('\n')}\n`)
    const { folder } = await curated('from-gff', ...GENES, '--junctions', table, '--support', 'reads')
    const positives = rowsOf(folder).filter(row => row.class === 'positive')
    expect(positives.map(row => `${place(row)} ${row.support}`)).toEqual([
      'chr1:991-1858 200',
      'chr1:1996-3256 300',
    ])
  })

  it('tells positives of a primary set from others, by file and by list', async () => {
    const primary = scratch.write(
      'primary.gff3',
      readFileSync(FIXTURE.gff, 'utf8')
        .split('\n')
        .filter(line => line.startsWith('##gff') || /SIMG0\d\d\.t1(;|\.|$)/.test(line))
        .join('\n'),
    )
    const names = Array.from({ length: 25 }, (_, i) => `SIMG${String(i + 1).padStart(3, '0')}.t1`)
    const list = scratch.write('primary.txt', `# first transcripts\n${names.join('\n')}\n`)
    const byFile = await curated('by-file', ...GENES, ...READS, '--primary', primary)
    const { classes } = described(byFile.folder).counts
    expect(classes['positive-mane'] + classes['positive-alt']).toBe(53)
    expect(Math.min(classes['positive-mane'], classes['positive-alt'])).toBeGreaterThan(5)
    const byList = await curated('by-list', ...GENES, ...READS, '--primary', list)
    expect(described(byList.folder).counts.classes).toEqual(classes)
    expect(described(byList.folder).files[2]).toMatchObject({ name: 'primary.txt', role: 'primary' })
    const unknown = await curate(
      ...GENES,
      ...READS,
      '-o',
      'x',
      '--primary',
      scratch.write('no.txt', 'ENST1\n'),
    )
    expect(unknown.code).toBe(3)
    expect(unknown.stderr).toContain('expected transcript IDs of the annotation, found none among 1: ENST1')
  })

  it('makes windows of single sites', async () => {
    const site = ['--site', 'acceptor', '--window-length', '141', '--site-position', '58']
    const { folder } = await curated('sites', ...GENES, ...READS, ...site, '--test', '0.3')
    expect(described(folder)).toMatchObject({
      window: { length: 141, site: 58 },
      settings: { site: 'acceptor', windowLength: 141, sitePosition: 58, test: 0.3 },
    })
    expect(rowsOf(folder, 'sites').every(row => row.site === 'acceptor')).toBe(true)
    expect((await cli(['dataset', 'check', '-q', folder])).code).toBe(0)
  })

  it('leaves out regions and sequences, and splits by a list of genes', async () => {
    const region = scratch.write('region.bed', 'chr1\t0\t20000\nchrZ\t0\t10\n')
    const genes = scratch.write('test-genes.txt', 'SIMG012\nNOGENE\nSIMG013\nSIMG014\n')
    const rules = ['--exclude', region, '--test-genes', genes]
    const { folder, run } = await curated('kept', ...GENES, ...READS, ...rules)
    const rows = rowsOf(folder)
    expect(
      rows.filter(row => row.contig === '1' || (row.contig === 'chr1' && Number(row.start) < 20_000)),
    ).toEqual([])
    expect(new Set(rows.filter(row => row.split === 'test').map(row => row.gene))).toEqual(
      new Set(['gene:SIMG012', 'gene:SIMG013', 'gene:SIMG014']),
    )
    expect(run.stderr).toContain(`${region}: 1 contigs are not in the reference: chrZ`)
    expect(run.stderr).toContain(`--test-genes ${genes}: 1 of 4 names are of no gene`)
    expect(described(folder).warnings).toEqual(
      expect.arrayContaining([
        'region.bed: 1 contigs are not in the reference: chrZ',
        '--test-genes test-genes.txt: 1 of 4 names are of no gene annotated on the reference: NOGENE',
      ]),
    )
    const roles = described(folder).files.map((file: { role: string }) => file.role)
    expect(roles).toEqual(['reference', 'annotation', 'alignments', 'test-genes', 'exclude'])
    // A set of sites, away from the junctions of the first.
    const site = ['--site', 'donor', '--window-length', '141', '--site-position', '61']
    const away = await curated(
      'away',
      ...GENES,
      ...READS,
      ...site,
      '--exclude-sequences',
      folder,
      '--validation',
      '0',
    )
    const { leftOut, counts } = described(away.folder)
    expect(leftOut['like-excluded-sequence'].positive).toBeGreaterThan(20)
    expect(counts.contigs.chr1).toBeGreaterThan(5)
    const donors = new Set(
      rows.filter(row => row.class === 'positive').map(row => `${row.contig}:${row.start}`),
    )
    const shared = rowsOf(away.folder, 'sites').filter(row => donors.has(`${row.contig}:${row.start}`))
    expect(shared).toEqual([])
  })

  it('keeps away from a dataset without windows as from one with them, if it is of the same reference', async () => {
    const first = [...GENES, ...READS, '--exclude', scratch.write('front.bed', 'chr1\t0\t20000\n')]
    const packed = await curated('with-windows', ...first)
    const bare = await curated('without-windows', ...first, '--no-windows')
    const [a, b] = await Promise.all(
      [packed, bare].map(({ folder }, i) =>
        curated(`away-${i}`, ...GENES, ...READS, '--exclude-sequences', folder, '--name', 'away'),
      ),
    )
    expect(rowsOf(a!.folder)).toEqual(rowsOf(b!.folder))
    expect(described(b!.folder).leftOut['like-excluded-sequence'].positive).toBeGreaterThan(20)
    const files = described(b!.folder).files.map(
      ({ name, role }: Record<string, string>) => `${name} ${role}`,
    )
    expect(files.slice(-1)).toEqual(['junctions.tsv.gz exclude-sequences'])
    const other = scratch.write('same.fa', `${readFileSync(FIXTURE.ref, 'utf8')}\n`)
    const away = ['--annotation', FIXTURE.gff, ...READS, '--exclude-sequences', bare.folder]
    const run = await curate('--ref', other, ...away, '-o', scratch.path('never'))
    expect(run.code).toBe(4)
    expect(run.stderr).toMatch(
      /without-windows: expected windows, or as --ref the reference they are cut from: genome\.fa with SHA-256 [0-9a-f]{64}; found neither, same\.fa has SHA-256 [0-9a-f]{64}\n/,
    )
  })
})

describe('the same inputs, settings and seed', () => {
  it('give the same bytes, from any folder and with regions in any order', async () => {
    const [a, b] = [scratch.write('a.bed', 'chr1\t5000\t6000\n'), scratch.write('b.bed', 'chr2\t100\t200\n')]
    const args = [...READS, '--near-miss', '0.5', '--noncanonical', '0.5', '--test', '0.2', '--seed', '7']
    for (const name of ['one', 'two', 'three']) {
      mkdirSync(scratch.path(name))
    }
    const first = await curated('one/set', ...GENES, ...args, '--exclude', a, b)
    const second = await curated('two/set', ...GENES, ...args, '--exclude', b, '--exclude', a)
    const cwd = scratch.path('three')
    const from = (path: string) => relative(cwd, path)
    const third = await cli(
      [
        ...[
          'curate',
          '--ref',
          from(FIXTURE.ref),
          '--annotation',
          from(FIXTURE.gff),
          '--bam',
          from(FIXTURE.bam),
        ],
        ...[...args.slice(2), '--exclude', from(a), from(b), '-o', 'set'],
      ],
      { cwd },
    )
    expect(third.code).toBe(0)
    const files = filesOf(first.folder)
    expect(Object.keys(files)).toEqual([
      'dataset.json',
      'junctions.parquet',
      'junctions.tsv.gz',
      'windows.codes',
    ])
    expect(filesOf(second.folder)).toEqual(files)
    expect(filesOf(join(cwd, 'set'))).toEqual(files)
    expect(Buffer.from(files['dataset.json']!, 'base64').toString()).not.toContain(scratch.folder)
  })
})

describe('curate ends', () => {
  const bed = scratch.write('junctions.bed', 'chr1\t991\t1858\tx\t500\t+\n')
  const full = scratch.path('full')
  mkdirSync(full)
  scratch.write('full/there.txt', '')
  const reversed = scratch.write(
    'other.fa',
    formatFasta(
      Object.fromEntries(
        Object.entries(parseFasta(readFileSync(FIXTURE.ref, 'utf8'))).map(([name, bases]) => [
          name,
          bases.split('').reverse().join(''),
        ]),
      ),
    ),
  )
  const otherBam = scratch.writeBam(
    'other.bam',
    [{ name: 'plasmid', length: 5000 }],
    [{ name: 'r', flag: 0, contig: 'plasmid', start: 100, mapq: 60, cigar: '20M100N20M' }],
  )
  const wormGff = scratch.write(
    'worm.gff3',
    'I\tx\tmRNA\t1\t90\t.\t+\t.\tID=t\nI\tx\texon\t1\t90\t.\t+\t.\tParent=t\n',
  )
  const mostlyWorm = scratch.write(
    'mostly-worm.gff3',
    ['I', 'II', 'chr1']
      .map(
        (contig, i) =>
          `${contig}\tx\tmRNA\t1\t90\t.\t+\t.\tID=t${i}\n${contig}\tx\texon\t1\t90\t.\t+\t.\tParent=t${i}\n`,
      )
      .join(''),
  )
  const starTable = scratch.write('SJ.out.tab', 'chr1\t992\t1858\t1\t1\t1\t500\t0\t40\n')
  const shifted = scratch.write(
    'shifted.gff3',
    readFileSync(FIXTURE.gff, 'utf8').replace(
      /^((?:[^\t\n]+\t){3})(\d+)\t(\d+)/gm,
      (_, front, start, end) => `${front}${Number(start) + 1}\t${Number(end) + 1}`,
    ),
  )
  const nowhere = scratch.path('nowhere')
  const pipe = scratch.path('reads.pipe')
  execFileSync('mkfifo', [pipe])
  const [link, copy] = [scratch.path('link.bam'), scratch.path('copy.bam')]
  symlinkSync(FIXTURE.bam, link)
  copyFileSync(FIXTURE.bam, copy)
  const short = ['--site', 'donor', '--window-length', '22', '--site-position', '10']
  const many = scratch.write('many.bed', 'chr1\t991\t1858\tx\t2147483648\t+\n')

  it.concurrent.each<[code: number, why: string, args: string[], message: string]>([
    [
      4,
      'a reference is missing',
      ['--ref', nowhere, '--annotation', FIXTURE.gff, ...READS],
      'nowhere: no such file',
    ],
    [
      4,
      'an annotation is missing',
      ['--ref', FIXTURE.ref, '--annotation', nowhere, ...READS],
      'nowhere: no such file',
    ],
    [4, 'alignments are missing', [...GENES, '--bam', nowhere], 'nowhere: no such file'],
    [
      2,
      'noise has the support of a positive',
      [...GENES, ...READS, '--noise-support', '10'],
      'expected noise with less support than positives, found --noise-support 10 and --min-support 10',
    ],
    [
      3,
      'a biotype is not there',
      [...GENES, ...READS, '--biotypes', 'protein-coding'],
      'found none among 25: the annotation states the biotypes protein_coding',
    ],
    [
      5,
      'most of an annotation is of another species',
      ['--ref', FIXTURE.ref, '--annotation', mostlyWorm, ...READS],
      'found 1 of 3 transcripts there, and none of a gene of biotype protein_coding',
    ],
    [
      5,
      'no shifted intron has reads',
      ['--ref', FIXTURE.ref, '--annotation', shifted, ...READS],
      'annotated introns are GT-AG, GC-AG or AT-AC in the reference',
    ],
    [
      3,
      'a table of junctions is taken for an annotation',
      ['--ref', FIXTURE.ref, '--annotation', starTable, ...READS],
      'expected + - . or ? as strand (column 7), found "500"',
    ],
    [4, 'regions are missing', [...GENES, ...READS, '--exclude', nowhere], 'nowhere: no such file'],
    [
      5,
      'the annotation is of another assembly',
      ['--ref', reversed, '--annotation', FIXTURE.gff, '--min-support', '0'],
      ' % of 123 annotated introns are GT-AG, GC-AG or AT-AC in the reference, where 95 to 100 % are usual\n  annotation and reference are of different assemblies',
    ],
    [
      5,
      'the annotation has other contigs',
      ['--ref', FIXTURE.ref, '--annotation', wormGff, '--min-support', '0'],
      'worm.gff3 (I) is among those of',
    ],
    [5, 'the alignments are of another genome', [...GENES, '--bam', otherBam], 'plasmid'],
    [
      3,
      'there are no positives',
      [...GENES, ...READS, '--min-support', '9999'],
      'expected annotated introns to take as positives, found none: 123 are annotated, 123 of them in genes of the wanted biotypes, 0 have a support of 9999 or more\n  lower --min-support',
    ],
    [
      3,
      'there are no genes of the biotype',
      [...GENES, ...READS, '--biotypes', 'lncRNA'],
      'expected genes of biotype lncRNA, found none among 25: the annotation states the biotypes protein_coding',
    ],
    [
      3,
      'there is nothing to train on',
      [...GENES, ...READS, '--test-contigs', 'chr1,chr2,HLA:01|x'],
      'expected positives in the train part, found none',
    ],
    [
      3,
      'unique support is not known',
      [...GENES, '--junctions', bed, '--support', 'unique'],
      'expected a count of unique for chr1:992-1858, found only reads',
    ],
    [
      2,
      'there are no alignments',
      GENES,
      'expected --bam or --junctions, which say what has a support of 100',
    ],
    [
      2,
      'a table is given as alignments',
      [...GENES, '--bam', bed],
      'expected alignments after --bam, found a junction table',
    ],
    [
      2,
      'alignments are given as a table',
      [...GENES, '--junctions', FIXTURE.bam],
      'expected a junction table after --junctions, found alignments',
    ],
    [
      2,
      'an input is a stream',
      [...GENES, '--bam', '-'],
      '--bam: expected a file, found -, the standard input\n  write it to a file first: the dataset states the SHA-256 of its inputs',
    ],
    ...[
      '--annotation',
      '--primary',
      '--bam',
      '--junctions',
      '--exclude',
      '--exclude-sequences',
      '--test-genes',
    ].map((flag): [number, string, string[], string] => [
      2,
      `what follows ${flag} is a pipe`,
      [...GENES, ...READS, flag, pipe],
      'reads.pipe: expected a regular file, found a pipe or a device\n  write it to a file first',
    ]),
    [
      2,
      'the reference is an open file',
      ['--ref', '/dev/stdin', '--annotation', FIXTURE.gff, ...READS],
      '/dev/stdin: expected a regular file',
    ],
    [
      2,
      'alignments come twice',
      [...GENES, ...READS, '--bam', link],
      `found the same content twice: ${FIXTURE.bam} and ${link}`,
    ],
    [
      2,
      'alignments come again as a copy',
      [...GENES, '--bam', copy, FIXTURE.bam],
      `found the same content twice: ${copy} and ${FIXTURE.bam}`,
    ],
    [
      2,
      'windows are shorter than k-mers',
      [...GENES, ...READS, ...short],
      'expected windows of at least 31 bases, whose 31-mers tell what is alike in two parts or in --exclude-sequences, found --window-length 22\n  give --kmer 21 or less (odd, 15 at least), or longer windows',
    ],
    [
      2,
      'windows are shorter than k-mers of excluded sequences',
      [...GENES, ...READS, ...short, '--validation', '0', '--exclude-sequences', FIXTURE.ref],
      'expected windows of at least 31 bases',
    ],
    [
      3,
      'regions are none',
      [...GENES, ...READS, '--exclude', scratch.write('none.bed', '# nothing\nchr1\t5\t5\n')],
      'none.bed: expected BED rows with bases, found none\n  regions that exclude nothing',
    ],
    [
      3,
      'excluded sequences are too short',
      [...GENES, ...READS, '--exclude-sequences', FIXTURE.ref, scratch.write('n.fa', '>a\nACGTACGTNNNNNN\n')],
      'n.fa: expected sequences with 31 known bases in a row, found none\n  sequences that exclude nothing',
    ],
    [
      3,
      'support is too much to be one',
      [...GENES, '--junctions', many],
      `${many}: expected a support of at most 2147483647 for chr1:992-1858, found 2147483648`,
    ],
    [
      2,
      'shares leave nothing for training',
      [...GENES, ...READS, '--test', '0.9'],
      'expected shares for test and validation that leave some positives for training, found --test 0.9 and --validation 0.1\n  --test 1 --validation 0 makes',
    ],
    [
      2,
      'a part has a share and names',
      [...GENES, ...READS, '--validation', '0.1', '--validation-contigs', 'chr2'],
      '--validation: expected either a share of the positives or named contigs and genes for the validation part, found both',
    ],
    [
      2,
      'a list of contigs is empty',
      [...GENES, ...READS, '--test-contigs', ','],
      '--test-contigs: expected names of contigs, separated by commas, found none',
    ],
    [
      2,
      'the seed has more than 32 bits',
      [...GENES, ...READS, '--seed', '4294967296'],
      'from 0 to 4294967295',
    ],
    [
      2,
      'a contig is not known, before alignments are read',
      [...GENES, '--bam', scratch.write('damaged.bam', 'BAM\x01'), '--test-contigs', 'chrZ'],
      '--test-contigs: expected contigs of',
    ],
    [
      3,
      'a gene is not known, before alignments are read',
      [
        ...GENES,
        '--bam',
        scratch.write('cut.bam', 'BAM\x01'),
        '--test-genes',
        scratch.write('h.txt', 'BRCA2\n'),
      ],
      'expected genes of the annotation, found none among 1: BRCA2',
    ],
    [
      2,
      'a contig is not known',
      [...GENES, ...READS, '--test-contigs', 'chr2,chrZ'],
      '--test-contigs: expected contigs of',
    ],
    [
      2,
      'a contig is to be in two parts',
      [...GENES, ...READS, '--test-contigs', 'chr2', '--validation-contigs', '2'],
      'expected different contigs for test and validation, found chr2 named for both',
    ],
    [
      2,
      'regions are of another genome',
      [...GENES, ...READS, '--exclude', scratch.write('z.bed', 'chrZ\t0\t10\n')],
      'expected contigs of the reference, found chrZ',
    ],
    [
      2,
      'a window has no site',
      [...GENES, ...READS, '--window-length', '141'],
      'expected --site donor or --site acceptor',
    ],
    [
      2,
      'a site has no window',
      [...GENES, ...READS, '--site', 'donor'],
      'expected --window-length and --site-position with --site donor',
    ],
    [
      2,
      'k-mers have an even length',
      [...GENES, ...READS, '--kmer', '30'],
      'expected an odd number from 15 to 31',
    ],
    [
      3,
      'named genes are not annotated',
      [...GENES, ...READS, '--test-genes', scratch.write('g.txt', 'BRCA2\n')],
      'expected genes of the annotation, found none among 1: BRCA2',
    ],
  ])('with %i when %s, and leaves nothing', async (code, _, args, message) => {
    const cwd = scratch.subfolder()
    const run = await cli(['curate', ...args, '-o', 'set'], { cwd })
    expect(run.stderr).toContain(message)
    expect(run.stderr).toMatch(/^error: /m)
    expect([run.code, run.stdout, readdirSync(cwd)]).toEqual([code, '', []])
  })

  it('with 2 for a folder that is not empty, and leaves it as it is', async () => {
    const run = await curate(...GENES, ...READS, '-o', full)
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('full: expected a folder that is new or empty')
    expect(readdirSync(full)).toEqual(['there.txt'])
  })

  it('with 130 when it is interrupted, and leaves neither the folder nor a temporary one', async () => {
    const cwd = scratch.subfolder()
    // A table that takes seconds to read.
    const long = scratch.write('long.bed', 'chr1\t991\t1858\tx\t1\t+\n'.repeat(2_000_000))
    const child = startCli(['curate', ...GENES, '--junctions', long, '-o', 'set'], { cwd })
    const end = finished(child)
    await expect
      .poll(() => readdirSync(cwd), { timeout: 20_000 })
      .toEqual([expect.stringMatching(/^\.set\.tmp-/)])
    const told = saysOnStderr(child, 'interrupted; no output was left behind\n')
    child.kill('SIGINT')
    await told
    expect((await end).code).toBe(130)
    expect(readdirSync(cwd)).toEqual([])
  })

  // A small disk of its own, seen by one process only.
  const small = (script: string) =>
    spawnSync(
      'unshare',
      ['-rm', 'bash', '-c', `mount -t tmpfs -o size=32k tmpfs "$0" && ${script}`, scratch.folder],
      {
        encoding: 'utf8',
      },
    )
  const noDisk = small('true').status === 0 ? '' : ' (skipped: no disk of its own can be mounted here)'

  it.skipIf(noDisk)(`with 1 when the disk is full, and leaves nothing${noDisk}`, () => {
    const args = ['curate', ...GENES, ...READS].map(arg => `'${arg}'`).join(' ')
    const run = small(`{ '${process.execPath}' '${BIN}' ${args} -o "$0/set"; echo "status $?"; ls -A "$0"; }`)
    expect(run.stderr).toMatch(/^error: .*cannot be written: ENOSPC/m)
    expect(run.stdout).toBe('status 1\n')
  })
})

describe('an annotation that is not quite right', () => {
  const row = (
    type: string,
    start1: number,
    end1: number,
    strand: string,
    attributes: string,
    contig = 'chr1',
  ) => [contig, 'made', type, start1, end1, '.', strand, '.', attributes].join('\t')
  const bad = scratch.write(
    'bad.gff3',
    [
      readFileSync(FIXTURE.gff, 'utf8').trimEnd(),
      // Exons that belong to nothing, and to a transcript that has no row.
      row('exon', 100, 200, '+', 'ID=lonely'),
      row('exon', 59_000, 59_100, '+', 'Parent=absent'),
      row('exon', 59_300, 59_400, '+', 'Parent=absent'),
      // Trans-splicing: exons on both strands.
      row('mRNA', 58_000, 58_900, '+', 'ID=trans;biotype=protein_coding'),
      row('exon', 58_000, 58_100, '+', 'Parent=trans'),
      row('exon', 58_300, 58_400, '-', 'Parent=trans'),
      // Exons that overlap, and an intron of one base.
      row('mRNA', 57_000, 57_900, '+', 'ID=overlap;biotype=protein_coding'),
      row('exon', 57_000, 57_100, '+', 'Parent=overlap'),
      row('exon', 57_050, 57_200, '+', 'Parent=overlap'),
      row('mRNA', 56_000, 56_900, '+', 'ID=tiny;biotype=protein_coding'),
      row('exon', 56_000, 56_100, '+', 'Parent=tiny'),
      row('exon', 56_102, 56_200, '+', 'Parent=tiny'),
      // Past the end, and on a contig the reference lacks.
      row('mRNA', 59_900, 61_000, '+', 'ID=past;biotype=protein_coding'),
      row('exon', 59_900, 59_950, '+', 'Parent=past'),
      row('exon', 60_500, 61_000, '+', 'Parent=past'),
      row('mRNA', 1, 900, '+', 'ID=elsewhere;biotype=protein_coding', 'chrUn'),
      row('exon', 1, 100, '+', 'Parent=elsewhere', 'chrUn'),
      row('exon', 300, 900, '+', 'Parent=elsewhere', 'chrUn'),
      '',
    ].join('\n'),
  )

  it('is read with counted warnings, on standard error and in dataset.json', async () => {
    const { folder, run } = await curated(
      'warned',
      '--ref',
      FIXTURE.ref,
      '--annotation',
      bad,
      '--min-support',
      '0',
    )
    const { warnings, leftOut, counts } = described(folder)
    expect(warnings).toEqual([
      expect.stringMatching(
        /^bad\.gff3: 1 exon, CDS or UTR rows have no Parent and were left out, first at bad\.gff3:\d+$/,
      ),
      'bad.gff3: 1 transcripts are named as Parent by exons but have no row of their own, first absent',
      'bad.gff3: 1 transcript IDs have exons on several contigs or strands; each part is kept as its own transcript, first trans',
      'bad.gff3: 1 transcripts have exons that overlap; they are taken as one exon, first overlap',
      'bad.gff3: 1 transcripts on 1 contigs that the reference lacks were left out: chrUn',
      "1 of 126 annotated introns lie past the ends of the reference's contigs and were left out",
    ])
    const said = run.stderr.split('\n').filter(line => line.startsWith('warning: '))
    expect(
      said.map(line =>
        line.slice('warning: '.length).replace(scratch.folder, '').replaceAll(`${scratch.folder}/`, ''),
      ),
    ).toEqual(warnings)
    expect(leftOut).toMatchObject({
      'intron-length': { positive: 1 },
      'past-contig-end': { positive: 1 },
      'gene-not-coding': { positive: 1 },
    })
    expect(counts.classes.positive).toBeGreaterThan(110)
  })
})
