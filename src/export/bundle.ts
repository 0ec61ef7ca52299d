import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { InputDataError, MissingResourceError } from '../core/errors.ts'
import type { CalibrationBin } from '../core/metrics.ts'
import { describeOnnx, type OnnxDescription, type OnnxGraph } from '../graph/onnx-writer.ts'
import { COLUMNS_KEY, SCORING_INPUT, SCORING_OUTPUT } from '../graph/session-client.ts'

/** Version of the metadata's meaning; a reader refuses any other. */
const FORMAT_VERSION = '1'
const FORMAT_KEY = 'splice_score_bundle'
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

/** What a bundle says about its model, besides the graph. */
export interface BundleMetadata {
  name: string
  description: string
  window: WindowLayout
  /** Names of the output's columns. */
  columns: string[]
  /** The column that threshold and calibration speak about: the score of the pair. */
  decisionColumn: string
  /** A junction is called when its decision column is at least this. Units: probability. */
  threshold: number
  /** Scores against observed frequency on held-out data, ascending; empty when not measured. */
  calibration: CalibrationBin[]
  trainingData: TrainingFile[]
  /** Metrics on held-out data by group (a column's name, or `examples`), e.g. `junction` -> `auroc` -> 0.99. */
  metrics: Record<string, Record<string, number>>
  toolVersion: string
  licence: string
}

/** A model file that was read and checked. */
export interface Bundle {
  path: string
  bytes: Uint8Array<ArrayBuffer>
  /** SHA-256 of the file. */
  sha256: string
  metadata: BundleMetadata
}

/**
 * Returns the bytes of a bundle: the graph's ONNX file with the metadata in it.
 * Throws: InputDataError when the metadata or the graph's input and output are not what a reader accepts.
 */
export async function bundleBytes(
  graph: OnnxGraph,
  metadata: BundleMetadata,
): Promise<Uint8Array<ArrayBuffer>> {
  graph.producerVersion = metadata.toolVersion
  const entries: Record<string, string> = {
    [FORMAT_KEY]: FORMAT_VERSION,
    name: metadata.name,
    description: metadata.description,
    window: JSON.stringify(metadata.window),
    bases: BASES,
    input: SCORING_INPUT,
    output: SCORING_OUTPUT,
    [COLUMNS_KEY]: JSON.stringify(metadata.columns),
    decision_column: metadata.decisionColumn,
    threshold: String(metadata.threshold),
    calibration: JSON.stringify(metadata.calibration),
    training_data: JSON.stringify(metadata.trainingData),
    metrics: JSON.stringify(metadata.metrics),
    tool_version: metadata.toolVersion,
    licence: metadata.licence,
  }
  for (const [key, value] of Object.entries(entries)) {
    graph.metadata(key, value)
  }
  const bytes = await graph.toBytes()
  // A bundle that could not be read back must not be written.
  await parseBundle(bytes, `bundle ${metadata.name}`)
  return bytes
}

/**
 * Returns the model file with its checked metadata.
 * Throws: MissingResourceError when it is absent; InputDataError naming the file and the entry that is missing or bad.
 */
export async function readBundle(path: string): Promise<Bundle> {
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = new Uint8Array(await readFile(path))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EISDIR') {
      throw new InputDataError(`${path}: expected a model file, found a directory`, undefined, error)
    }
    throw new MissingResourceError(
      code === 'ENOENT' ? `${path}: no such file` : `${path}: the model cannot be opened: ${message}`,
      'check the path given with --model',
      error,
    )
  }
  const metadata = await parseBundle(bytes, path)
  return { path, bytes, sha256: createHash('sha256').update(bytes).digest('hex'), metadata }
}

/**
 * Returns the checked metadata of a bundle's bytes; `label` names the file in messages.
 * Throws: InputDataError naming the entry that is missing or bad.
 */
export async function parseBundle(bytes: Uint8Array, label: string): Promise<BundleMetadata> {
  const model = await describeOnnx(bytes, label)
  const entries = new MetadataReader(model.metadata, label)
  if (!model.metadata.has(FORMAT_KEY)) {
    throw new InputDataError(
      `${label}: expected a splice-score model, found an ONNX file without the metadata entry ${FORMAT_KEY}`,
      'only models made or imported by splice-score say what their input and output mean',
    )
  }
  entries.fixed(FORMAT_KEY, FORMAT_VERSION)
  entries.fixed('bases', BASES)
  entries.fixed('input', SCORING_INPUT)
  entries.fixed('output', SCORING_OUTPUT)
  const metadata: BundleMetadata = {
    name: entries.text('name'),
    description: entries.text('description'),
    window: entries.json('window', 'length > acceptor > donor >= 0, all integers', isWindow),
    columns: entries.json(COLUMNS_KEY, 'a list of different names', isColumns),
    decisionColumn: entries.text('decision_column'),
    threshold: entries.json('threshold', 'a number from 0 to 1', isProbability),
    calibration: entries.json('calibration', 'a list of bins, ascending', isCalibration),
    trainingData: entries.json('training_data', 'a list of {name, sha256, role}', isTrainingData),
    metrics: entries.json('metrics', 'groups of named numbers', isMetrics),
    toolVersion: entries.text('tool_version'),
    licence: entries.text('licence'),
  }
  if (!metadata.columns.includes(metadata.decisionColumn)) {
    entries.bad('decision_column', `one of ${metadata.columns.join(', ')}`, metadata.decisionColumn)
  }
  checkGraph(model, metadata, label)
  return metadata
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

function checkGraph(model: OnnxDescription, metadata: BundleMetadata, label: string): void {
  const { window, columns } = metadata
  const expected = `input ${SCORING_INPUT} uint8 [N, ${window.length}] and output ${SCORING_OUTPUT} float32 [N, ${columns.length}]`
  const [input, ...otherInputs] = model.inputs
  const [output, ...otherOutputs] = model.outputs
  const fits =
    otherInputs.length + otherOutputs.length === 0 &&
    input?.name === SCORING_INPUT &&
    input.type === 'uint8' &&
    input.dims.length === 2 &&
    input.dims[1] === window.length &&
    output?.name === SCORING_OUTPUT &&
    output.type === 'float32' &&
    output.dims.length === 2 &&
    output.dims[1] === columns.length
  if (!fits) {
    const shown = [...model.inputs, ...model.outputs].map(
      ({ name, type, dims }) => `${name} ${type} [${dims}]`,
    )
    throw new InputDataError(`${label}: expected ${expected}, found ${shown.join('; ')}`)
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const isProbability = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= 1

const isIndex = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0

function isWindow(value: unknown): value is WindowLayout {
  return (
    isRecord(value) &&
    isIndex(value.length) &&
    isIndex(value.donor) &&
    isIndex(value.acceptor) &&
    value.donor < value.acceptor &&
    value.acceptor < value.length
  )
}

function isColumns(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every(isText) && new Set(value).size === value.length
  )
}

function isCalibration(value: unknown): value is CalibrationBin[] {
  const isBin = (bin: unknown): bin is CalibrationBin =>
    isRecord(bin) &&
    isProbability(bin.low) &&
    isProbability(bin.high) &&
    isProbability(bin.meanScore) &&
    isProbability(bin.observed) &&
    isIndex(bin.count) &&
    bin.low <= bin.high
  return (
    Array.isArray(value) &&
    value.every(isBin) &&
    value.every((bin, i) => i === 0 || value[i - 1].high <= bin.low)
  )
}

function isTrainingData(value: unknown): value is TrainingFile[] {
  const isFile = (file: unknown): boolean =>
    isRecord(file) &&
    isText(file.name) &&
    isText(file.role) &&
    isText(file.sha256) &&
    /^[0-9a-f]{64}$/.test(file.sha256)
  return Array.isArray(value) && value.every(isFile)
}

function isMetrics(value: unknown): value is BundleMetadata['metrics'] {
  return (
    isRecord(value) &&
    Object.values(value).every(group => isRecord(group) && Object.values(group).every(Number.isFinite))
  )
}
