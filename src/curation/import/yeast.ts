import { basename } from 'node:path'
import { UsageError } from '../../core/errors.ts'
import { SPLITS } from '../window-table.ts'
import type { ImportedRow, WindowImport } from './window-import.ts'
import { readYeastConstructs, type YeastConstruct } from './yeast-constructs.ts'
import { drawParts, equalisedRows, type PartShares, unitsOf, YEAST_INTRON } from './yeast-split.ts'

/** What of a construct becomes the window. */
export const YEAST_WINDOWS = ['window', 'intron', 'full'] as const
export type YeastWindow = (typeof YEAST_WINDOWS)[number]

export interface YeastImportOptions {
  tables: readonly string[]
  /** `window`: 40 bases around each of the three sites; `intron`: 145 bases from the donor on; `full`: the construct. */
  input: YeastWindow
  shares: PartShares
  /** Rows of efficiency 0.1 and more are drawn with replacement, as many as there are below, after the split. */
  equalise: boolean
  seed: number
}

/** Bases before and after a site in `window`. */
const FLANK = 20

/**
 * Returns the import of the yeast splicing library: windows of its constructs with their efficiency as target. Rows of one barcode or with one
 * intron share a gene and a part; parts are shares of each library. The split depends on the tables, shares and seed alone, so that several
 * inputs can be compared.
 * Memory: all rows.
 * Throws: UsageError for shares that are not from 0 to 1 together.
 * Source: github.com/ramyarangan/cs230_project and its report.
 */
export function importYeast(options: YeastImportOptions): WindowImport {
  const { tables, input, shares, equalise, seed } = options
  const { test, validation } = shares
  // 0.7 and 0.3 need not add up to 1 exactly.
  if (!(test >= 0 && validation >= 0 && test + validation <= 1 + 1e-9)) {
    throw new UsageError(
      `expected shares for test and validation from 0 to 1 together, found ${test} and ${validation}`,
    )
  }
  return {
    source:
      `Constructs of the yeast splicing library with their splicing efficiency, ${DESCRIBED[input]}.` +
      (equalise ? ' Rows of efficiency 0.1 and more drawn with replacement, as many as below.' : ''),
    layout: { site: 'unknown' },
    answers: 'target',
    repeatsCount: true,
    files: tables.map(path => ({ path, role: 'table' })),
    settings: {
      reader: 'yeast',
      tables: tables.map(path => basename(path)),
      input,
      shares: { test, validation },
      equalise,
      seed,
    },
    async *rows(tally) {
      const constructs = await readYeastConstructs(tables, tally)
      const units = unitsOf(constructs)
      const parts = drawParts(constructs, units, shares, seed)
      const rows = equalise ? equalisedRows(constructs, parts, seed) : constructs.keys()
      let batch: ImportedRow[] = []
      for (const row of rows) {
        const construct = constructs[row]!
        batch.push({
          codes: windowOf(construct, input),
          targets: [construct.efficiency],
          split: SPLITS[parts[row]!]!,
          known: known(construct, constructs[units[row]!]!.barcode),
        })
        if (batch.length === BATCH) {
          yield batch
          batch = []
        }
      }
      yield batch
    },
  }
}

/** Rows given on at a time. */
const BATCH = 1024

const DESCRIBED: Readonly<Record<YeastWindow, string>> = {
  window: `${2 * FLANK} bases around each of donor, branch motif and 3' splice site`,
  intron: `${YEAST_INTRON} bases from the donor on`,
  full: 'whole',
}

function known({ library, barcode, donor, branch, acceptor }: YeastConstruct, gene: string) {
  return {
    gene,
    donor_position: donor,
    branch_position: branch,
    acceptor_position: acceptor,
    library,
    barcode,
  }
}

/** Returns the bases a network reads. Throws: InputDataError where a construct does not reach as far. */
function windowOf({ codes, donor, branch, acceptor, place }: YeastConstruct, input: YeastWindow): Uint8Array {
  const cut = (from: number, to: number) => {
    if (from < 0 || to > codes.length) {
      throw place.error(
        `expected bases from ${from} to ${to} for the input ${input}, found a construct of ${codes.length}`,
        'choose another --input',
      )
    }
    return codes.subarray(from, to)
  }
  if (input === 'full') {
    return codes
  }
  if (input === 'intron') {
    return cut(donor, donor + YEAST_INTRON)
  }
  const window = new Uint8Array(3 * 2 * FLANK)
  for (const [i, site] of [donor, branch, acceptor - LAST_BASES].entries()) {
    window.set(cut(site - FLANK, site + FLANK), i * 2 * FLANK)
  }
  return window
}

/** The window around the 3' splice site is centred on the first of these. */
const LAST_BASES = 3
