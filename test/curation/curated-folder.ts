import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { seededRandom } from '../../src/core/random.ts'
import { packedBytes, packWindow } from '../../src/curation/packed-windows.ts'
import { cutSiteWindow, type SiteKind, sitePosition } from '../../src/curation/site-window.ts'
import { decodeText } from '../../src/genome/sequence.ts'
import { cutWindow, WINDOW_LENGTH } from '../../src/junctions/window.ts'
import { folderOf, tableOf } from './dataset-folder.ts'

/** A row of a curated table; the rest of its columns follow from the number of the row. */
export interface CuratedRow {
  contig: string
  start: number
  end: number
  strand: '+' | '-'
  className: string
  split: string
  support?: number
  decoy?: string
  /** Of tables of sites. */
  site?: SiteKind
}

const HEADER = [
  ...['contig', 'start', 'end', 'strand', 'class', 'split', 'support', 'support:a', 'support:b'],
  ...['transcripts', 'motif', 'gene', 'decoy'],
]

export const SITE_WINDOW = { length: 141, site: 61 }

/** Returns contigs of random bases, under their names. */
export function randomGenome(lengths: Record<string, number>, seed = 5): Map<string, Uint8Array> {
  const random = seededRandom(seed)
  return new Map(
    Object.entries(lengths).map(([name, length]) => [
      name,
      Uint8Array.from({ length }, () => (random.int(50) === 0 ? 4 : random.int(4))),
    ]),
  )
}

/** Returns a genome as FASTA text. */
export function fastaOf(genome: ReadonlyMap<string, Uint8Array>): string {
  return Array.from(genome, ([name, codes]) => `>${name}\n${decodeText(codes)}\n`).join('')
}

/** Returns the windows of rows. Shape: one array of codes each. */
export function windowsOf(
  genome: ReadonlyMap<string, Uint8Array>,
  rows: readonly CuratedRow[],
): Uint8Array[] {
  return rows.map(({ site, ...row }) => {
    const contig = genome.get(row.contig)!
    const out = new Uint8Array(site === undefined ? WINDOW_LENGTH : SITE_WINDOW.length)
    if (site === undefined) {
      cutWindow(contig, row, out, 0)
    } else {
      const place = { kind: site, position: sitePosition(row, site), strand: row.strand }
      cutSiteWindow(contig, place, SITE_WINDOW, out, 0)
    }
    return out
  })
}

/** Returns the text of a curated table. */
export function curatedTable(rows: readonly CuratedRow[]): string {
  const hasSites = rows[0]!.site !== undefined
  return tableOf(
    [...HEADER, ...(hasSites ? ['site'] : [])],
    ...rows.map(({ contig, start, end, strand, className, split, support, decoy, site }, i) => [
      ...[contig, start, end, strand, className, split],
      ...[support ?? '.', support ?? '.', '.', 'NM_1,NM_2', 'GT-AG', `gene${i >> 1}`, decoy ?? '.'],
      ...(hasSites ? [site!] : []),
    ]),
  )
}

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')

export interface CuratedFolder {
  folder: string
  /** The files of the folder, by name. */
  files: Record<string, string | Uint8Array>
  description: Record<string, unknown>
}

/** Returns a new folder as `splice-score curate` writes it. `windows: false` leaves the packed windows out. */
export function curatedFolder(
  genome: ReadonlyMap<string, Uint8Array>,
  rows: readonly CuratedRow[],
  { windows = true, change = {} }: { windows?: boolean; change?: Record<string, unknown> } = {},
): CuratedFolder {
  const hasSites = rows[0]!.site !== undefined
  const window = hasSites ? SITE_WINDOW : { length: WINDOW_LENGTH, donor: 200, acceptor: 600 }
  const bytes = packedBytes(window.length)
  const packed = new Uint8Array(rows.length * bytes)
  for (const [i, codes] of windowsOf(genome, rows).entries()) {
    packWindow(codes, 0, codes.length, packed, i * bytes)
  }
  const files: Record<string, string | Uint8Array> = {
    [`${hasSites ? 'sites' : 'junctions'}.tsv.gz`]: gzipSync(curatedTable(rows)),
    ...(windows && { 'windows.codes': packed }),
  }
  const reference = { name: 'genome.fa', sha256: sha256(fastaOf(genome)) }
  const description = {
    schema: 'splice-score-dataset',
    schemaVersion: 1,
    toolVersion: '0.1.0',
    name: 'made',
    source: 'random bases',
    window,
    ...(windows && { windows: { file: 'windows.codes', encoding: 'base5' } }),
    reference,
    files: [
      { ...reference, role: 'reference' },
      { name: 'genes.gff3', sha256: 'cd'.repeat(32), role: 'annotation' },
    ],
    tables: Object.entries(files).map(([name, content]) => ({ name, sha256: sha256(content) })),
    settings: {},
    ...change,
  }
  files['dataset.json'] = JSON.stringify(description)
  return { folder: folderOf(files), files, description }
}
