import type { InputDataError } from '../core/errors.ts'
import { A, C, G, OTHER, T } from '../genome/sequence.ts'
import { type Strand, strandSign } from '../genome/strand.ts'
import { type RowPlace, wholeNumber } from '../io/text-lines.ts'
import { UNKNOWN_LABEL } from './site-labels.ts'
import { requireAgreement } from './stated-sites.ts'

/** The parts of a dataset, in the order of their numbers. */
export const SPLITS = ['train', 'validation', 'test'] as const
export type Split = (typeof SPLITS)[number]

/** What a window is centred on; `both` are a donor and an acceptor that do not belong together. */
export const SITES = ['donor', 'acceptor', 'junction', 'both'] as const

/**
 * What a table is of. The rows of `windows` hold their bases; those of `junctions` and `sites`, as `splice-score curate`
 * writes them, have their windows beside the table.
 */
export const TABLE_KINDS = ['windows', 'junctions', 'sites'] as const
export type TableKind = (typeof TABLE_KINDS)[number]

/** Columns of a table that have a meaning; any other is left alone. */
export const WINDOW_COLUMNS = [
  'sequence',
  'class',
  'target',
  'split',
  'contig',
  'start',
  'end',
  'strand',
  'motif',
  'gene',
  'weight',
  'site',
  'decoy',
  'donor',
  'acceptor',
] as const
export type WindowColumn = (typeof WINDOW_COLUMNS)[number]

/** Has a meaning in tables of junctions and sites only. */
type CuratedColumn = 'support'

/** Columns that a table of a kind must have; of `class` and `target` one of windows must have one. */
const NEEDED: Record<TableKind, readonly WindowColumn[]> = {
  windows: ['sequence'],
  junctions: ['contig', 'start', 'end', 'strand', 'class'],
  sites: ['contig', 'start', 'end', 'strand', 'class', 'site'],
}

/** One row, without its bases in codes. Undefined = the column is missing, or holds `.`. */
export interface WindowRow {
  /** Empty in tables of junctions and sites. */
  sequence: string
  /** Undefined in tables with targets. */
  className: string | undefined
  /** 1 positive, 0 negative; undefined for class `unknown`, whose rows are left out, and in tables with targets. */
  label: 0 | 1 | undefined
  targets: number[] | undefined
  split: Split | undefined
  contig: string | undefined
  /** Coordinates: 0-based half-open; -1 where not known. */
  start: number
  end: number
  /** 1, -1, 0 for `+`, `-`, `.`. */
  strand: number
  motif: string | undefined
  gene: string | undefined
  weight: number
  site: string | undefined
  /** Reads that support the junction; -1 where not known. */
  support: number
  decoy: string | undefined
  /** 1 where the window's donor, or acceptor, is a true site, 0 where it is none, else `UNKNOWN_LABEL`. */
  donor: number
  acceptor: number
}

const MAX_POSITION = 2 ** 31 - 1
const DECIMAL = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/

/** Parses the rows of a table whose header it was given. */
export class WindowTableParser {
  readonly #at: ReadonlyMap<string, number>
  readonly #columns: number
  readonly #kind: TableKind

  /** Throws: InputDataError when a needed column is missing or one comes twice. */
  constructor(header: readonly string[], place: RowPlace, kind: TableKind) {
    const at = new Map<string, number>()
    for (const [i, name] of header.entries()) {
      if (at.has(name)) {
        throw place.error(`expected every column once in the header, found "${name}" twice`)
      }
      at.set(name, i)
    }
    const known = kind === 'windows' ? WINDOW_COLUMNS : NEEDED[kind]
    const hint = `the header names the columns, separated by tabs: ${known.join(', ')}`
    const missing = NEEDED[kind].find(name => !at.has(name))
    if (missing !== undefined) {
      throw place.error(`expected a column named ${missing} in the header, found none`, hint)
    }
    if (at.has('class') === at.has('target')) {
      const found = at.has('class') ? 'both' : 'neither'
      throw place.error(
        `expected a column named class or one named target in the header, found ${found}`,
        hint,
      )
    }
    if (at.has('start') !== at.has('end')) {
      throw place.error('expected both start and end in the header, or neither, found one of them', hint)
    }
    this.#at = at
    this.#columns = header.length
    this.#kind = kind
  }

  /** True when the table has the column, and it has a meaning there. */
  has(name: WindowColumn | CuratedColumn): boolean {
    if (!this.#at.has(name)) {
      return false
    }
    if (name === 'donor' || name === 'acceptor') {
      return this.#kind === 'windows' && this.#at.has('class')
    }
    return this.#kind === 'windows' ? name !== 'support' : name !== 'sequence'
  }

  /** Returns a row's values. Throws: InputDataError naming file, line and column. */
  row(fields: readonly string[], place: RowPlace): WindowRow {
    if (fields.length !== this.#columns) {
      throw place.error(
        `expected ${this.#columns} tab-separated columns as in the header, found ${fields.length}`,
      )
    }
    const field = (name: WindowColumn | CuratedColumn) => {
      const text = fields[this.#at.get(name) ?? fields.length]
      return text === '.' ? undefined : text
    }
    const isOfWindows = this.#kind === 'windows'
    if (!isOfWindows) {
      this.#requireKnown(field, place)
    }
    const className = this.has('class') ? (field('class') ?? '.') : undefined
    const [start, end] = interval(field('start'), field('end'), place)
    const siteLabel = (name: 'donor' | 'acceptor') =>
      this.has(name) ? trueSite(name, field(name), place) : UNKNOWN_LABEL
    const row: WindowRow = {
      sequence: isOfWindows ? fields[this.#at.get('sequence')!]! : '',
      className,
      label: className === undefined ? undefined : labelOf(className, place),
      targets: this.has('target') ? targets(field('target') ?? '.', place) : undefined,
      split: this.has('split') ? oneOf(SPLITS, 'split', field('split') ?? '.', place) : undefined,
      contig: field('contig'),
      start,
      end,
      strand: strand(field('strand'), place),
      motif: field('motif'),
      gene: field('gene'),
      weight: weight(field('weight'), place),
      site: optionalOneOf(SITES, 'site', field('site'), place),
      support: isOfWindows ? -1 : support(field('support'), place),
      decoy: field('decoy'),
      donor: siteLabel('donor'),
      acceptor: siteLabel('acceptor'),
    }
    requireAgreement(row, place)
    return row
  }

  /** What a window is cut by must be there in every row. */
  #requireKnown(field: (name: WindowColumn) => string | undefined, place: RowPlace): void {
    const missing = NEEDED[this.#kind].find(name => name !== 'class' && field(name) === undefined)
    if (missing !== undefined) {
      throw place.error(`expected a known ${missing}, found "."`)
    }
    const site = field('site')
    if (this.#kind === 'sites' && site !== 'donor' && site !== 'acceptor') {
      throw place.error(`expected donor, acceptor as site, found "${site}"`)
    }
  }
}

/** Returns the label of a site as its column states it. */
function trueSite(name: string, text: string | undefined, place: RowPlace): number {
  return text === undefined ? UNKNOWN_LABEL : Number(oneOf(['1', '0', '.'], name, text, place))
}

function support(text: string | undefined, place: RowPlace): number {
  const value = text === undefined ? -1 : wholeNumber(text, 'support', place)
  if (value > MAX_POSITION) {
    throw place.error(`expected at most ${MAX_POSITION} as support, found ${value}`)
  }
  return value
}

const NOT_A_BASE = 255
const CODE_OF_LETTER = new Uint8Array(128).fill(NOT_A_BASE)
for (const [letters, code] of [
  ['Aa', A],
  ['Cc', C],
  ['Gg', G],
  ['Tt', T],
  ['Nn', OTHER],
] as const) {
  for (const letter of letters) {
    CODE_OF_LETTER[letter.charCodeAt(0)] = code
  }
}

/**
 * Writes a sequence's codes. Stricter than the reading of references: a letter that is no base in a training set is a
 * slip, not an ambiguity.
 * Shape: `into` has one code per letter.
 * Throws: InputDataError naming line and letter for anything but A, C, G, T and N.
 */
export function encodeWindow(sequence: string, into: Uint8Array, place: RowPlace): void {
  for (let i = 0; i < sequence.length; i++) {
    const unit = sequence.charCodeAt(i)
    const code = unit < 128 ? CODE_OF_LETTER[unit]! : NOT_A_BASE
    if (code === NOT_A_BASE) {
      const letter = String.fromCodePoint(sequence.codePointAt(i)!)
      throw place.error(
        `expected the letters A, C, G, T and N as sequence, found "${letter}" as letter ${i + 1}`,
        /u/i.test(letter)
          ? 'this is RNA: write T for U'
          : 'write N for bases that are not known, ambiguity codes and gaps',
      )
    }
    into[i] = code
  }
}

function labelOf(name: string, place: RowPlace): 0 | 1 | undefined {
  if (name === 'unknown') {
    return undefined
  }
  if (/^positive(-.+)?$/.test(name)) {
    return 1
  }
  if (/^negative(-.+)?$/.test(name)) {
    return 0
  }
  throw place.error(
    `expected positive, negative (each may go on with - and a name) or unknown as class, found "${name}"`,
  )
}

function targets(text: string, place: RowPlace): number[] {
  return text.split(',').map(part => decimal(part, 'target', 'numbers separated by commas', place))
}

function weight(text: string | undefined, place: RowPlace): number {
  const value = text === undefined ? 1 : decimal(text, 'weight', 'a number of at least 0', place)
  if (value < 0) {
    throw place.error(`expected a number of at least 0 as weight, found "${text}"`)
  }
  return value
}

/** Float32 is what training computes in: a number beyond its range would become infinite there. */
function decimal(text: string, name: string, expected: string, place: RowPlace): number {
  const value = Number(text)
  if (!DECIMAL.test(text) || !Number.isFinite(Math.fround(value))) {
    throw place.error(`expected ${expected} as ${name}, found "${text}"`)
  }
  return value
}

function interval(
  startText: string | undefined,
  endText: string | undefined,
  place: RowPlace,
): [start: number, end: number] {
  if (startText === undefined && endText === undefined) {
    return [-1, -1]
  }
  const start = wholeNumber(startText, 'start', place)
  const end = wholeNumber(endText, 'end', place)
  if (end <= start || end > MAX_POSITION) {
    throw place.error(
      `expected start < end <= ${MAX_POSITION}, found ${start} and ${end}`,
      'coordinates are 0-based half-open',
    )
  }
  return [start, end]
}

function strand(text: string | undefined, place: RowPlace): number {
  return text === undefined ? 0 : strandSign(oneOf(['+', '-', '.'] satisfies Strand[], 'strand', text, place))
}

function optionalOneOf<T extends string>(
  known: readonly T[],
  name: string,
  text: string | undefined,
  place: RowPlace,
): T | undefined {
  return text === undefined ? undefined : oneOf(known, name, text, place)
}

function oneOf<T extends string>(known: readonly T[], name: string, text: string, place: RowPlace): T {
  const found = known.find(item => item === text)
  if (found === undefined) {
    throw place.error(`expected ${known.join(', ')} as ${name}, found "${text}"`)
  }
  return found
}

/** Returns the error for a window of another length than the rest. */
export function lengthError(found: number, expected: number, given: string, place: RowPlace): InputDataError {
  return place.error(
    `expected ${expected} bases as sequence, as ${given}, found ${found}`,
    'all windows of a dataset have one length',
  )
}
