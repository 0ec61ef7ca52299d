import { WINDOW_LENGTH } from '../../junctions/window.ts'
import type { TextColumn } from '../growing-column.ts'
import { UNKNOWN_LABEL } from '../site-labels.ts'
import { SITE_KINDS } from '../site-window.ts'
import { SPLITS, type Split } from '../window-table.ts'
import type { MergeInput } from './merge-input.ts'
import { type InputRow, type JoinedSites, placeSite, type SitePair } from './site-halves.ts'

/** A row of the merged table. Undefined = not known. */
export interface MergedRow {
  className: string
  split: Split
  site: string
  /** 1, 0 or `UNKNOWN_LABEL`. */
  donor: number
  acceptor: number
  decoy: string | undefined
  motif: string | undefined
  gene: string | undefined
  weight: number
  /** Names of the inputs it is from. */
  origin: string
  /** A junction window, not to be kept. */
  codes: Uint8Array
}

/** Windows read at a time. */
const BLOCK = 1024

/** Yields the rows of an input of junction windows. */
export async function* junctionRows(input: MergeInput): AsyncGenerator<MergedRow> {
  const { dataset, name } = input
  const { siteLabels, sites, decoys, motifs, genes, weights } = dataset
  const rows = input.rowsIn()
  const codes = new Uint8Array(BLOCK * WINDOW_LENGTH)
  for (let from = 0; from < rows.length; from += BLOCK) {
    const block = rows.subarray(from, from + BLOCK)
    await dataset.windows.read(block, codes.subarray(0, block.length * WINDOW_LENGTH))
    for (const [i, row] of block.entries()) {
      const gene = textOf(genes, row)
      yield {
        className: input.classOf(row),
        split: SPLITS[input.parts[row]!]!,
        site: textOf(sites, row) ?? 'junction',
        donor: siteLabels![3 * row]!,
        acceptor: siteLabels![3 * row + 1]!,
        decoy: textOf(decoys, row),
        motif: textOf(motifs, row),
        gene: gene === undefined ? undefined : `${name}/${gene}`,
        weight: weights[row]!,
        origin: name,
        codes: codes.subarray(i * WINDOW_LENGTH, (i + 1) * WINDOW_LENGTH),
      }
    }
  }
}

/**
 * Yields the rows of joined sites. All of a part are one gene: a window may be in several of them.
 */
export async function* joinedRows({ pairs, part }: JoinedSites): AsyncGenerator<MergedRow> {
  const split = SPLITS[part]!
  const codes = new Uint8Array(BLOCK * WINDOW_LENGTH)
  for (let from = 0; from < pairs.length; from += BLOCK) {
    const block = pairs.slice(from, from + BLOCK)
    codes.fill(4)
    for (const kind of SITE_KINDS) {
      await placeAll(
        block.map(pair => pair[kind]),
        codes,
      )
    }
    for (const [i, pair] of block.entries()) {
      const window = codes.subarray(i * WINDOW_LENGTH, (i + 1) * WINDOW_LENGTH)
      yield { ...joinedFields(pair), split, gene: `sites-${split}`, codes: window }
    }
  }
}

/** Writes the windows of rows to their halves of a block's windows. */
async function placeAll(rows: readonly (InputRow | undefined)[], codes: Uint8Array): Promise<void> {
  const places = new Map<MergeInput, number[]>()
  for (const [i, row] of rows.entries()) {
    if (row !== undefined) {
      const own = places.get(row.input) ?? []
      own.push(i)
      places.set(row.input, own)
    }
  }
  for (const [{ dataset, siteKinds }, own] of places) {
    const { windows, window } = dataset
    const read = new Uint8Array(own.length * windows.length)
    const numbers = Uint32Array.from(own, i => rows[i]!.row)
    await windows.read(numbers, read)
    for (const [k, i] of own.entries()) {
      const bases = read.subarray(k * windows.length, (k + 1) * windows.length)
      const out = codes.subarray(i * WINDOW_LENGTH, (i + 1) * WINDOW_LENGTH)
      placeSite(bases, 'site' in window ? window.site : 0, siteKinds![numbers[k]!]!, out)
    }
  }
}

function joinedFields({ donor, acceptor }: SitePair): Omit<MergedRow, 'split' | 'gene' | 'codes'> {
  const known = [donor, acceptor].filter(row => row !== undefined)
  const labels = known.map(({ input, row }) => input.dataset.labels[row]!)
  const origins = new Set(known.map(({ input }) => input.name))
  return {
    className: labels.every(label => label === 1) ? 'positive-sites' : 'negative-sites',
    site: known.length === 2 ? 'both' : donor === undefined ? 'acceptor' : 'donor',
    donor: labelOf(donor),
    acceptor: labelOf(acceptor),
    decoy: undefined,
    motif: undefined,
    weight: known.reduce((product, { input, row }) => product * input.dataset.weights[row]!, 1),
    origin: [...origins].join(','),
  }
}

function labelOf(row: InputRow | undefined): number {
  return row === undefined ? UNKNOWN_LABEL : row.input.dataset.labels[row.row]!
}

function textOf(column: TextColumn | undefined, row: number): string | undefined {
  return column?.texts[column.ids[row]!]
}
