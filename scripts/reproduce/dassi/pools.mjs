// The windows of DASSI's test sets, in folds that share no window.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { InputDataError } from '../../../dist/core/errors.js'

/** @typedef {'acceptor' | 'donor'} Site */
/** @typedef {{ sequence: string, isSite: boolean, species: string, fold: number }} Window */
/** @typedef {import('../../reproduction/context.mjs').Context} Context */

export const SPECIES = [
  { key: 'human', title: 'human', file: 'hs' },
  { key: 'arabidopsis', title: 'A. thaliana', file: 'athaliana' },
  { key: 'worm', title: 'C. elegans', file: 'celegans' },
  { key: 'fly', title: 'D. melanogaster', file: 'dmelanogaster' },
]
export const SITES = /** @type {readonly Site[]} */ (['acceptor', 'donor'])
/** Folder of the paper's own test sets, and of those of Splice2Deep trimmed to the same windows. */
export const OWN = 'dassi-dss1'
export const OTHER = 'dassi-dss2-141'

const FILE_SITE = { acceptor: 'acc', donor: 'don' }
/** Index of the first exon base after the intron, or of the first intron base. */
const SITE_INDEX = { acceptor: 60, donor: 61 }
const LENGTH = 141

/**
 * Returns the windows of one kind of site of all species. A window and every other with its bases, on either strand, are in one
 * fold; those that come with both labels are left out.
 * @param {Context} context
 * @param {string} set
 * @param {Site} site
 * @param {number} folds
 * @returns {Window[]}
 */
export function readWindows(context, set, site, folds) {
  const windows = SPECIES.flatMap(({ key, file }) => {
    const lines = (/** @type {string} */ what) => {
      const path = context.input(`${set}/test_${file}_${FILE_SITE[site]}_${what}.txt.gz`)
      return gunzipSync(readFileSync(path)).toString('latin1').trim().split('\n')
    }
    const labels = lines('label')
    const sequences = lines('seq')
    if (labels.length !== sequences.length) {
      throw new InputDataError(
        `${set}, ${site}s of ${key}: expected as many labels as sequences, found ${labels.length} and ${sequences.length}`,
      )
    }
    return sequences.map((text, i) => {
      const sequence = text.trim().toUpperCase()
      return { sequence, isSite: labels[i]?.trim() === '1', species: key, fold: foldOf(sequence, folds) }
    })
  })
  const labels = new Map()
  for (const { sequence, isSite } of windows) {
    const key = eitherStrand(sequence)
    labels.set(key, (labels.get(key) ?? 0) | (isSite ? 1 : 2))
  }
  return windows.filter(({ sequence }) => labels.get(eitherStrand(sequence)) !== 3)
}

/**
 * Returns the windows whose bases, on either strand, none of the others has.
 * @param {readonly Window[]} windows
 * @param {readonly Window[]} others
 */
export function without(windows, others) {
  const known = new Set(others.map(({ sequence }) => eitherStrand(sequence)))
  return windows.filter(({ sequence }) => !known.has(eitherStrand(sequence)))
}

/**
 * Returns at most `most` windows, in the order of a digest of their bases, so that all kinds are among them.
 * @param {readonly Window[]} windows
 * @param {number} most
 */
export function someOf(windows, most) {
  return windows.length <= most
    ? windows
    : windows
        .map(window => ({ window, digest: digest(window.sequence) }))
        .sort((a, b) => (a.digest < b.digest ? -1 : 1))
        .slice(0, most)
        .map(({ window }) => window)
}

/**
 * Returns the folder of a dataset of these windows, all in one part.
 * @param {Context} context
 * @param {{ name: string, site: Site, split: 'train' | 'test', windows: readonly Window[] }} dataset
 */
export function writeDataset({ work }, { name, site, split, windows }) {
  const folder = join(work, 'datasets', name)
  mkdirSync(folder, { recursive: true })
  const rows = windows.map(
    ({ sequence, isSite }) => `${isSite ? 'positive' : 'negative'}\t${split}\t${site}\t${sequence}\n`,
  )
  const description = { name, window: { length: LENGTH, site: SITE_INDEX[site] } }
  write(
    join(folder, 'windows.tsv.gz'),
    gzipSync(`class\tsplit\tsite\tsequence\n${rows.join('')}`, { level: 1 }),
  )
  write(join(folder, 'dataset.json'), Buffer.from(`${JSON.stringify(description, null, 2)}\n`))
  return folder
}

/**
 * A file that is there already stays untouched.
 * @param {string} path
 * @param {Uint8Array} bytes
 */
function write(path, bytes) {
  if (!existsSync(path) || !readFileSync(path).equals(bytes)) {
    writeFileSync(path, bytes)
  }
}

/**
 * @param {string} sequence
 * @param {number} folds
 */
function foldOf(sequence, folds) {
  return Number.parseInt(digest(sequence).slice(0, 8), 16) % folds
}

/** @param {string} sequence */
function digest(sequence) {
  return createHash('sha256').update(eitherStrand(sequence)).digest('hex')
}

const COMPLEMENT = /** @type {Record<string, string>} */ ({ A: 'T', C: 'G', G: 'C', T: 'A' })

/** @param {string} sequence */
function eitherStrand(sequence) {
  const reverse = Array.from(sequence, base => COMPLEMENT[base] ?? base)
    .reverse()
    .join('')
  return sequence < reverse ? sequence : reverse
}
