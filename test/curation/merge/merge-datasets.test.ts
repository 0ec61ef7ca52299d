import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { readDataset } from '../../../src/curation/dataset.ts'
import { KmerIndexBuilder } from '../../../src/curation/homology/kmer-index-builder.ts'
import { encodeText, reverseComplement } from '../../../src/genome/sequence.ts'
import { curatedFolder, randomGenome } from '../curated-folder.ts'
import {
  inputFolder,
  junctionRows,
  merged,
  opened,
  randomBases,
  siteRows,
  type TableRow,
} from './made-inputs.ts'

const GENOME = randomGenome({ chr1: 6000 })
/** A folder as curate writes it. */
const curated = (options: { windows?: boolean } = {}) =>
  curatedFolder(
    GENOME,
    [
      { contig: 'chr1', start: 500, end: 1500, strand: '+', className: 'positive-mane', split: 'train' },
      { contig: 'chr1', start: 2500, end: 3500, strand: '-', className: 'unknown', split: 'train' },
      {
        contig: 'chr1',
        start: 4500,
        end: 5500,
        strand: '-',
        className: 'negative-near-miss',
        split: 'train',
        decoy: 'near-donor',
      },
    ],
    options,
  ).folder

const DONORS = { window: { length: 141, site: 61 } }
const SITE_INPUTS = () => [
  inputFolder('d', siteRows(1, 30, 'donor'), DONORS),
  inputFolder('a', siteRows(2, 21, 'acceptor', 400, 200), { window: { length: 400, site: 200 } }),
]

/** Returns the windows of a table by their bases without N at the ends. */
const bare = (sequence: string) => sequence.replace(/^N+|N+$/g, '')

describe('a merge of junctions', () => {
  it('keeps classes, parts, motifs and decoys, and tells which input a row is of', async () => {
    const [one, two] = [junctionRows(1, 4), junctionRows(2, 3, 'validation')]
    const { header, rows, description, folder, summary } = await merged([
      inputFolder('one', one),
      inputFolder('two', two),
    ])
    expect(header).toEqual([
      ...['class', 'split', 'site', 'donor', 'acceptor', 'decoy', 'motif', 'gene', 'origin', 'sequence'],
    ])
    expect(rows.map(row => Object.values(row).slice(0, -1).join(' '))).toEqual([
      'positive-mane train junction 1 1 . GT-AG one/g0 one',
      'negative-random train junction 0 0 random GT-AG one/g1 one',
      'positive-mane train junction 1 1 . GT-AG one/g2 one',
      'negative-random train junction 0 0 random GT-AG one/g3 one',
      'positive-mane validation junction 1 1 . GT-AG two/g0 two',
      'negative-random validation junction 0 0 random GT-AG two/g1 two',
      'positive-mane validation junction 1 1 . GT-AG two/g2 two',
    ])
    expect(rows.map(row => row.sequence)).toEqual([...one, ...two].map(row => row.sequence))
    expect(description).toMatchObject({
      schema: 'splice-score-dataset',
      schemaVersion: 1,
      toolVersion: '1.2.3',
      name: 'set',
      source: 'Merged of one, two.',
      window: { length: 800, donor: 200, acceptor: 600 },
      settings: { inputs: [{ name: 'one' }, { name: 'two' }], maxIdentity: 0.9, kmer: 31, seed: 1 },
      counts: {
        rows: 7,
        classes: { 'negative-random': 3, 'positive-mane': 4 },
        splits: { train: 4, validation: 3 },
        motifs: { 'GT-AG': 7 },
      },
      observed: { rowsRead: 7, rowsByInput: { one: 4, two: 3 }, leftOutByInput: { one: {}, two: {} } },
      leftOut: {},
      warnings: [],
    })
    expect(summary.rowsByInput).toEqual({ one: 4, two: 3 })
    const dataset = await readDataset(folder, { scratchFolder: folder })
    expect([...dataset.siteLabels!.subarray(0, 6)]).toEqual([1, 1, 1, 0, 0, 0])
    expect(dataset.splits.validation.length).toBe(3)
    expect(dataset.warnings).toEqual([])
    await dataset.close()
  })

  it('reads curated folders, and lists their files and what they were made from', async () => {
    const folder = curated()
    const { description, rows } = await merged([folder, inputFolder('one', junctionRows(1, 4))])
    expect(rows.length).toBe(6)
    expect(rows.slice(0, 2).map(row => [row.class, row.donor, row.acceptor, row.decoy])).toEqual([
      ['positive-mane', '1', '1', '.'],
      ['negative-near-miss', '0', '1', 'near-donor'],
    ])
    const files: { name: string; role: string; input?: string; sha256: string }[] = description.files
    const own = files.filter(file => file.input !== undefined)
    expect(own.map(file => `${file.role} ${file.name}`)).toEqual([
      'input-windows junctions.tsv.gz',
      'input-windows windows.codes',
      'input-description dataset.json',
      'input-windows windows.tsv',
    ])
    const bytes = readFileSync(join(folder, 'junctions.tsv.gz'))
    expect(own[0]!.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(files.filter(file => file.role === 'source').map(file => file.name)).toEqual([
      'genome.fa',
      'genes.gff3',
    ])
  })

  it('keeps weights where some are not 1', async () => {
    const rows = junctionRows(1, 3).map((row, i) => ({ ...row, weight: ['0.1', '1', '2.5'][i]! }))
    const { rows: found } = await merged([inputFolder('one', rows), inputFolder('two', junctionRows(2, 1))])
    expect(found.map(row => row.weight)).toEqual(['0.1', '1', '2.5', '1'])
  })

  it('leaves out rows of class unknown, those beyond a limit, and repeats', async () => {
    const one: TableRow[] = [
      ...junctionRows(1, 6),
      { ...junctionRows(3, 1)[0]!, class: 'unknown' },
      { ...junctionRows(1, 2)[1]!, class: 'negative-x' },
    ]
    const reversed = new TextDecoder().decode(
      Uint8Array.from(reverseComplement(encodeText(String(one[2]!.sequence))), code =>
        'ACGTN'.charCodeAt(code),
      ),
    )
    const two: TableRow[] = [
      { ...junctionRows(1, 1)[0]!, class: 'negative', decoy: '.', split: 'train' },
      { ...one[2]!, sequence: reversed },
      ...junctionRows(2, 8),
    ]
    const { rows, description } = await merged([inputFolder('one', one), inputFolder('two', two)], {
      limits: new Map([['two', 5]]),
    })
    // Of `two` every second row is in: row 0, 2, 4, 6, 8.
    expect(rows.map(row => row.gene)).toEqual([
      ...['one/g1', 'one/g2', 'one/g3', 'one/g4', 'one/g5'],
      ...['two/g0', 'two/g2', 'two/g4', 'two/g6'],
    ])
    expect(description.leftOut).toEqual({
      'class-unknown': { unknown: 1 },
      'contradicting-label': { negative: 1, 'positive-mane': 1 },
      'over-limit': { 'negative-random': 4, 'positive-mane': 1 },
      repeated: { 'negative-x': 1 },
    })
    expect(description.settings.inputs).toEqual([{ name: 'one' }, { name: 'two', limit: 5 }])
    expect(description.observed.leftOutByInput).toEqual({
      one: { 'class-unknown': 1, 'contradicting-label': 1, repeated: 1 },
      two: { 'contradicting-label': 1, 'over-limit': 5 },
    })
  })

  it('takes what it wrote before, with its joined sites', async () => {
    const first = await merged([...SITE_INPUTS(), inputFolder('one', junctionRows(1, 4))])
    const second = await merged([first.folder, inputFolder('two', junctionRows(2, 2))])
    const fields = (row: Record<string, string>) =>
      [row.class, row.site, row.donor, row.acceptor, row.sequence].join(' ')
    expect(second.rows.slice(0, -2).map(fields)).toEqual(first.rows.map(fields))
    expect(second.rows.at(-3)!.gene).toBe('set/sites-train')
  })
})

describe('a merge keeps parts apart', () => {
  const [held, alike] = [junctionRows(1, 4, 'validation'), junctionRows(1, 4)]
  /** Every hundredth base is another. */
  const changed = alike.map(row => {
    const bases = [...String(row.sequence)]
    for (let i = 50; i < 800; i += 100) {
      bases[i] = bases[i] === 'A' ? 'C' : 'A'
    }
    return { ...row, sequence: bases.join('') }
  })

  it('of different inputs: the part farthest from training keeps what is alike', async () => {
    const others = junctionRows(2, 2)
    const test = junctionRows(2, 1, 'test')
    const { rows, description } = await merged([
      inputFolder('train', [...changed, ...others]),
      inputFolder('held', [...held, ...junctionRows(3, 2)]),
      inputFolder('test', test),
    ])
    expect(rows.map(row => `${row.split} ${row.gene}`)).toEqual([
      'train train/g1',
      ...held.map((_, i) => `validation held/g${i}`),
      'train held/g0',
      'train held/g1',
      'test test/g0',
    ])
    expect(description.leftOut).toEqual({
      'like-test': { 'positive-mane': 1 },
      'like-validation': { 'negative-random': 2, 'positive-mane': 2 },
    })
    expect(description.leaks).toEqual({
      comparisons: [
        {
          held: 'test',
          cleaned: ['validation', 'train'],
          input: 'test',
          sampledOneIn: 1,
          alike: 1,
          overlapping: 0,
          sameBases: 0,
        },
        {
          held: 'validation',
          cleaned: ['train'],
          input: 'held',
          sampledOneIn: 1,
          alike: 4,
          overlapping: 0,
          sameBases: 0,
        },
      ],
    })
  })

  it('but leaves the parts of one input as they are', async () => {
    const { rows } = await merged([inputFolder('one', [...held, ...changed])])
    expect(rows.length).toBe(8)
  })

  it('and compares windows of single sites with junctions', async () => {
    const [row] = held
    const sequence = String(row!.sequence).slice(139, 280)
    const sites = [{ class: 'positive', site: 'donor', sequence }, ...siteRows(5, 2, 'donor')]
    const { rows, description } = await merged([inputFolder('held', held), inputFolder('d', sites, DONORS)])
    expect(description.observed.leftOutByInput.d).toEqual({ 'like-validation': 1 })
    expect(rows.length).toBe(6)
  })

  it('and leaves out what is alike to excluded sequences', async () => {
    const builder = new KmerIndexBuilder({ k: 31 })
    const codes = encodeText(String(alike[1]!.sequence))
    builder.add(codes, 0, codes.length)
    const file = { name: 'x.fa', sha256: 'ab'.repeat(32), role: 'exclude-sequences' }
    const { rows, description, folder } = await merged([inputFolder('one', changed)], {
      excluded: { index: builder.finish(), files: [file] },
    })
    expect(rows.map(row => row.gene)).toEqual(['one/g0', 'one/g2', 'one/g3'])
    expect(description.leftOut).toEqual({ 'like-excluded-sequence': { 'negative-random': 1 } })
    expect(description.leaks.excludedSequences).toEqual({ sampledOneIn: 1 })
    expect(description.files).toContainEqual(file)
    const dataset = await readDataset(folder, { scratchFolder: folder, validationFraction: 0 })
    // A model is not trained on what was excluded.
    expect(dataset.files.map(of => of.name)).not.toContain('x.fa')
    await dataset.close()
  })
})

describe('a merge of single sites', () => {
  it('joins donors and acceptors, in windows whose halves are those of the tables', async () => {
    const { rows, header, description } = await merged(SITE_INPUTS())
    expect(header).toEqual(['class', 'split', 'site', 'donor', 'acceptor', 'gene', 'origin', 'sequence'])
    expect(rows.length).toBe(30)
    const donors = new Map(siteRows(1, 30, 'donor').map(row => [row.sequence, row.class]))
    const acceptors = new Map(siteRows(2, 21, 'acceptor', 400, 200).map(row => [row.sequence, row.class]))
    const used = new Map<string, number>()
    for (const row of rows) {
      const [donor, acceptor] = [bare(row.sequence!.slice(0, 400)), row.sequence!.slice(400)]
      expect(row.sequence!.indexOf(donor)).toBe(200 - 61)
      expect(row.donor).toBe(donors.get(donor) === 'positive' ? '1' : '0')
      expect(row.acceptor).toBe(acceptors.get(acceptor) === 'positive' ? '1' : '0')
      const isPositive = row.donor === '1' && row.acceptor === '1'
      expect([row.class, row.site, row.gene, row.origin]).toEqual([
        isPositive ? 'positive-sites' : 'negative-sites',
        'both',
        'sites-train',
        'd,a',
      ])
      used.set(donor, (used.get(donor) ?? 0) + 1)
      used.set(acceptor, (used.get(acceptor) ?? 0) + 1)
    }
    expect([...donors.keys()].every(key => used.get(String(key)) === 1)).toBe(true)
    expect([...acceptors.keys()].map(key => used.get(String(key))).sort()).toEqual([
      ...Array<number>(12).fill(1),
      ...Array<number>(9).fill(2),
    ])
    expect(description.observed).toMatchObject({ donors: 30, acceptors: 21, joined: 30 })
  })

  it('never draws joined sites for validation beside junctions', async () => {
    const { folder } = await merged([...SITE_INPUTS(), inputFolder('one', junctionRows(1, 60))])
    const dataset = await readDataset(folder, { scratchFolder: folder })
    const drawn = [...dataset.splits.validation].map(row => dataset.sites!.texts[dataset.sites!.ids[row]!])
    expect(drawn.length).toBe(9)
    expect(new Set(drawn)).toEqual(new Set(['junction']))
    await dataset.close()
  })

  it('leaves half a window empty where a part has one kind only, and says so', async () => {
    const donors = siteRows(1, 3, 'donor')
    const { rows, description } = await merged([inputFolder('d', donors, DONORS)])
    expect(rows.map(row => [row.class, row.site, row.donor, row.acceptor]).sort()).toEqual([
      ['negative-sites', 'donor', '0', '.'],
      ['negative-sites', 'donor', '0', '.'],
      ['positive-sites', 'donor', '1', '.'],
    ])
    expect(rows.every(row => row.sequence!.endsWith('N'.repeat(400)))).toBe(true)
    expect(description.warnings).toContain(
      'the 3 donors of the part train have no acceptors to be joined with: half of each window is N',
    )
  })

  it('takes the kind of site from dataset.json where the column does not say it', async () => {
    const rows = siteRows(1, 3, 'acceptor').map(({ site: _, ...row }) => row)
    const described = { ...DONORS, settings: { site: 'acceptor' } }
    const { rows: found } = await merged([inputFolder('a', rows, described)])
    expect(found[0]!.site).toBe('acceptor')
    const some = rows.map((row, i) => ({ ...row, site: i === 0 ? 'donor' : '.' }))
    const { rows: mixed } = await merged([inputFolder('a', some, described)])
    expect(mixed.map(row => row.site).sort()).toEqual(['both', 'both'])
  })

  it('keeps one of several rows with the same 70 bases around the site, none of contradicting ones', async () => {
    const random = seededRandom(9)
    const core = `${randomBases(random, 35)}GT${randomBases(random, 33)}`
    const other = `${randomBases(random, 35)}GT${randomBases(random, 33)}`
    const around = (bases: string) => `${randomBases(random, 26)}${bases}${randomBases(random, 45)}`
    const donor = (name: string, bases: string) => ({ class: name, site: 'donor', sequence: around(bases) })
    const first = inputFolder(
      'one',
      [donor('positive', core), donor('negative', other), donor('negative', other)],
      DONORS,
    )
    const second = inputFolder(
      'two',
      [donor('positive-x', core), donor('positive', other), ...siteRows(4, 2, 'donor')],
      DONORS,
    )
    // An acceptor with the bases of a donor is another thing.
    const acceptors = inputFolder(
      'a',
      [{ class: 'negative', site: 'acceptor', sequence: around(core) }],
      DONORS,
    )
    const { description, rows } = await merged([first, second, acceptors])
    expect(description.leftOut).toEqual({
      'contradicting-label': { negative: 2, positive: 1 },
      repeated: { 'positive-x': 1 },
    })
    expect(description.observed).toMatchObject({
      donors: 3,
      acceptors: 1,
      rowsByInput: { one: 1, two: 2, a: 1 },
    })
    expect(rows.length).toBe(3)
  })

  it('leaves out decoys that are sites of another input', async () => {
    const [site] = siteRows(3, 1, 'donor')
    const bases = String(site!.sequence)
    const shifted = { class: 'negative-near-miss', site: 'donor', decoy: 'near-donor' }
    const ends = (n: number) => randomBases(seededRandom(n), 141)
    const decoy = {
      ...shifted,
      sequence: `${ends(1).slice(0, 43)}${bases.slice(43, 79)}${ends(2).slice(79)}`,
    }
    const plain = siteRows(8, 3, 'donor').map(row => ({ ...row, decoy: '.' }))
    const { description } = await merged([
      inputFolder('one', [site!], DONORS),
      inputFolder('two', [decoy, ...plain], DONORS),
    ])
    expect(description.leftOut).toEqual({ 'site-known': { 'negative-near-miss': 1 } })
  })

  it('keeps every base of a half that fits, whatever the windows', async () => {
    const layouts = fc.record({
      length: fc.integer({ min: 60, max: 900 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
      share: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
    })
    await fc.assert(
      fc.asyncProperty(layouts, layouts, async (left, right) => {
        const table = ({ length, share, seed }: typeof left, kind: 'donor' | 'acceptor') => {
          const site = Math.max(2, Math.min(length - 2, Math.floor(share * length)))
          return { site, rows: siteRows(seed, 5, kind, length, site), window: { length, site } }
        }
        const [d, a] = [table(left, 'donor'), table(right, 'acceptor')]
        const { rows } = await merged([
          inputFolder('d', d.rows, { window: d.window }),
          inputFolder('a', a.rows, { window: a.window }),
        ])
        const expected = ({ rows: own, site }: typeof d) =>
          own.map(row => {
            const bases = String(row.sequence)
            return [...Array(400).keys()].map(i => bases[site - 200 + i] ?? 'N').join('')
          })
        expect(rows.map(row => row.sequence!.slice(0, 400)).sort()).toEqual(expected(d).sort())
        expect(rows.map(row => row.sequence!.slice(400)).sort()).toEqual(expected(a).sort())
      }),
      { numRuns: 20 },
    )
  })
})

describe('a merge', () => {
  it('gives the same bytes for the same inputs and seed', async () => {
    const inputs = [...SITE_INPUTS(), inputFolder('one', junctionRows(1, 10))]
    const [first, second, other] = [
      await merged(inputs),
      await merged(inputs),
      await merged(inputs, { seed: 2 }),
    ]
    expect(second.bytes).toEqual(first.bytes)
    expect(other.bytes[0]).not.toEqual(first.bytes[0])
  })

  it('is refused when no row is left', async () => {
    const builder = new KmerIndexBuilder({ k: 31 })
    const rows = junctionRows(1, 1)
    const codes = encodeText(String(rows[0]!.sequence))
    builder.add(codes, 0, codes.length)
    const run = merged([inputFolder('one', rows)], { excluded: { index: builder.finish(), files: [] } })
    await expect(run).rejects.toThrow('expected rows to merge, found none that are left of 1')
  })

  it('warns of windows too short to be compared', async () => {
    const { description } = await merged([
      inputFolder('d', siteRows(1, 3, 'donor', 20, 10), { window: { length: 20, site: 10 } }),
    ])
    expect(description.warnings).toContain(
      'd: windows of 20 bases hold no 31-mer, so that none is taken for alike to another; see --kmer',
    )
  })
})

describe('a dataset to merge is refused', () => {
  it.each<[string, () => string, string]>([
    [
      'with targets',
      () =>
        inputFolder('x', [
          { sequence: 'ACG', target: 1 },
          { sequence: 'ACC', target: 2 },
        ]),
      'expected a dataset with classes, found one with numbers to learn',
    ],
    [
      'of windows with no known site',
      () => inputFolder('x', [{ sequence: 'ACG', class: 'positive' }]),
      'expected windows of 800 bases with the donor at 200 and the acceptor at 600, or windows around one site, found {"length":3}',
    ],
    [
      'of another layout of junctions',
      () =>
        inputFolder('x', [{ sequence: 'ACGTACGT', class: 'positive' }], {
          window: { length: 8, donor: 2, acceptor: 6 },
        }),
      'found {"length":8,"donor":2,"acceptor":6}',
    ],
    [
      'of sites of unknown kind',
      () =>
        inputFolder(
          'x',
          siteRows(1, 2, 'donor').map(({ site: _, ...row }) => row),
          DONORS,
        ),
      'expected donor or acceptor as site of every row of windows of one site, found "." for example 1',
    ],
    [
      'of sites that are junctions',
      () =>
        inputFolder(
          'x',
          siteRows(1, 2, 'donor').map(row => ({ ...row, site: 'junction' })),
          DONORS,
        ),
      'found "junction" for example 1',
    ],
  ])('%s', async (_, make, message) => {
    await expect(opened(make())).rejects.toThrow(message)
  })

  it('when its table is given twice', async () => {
    const rows = junctionRows(1, 2)
    await expect(opened(inputFolder('one', rows), inputFolder('two', rows))).rejects.toThrow(
      /expected different datasets, found the same windows.tsv in .*one and .*two/,
    )
  })

  it('without windows', async () => {
    const error = await opened(curated({ windows: false })).catch(caught => caught)
    expect(error.exitCode).toBe(4)
    expect(error.hint).toBe('datasets are merged by their windows: make this one again without --no-windows')
  })
})
