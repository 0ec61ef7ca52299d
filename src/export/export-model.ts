import { InputDataError, UsageError } from '../core/errors.ts'
import { type Random, seededRandom } from '../core/random.ts'
import { openSession } from '../graph/session.ts'
import { SCORING_INPUT, SCORING_OUTPUT } from '../graph/session-client.ts'
import type { Meaning } from '../models/scores.ts'
import { type BundleMetadata, bundleBytes, type CommonFacts, type ModelLayout } from './bundle.ts'
import {
  type InferenceSettings,
  inferenceGraph,
  inferenceScores,
  type Precision,
  plainGraph,
} from './inference-graph.ts'
import { givesNumbers, type NumbersLayout } from './model-layout.ts'

/** Largest difference of a probability, or of a number, from that of the network as it was defined, unless more is allowed. */
export const TOLERANCE = 1e-4

/** What to write about a model; columns, layout and calibrators come from the network's settings. */
export interface ModelFacts extends Omit<CommonFacts, 'columns' | 'weights'> {
  /** Of probabilities, where not 0.5; numbers have none. */
  threshold?: number | undefined
}

/** Where nothing is known about how sure a model is when it is right. */
const DEFAULT_THRESHOLD = 0.5

export interface ExportRequest extends InferenceSettings {
  facts: ModelFacts
  precision?: Precision
  /** Largest difference of a probability allowed; rounding weights to 11 bits moves those of trained networks by up to 5e-4. */
  tolerance?: number | undefined
}

export interface ExportedModel {
  bytes: Uint8Array<ArrayBuffer>
  metadata: BundleMetadata
  /** Largest difference found from the network as defined. */
  difference: number
}

/**
 * Returns a network as a model file, after a run of it beside the network as defined: both are given the same windows,
 * some with unknown bases, some with sites.
 * Throws: InputDataError when they differ by more than the tolerance, or do not give probabilities or finite numbers; UsageError when the network cannot
 * be asked what the layout says.
 */
export async function exportModel(request: ExportRequest): Promise<ExportedModel> {
  const { facts, layout, precision = 'float32', tolerance = TOLERANCE } = request
  const scores = inferenceScores(request)
  const metadata = metadataOf(request, scores.columns)
  const bytes = await bundleBytes(inferenceGraph(scores, request.architecture.name, precision), metadata)
  const windows = testWindows(layout, seededRandom(1))
  const difference = (givesNumbers(layout) ? largestNumberDifference : largestDifference)(
    // As written: the runtime would fold batch normalisations by itself, with its own rounding.
    await run(await plainGraph(scores).toBytes(), windows, false),
    await run(bytes, windows, true),
    facts.name,
  )
  if (difference > tolerance) {
    throw new InputDataError(
      `model ${facts.name}: expected the file to give the network's ${givesNumbers(layout) ? 'numbers' : 'probabilities'} within ${tolerance}, found a difference of ${difference.toPrecision(2)}`,
      precision === 'float16'
        ? 'write the model without --fp16, or allow more, e.g. --tolerance 0.002'
        : 'the weights may be too large for float32; nothing was written',
    )
  }
  return { bytes, metadata, difference }
}

function metadataOf(
  { facts, layout, calibrators, precision, labels }: ExportRequest,
  columns: readonly string[],
): BundleMetadata {
  const { threshold, ...rest } = facts
  const common: CommonFacts = {
    ...rest,
    columns: [...columns],
    ...(precision === 'float16' ? { weights: precision } : {}),
  }
  if (givesNumbers(layout)) {
    if (threshold !== undefined) {
      throw new UsageError(
        `model ${facts.name}: expected no threshold, found ${threshold}`,
        'a model of numbers calls nothing',
      )
    }
    return { ...common, ...labelled(layout, labels) }
  }
  return {
    ...common,
    ...layout,
    // Of three exclusive classes none decides alone; the last stands for what a threshold is about.
    decisionColumn: columns.at(-1)!,
    threshold: threshold ?? DEFAULT_THRESHOLD,
    ...(calibrators && Object.keys(calibrators).length > 0 ? { calibrators: { ...calibrators } } : {}),
  }
}

/** Says of numbers that they are probabilities. */
function labelled(layout: NumbersLayout, labels: Meaning | undefined): NumbersLayout {
  if (layout.kind === 'values') {
    return labels === 'independent' ? { ...layout, labels } : layout
  }
  return labels === 'exclusive' ? { ...layout, labels } : layout
}

/** Windows end to end. */
interface Windows {
  count: number
  length: number
  codes: Uint8Array
}

const COUNT = 16
/** Bases of a sequence: enough that positions in its middle see no end of it, in networks of little context. */
const SEQUENCE_LENGTH = 600
/** Sequences are longer to compute: every base has a score. */
const SEQUENCE_COUNT = 4

/** MAG|GTRAGT and a pyrimidine tract with CAG|G. */
const DONOR = [1, 0, 2, 2, 3, 0, 0, 2, 3]
const ACCEPTOR = [3, 3, 1, 3, 3, 3, 1, 3, 3, 1, 3, 3, 3, 1, 3, 3, 2, 1, 0, 2, 2]

function testWindows(layout: ModelLayout, random: Random): Windows {
  const sequence = layout.kind === 'sequence'
  const length = sequence ? SEQUENCE_LENGTH : layout.window.length
  const count = sequence ? SEQUENCE_COUNT : COUNT
  const codes = Uint8Array.from({ length: count * length }, () => random.int(4))
  const [donor, acceptor] =
    layout.kind === 'junction'
      ? [layout.window.donor, layout.window.acceptor]
      : layout.kind === 'site'
        ? [layout.window.site, layout.window.site]
        : [Math.floor(length / 3), Math.floor((2 * length) / 3)]
  for (let i = 0; i < count; i++) {
    const window = codes.subarray(i * length, (i + 1) * length)
    // Without sites, a network's answers are all near 0, and so would be the differences.
    if (i % 2 === 0) {
      place(window, DONOR, donor - 3)
      place(window, ACCEPTOR, acceptor - ACCEPTOR.length + 1)
    }
    if (i % 4 > 1) {
      const start = random.int(length)
      window.fill(4, start, start + 1 + random.int(length))
    }
  }
  // Bases unknown throughout.
  codes.fill(4, (count - 1) * length)
  return { count, length, codes }
}

function place(window: Uint8Array, motif: readonly number[], at: number): void {
  for (const [i, code] of motif.entries()) {
    if (at + i >= 0 && at + i < window.length) {
      window[at + i] = code
    }
  }
}

async function run(
  model: Uint8Array,
  { count, length, codes }: Windows,
  optimise: boolean,
): Promise<Float32Array> {
  const session = await openSession(model, { provider: 'cpu', threads: 0, optimise })
  try {
    const outputs = await session.run({
      [SCORING_INPUT]: { type: 'uint8', dims: [count, length], data: codes },
    })
    // A copy: the runtime's own memory goes with the session.
    return Float32Array.from(outputs[SCORING_OUTPUT]!.data as Float32Array)
  } finally {
    await session.close()
  }
}

function largestDifference(expected: Float32Array, found: Float32Array, name: string): number {
  let largest = 0
  for (const [i, probability] of found.entries()) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new InputDataError(
        `model ${name}: expected probabilities, found ${probability}`,
        'the weights are not those of a trained network of this kind',
      )
    }
    largest = Math.max(largest, Math.abs(probability - expected[i]!))
  }
  return largest
}

/** Of numbers above 1 the difference is a share: float32 holds seven digits of any. */
function largestNumberDifference(expected: Float32Array, found: Float32Array, name: string): number {
  let largest = 0
  for (const [i, number] of found.entries()) {
    if (!Number.isFinite(number)) {
      throw new InputDataError(
        `model ${name}: expected finite numbers, found ${number}`,
        'the weights are not those of a trained network of this kind',
      )
    }
    largest = Math.max(largest, Math.abs(number - expected[i]!) / Math.max(1, Math.abs(expected[i]!)))
  }
  return largest
}
