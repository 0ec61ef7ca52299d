import { join } from 'node:path'
import { InputDataError } from '../../core/errors.ts'
import { namesInFolder } from '../../io/folder.ts'
import { readWholeFile } from '../../io/whole-file.ts'

export const RECORD_NAME = 'dataset.json'

/** A file as `dataset.json` lists it. */
export interface RecordedFile {
  name: string
  sha256: string
  role?: string
}

/** What `dataset.json` says beyond what reading the dataset needs; a hand-made one may say nothing of it. */
export interface DatasetRecord {
  source: string | undefined
  reference: RecordedFile | undefined
  files: RecordedFile[]
  /** The dataset's own files. */
  tables: RecordedFile[]
  counts: RecordedCounts | undefined
  settings: Record<string, unknown>
  /** Rows that were left out, by reason and class. */
  leftOut: Record<string, Record<string, number>>
  observed: Record<string, unknown>
  /** Decoys asked for, and those there was room for, by kind. */
  decoys: Record<string, DecoyTotal>
  /** What curation removed so that the splits share nothing, as it wrote it. */
  leaks: unknown
  warnings: string[]
}

/** Decoys of one kind, counted before any row was left out. */
export interface DecoyTotal {
  asked: number
  made: number
}

/** Number of rows in all, and by what they are. */
export interface RecordedCounts {
  rows?: number
  classes?: Record<string, number>
  splits?: Record<string, number>
  classesBySplit?: Record<string, Record<string, number>>
  contigs?: Record<string, number>
  motifs?: Record<string, number>
}

/**
 * Returns what the `dataset.json` of a folder says; undefined without one. Keys of another shape than curation writes are
 * taken for ones of the user's own and left alone.
 * Throws: MissingResourceError when there is no such folder; InputDataError when it is a file, or `dataset.json` no JSON object.
 */
export async function readRecord(folder: string): Promise<DatasetRecord | undefined> {
  const path = join(folder, RECORD_NAME)
  if ((await namesInFolder(folder, [RECORD_NAME])).length === 0) {
    return undefined
  }
  const bytes = await readWholeFile(path)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    throw new InputDataError(`${path}: expected JSON: ${(error as Error).message}`, undefined, error)
  }
  if (!isRecord(value)) {
    throw new InputDataError(`${path}: expected an object, found ${JSON.stringify(value)}`)
  }
  return {
    source: typeof value.source === 'string' ? value.source : undefined,
    reference: isFile(value.reference) ? value.reference : undefined,
    files: filesOf(value.files),
    tables: filesOf(value.tables),
    counts: isRecord(value.counts) ? countsOf(value.counts) : undefined,
    settings: recordOr(value.settings),
    leftOut: numbersByName(value.leftOut),
    observed: recordOr(value.observed),
    decoys: decoysOf(value.decoys),
    leaks: value.leaks,
    warnings: Array.isArray(value.warnings) ? value.warnings.filter(item => typeof item === 'string') : [],
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function recordOr(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}

function isFile(value: unknown): value is RecordedFile {
  return isRecord(value) && typeof value.name === 'string' && typeof value.sha256 === 'string'
}

function filesOf(value: unknown): RecordedFile[] {
  return Array.isArray(value) ? value.filter(isFile) : []
}

function countsOf(value: Record<string, unknown>): RecordedCounts {
  const counts: RecordedCounts = {}
  if (typeof value.rows === 'number') {
    counts.rows = value.rows
  }
  for (const key of ['classes', 'splits', 'contigs', 'motifs'] as const) {
    if (isRecord(value[key])) {
      counts[key] = numbersOf(value[key])
    }
  }
  if (isRecord(value.classesBySplit)) {
    counts.classesBySplit = numbersByName(value.classesBySplit)
  }
  return counts
}

function decoysOf(value: unknown): Record<string, DecoyTotal> {
  return Object.fromEntries(
    Object.entries(recordOr(value)).flatMap(([kind, total]) =>
      isRecord(total) && typeof total.asked === 'number' && typeof total.made === 'number'
        ? [[kind, { asked: total.asked, made: total.made }]]
        : [],
    ),
  )
}

function numbersOf(value: Record<string, unknown>): Record<string, number> {
  const numbers = Object.entries(value).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  )
  return Object.fromEntries(numbers)
}

function numbersByName(value: unknown): Record<string, Record<string, number>> {
  return Object.fromEntries(
    Object.entries(recordOr(value)).flatMap(([name, inner]) =>
      isRecord(inner)
        ? [[name, numbersOf(inner)]]
        : typeof inner === 'number'
          ? [[name, { all: inner }]]
          : [],
    ),
  )
}
