import { InputDataError } from '../core/errors.ts'
import { readLines } from '../io/text-lines.ts'
import { ACCEPTOR_INDEX, DONOR_INDEX, WINDOW_LENGTH } from '../junctions/window.ts'
import type { SiteKind } from './site-window.ts'

/**
 * Where the sites of a window lie: `donor` is the index of the first intron base, `acceptor` that of the first exon
 * base after the intron, `site` the index of the one site of a window that has one; neither where nothing says it.
 */
export type DatasetWindow =
  | { length: number; donor: number; acceptor: number }
  | { length: number; site: number }
  | { length: number }

/** A file that data comes from. */
export interface SourceFile {
  name: string
  /** SHA-256, 64 lower-case hexadecimal digits. */
  sha256: string
}

/** Role of files that were read to keep what is like them out. */
const EXCLUDED_ROLE = 'exclude-sequences'

/** The only way of packing windows so far: three codes per byte (see packed-windows.ts). */
const ENCODING = 'base5'

/** What `dataset.json` says; all of it may be missing. */
export interface DatasetDescription {
  name?: string
  window?: DatasetWindow
  /** What windows of one site are centred on, as `settings.site` says it. */
  site?: SiteKind
  /** Where the data comes from, in words. */
  source?: string
  /** What the data comes from; not the sequences that were excluded. */
  files: SourceFile[]
  /** The file beside the table that its windows are in, packed; undefined where they are in the table, or are to be cut. */
  packedWindows?: string
  /** The reference that windows are cut from. */
  reference?: SourceFile
  /** The files that the dataset itself consists of. */
  tables: SourceFile[]
}

/**
 * Returns the description a `dataset.json` holds. Further keys are left alone.
 * Throws: MissingResourceError when the file is absent; InputDataError naming the key that does not read.
 */
export async function readDescription(path: string): Promise<DatasetDescription> {
  const lines: string[] = []
  for await (const batch of readLines(path)) {
    lines.push(...batch)
  }
  let value: unknown
  try {
    value = JSON.parse(lines.join('\n'))
  } catch (error) {
    throw new InputDataError(`${path}: expected JSON: ${(error as Error).message}`, undefined, error)
  }
  const entries = record(value, path)
  const description: DatasetDescription = {
    files: sourceFiles(entries.files, `${path}: files`).filter((_, i) => !isExcluded(entries.files, i)),
    tables: sourceFiles(entries.tables, `${path}: tables`),
  }
  for (const key of ['name', 'source'] as const) {
    if (entries[key] !== undefined) {
      description[key] = text(entries[key], `${path}: ${key}`)
    }
  }
  if (entries.window !== undefined) {
    description.window = parseWindow(entries.window, `${path}: window`)
  }
  const site = siteKind(entries.settings)
  if (site !== undefined) {
    description.site = site
  }
  if (entries.windows !== undefined) {
    description.packedWindows = parsePacked(entries.windows, `${path}: windows`)
  }
  if (entries.reference !== undefined) {
    description.reference = sourceFile(entries.reference, `${path}: reference`)
  }
  return description
}

/** Returns the layout of windows without a description: Splam's for 800 bases, else unknown sites. */
export function defaultWindow(length: number): DatasetWindow {
  return length === WINDOW_LENGTH ? { length, donor: DONOR_INDEX, acceptor: ACCEPTOR_INDEX } : { length }
}

/**
 * Returns how many bases at both ends can be hidden without touching a site: the dinucleotides, the base that networks mark
 * as acceptor (`acceptor`) and those that they mark as donor (the last exon base, `donor - 1`, or `donor`).
 */
export function outerFlank(window: DatasetWindow): number {
  const { length } = window
  if ('donor' in window) {
    return Math.max(0, Math.min(window.donor - 1, length - window.acceptor - 1))
  }
  // Of a donor the last exon base and GT stay, site - 1 to site + 1; of an acceptor AG and the first exon base, site - 2 to site.
  return 'site' in window
    ? Math.max(0, Math.min(window.site, length - window.site) - 2)
    : Math.floor(length / 2)
}

function parseWindow(value: unknown, where: string): DatasetWindow {
  const entries = record(value, where)
  const length = integer(entries.length, 1, Number.MAX_SAFE_INTEGER, `${where}.length`)
  if (entries.site !== undefined && (entries.donor !== undefined || entries.acceptor !== undefined)) {
    throw new InputDataError(`${where}: expected either site or donor and acceptor, found both`)
  }
  if (entries.site !== undefined) {
    return { length, site: integer(entries.site, 0, length - 1, `${where}.site`) }
  }
  if (entries.donor === undefined && entries.acceptor === undefined) {
    return { length }
  }
  const donor = integer(entries.donor, 0, length - 1, `${where}.donor`)
  return { length, donor, acceptor: integer(entries.acceptor, donor, length - 1, `${where}.acceptor`) }
}

/** Settings are for people to read; of the rest of them nothing depends. */
function siteKind(settings: unknown): SiteKind | undefined {
  const isObject = typeof settings === 'object' && settings !== null
  const site = isObject && 'site' in settings ? settings.site : undefined
  return site === 'donor' || site === 'acceptor' ? site : undefined
}

function sourceFiles(value: unknown, where: string): SourceFile[] {
  if (value === undefined) {
    return []
  }
  if (!Array.isArray(value)) {
    throw wrong(where, 'a list of {"name", "sha256"}', value)
  }
  return value.map((item, i) => sourceFile(item, `${where}[${i}]`))
}

/** Returns whether a file is one that nothing in the dataset may be alike to. */
function isExcluded(files: unknown, i: number): boolean {
  return record((files as unknown[])[i], 'files').role === EXCLUDED_ROLE
}

function sourceFile(value: unknown, where: string): SourceFile {
  const entries = record(value, where)
  const sha256 = text(entries.sha256, `${where}.sha256`)
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw wrong(`${where}.sha256`, '64 lower-case hexadecimal digits', sha256)
  }
  return { name: text(entries.name, `${where}.name`), sha256 }
}

function parsePacked(value: unknown, where: string): string {
  const entries = record(value, where)
  if (entries.encoding !== ENCODING) {
    throw wrong(`${where}.encoding`, `"${ENCODING}"`, entries.encoding)
  }
  const file = text(entries.file, `${where}.file`)
  if (/[/\\]|^\.\.?$/.test(file)) {
    throw wrong(`${where}.file`, 'the name of a file in the same folder', file)
  }
  return file
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(where, 'an object', value)
  }
  return value as Record<string, unknown>
}

function text(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '') {
    throw wrong(where, 'text', value)
  }
  return value
}

function integer(value: unknown, least: number, most: number, where: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`
    throw wrong(where, `a whole number ${range}`, value)
  }
  return value
}

function wrong(where: string, expected: string, value: unknown): InputDataError {
  return new InputDataError(`${where}: expected ${expected}, found ${JSON.stringify(value) ?? 'nothing'}`)
}
