import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Random, seededRandom } from '../../src/core/random.ts'

/** Layout of the toy windows. */
export const TOY_WINDOW = { length: 40, donor: 10, acceptor: 30 }

/**
 * Returns a new folder with a dataset that a small network learns in seconds: in the positives a GT follows the donor's exon
 * and an AG ends the intron; in the negatives both places are random.
 */
export function toyDataset(rows: number, seed = 7): string {
  const random = seededRandom(seed)
  const lines = Array.from({ length: rows }, (_, i) => {
    const letters = randomLetters(TOY_WINDOW.length, random)
    const positive = i % 2 === 0
    if (positive) {
      letters.splice(TOY_WINDOW.donor, 2, 'G', 'T')
      letters.splice(TOY_WINDOW.acceptor - 2, 2, 'A', 'G')
    }
    return [letters.join(''), positive ? 'positive' : 'negative-random', splitOf(i), `gene${i >> 2}`]
  })
  return toyFolder('toy', TOY_WINDOW, ['sequence', 'class', 'split', 'gene'], lines)
}

/** Layout of the windows that `site-pair` takes. */
export const PAIR_WINDOW = { length: 800, donor: 200, acceptor: 600 }

/** Kinds of rows in turn: how the table says they were made, and whether the donor and the acceptor are true. */
const PAIR_KINDS = [
  { className: 'positive', decoy: '.', donor: 1, acceptor: 1 },
  { className: 'negative-near', decoy: 'near-donor', donor: 0, acceptor: 1 },
  { className: 'negative-near', decoy: 'near-acceptor', donor: 1, acceptor: 0 },
  { className: 'negative-random', decoy: 'random', donor: 0, acceptor: 0 },
] as const

export interface PairDatasetOptions {
  seed?: number
  /** How the table says which sites of a decoy are true: by how it was made, by columns of its own, or not at all. */
  sites?: 'decoy' | 'columns' | 'unsaid'
  /** False leaves the draw of validation rows to the tool. */
  split?: boolean
}

/**
 * Returns a new folder with windows of 800 for `site-pair`: a true donor is GTAAGT, a true acceptor ends in TTTTTTCAG, and a
 * false site is random. Of four rows one is positive, and one or both sites of the others are false.
 */
export function toyPairDataset(
  rows: number,
  { seed = 7, sites = 'decoy', split = true }: PairDatasetOptions = {},
): string {
  const random = seededRandom(seed)
  const more = { decoy: ['decoy'], columns: ['donor', 'acceptor'], unsaid: [] }[sites]
  const lines = Array.from({ length: rows }, (_, i) => {
    const kind = PAIR_KINDS[i % PAIR_KINDS.length]!
    const letters = randomLetters(PAIR_WINDOW.length, random)
    if (kind.donor === 1) {
      letters.splice(PAIR_WINDOW.donor, 6, ...'GTAAGT')
    }
    if (kind.acceptor === 1) {
      letters.splice(PAIR_WINDOW.acceptor - 9, 9, ...'TTTTTTCAG')
    }
    return [
      letters.join(''),
      kind.className,
      split ? splitOf(i) : 'train',
      `gene${i >> 2}`,
      ...more.map(column => String(kind[column as keyof typeof kind])),
    ]
  })
  return toyFolder('toy-pairs', PAIR_WINDOW, ['sequence', 'class', 'split', 'gene', ...more], lines)
}

/** Options of a Splam with a few hundred parameters. */
export const TINY_SPLAM = { channels: 4, groups: 2, widths: [5], dilations: [2], unitsPerGroup: 1 }

/** Options of a small `site-pair`. */
export const TINY_SITE_PAIR = {
  channels: 4,
  stemWidth: 5,
  width: 3,
  dilations: [1, 2],
  reach: 40,
  centre: 3,
  evidence: 3,
  bin: 8,
  contextChannels: 3,
  contextDilations: [1],
  hidden: 6,
  dropout: 0.25,
}

/** One row of five is for validation. */
const splitOf = (row: number) => (row % 5 === 4 ? 'validation' : 'train')

const randomLetters = (length: number, random: Random): string[] =>
  Array.from({ length }, () => 'ACGT'[random.int(4)]!)

function toyFolder(
  name: string,
  window: object,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const folder = mkdtempSync(join(tmpdir(), 'splice-score-toy-'))
  writeFileSync(join(folder, 'windows.tsv'), [header, ...rows].map(row => `${row.join('\t')}\n`).join(''))
  writeFileSync(join(folder, 'dataset.json'), JSON.stringify({ name, window }))
  mkdirSync(join(folder, 'scratch'))
  return folder
}
