import { createHash } from 'node:crypto'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError, ReferenceMismatchError } from '../../src/core/errors.ts'
import { seededRandom } from '../../src/core/random.ts'
import { type Dataset, type DatasetOptions, readDataset } from '../../src/curation/dataset.ts'
import {
  type CuratedRow,
  curatedFolder,
  curatedTable,
  fastaOf,
  randomGenome,
  windowsOf,
} from './curated-folder.ts'
import { folderOf } from './dataset-folder.ts'

const genome = randomGenome({ chr1: 6000, chr2: 3000 })

const ROWS: CuratedRow[] = [
  {
    contig: 'chr1',
    start: 10,
    end: 900,
    strand: '+',
    className: 'positive-mane',
    split: 'train',
    support: 120,
  },
  { contig: 'chr1', start: 700, end: 2000, strand: '-', className: 'unknown', split: 'train', support: 7 },
  {
    contig: 'chr1',
    start: 1000,
    end: 1100,
    strand: '-',
    className: 'negative-1',
    split: 'train',
    support: 1,
  },
  { contig: 'chr1', start: 3000, end: 5990, strand: '+', className: 'unknown', split: 'test', support: 3 },
  { contig: 'chr2', start: 0, end: 300, strand: '-', className: 'positive-alt', split: 'validation' },
  {
    ...{ contig: 'chr2', start: 500, end: 2999, strand: '+', className: 'negative-near-miss' },
    ...{ split: 'validation', support: 0, decoy: 'near-donor' },
  },
  {
    contig: 'chr2',
    start: 800,
    end: 2000,
    strand: '-',
    className: 'negative-random',
    split: 'test',
    decoy: 'random',
  },
  { contig: 'chr2', start: 900, end: 2100, strand: '-', className: 'positive', split: 'test', support: 200 },
].map(row => row as CuratedRow)

/** Both sites of every junction. */
const SITE_ROWS: CuratedRow[] = ROWS.flatMap(row => [
  { ...row, site: 'donor' },
  { ...row, site: 'acceptor' },
])

const isExample = ({ className }: CuratedRow) => className !== 'unknown'

const read = (folder: string, options: Partial<DatasetOptions> = {}) =>
  readDataset(folder, { scratchFolder: folder, ...options })

/** Returns the codes of all windows of a dataset. */
async function codesOf({ windows }: Dataset): Promise<Uint8Array[]> {
  const codes = new Uint8Array(windows.count * windows.length)
  await windows.read(
    Uint32Array.from({ length: windows.count }, (_, i) => i),
    codes,
  )
  return Array.from({ length: windows.count }, (_, i) =>
    codes.slice(i * windows.length, (i + 1) * windows.length),
  )
}

/** Returns a folder without packed windows and the path of its reference, which lies in a folder of its own. */
function withoutWindows(rows: readonly CuratedRow[]) {
  const made = curatedFolder(genome, rows, { windows: false })
  return { ...made, reference: join(folderOf({ 'genome.fa': fastaOf(genome) }), 'genome.fa') }
}

describe('a curated folder', () => {
  it('gives the examples of its table with the windows packed beside it', async () => {
    const dataset = await read(curatedFolder(genome, ROWS).folder)
    const kept = ROWS.filter(isExample)
    expect(dataset.name).toBe('made')
    expect(dataset.window).toEqual({ length: 800, donor: 200, acceptor: 600 })
    expect(dataset.leftOut).toBe(2)
    expect(dataset.windows.count).toBe(6)
    expect(dataset.windows.handle().kind).toBe('packed-file')
    expect(await codesOf(dataset)).toEqual(windowsOf(genome, kept))
    expect([...dataset.labels]).toEqual([1, 0, 1, 0, 0, 1])
    expect(Array.from(dataset.classes, id => dataset.classNames[id])).toEqual(kept.map(row => row.className))
    expect(dataset.supports).toEqual(Int32Array.of(120, 1, -1, 0, -1, 200))
    expect(dataset.decoys).toEqual({
      texts: ['near-donor', 'random'],
      ids: Int32Array.of(-1, -1, -1, 0, 1, -1),
    })
    expect(dataset.genes!.texts).toEqual(['gene0', 'gene1', 'gene2', 'gene3'])
    expect(dataset.places!.starts).toEqual(Int32Array.of(10, 1000, 0, 500, 800, 900))
    expect(dataset.sites).toBeUndefined()
    expect(dataset.splits).toEqual({
      train: Uint32Array.of(0, 1),
      validation: Uint32Array.of(2, 3),
      test: Uint32Array.of(4, 5),
    })
    expect(dataset.warnings).toEqual([])
    await dataset.close()
  })

  it('gives rows of class unknown as well when asked to', async () => {
    const dataset = await read(curatedFolder(genome, ROWS).folder, { keepUnknown: true })
    expect(await codesOf(dataset)).toEqual(windowsOf(genome, ROWS))
    expect([...dataset.labels]).toEqual([1, 0, 0, 0, 1, 0, 0, 1])
    expect(dataset.supports).toEqual(Int32Array.of(120, 7, 1, 3, -1, 0, -1, 200))
    expect(dataset.leftOut).toBe(0)
    await dataset.close()
  })

  it('lists its files with hashes, that of the packed windows as it is on record', async () => {
    const tables = [{ name: 'windows.codes', sha256: 'ef'.repeat(32) }]
    const { folder, files } = curatedFolder(genome, ROWS, { change: { tables } })
    const dataset = await read(folder)
    const hash = (name: string) => createHash('sha256').update(files[name]!).digest('hex')
    expect(dataset.files).toEqual([
      { name: 'junctions.tsv.gz', sha256: hash('junctions.tsv.gz'), role: 'windows' },
      { name: 'windows.codes', sha256: 'ef'.repeat(32), role: 'windows' },
      { name: 'dataset.json', sha256: hash('dataset.json'), role: 'description' },
      {
        name: 'genome.fa',
        sha256: createHash('sha256').update(fastaOf(genome)).digest('hex'),
        role: 'source',
      },
      { name: 'genes.gff3', sha256: 'cd'.repeat(32), role: 'source' },
    ])
    await dataset.close()
    const unrecorded = await read(curatedFolder(genome, ROWS, { change: { tables: [], files: [] } }).folder)
    expect(unrecorded.files.map(file => [file.name, file.role])).toEqual([
      ['junctions.tsv.gz', 'windows'],
      ['windows.codes', 'windows'],
      ['dataset.json', 'description'],
      ['genome.fa', 'source'],
    ])
    expect(unrecorded.files[1]!.sha256).toBe(hash('windows.codes'))
    await unrecorded.close()
  })

  it('of single sites gives windows around them', async () => {
    const dataset = await read(curatedFolder(genome, SITE_ROWS).folder)
    expect(dataset.window).toEqual({ length: 141, site: 61 })
    expect(await codesOf(dataset)).toEqual(windowsOf(genome, SITE_ROWS.filter(isExample)))
    expect(dataset.sites!.texts).toEqual(['donor', 'acceptor'])
    expect(dataset.sites!.ids.slice(0, 4)).toEqual(Int32Array.of(0, 1, 0, 1))
    await dataset.close()
  })

  it.each([
    ['junctions', ROWS],
    ['sites', SITE_ROWS],
  ])('of %s without windows has them cut from the reference, in memory and on disk', async (_, rows) => {
    const { folder, reference } = withoutWindows(rows)
    for (const memoryLimit of [1 << 20, 1]) {
      const dataset = await read(folder, { reference, memoryLimit })
      expect(dataset.windows.handle().kind).toBe(memoryLimit === 1 ? 'codes-file' : 'memory')
      expect(await codesOf(dataset)).toEqual(windowsOf(genome, rows.filter(isExample)))
      expect(dataset.files.map(file => file.name)).toEqual([
        ...[readdirSync(folder).find(name => name.endsWith('.tsv.gz'))],
        ...['dataset.json', 'genome.fa', 'genes.gff3'],
      ])
      await dataset.close()
    }
    expect(readdirSync(folder).length).toBe(2)
  })

  it('is cut from the reference where its packed windows have gone', async () => {
    const { folder } = curatedFolder(genome, ROWS)
    const { reference } = withoutWindows(ROWS)
    rmSync(join(folder, 'windows.codes'))
    const dataset = await read(folder, { reference })
    expect(await codesOf(dataset)).toEqual(windowsOf(genome, ROWS.filter(isExample)))
    await dataset.close()
  })

  it('may be made by hand: a table and a reference', async () => {
    const { reference } = withoutWindows(ROWS)
    const dataset = await read(folderOf({ 'junctions.tsv': curatedTable(ROWS) }), { reference })
    expect(dataset.window).toEqual({ length: 800, donor: 200, acceptor: 600 })
    expect(await codesOf(dataset)).toEqual(windowsOf(genome, ROWS.filter(isExample)))
    await dataset.close()
  })

  it('warns of windows in two parts and of a table changed since, as far as windows show', async () => {
    const twice: CuratedRow[] = [...ROWS, { ...ROWS[0]!, contig: 'chr1', split: 'test' }]
    const { folder } = curatedFolder(genome, twice)
    const dataset = await read(folder)
    expect(dataset.warnings).toEqual([
      '1 of 3 test windows have the same bases as a training window (either strand): figures on them are too good',
    ])
    await dataset.close()
    rmSync(join(folder, 'junctions.tsv.gz'))
    writeFileSync(join(folder, 'junctions.tsv'), curatedTable(twice))
    // A table under another name has no hash on record.
    const unpacked = await read(folder)
    expect(unpacked.warnings.length).toBe(1)
    await unpacked.close()
    rmSync(join(folder, 'junctions.tsv'))
    writeFileSync(join(folder, 'junctions.tsv.gz'), curatedTable(twice))
    const changed = await read(folder)
    expect(changed.warnings[0]).toBe(
      'junctions.tsv.gz was changed after the dataset was made: its SHA-256 is not that in dataset.json; its rows may not be those of the windows in windows.codes',
    )
    await changed.close()
  })

  it('draws the same parts and warns of the same whether its windows are packed or cut', async () => {
    const random = seededRandom(8)
    const rows = Array.from({ length: 5000 }, (_, i): CuratedRow => {
      const contig = i < 3000 ? 'chr1' : 'chr2'
      const start = 100 * random.int(20)
      const className = ['positive', 'negative-random', 'unknown'][random.int(3)]!
      const [end, strand] = [start + 50 + 50 * random.int(18), random.int(2) === 0 ? '+' : '-'] as const
      return { contig, start, end, strand, className, split: 'train' }
    })
    const { folder } = curatedFolder(genome, rows)
    const packed = await read(folder, { seed: 3 })
    const { reference } = withoutWindows(ROWS)
    rmSync(join(folder, 'windows.codes'))
    const cut = await read(folder, { seed: 3, reference })
    expect(packed.splitSource).toBe('gene')
    expect(packed.splits).toEqual(cut.splits)
    expect(packed.warnings).toEqual(cut.warnings)
    expect(packed.warnings[0]).toMatch(/validation windows have the same bases as a training window/)
    await packed.close()
    await cut.close()
  })
})

describe('a curated folder is refused', () => {
  const failure = async (folder: string, options: Partial<DatasetOptions> = {}) =>
    read(folder, options).then(
      () => undefined,
      caught => caught,
    )

  it('when its packed windows are not there, or it has none, with advice to give the reference', async () => {
    const { folder } = curatedFolder(genome, ROWS)
    rmSync(join(folder, 'windows.codes'))
    const gone = await failure(folder)
    expect(gone).toBeInstanceOf(MissingResourceError)
    expect(gone.message).toBe(`${join(folder, 'windows.codes')}: no such file, though dataset.json names it`)
    expect(gone.hint).toContain('give --ref genome.fa ')
    const without = await failure(curatedFolder(genome, ROWS, { windows: false }).folder)
    expect(without).toBeInstanceOf(MissingResourceError)
    expect(without.message).toContain('expected windows, or a reference to cut them from, found neither')
  })

  it('when dataset.json is gone that its windows or sites need', async () => {
    const { folder } = curatedFolder(genome, ROWS)
    const reference = join(folderOf({ 'genome.fa': fastaOf(genome) }), 'genome.fa')
    rmSync(join(folder, 'dataset.json'))
    const gone = await failure(folder)
    expect(gone).toBeInstanceOf(MissingResourceError)
    expect(gone.message).toBe(
      `${join(folder, 'dataset.json')}: no such file, though windows.codes needs it: it says how the windows are packed`,
    )
    expect(gone.hint).toContain('give --ref')
    expect(await failure(folder, { reference })).toBeUndefined()
    const sites = curatedFolder(genome, SITE_ROWS).folder
    rmSync(join(sites, 'dataset.json'))
    const without = await failure(sites, { reference })
    expect(without).toBeInstanceOf(MissingResourceError)
    expect(without.message).toContain('dataset.json: no such file, though a table of sites needs it')
  })

  it('when the reference is another one', async () => {
    const { folder, description } = withoutWindows(ROWS)
    const other = fastaOf(randomGenome({ chr1: 6000, chr2: 3000 }, 6))
    const reference = join(folderOf({ 'other.fa': other }), 'other.fa')
    const error = await failure(folder, { reference })
    expect(error).toBeInstanceOf(ReferenceMismatchError)
    const { sha256 } = description.reference as { sha256: string }
    expect(error.message).toBe(
      `${reference}: expected the reference that the dataset was made from, genome.fa with SHA-256 ${sha256}, found SHA-256 ${createHash('sha256').update(other).digest('hex')}`,
    )
  })

  it('when the packed windows are not as many as the rows', async () => {
    const { folder, files } = curatedFolder(genome, ROWS)
    writeFileSync(join(folder, 'windows.codes'), (files['windows.codes'] as Uint8Array).subarray(267))
    const error = await failure(folder)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toBe(
      `${join(folder, 'windows.codes')}: expected 2136 bytes, for 8 rows of junctions.tsv.gz with windows of 800 bases, found 1869`,
    )
  })

  it('when the packed windows hold bytes that are none', async () => {
    const { folder, files } = curatedFolder(genome, ROWS)
    const packed = (files['windows.codes'] as Uint8Array).slice()
    packed[5 * 267] = 255
    writeFileSync(join(folder, 'windows.codes'), packed)
    expect((await failure(folder)).message).toContain('windows.codes: window 6: expected bytes below 125')
  })

  it('when the windows are of another kind than the table', async () => {
    const junctions = curatedFolder(genome, ROWS, { change: { window: { length: 800, site: 400 } } })
    expect((await failure(junctions.folder)).message).toContain(
      'junctions.tsv.gz: expected window.donor in dataset.json beside a table of junctions, found {"length":800,"site":400}',
    )
    const sites = curatedFolder(genome, SITE_ROWS, { change: { window: undefined } })
    expect((await failure(sites.folder)).message).toContain(
      'expected window.site in dataset.json beside a table of sites',
    )
  })

  it('when windows of another layout would have to be cut', async () => {
    const { folder, reference } = withoutWindows(ROWS)
    const window = { length: 400, donor: 100, acceptor: 300 }
    writeFileSync(join(folder, 'dataset.json'), JSON.stringify({ window }))
    expect((await failure(folder, { reference })).message).toContain(
      'expected windows of 800 bases with the donor at 200 and the acceptor at 600, to cut them from a reference, found {"length":400',
    )
  })

  it('when an intron ends beyond its contig, or its contig is not there, leaving no scratch file', async () => {
    const { reference } = withoutWindows(ROWS)
    const long = folderOf({ 'junctions.tsv': curatedTable([...ROWS, { ...ROWS[4]!, start: 5, end: 3001 }]) })
    const error = await failure(long, { reference, memoryLimit: 1 })
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toBe(
      'example 7: expected an intron inside contig chr2 of 3000 bases, found one ending at 3001',
    )
    expect(readdirSync(long)).toEqual(['junctions.tsv'])
    const unknown = folderOf({ 'junctions.tsv': curatedTable([{ ...ROWS[0]!, contig: 'chr3' }]) })
    expect((await failure(unknown, { reference })).message).toContain('no contig chr3')
  })

  it('when interrupted, leaving no scratch file', async () => {
    const { folder, reference } = withoutWindows(ROWS)
    const signal = AbortSignal.abort()
    for (const options of [{ signal }, { signal, reference, memoryLimit: 1 }]) {
      expect((await failure(curatedFolder(genome, ROWS).folder, options)).message).toContain('interrupted')
    }
    expect((await failure(folder, { signal, reference })).message).toContain('interrupted')
    expect(readdirSync(folder).length).toBe(2)
  })

  it.each([
    ['contig', 'chr1\t10', '.\t10', ':2: expected a known contig, found "."'],
    ['strand', '900\t+', '900\t.', ':2: expected a known strand, found "."'],
    ['support', '\t120\t120', '\t1.5\t120', ':2: expected a whole number as support, found "1.5"'],
    ['support', '\t120\t120', '\t3000000000\t120', ':2: expected at most 2147483647 as support'],
    ['class', 'positive-mane', 'good', ':2: expected positive, negative'],
    [
      'header',
      'contig\tstart',
      'chrom\tstart',
      ':1: expected a column named contig in the header, found none',
    ],
    ['header', 'class', 'label', ':1: expected a column named class in the header, found none'],
  ])('for a bad %s', async (_, good, bad, message) => {
    const { folder } = curatedFolder(genome, ROWS)
    rmSync(join(folder, 'junctions.tsv.gz'))
    writeFileSync(join(folder, 'junctions.tsv'), curatedTable(ROWS).replace(good, bad))
    const error = await failure(folder)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toContain(`junctions.tsv${message}`)
  })

  it.each([
    ['.', 'expected a known site, found "."'],
    ['junction', 'expected donor, acceptor as site, found "junction"'],
    ['exon', 'expected donor, acceptor as site, found "exon"'],
  ])('for a site of %s', async (site, message) => {
    const table = curatedTable(SITE_ROWS).replace('\tdonor\n', `\t${site}\n`)
    const folder = folderOf({
      'sites.tsv': table,
      'dataset.json': JSON.stringify({ window: { length: 141, site: 61 } }),
    })
    const { reference } = withoutWindows(ROWS)
    expect((await failure(folder, { reference })).message).toContain(`sites.tsv:2: ${message}`)
  })

  it('for a table with unknown rows only', async () => {
    const { folder } = curatedFolder(genome, [ROWS[1]!, ROWS[3]!])
    expect((await failure(folder)).message).toContain(
      'junctions.tsv.gz: expected a header line and rows of junctions, found only 2 of class unknown',
    )
  })
})
