import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../src/core/errors.ts'
import { seededRandom } from '../../src/core/random.ts'
import { type Dataset, readDataset } from '../../src/curation/dataset.ts'
import { decodeText, reverseComplement } from '../../src/genome/sequence.ts'
import { datasetOf, folderOf, tableOf } from './dataset-folder.ts'

const HEADER = ['sequence', 'class', 'split']
const SMALL = tableOf(
  HEADER,
  ['ACGTN', 'positive-mane', 'train'],
  ['acgta', 'negative-random', 'train'],
  ['TTTTT', 'unknown', 'train'],
  ['CCCCC', 'positive', 'validation'],
  ['CCCCA', 'negative-1', 'validation'],
  ['GATTA', 'negative-1', 'test'],
  ['GATTC', 'positive', 'test'],
)

/** Returns the windows of a dataset as text. */
async function sequences(dataset: Dataset): Promise<string[]> {
  const { windows } = dataset
  const codes = new Uint8Array(windows.count * windows.length)
  await windows.read(
    Uint32Array.from({ length: windows.count }, (_, i) => i),
    codes,
  )
  return Array.from({ length: windows.count }, (_, i) =>
    decodeText(codes.subarray(i * windows.length, (i + 1) * windows.length)),
  )
}

/** A table of random rows, 20 genes on 3 contigs. */
function randomTable(seed: number, rows: number, columns: readonly string[], length = 30): string {
  const random = seededRandom(seed)
  return tableOf(
    ['sequence', 'class', ...columns],
    ...Array.from({ length: rows }, () => {
      const sequence = decodeText(Uint8Array.from({ length }, () => random.int(4)))
      const gene = random.int(20)
      const values: Record<string, string> = { gene: `gene${gene}`, contig: `chr${gene % 3}` }
      const name = random.int(3) === 0 ? 'positive' : 'negative-1'
      return [sequence, name, ...columns.map(column => values[column]!)]
    }),
  )
}

describe('a dataset folder', () => {
  it('gives windows, labels, classes and parts', async () => {
    const dataset = await datasetOf(SMALL)
    expect(await sequences(dataset)).toEqual(['ACGTN', 'ACGTA', 'CCCCC', 'CCCCA', 'GATTA', 'GATTC'])
    expect([...dataset.labels]).toEqual([1, 0, 1, 0, 0, 1])
    expect(dataset.classNames).toEqual(['positive-mane', 'negative-random', 'positive', 'negative-1'])
    expect([...dataset.classes]).toEqual([0, 1, 2, 3, 3, 2])
    expect([...dataset.weights]).toEqual([1, 1, 1, 1, 1, 1])
    expect(dataset.splits).toEqual({
      train: Uint32Array.of(0, 1),
      validation: Uint32Array.of(2, 3),
      test: Uint32Array.of(4, 5),
    })
    expect(dataset.splitSource).toBe('column')
    expect(dataset.leftOut).toBe(1)
    expect(dataset.targets).toBeUndefined()
    expect(dataset.genes).toBeUndefined()
    expect(dataset.places).toBeUndefined()
    expect(dataset.window).toEqual({ length: 5 })
    expect(dataset.warnings).toEqual([])
    await dataset.close()
  })

  it('finds columns by name, in any order, passes over comments and leaves other columns alone', async () => {
    const dataset = await datasetOf(
      `# made by hand\r\n${tableOf(
        [
          'gene',
          'weight',
          'note',
          'end',
          'start',
          'strand',
          'contig',
          'site',
          'motif',
          'split',
          'class',
          'sequence',
        ],
        ['g1', '2.5', 'x', 20, 10, '-', 'chr1', 'junction', 'GT-AG', 'train', 'positive', 'ACG'],
        ['.', '.', '', '.', '.', '.', '.', '.', '.', 'train', 'negative', 'ACC'],
        ['g1', '0', '', 9, 0, '+', 'chr2', 'donor', 'GC-AG', 'validation', 'negative', 'ATC'],
      ).replaceAll('\n', '\r\n')}\r\n`,
    )
    expect([...dataset.weights]).toEqual([2.5, 1, 0])
    expect(dataset.genes).toEqual({ texts: ['g1'], ids: Int32Array.of(0, -1, 0) })
    expect(dataset.motifs).toEqual({ texts: ['GT-AG', 'GC-AG'], ids: Int32Array.of(0, -1, 1) })
    expect(dataset.sites).toEqual({ texts: ['junction', 'donor'], ids: Int32Array.of(0, -1, 1) })
    expect(dataset.places).toEqual({
      contigs: { texts: ['chr1', 'chr2'], ids: Int32Array.of(0, -1, 1) },
      starts: Int32Array.of(10, -1, 0),
      ends: Int32Array.of(20, -1, 9),
      strands: Int8Array.of(-1, 0, 1),
    })
  })

  it('gives the targets of a regression', async () => {
    const table = tableOf(
      ['sequence', 'target', 'split'],
      ['ACG', '0.5,-1e-3', 'train'],
      ['ACC', '1,.25', 'validation'],
    )
    const dataset = await datasetOf(table)
    expect(dataset.targets).toEqual({ values: Float32Array.of(0.5, -1e-3, 1, 0.25), columns: 2 })
    expect([...dataset.labels]).toEqual([0, 0])
    expect(dataset.classNames).toEqual([])
    expect(dataset.warnings).toEqual([])
  })

  it.each(['windows.tsv.gz', 'windows.tsv.bgz'])('may be packed as %s', async name => {
    const packed = gzipSync(SMALL)
    const dataset = await datasetOf(packed, { name })
    expect(dataset.windows.count).toBe(6)
    const sha256 = createHash('sha256').update(packed).digest('hex')
    expect(dataset.files).toEqual([{ name, sha256, role: 'windows' }])
  })

  it('describes itself in dataset.json', async () => {
    const source = { name: 'genome.fa', sha256: 'ab'.repeat(32) }
    const window = { length: 5, donor: 1, acceptor: 4 }
    const description = { name: 'mine', window, source: 'made up', files: [source], more: 1 }
    const dataset = await datasetOf(SMALL, { description })
    expect(dataset.name).toBe('mine')
    expect(dataset.window).toEqual(window)
    expect(dataset.files.map(file => [file.name, file.role])).toEqual([
      ['windows.tsv', 'windows'],
      ['dataset.json', 'description'],
      ['genome.fa', 'source'],
    ])
    expect(dataset.files[2]!.sha256).toBe(source.sha256)
  })

  it('takes windows of 800 bases for junctions where nothing else is said', async () => {
    const dataset = await datasetOf(
      tableOf(HEADER, ['A'.repeat(800), 'positive', 'train'], ['C'.repeat(800), 'negative', 'train']),
      { validationFraction: 0 },
    )
    expect(dataset.window).toEqual({ length: 800, donor: 200, acceptor: 600 })
    expect(dataset.splitSource).toBe('none')
    expect(dataset.splits.validation.length).toBe(0)
  })

  it('leaves the support of curated tables alone, and reads how decoys were made', async () => {
    const table = tableOf(
      ['sequence', 'class', 'support', 'decoy'],
      ['ACG', 'positive', '1.5', '.'],
      ['ACC', 'negative', '', 'near-donor'],
    )
    const { supports, decoys } = await datasetOf(table)
    expect(supports).toBeUndefined()
    expect(decoys).toEqual({ texts: ['near-donor'], ids: Int32Array.of(-1, 0) })
  })

  it('gives rows of class unknown with label 0 when asked to', async () => {
    const dataset = await datasetOf(SMALL, { keepUnknown: true })
    expect(await sequences(dataset)).toEqual(['ACGTN', 'ACGTA', 'TTTTT', 'CCCCC', 'CCCCA', 'GATTA', 'GATTC'])
    expect([...dataset.labels]).toEqual([1, 0, 0, 1, 0, 0, 1])
    expect(dataset.classNames[dataset.classes[2]!]).toBe('unknown')
    expect(dataset.leftOut).toBe(0)
  })

  it('may be read from a scratch file, which is gone after closing', async () => {
    const folder = folderOf({ 'windows.tsv': randomTable(1, 100, []) })
    const dataset = await readDataset(folder, { scratchFolder: folder, memoryLimit: 1 })
    expect(readdirSync(folder).length).toBe(2)
    expect(await sequences(dataset)).toEqual(await sequences(await datasetOf(randomTable(1, 100, []))))
    await dataset.close()
    expect(readdirSync(folder)).toEqual(['windows.tsv'])
  })
})

describe('a table of windows is refused', () => {
  const row = (...fields: string[]) => tableOf(HEADER, ['ACG', 'positive', 'train'], fields)
  it.each([
    [
      'U',
      row('ACU', 'positive', 'train'),
      ':3: expected the letters A, C, G, T and N as sequence, found "U" as letter 3',
    ],
    [
      'other letters',
      row('AYC', 'positive', 'train'),
      ':3: expected the letters A, C, G, T and N as sequence, found "Y" as letter 2',
    ],
    ['an empty sequence', row('', 'positive', 'train'), ':3: expected letters as sequence, found none'],
    [
      'another length',
      row('ACGT', 'positive', 'train'),
      ':3: expected 3 bases as sequence, as in line 2, found 4',
    ],
    [
      'an unknown class',
      row('ACC', 'good', 'train'),
      ':3: expected positive, negative (each may go on with - and a name) or unknown as class, found "good"',
    ],
    ['no class', row('ACC', '.', 'train'), 'or unknown as class, found "."'],
    [
      'an unknown split',
      row('ACC', 'positive', 'dev'),
      ':3: expected train, validation, test as split, found "dev"',
    ],
    [
      'a missing field',
      row('ACC', 'positive'),
      ':3: expected 3 tab-separated columns as in the header, found 2',
    ],
    [
      'a header without sequence',
      tableOf(['seq', 'class']),
      ':1: expected a column named sequence in the header, found none',
    ],
    [
      'a header without class',
      tableOf(['sequence', 'label']),
      ':1: expected a column named class or one named target in the header, found neither',
    ],
    [
      'a header with class and target',
      tableOf(['sequence', 'class', 'target']),
      'or one named target in the header, found both',
    ],
    [
      'a header with start only',
      tableOf(['sequence', 'class', 'start']),
      ':1: expected both start and end in the header',
    ],
    [
      'a column given twice',
      tableOf(['sequence', 'class', 'class']),
      ':1: expected every column once in the header, found "class" twice',
    ],
    ['no rows', tableOf(HEADER), 'windows.tsv: expected a header line and rows of windows, found none'],
    ['no lines', '', 'windows.tsv: expected a header line and rows of windows, found none'],
    ['only unknown rows', tableOf(HEADER, ['ACG', 'unknown', 'train']), 'found only 1 of class unknown'],
  ])('for %s', async (_, table, message) => {
    const error = await datasetOf(table).catch(caught => caught)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toContain(message)
  })

  it.each([
    ['weight', '-1', 'expected a number of at least 0 as weight, found "-1"'],
    ['weight', 'x', 'expected a number of at least 0 as weight, found "x"'],
    ['strand', '?', 'expected +, -, . as strand, found "?"'],
    ['site', 'exon', 'expected donor, acceptor, junction, both as site, found "exon"'],
    ['donor', '2', 'expected 1, 0, . as donor, found "2"'],
    ['acceptor', 'yes', 'expected 1, 0, . as acceptor, found "yes"'],
    [
      'donor',
      '0',
      "expected a class that agrees with the row's sites, found positive with donor 0, acceptor .",
    ],
  ])('for a %s of %s', async (name, value, message) => {
    const table = tableOf(['sequence', 'class', name], ['ACG', 'positive', value])
    await expect(datasetOf(table)).rejects.toThrow(`:2: ${message}`)
  })

  it.each([
    ['1,x', 'expected numbers separated by commas as target, found "x"'],
    ['', 'expected numbers separated by commas as target, found ""'],
    ['1e99', 'expected numbers separated by commas as target, found "1e99"'],
    ['1', 'expected 2 numbers as target, as in the first row, found 1'],
  ])('for a target of "%s"', async (value, message) => {
    const table = tableOf(['target', 'sequence'], ['1,2', 'ACG'], [value, 'ACC'])
    await expect(datasetOf(table)).rejects.toThrow(`:3: ${message}`)
  })

  it.each([
    ['9', '9', 'expected start < end'],
    ['-1', '9', 'expected a whole number as start, found "-1"'],
    ['1', '.', 'expected a whole number as end'],
    ['1', '3000000000', 'expected start < end <= 2147483647'],
  ])('for start %s and end %s', async (start, end, message) => {
    const table = tableOf(['sequence', 'class', 'start', 'end'], ['ACG', 'positive', start, end])
    await expect(datasetOf(table)).rejects.toThrow(`:2: ${message}`)
  })

  it('with advice for RNA', async () => {
    const error = await datasetOf(row('ACU', 'positive', 'train')).catch(caught => caught)
    expect(error.hint).toBe('this is RNA: write T for U')
  })
})

describe('a dataset folder is refused', () => {
  const read = (folder: string) => readDataset(folder, { scratchFolder: folder })

  it('when it, or the table in it, is not there', async () => {
    await expect(read('/no/such/folder')).rejects.toThrow(MissingResourceError)
    await expect(read('/no/such/folder')).rejects.toThrow('/no/such/folder: no such folder')
    await expect(read(folderOf({}))).rejects.toThrow(MissingResourceError)
    await expect(read(folderOf({}))).rejects.toThrow(
      'expected a file named windows.tsv or junctions.tsv or sites.tsv, plain, .gz or .bgz, found none',
    )
    await expect(read(join(folderOf({ a: '' }), 'a'))).rejects.toThrow('expected a folder, found a file')
  })

  it('when it holds two tables', async () => {
    const folder = folderOf({ 'windows.tsv': SMALL, 'windows.tsv.gz': gzipSync(SMALL) })
    await expect(read(folder)).rejects.toThrow('expected one table, found windows.tsv and windows.tsv.gz')
    const kinds = folderOf({ 'windows.tsv': SMALL, 'junctions.tsv.gz': gzipSync(SMALL), 'sites.tsv': SMALL })
    await expect(read(kinds)).rejects.toThrow('found windows.tsv and junctions.tsv.gz and sites.tsv')
  })

  it.each([
    [[], ': expected an object, found []'],
    [{ name: 3 }, ': name: expected text, found 3'],
    [{ window: { length: 0 } }, ': window.length: expected a whole number of at least 1, found 0'],
    [
      { window: { length: 5, donor: 2 } },
      ': window.acceptor: expected a whole number from 2 to 4, found nothing',
    ],
    [{ window: { length: 5, site: 5 } }, ': window.site: expected a whole number from 0 to 4, found 5'],
    [
      { window: { length: 5, donor: -1, acceptor: 3 } },
      ': window.donor: expected a whole number from 0 to 4, found -1',
    ],
    [
      { window: { length: 5, donor: 5, acceptor: 5 } },
      ': window.donor: expected a whole number from 0 to 4, found 5',
    ],
    [
      { window: { length: 5, donor: 1, acceptor: 5 } },
      ': window.acceptor: expected a whole number from 1 to 4, found 5',
    ],
    [
      { window: { length: 5, site: 1, donor: 1 } },
      ': window: expected either site or donor and acceptor, found both',
    ],
    [{ window: { length: 6 } }, 'windows.tsv:2: expected 6 bases as sequence, as dataset.json says, found 5'],
    [
      { files: [{ name: 'a', sha256: 'AB' }] },
      ': files[0].sha256: expected 64 lower-case hexadecimal digits',
    ],
    [{ files: {} }, ': files: expected a list of {"name", "sha256"}, found {}'],
    [{ tables: [{ sha256: 'ab' }] }, ': tables[0].sha256: expected 64 lower-case hexadecimal digits'],
    [{ reference: { sha256: 'ab'.repeat(32) } }, ': reference.name: expected text, found nothing'],
    [{ windows: 'windows.codes' }, ': windows: expected an object, found "windows.codes"'],
    [{ windows: { file: 'w', encoding: 'raw' } }, ': windows.encoding: expected "base5", found "raw"'],
    [
      { windows: { file: '../w', encoding: 'base5' } },
      ': windows.file: expected the name of a file in the same folder, found "../w"',
    ],
    [{ windows: { file: '..', encoding: 'base5' } }, 'the name of a file in the same folder, found ".."'],
  ])('when dataset.json is %j', async (description, message) => {
    const error = await datasetOf(SMALL, { description }).catch(caught => caught)
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toContain(message)
  })

  it('when dataset.json is not JSON', async () => {
    await expect(read(folderOf({ 'windows.tsv': SMALL, 'dataset.json': '{' }))).rejects.toThrow(
      'dataset.json: expected JSON: ',
    )
  })

  it('for a fraction that leaves nothing to train on', async () => {
    await expect(datasetOf(SMALL, { validationFraction: 1 })).rejects.toThrow(RangeError)
  })

  it('when a late row is bad or the run is interrupted, leaving no scratch file', async () => {
    const rows = randomTable(1, 3000, [], 300)
    const folder = folderOf({ 'windows.tsv': `${rows}ACG\tpositive\n` })
    const options = { scratchFolder: folder, memoryLimit: 1 }
    await expect(readDataset(folder, options)).rejects.toThrow('windows.tsv:3002: expected 300 bases')
    const signal = AbortSignal.abort()
    await expect(readDataset(folder, { ...options, signal })).rejects.toThrow('interrupted')
    expect(readdirSync(folder)).toEqual(['windows.tsv'])
  })
})

describe('validation examples, when the table names none,', () => {
  const textsOf = (dataset: Dataset, part: 'train' | 'validation', column: 'genes' | 'contigs') => {
    const { texts, ids } = column === 'genes' ? dataset.genes! : dataset.places!.contigs
    return new Set(Array.from(dataset.splits[part], row => texts[ids[row]!]!))
  }

  it('are whole genes, disjoint from the rest, whatever the seed', async () => {
    const table = randomTable(1, 300, ['gene', 'contig'])
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1e6 }),
        fc.double({ min: 0.1, max: 0.6, noNaN: true }),
        async (seed, fraction) => {
          const dataset = await datasetOf(table, { seed, validationFraction: fraction })
          expect(dataset.splitSource).toBe('gene')
          const [train, validation] = [
            textsOf(dataset, 'train', 'genes'),
            textsOf(dataset, 'validation', 'genes'),
          ]
          expect([...train].filter(gene => validation.has(gene))).toEqual([])
          expect(train.size + validation.size).toBe(20)
          expect(dataset.splits.train.length + dataset.splits.validation.length).toBe(300)
          expect(dataset.splits.validation.length).toBeLessThanOrEqual(fraction * 300)
          expect(dataset.splits.validation.length).toBeGreaterThan(fraction * 300 - 30)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('are the same for the same seed and others for another', async () => {
    const table = randomTable(1, 300, ['gene'])
    const draw = async (seed: number) => (await datasetOf(table, { seed })).splits.validation
    expect(await draw(5)).toEqual(await draw(5))
    expect(await draw(5)).not.toEqual(await draw(6))
  })

  it('are whole contigs without genes, with a warning where that makes the parts lopsided', async () => {
    const dataset = await datasetOf(randomTable(1, 300, ['contig']))
    expect(dataset.splitSource).toBe('contig')
    expect(textsOf(dataset, 'validation', 'contigs').size).toBe(1)
    expect(textsOf(dataset, 'train', 'contigs').size).toBe(2)
    expect(dataset.warnings[0]).toMatch(
      /^validation got \d\d\.\d % of the windows, not 10\.0 %: each contig is kept/,
    )
  })

  it('are single rows without both, equal windows together', async () => {
    const rows = randomTable(1, 100, [])
    const doubled = rows + rows.slice(rows.indexOf('\n') + 1)
    const dataset = await datasetOf(doubled, { validationFraction: 0.3 })
    expect(dataset.splitSource).toBe('row')
    expect(dataset.splits.validation.length).toBe(60)
    expect(dataset.warnings).toEqual([])
    const chosen = new Set(dataset.splits.validation)
    expect(Array.from({ length: 100 }, (_, i) => chosen.has(i) === chosen.has(i + 100))).not.toContain(false)
  })

  it('come from the training rows only', async () => {
    const table = tableOf(
      HEADER,
      ...['AAC', 'ACA', 'CAA', 'ACC', 'CCA'].map(sequence => [sequence, 'positive', 'train']),
      ['GGA', 'negative', 'test'],
    )
    const { splits } = await datasetOf(table, { validationFraction: 0.4 })
    expect([splits.train.length, splits.validation.length]).toEqual([3, 2])
    expect(splits.test).toEqual(Uint32Array.of(5))
  })

  it('are none where all is for testing, and an error where all windows are one', async () => {
    const test = await datasetOf(tableOf(HEADER, ['AAC', 'positive', 'test'], ['AAG', 'negative', 'test']))
    expect([test.splits.train.length, test.splits.validation.length, test.splits.test.length]).toEqual([
      0, 0, 2,
    ])
    const same = tableOf(HEADER, ['AAC', 'positive', 'train'], ['AAC', 'negative', 'train'])
    await expect(datasetOf(same)).rejects.toThrow('expected at least two different training windows')
  })
})

describe('warnings', () => {
  it('count windows with the bases of a training window, on either strand', async () => {
    const random = seededRandom(4)
    const windows = Array.from({ length: 6 }, () => Uint8Array.from({ length: 40 }, () => random.int(4)))
    const [a, b, c, d, e, f] = windows.map(decodeText)
    const dataset = await datasetOf(
      tableOf(
        HEADER,
        [a!, 'positive', 'train'],
        [b!, 'negative', 'train'],
        [a!.toLowerCase(), 'positive', 'validation'],
        [decodeText(reverseComplement(windows[1]!)), 'negative', 'validation'],
        [c!, 'negative', 'validation'],
        [d!, 'positive', 'test'],
        [e!, 'negative', 'test'],
        [decodeText(windows[5]!.toReversed()), 'negative', 'test'],
        [f!, 'positive', 'train'],
      ),
    )
    expect(dataset.warnings).toEqual([
      '2 of 3 validation windows have the same bases as a training window (either strand): figures on them are too good',
    ])
  })

  it('name parts with one label', async () => {
    const dataset = await datasetOf(
      tableOf(
        HEADER,
        ['AAC', 'positive', 'train'],
        ['AAG', 'negative', 'train'],
        ['ACC', 'positive', 'validation'],
        ['ACG', 'negative', 'test'],
      ),
    )
    expect(dataset.warnings).toEqual([
      'the validation part of 1 windows has no negative ones',
      'the test part of 1 windows has no positive ones',
    ])
  })
})
