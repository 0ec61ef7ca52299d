import { type Random, seededRandom } from '../../core/random.ts'
import { intronEnds, motifOfEnds } from '../../genome/motif.ts'
import { type RowPlace, readLines, wholeNumber } from '../../io/text-lines.ts'
import { cutWindow, WINDOW_LENGTH } from '../../junctions/window.ts'
import { cutSiteWindow, type SiteKind, type SiteLayout } from '../site-window.ts'
import type { Split } from '../window-table.ts'
import type { ImportTally } from './import-tally.ts'
import { chooseDecoys, type DecoyChoice, type FramedIntron, KnownSites } from './known-base-decoys.ts'
import { placeOf, SequenceEncoder } from './sequence-encoder.ts'
import {
  type ImportedRow,
  inputSettings,
  type SplitFile,
  tablesOf,
  type WindowImport,
} from './window-import.ts'

/** Windows around one of an intron's sites instead of around both. */
export interface SingleSite extends SiteLayout {
  kind: SiteKind
}

export interface ExonIntronExonOptions {
  inputs: readonly SplitFile[]
  /** Reads from which an intron is a positive; those with fewer are of class `unknown`. */
  minSupport?: number
  /** Near-miss decoys of each positive. */
  decoys?: number
  /** Shortest intron of a decoy. Units: bases. */
  minIntron?: number
  /** Seed of the choice of decoys. */
  seed?: number
  /** Default: junction windows. */
  single?: SingleSite
}

/**
 * Returns the import of lines `exon intron exon count gene`, separated by spaces or tabs: windows of the intron with N for all
 * that the line does not show. Decoys pair a true site with a false one, or are false ones for windows of a
 * single site: GT and AG of the same intron that are no site of the table.
 *
 * Where a window's N begin must not tell a decoy from a site, so a decoy knows as many bases on its exon side as the
 * sites do and no more: exon bases beyond are hidden, and places too near the end of what is known are not taken.
 * Memory: one batch; with decoys also the letters of all tables.
 */
export function importExonIntronExon(options: ExonIntronExonOptions): WindowImport {
  const { inputs, minSupport = 100, decoys = 0, minIntron = 20, seed = 1, single } = options
  return {
    source:
      `Introns with the exon bases beside them; positive with at least ${minSupport} reads, else unknown; bases not known are N.` +
      (decoys > 0 ? ` negative-near-miss are GT or AG of the same introns, ${decoys} per positive.` : ''),
    layout: single ? { site: single.kind, position: single.site } : { site: 'junction' },
    answers: 'class',
    files: tablesOf(inputs),
    settings: {
      reader: 'exon-intron-exon',
      inputs: inputSettings(inputs),
      minSupport,
      decoys,
      ...(decoys > 0 && { minIntron, seed }),
      ...(single && { site: single.kind, windowLength: single.length, sitePosition: single.site }),
    },
    async *rows(tally) {
      const maker = new WindowMaker(
        { decoys, minIntron, single },
        decoys > 0 ? await sitesOf(inputs) : undefined,
        seededRandom(seed),
        tally,
      )
      const encoder = new SequenceEncoder(tally)
      for (const input of inputs) {
        for await (const lines of readIntrons(input)) {
          tally.rows += lines.length
          yield lines.flatMap(line => {
            const className = line.support >= minSupport ? 'positive' : 'unknown'
            return maker.rows(line, encoder.encode(line.bases, line.place), className)
          })
        }
      }
    },
  }
}

/** A line of a table. */
interface IntronLine extends FramedIntron {
  support: number
  gene: string
  split: Split
  place: RowPlace
}

async function* readIntrons({ path, split }: SplitFile): AsyncGenerator<IntronLine[]> {
  let line1 = 0
  for await (const lines of readLines(path)) {
    yield lines.flatMap(line => {
      line1++
      return line.trim() === '' ? [] : [parseIntron(line, split, placeOf(path, line1, line))]
    })
  }
}

function parseIntron(line: string, split: Split, place: RowPlace): IntronLine {
  const fields = line.trim().split(/[ \t]+/)
  const [left, intron, right, count, gene] = fields
  if (left === undefined || intron === undefined || right === undefined || fields.length !== 5) {
    throw place.error(`expected exon, intron, exon, count and gene, found ${fields.length} columns`)
  }
  const support = wholeNumber(count, 'count', place)
  if (intron.length < 4) {
    throw place.error(`expected an intron of at least 4 bases, found ${intron.length}`)
  }
  const start = left.length
  const bases = (left + intron + right).toUpperCase()
  return { bases, start, end: start + intron.length, support, gene: gene!, split, place }
}

async function sitesOf(inputs: readonly SplitFile[]): Promise<KnownSites> {
  const sites = new KnownSites()
  for (const input of inputs) {
    for await (const lines of readIntrons(input)) {
      for (const line of lines) {
        sites.add(line)
      }
    }
  }
  return sites
}

interface WindowSettings {
  decoys: number
  minIntron: number
  single: SingleSite | undefined
}

class WindowMaker {
  readonly #settings: WindowSettings
  readonly #sites: KnownSites | undefined
  readonly #random: Random
  readonly #tally: ImportTally

  constructor(settings: WindowSettings, sites: KnownSites | undefined, random: Random, tally: ImportTally) {
    this.#settings = settings
    this.#sites = sites
    this.#random = random
    this.#tally = tally
  }

  /** Returns the window of an intron and those of its decoys. */
  rows(line: IntronLine, bases: Uint8Array, className: string): ImportedRow[] {
    const { start, end, support, gene, split } = line
    const { decoys, minIntron, single } = this.#settings
    const site: DecoyChoice['site'] = single?.kind ?? 'junction'
    const codes = this.#cut(bases, start, end)
    if (codes === undefined) {
      this.#tally.leftOut.add('unknown-site-base', className)
      return []
    }
    const motif = motifOfEnds(intronEnds(bases, start, end), '+')
    const rows: ImportedRow[] = [{ codes, className, split, known: { gene, motif, site, support } }]
    if (this.#sites === undefined || className !== 'positive') {
      return rows
    }
    const options = { site, count: decoys, minIntron, sites: this.#sites, random: this.#random }
    const chosen = chooseDecoys(line, options)
    this.#tally.missingNegatives += decoys - chosen.length
    for (const decoy of chosen) {
      const { from, to } = decoy
      const known = { gene, site, decoy: decoy.how, ...(site === 'junction' && { motif: 'GT-AG' }) }
      const cut = this.#cut(bases.subarray(from, to), decoy.start - from, decoy.end - from)
      if (cut !== undefined) {
        rows.push({ codes: cut, className: 'negative-near-miss', split, known })
      }
    }
    return rows
  }

  /** Returns a window's codes; undefined when a site's base is not known. */
  #cut(contig: Uint8Array, start: number, end: number): Uint8Array | undefined {
    const { single } = this.#settings
    if (single === undefined) {
      const codes = new Uint8Array(WINDOW_LENGTH)
      return cutWindow(contig, { start, end, strand: '+' }, codes, 0).ambiguousSite ? undefined : codes
    }
    const codes = new Uint8Array(single.length)
    const position = single.kind === 'donor' ? start : end
    const facts = cutSiteWindow(contig, { kind: single.kind, position, strand: '+' }, single, codes, 0)
    return facts.ambiguousSite ? undefined : codes
  }
}
