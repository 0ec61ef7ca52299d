import type { Calibrator } from '../core/calibration.ts'
import { InputDataError } from '../core/errors.ts'
import type { CalibrationBin } from '../core/metrics.ts'
import { COLUMNS_KEY, SCORING_INPUT, SCORING_OUTPUT } from '../graph/session-client.ts'
import {
  areMarks,
  isCalibration,
  isCalibrators,
  isColumns,
  isMetrics,
  isPlainWindow,
  isProbability,
  isSiteWindow,
  isTrainingData,
  isWindow,
} from './metadata-values.ts'

/** Version of the metadata's meaning; a reader refuses any other. */
const FORMAT_VERSION = '1'
export const FORMAT_KEY = 'splice_score_bundle'
/** Order of the base codes 0..4. */
const BASES = 'ACGTN'

/** A file the model was trained on. */
export interface TrainingFile {
  name: string
  /** SHA-256 of the file, 64 lower-case hexadecimal digits. */
  sha256: string
  /** What it was used for, e.g. `reference` or `annotation`. */
  role: string
}

/** Where the sites lie in a window: index of the first intron base and of the first exon base after the intron. */
export interface WindowLayout {
  length: number
  donor: number
  acceptor: number
}

/** Where the site lies in a window of one. */
export interface SiteLayout {
  length: number
  site: number
}

/** Where a site is marked, counted from the first intron base (donor) and the first exon base after it (acceptor). */
export interface MarkedBases {
  donor: number
  acceptor: number
}

/** Bases of a window whose sites nothing is said about. */
export interface PlainLayout {
  length: number
}

/** What a model that gives probabilities is asked. */
export type ProbabilityLayout =
  /** Is this pair of sites a junction? Shape: [N, length] -> [N, columns]. */
  | { kind: 'junction'; window: WindowLayout }
  /** Is there a site in the middle? Shape: [N, length] -> [N, 1]. */
  | { kind: 'site'; window: SiteLayout }
  /** What is each base? Shape: [N, L] -> [N, columns, L], for any N and L. */
  | { kind: 'sequence'; marks: MarkedBases }

/** What a model that gives numbers is asked. Shape: [N, length] -> [N, columns]. */
export interface ValuesLayout {
  kind: 'values'
  window: PlainLayout
}

/** What a model is asked. */
export type ModelLayout = ProbabilityLayout | ValuesLayout

/** How probabilities are called. Numbers are not, so that a bundle of them says none of this. */
export interface DecisionFacts {
  /** The column that threshold and calibration speak about; of a model of sequences, one of its columns. */
  decisionColumn: string
  /** A junction or site is called when its probability is at least this. */
  threshold: number
  /** By column: the maps from raw to calibrated probability that the graph contains. */
  calibrators?: Record<string, Calibrator>
}

/** What a bundle says about any model, besides the graph. */
export interface CommonFacts {
  name: string
  description: string
  /** Names of the output's columns. */
  columns: string[]
  /** Scores against observed frequency on held-out data, ascending; empty when not measured, and of numbers. */
  calibration: CalibrationBin[]
  /** How weights are stored, where it is not float32. */
  weights?: 'float16'
  trainingData: TrainingFile[]
  /** Metrics on held-out data by group (a column's name, or `examples`), e.g. `junction` -> `auroc` -> 0.99. */
  metrics: Record<string, Record<string, number>>
  toolVersion: string
  licence: string
}

/** What a bundle says about a model that gives probabilities, besides the graph. */
export type BundleFacts = CommonFacts & DecisionFacts

/** What a bundle says about its model, besides the graph. */
export type BundleMetadata =
  | (BundleFacts & ProbabilityLayout)
  | (CommonFacts & { [K in keyof DecisionFacts]?: undefined } & ValuesLayout)

/** Returns the metadata as the entries of an ONNX file. */
export function metadataEntries(metadata: BundleMetadata): Record<string, string> {
  return {
    [FORMAT_KEY]: FORMAT_VERSION,
    name: metadata.name,
    description: metadata.description,
    ...layoutEntries(metadata),
    bases: BASES,
    input: SCORING_INPUT,
    output: SCORING_OUTPUT,
    [COLUMNS_KEY]: JSON.stringify(metadata.columns),
    ...(metadata.kind === 'values' ? {} : decisionEntries(metadata)),
    ...(metadata.weights ? { weights: metadata.weights } : {}),
    training_data: JSON.stringify(metadata.trainingData),
    metrics: JSON.stringify(metadata.metrics),
    tool_version: metadata.toolVersion,
    licence: metadata.licence,
  }
}

function decisionEntries({
  decisionColumn,
  threshold,
  calibration,
  calibrators,
}: BundleFacts): Record<string, string> {
  return {
    decision_column: decisionColumn,
    threshold: String(threshold),
    calibration: JSON.stringify(calibration),
    ...(calibrators ? { calibrators: JSON.stringify(calibrators) } : {}),
  }
}

/** The kind of junctions is not written: files from before there were kinds stay the same bytes. */
function layoutEntries(layout: ModelLayout): Record<string, string> {
  switch (layout.kind) {
    case 'junction':
      return { window: JSON.stringify(layout.window) }
    case 'site':
    case 'values':
      return { kind: layout.kind, window: JSON.stringify(layout.window) }
    case 'sequence':
      return { kind: layout.kind, marks: JSON.stringify(layout.marks) }
  }
}

/**
 * Returns the checked metadata of an ONNX file's entries; `label` names the file in messages.
 * Throws: InputDataError naming the entry that is missing or bad.
 */
export function readMetadata(found: ReadonlyMap<string, string>, label: string): BundleMetadata {
  const entries = new MetadataReader(found, label)
  if (!found.has(FORMAT_KEY)) {
    throw new InputDataError(
      `${label}: expected a splice-score model, found an ONNX file without the metadata entry ${FORMAT_KEY}`,
      'only models made or imported by splice-score say what their input and output mean',
    )
  }
  entries.fixed(FORMAT_KEY, FORMAT_VERSION)
  entries.fixed('bases', BASES)
  entries.fixed('input', SCORING_INPUT)
  entries.fixed('output', SCORING_OUTPUT)
  const layout = readLayout(found, entries)
  const facts = {
    name: entries.text('name'),
    description: entries.text('description'),
    columns: entries.json(COLUMNS_KEY, 'a list of different names', isColumns),
    ...(found.get('weights') === 'float16' ? { weights: 'float16' as const } : {}),
    trainingData: entries.json('training_data', 'a list of {name, sha256, role}', isTrainingData),
    metrics: entries.json('metrics', 'groups of named numbers', isMetrics),
    toolVersion: entries.text('tool_version'),
    licence: entries.text('licence'),
  }
  if (layout.kind !== 'values') {
    return { ...facts, ...layout, ...readDecision(found, entries, facts.columns) }
  }
  for (const key of DECISION_KEYS.filter(key => found.has(key))) {
    entries.bad(key, 'no such entry in a model of kind values', found.get(key))
  }
  return { ...facts, calibration: [], ...layout }
}

const DECISION_KEYS = ['decision_column', 'threshold', 'calibration', 'calibrators']

function readDecision(
  found: ReadonlyMap<string, string>,
  entries: MetadataReader,
  columns: readonly string[],
): DecisionFacts & Pick<CommonFacts, 'calibration'> {
  const decisionColumn = entries.text('decision_column')
  const facts = {
    decisionColumn,
    threshold: entries.json('threshold', 'a number from 0 to 1', isProbability),
    calibration: entries.json('calibration', 'a list of bins, ascending', isCalibration),
    ...(found.has('calibrators')
      ? { calibrators: entries.json('calibrators', 'columns with a calibrator each', isCalibrators) }
      : {}),
  }
  if (!columns.includes(decisionColumn)) {
    entries.bad('decision_column', `one of ${columns.join(', ')}`, decisionColumn)
  }
  return facts
}

function readLayout(found: ReadonlyMap<string, string>, entries: MetadataReader): ModelLayout {
  const kind = found.get('kind') ?? 'junction'
  switch (kind) {
    case 'junction':
      return {
        kind,
        window: entries.json('window', 'length > acceptor > donor >= 0, all integers', isWindow),
      }
    case 'site':
      return { kind, window: entries.json('window', 'length > site >= 0, both integers', isSiteWindow) }
    case 'sequence':
      return { kind, marks: entries.json('marks', 'donor and acceptor, both integers', areMarks) }
    case 'values':
      return { kind, window: entries.json('window', 'length >= 1, an integer', isPlainWindow) }
    default:
      return entries.bad('kind', 'junction, site, sequence or values', kind)
  }
}

/** Reads metadata entries; each message names the file and the entry. */
class MetadataReader {
  readonly #metadata: ReadonlyMap<string, string>
  readonly #label: string

  constructor(metadata: ReadonlyMap<string, string>, label: string) {
    this.#metadata = metadata
    this.#label = label
  }

  text(key: string): string {
    const value = this.#metadata.get(key)
    return value === undefined || value === '' ? this.bad(key, 'a text', value) : value
  }

  fixed(key: string, expected: string): void {
    const value = this.#metadata.get(key)
    if (value !== expected) {
      this.bad(key, expected, value)
    }
  }

  json<T>(key: string, expected: string, accepts: (value: unknown) => value is T): T {
    const text = this.#metadata.get(key)
    if (text === undefined) {
      return this.bad(key, expected, text)
    }
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      return this.bad(key, expected, text, error)
    }
    return accepts(value) ? value : this.bad(key, expected, text)
  }

  bad(key: string, expected: string, found: string | undefined, cause?: unknown): never {
    const shown =
      found === undefined ? 'nothing' : found.length > 80 ? `${found.slice(0, 80)}...` : `"${found}"`
    throw new InputDataError(
      `${this.#label}: metadata entry ${key}: expected ${expected}, found ${shown}`,
      'make the model again with this version of splice-score, or use the version that made it',
      cause,
    )
  }
}
