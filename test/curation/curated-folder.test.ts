import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { CurateRules } from '../../src/curation/curate.ts'
import { type DatasetOptions, readDataset } from '../../src/curation/dataset.ts'
import { type SiteKind, sitePosition } from '../../src/curation/site-window.ts'
import { decodeText } from '../../src/genome/sequence.ts'
import { strandOfSign } from '../../src/genome/strand.ts'
import { readParquetTable } from '../../src/io/parquet-table.ts'
import { type WrittenFolder, writtenFolder } from './made-folder.ts'
import { madeGenome, noPart } from './made-genome.ts'

const SPLIT_BY_SHARE = { test: { ...noPart(), share: 0.3 }, validation: { ...noPart(), share: 0.2 } }
const RULES: Partial<CurateRules> = {
  decoys: { random: 1, nearMiss: 0.5, noncanonical: 0.5 },
  splits: SPLIT_BY_SHARE,
}
const made = madeGenome({ contigs: 3 })
const written = await writtenFolder(made, RULES)

type TableRow = Record<string, string>

/** Returns the rows of a folder's text table. */
function tableRows(folder: string, stem = 'junctions'): TableRow[] {
  const text = gunzipSync(readFileSync(join(folder, `${stem}.tsv.gz`))).toString()
  const [header, ...lines] = text.trimEnd().split('\n')
  const names = header!.split('\t')
  return lines.map(line => Object.fromEntries(line.split('\t').map((field, i) => [names[i]!, field])))
}

const describedBy = (folder: string) => JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8'))

/** Returns the windows of a dataset in letters, and each one's row. */
async function windowsOf(
  { folder, fasta }: Pick<WrittenFolder, 'folder' | 'fasta'>,
  options: Partial<DatasetOptions> = {},
) {
  const dataset = await readDataset(folder, {
    scratchFolder: folder,
    keepUnknown: true,
    validationFraction: 0,
    reference: fasta,
    ...options,
  })
  const { count, length } = dataset.windows
  const codes = new Uint8Array(count * length)
  await dataset.windows.read(
    Uint32Array.from({ length: count }, (_, row) => row),
    codes,
  )
  await dataset.close()
  const windows = Array.from({ length: count }, (_, row) =>
    decodeText(codes.subarray(row * length, (row + 1) * length)),
  )
  return { dataset, windows }
}

function tallied(rows: readonly TableRow[], column: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const row of rows) {
    counts[row[column]!] = (counts[row[column]!] ?? 0) + 1
  }
  return counts
}

describe('a curated folder', () => {
  const rows = tableRows(written.folder)

  it('has the tables, the windows and the description, and no other file', () => {
    expect(readdirSync(written.folder).sort()).toEqual([
      'dataset.json',
      'junctions.parquet',
      'junctions.tsv.gz',
      'windows.codes',
    ])
  })

  it('has the columns that docs/datasets.md names, in order', () => {
    expect(Object.keys(rows[0]!)).toEqual([
      ...[
        'contig',
        'start',
        'end',
        'strand',
        'class',
        'split',
        'support',
        'support:a.bed',
        'transcripts',
        'motif',
        'gene',
        'decoy',
      ],
    ])
  })

  it('has rows by contig, start, end, strand', () => {
    const keys = rows.map(row => [
      Number(row.contig!.slice(1)),
      Number(row.start),
      Number(row.end),
      row.strand === '+' ? 0 : 1,
    ])
    const sorted = keys.toSorted((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]! || a[3]! - b[3]!)
    expect(keys).toEqual(sorted)
  })

  it('says of each row what the inputs say', () => {
    const { model, pool } = written.request
    for (const row of rows) {
      const [start, end] = [Number(row.start), Number(row.end)]
      const contig = Number(row.contig!.slice(1)) - 1
      const support = pool.supportAt(contig, start, end, row.strand as '+')
      expect(row.support).toBe(String(support))
      expect(row['support:a.bed']).toBe(String(support))
      const intron = model.find(contig, start, end, row.strand as '+')
      expect(row.transcripts).toBe(intron < 0 ? '.' : model.introns[intron]!.transcripts.join(','))
      const isDecoy = /^negative-(random|near-miss|noncanonical)$/.test(row.class!)
      expect(row.decoy !== '.').toBe(isDecoy)
      expect(support).toBe(
        isDecoy ? 0 : row.class === 'negative-1' ? 1 : row.class === 'unknown' ? 150 : support,
      )
      if (row.class === 'positive' || row.class === 'negative-random' || row.class === 'negative-near-miss') {
        expect(row.motif).toBe('GT-AG')
      }
      if (row.class !== 'unknown') {
        expect(model.genes.some(gene => gene.id === row.gene && gene.contig === contig)).toBe(true)
      }
    }
    expect(Object.keys(tallied(rows, 'class')).sort()).toEqual([
      ...[
        'negative-1',
        'negative-near-miss',
        'negative-noncanonical',
        'negative-random',
        'positive',
        'unknown',
      ],
    ])
  })

  it('has the same rows as Parquet', async () => {
    const { columns, rowCount, batches } = await readParquetTable(join(written.folder, 'junctions.parquet'))
    expect(columns).toEqual(Object.keys(rows[0]!))
    expect(rowCount).toBe(rows.length)
    for await (const batch of batches()) {
      for (const [i, name] of columns.entries()) {
        expect(batch[i]!.map(value => String(value ?? '.'))).toEqual(rows.map(row => row[name]))
      }
    }
  })

  it('has counts that are those of the rows, and of what was left out', () => {
    const { counts, leftOut, observed, leaks, warnings } = describedBy(written.folder)
    expect(counts.rows).toBe(rows.length)
    expect(counts.classes).toEqual(tallied(rows, 'class'))
    expect(counts.splits).toEqual(tallied(rows, 'split'))
    expect(counts.contigs).toEqual(tallied(rows, 'contig'))
    expect(counts.motifs).toEqual(tallied(rows, 'motif'))
    for (const split of ['train', 'validation', 'test']) {
      expect(counts.classesBySplit[split]).toEqual(
        tallied(
          rows.filter(row => row.split === split),
          'class',
        ),
      )
    }
    expect(leftOut).toEqual(written.curated.leftOut.asRecord())
    expect(observed.annotatedSupported).toBe(written.request.model.introns.length)
    expect(leaks.units).toBe(written.curated.units)
    expect(warnings[0]).toBe('a warning')
    expect(written.tally).toEqual(counts)
  })

  it('has the hashes of its files', () => {
    const { tables } = describedBy(written.folder) as { tables: { name: string; sha256: string }[] }
    expect(tables.map(table => table.name)).toEqual([
      'junctions.tsv.gz',
      'junctions.parquet',
      'windows.codes',
    ])
    for (const { name, sha256 } of tables) {
      expect(
        createHash('sha256')
          .update(readFileSync(join(written.folder, name)))
          .digest('hex'),
      ).toBe(sha256)
    }
  })

  it('has the keys of its description in order', () => {
    expect(Object.keys(describedBy(written.folder))).toEqual([
      ...[
        'schema',
        'schemaVersion',
        'toolVersion',
        'name',
        'source',
        'window',
        'windows',
        'reference',
        'files',
        'tables',
      ],
      ...['settings', 'counts', 'decoys', 'observed', 'leftOut', 'leaks', 'warnings'],
    ])
  })

  it('has the same bytes when written again, and others for another seed', async () => {
    const again = await writtenFolder(made, RULES)
    for (const name of readdirSync(written.folder)) {
      expect(readFileSync(join(again.folder, name)).equals(readFileSync(join(written.folder, name)))).toBe(
        true,
      )
    }
    const other = await writtenFolder(made, { ...RULES, seed: 2 })
    expect(tableRows(other.folder)).not.toEqual(rows)
  })

  it('is a dataset, with the same windows whether packed or cut from the reference', async () => {
    const bare = await writtenFolder(made, RULES, false)
    expect(readdirSync(bare.folder)).not.toContain('windows.codes')
    expect(describedBy(bare.folder).windows).toBe(undefined)
    expect(tableRows(bare.folder)).toEqual(rows)
    const [packed, cut] = [await windowsOf(written), await windowsOf(bare)]
    expect(packed.windows.length).toBe(rows.length)
    expect(cut.windows).toEqual(packed.windows)
    expect(packed.dataset.warnings).toEqual([])
    const without = await readDataset(written.folder, {
      scratchFolder: written.folder,
      validationFraction: 0,
    })
    await without.close()
    expect(without.leftOut).toBe(tallied(rows, 'class').unknown)
  })

  it('shows the sites of junctions where its description says', async () => {
    const { windows } = await windowsOf(written)
    for (const [i, row] of rows.entries()) {
      expect(windows[i]).toHaveLength(800)
      expect(`${windows[i]!.slice(200, 202)}-${windows[i]!.slice(598, 600)}`).toBe(row.motif)
    }
  })
})

describe('a folder of sites', () => {
  const layouts = [
    [141, 61],
    [141, 58],
    [602, 300],
    [400, 200],
    [101, 50],
  ] as const
  it.each(
    layouts.flatMap(
      ([length, site]) =>
        [
          ['donor', length, site],
          ['acceptor', length, site],
        ] as const,
    ),
  )(
    'of %s windows of %i bases has every site at %i, on both strands',
    async (kind: SiteKind, length, site) => {
      const folder = await writtenFolder(made, { ...RULES, layout: { kind, length, site } })
      expect(readdirSync(folder.folder).sort()).toEqual([
        'dataset.json',
        'sites.parquet',
        'sites.tsv.gz',
        'windows.codes',
      ])
      expect(describedBy(folder.folder).window).toEqual({ length, site })
      const rows = tableRows(folder.folder, 'sites')
      expect(new Set(rows.map(row => row.site))).toEqual(new Set([kind]))
      const { windows, dataset } = await windowsOf(folder)
      const positives = [...rows.keys()].filter(row => rows[row]!.class === 'positive')
      expect(positives.length).toBeGreaterThan(60)
      expect(new Set(positives.map(row => rows[row]!.strand))).toEqual(new Set(['+', '-']))
      for (const row of positives) {
        const seen =
          kind === 'donor' ? windows[row]!.slice(site, site + 2) : windows[row]!.slice(site - 2, site)
        expect(seen).toBe(kind === 'donor' ? 'GT' : 'AG')
      }
      const { places } = dataset
      const sites = positives.map(row => {
        const strand = strandOfSign(places!.strands[row]!) as '+' | '-'
        const intron = { start: places!.starts[row]!, end: places!.ends[row]!, strand }
        return `${places!.contigs.ids[row]}:${sitePosition(intron, kind)}${strand}`
      })
      expect(new Set(sites).size).toBe(sites.length)
    },
  )

  it('cut from the reference has the same windows', async () => {
    const layout = { kind: 'acceptor', length: 101, site: 40 } as const
    const [packed, bare] = [
      await writtenFolder(made, { ...RULES, layout }),
      await writtenFolder(made, { ...RULES, layout }, false),
    ]
    expect((await windowsOf(bare)).windows).toEqual((await windowsOf(packed)).windows)
  })

  it('never has a known site as a negative', async () => {
    for (const kind of ['donor', 'acceptor'] as const) {
      const { folder, request } = await writtenFolder(made, {
        ...RULES,
        layout: { kind, length: 141, site: 61 },
      })
      const key = (contig: number, intron: { start: number; end: number; strand: '+' | '-' }) =>
        `${contig}:${sitePosition(intron, kind)}${intron.strand}`
      const known = new Set(
        request.model.introns.map(({ contig, start, end, strand }) =>
          key(contig, { start, end, strand: strand as '+' }),
        ),
      )
      const negatives = tableRows(folder, 'sites').filter(row => row.class!.startsWith('negative'))
      expect(negatives.length).toBeGreaterThan(50)
      for (const { contig, start, end, strand } of negatives) {
        expect(
          known.has(
            key(Number(contig!.slice(1)) - 1, {
              start: Number(start),
              end: Number(end),
              strand: strand as '+',
            }),
          ),
        ).toBe(false)
      }
    }
  })
})
