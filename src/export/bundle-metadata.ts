import type { Calibrator } from '../core/calibration.ts'
import { InputDataError } from '../core/errors.ts'
import type { CalibrationBin } from '../core/metrics.ts'
import { COLUMNS_KEY, SCORING_INPUT, SCORING_OUTPUT } from '../graph/session-client.ts'
import { MetadataReader } from './metadata-reader.ts'
import {
  isCalibration,
  isCalibrators,
  isColumns,
  isMetrics,
  isProbability,
  isTrainingData,
} from './metadata-values.ts'
import {
  givesNumbers,
  layoutEntries,
  type NumbersLayout,
  type ProbabilityLayout,
  readLayout,
} from './model-layout.ts'

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
  | (CommonFacts & { [K in keyof DecisionFacts]?: undefined } & NumbersLayout)

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
    ...(givesNumbers(metadata) ? {} : decisionEntries(metadata)),
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
  if (layout.kind === 'bases' && facts.columns.some(column => !/^[ACGT]$/.test(column))) {
    entries.bad(COLUMNS_KEY, 'bases in a model of kind bases', found.get(COLUMNS_KEY))
  }
  if (!givesNumbers(layout)) {
    return { ...facts, ...layout, ...readDecision(found, entries, facts.columns) }
  }
  for (const key of DECISION_KEYS.filter(key => found.has(key))) {
    entries.bad(key, `no such entry in a model of kind ${layout.kind}`, found.get(key))
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
