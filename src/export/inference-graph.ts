import type { Calibrator } from '../core/calibration.ts'
import { UsageError } from '../core/errors.ts'
import { Network, type TensorSpec } from '../graph/network.ts'
import { lowerToOnnx } from '../graph/onnx-lowering.ts'
import type { OnnxGraph } from '../graph/onnx-writer.ts'
import { add, multiply } from '../graph/ops/arithmetic.ts'
import { concat } from '../graph/ops/concat.ts'
import { dropAxis } from '../graph/ops/drop-axis.ts'
import { constant, input } from '../graph/ops/leaves.ts'
import { slice } from '../graph/ops/slice.ts'
import { softmax } from '../graph/ops/softmax.ts'
import { SCORING_INPUT, SCORING_OUTPUT } from '../graph/session-client.ts'
import { sizeOf } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'
import { type Architecture, logitsOf } from '../models/architecture.ts'
import { type Meaning, type Scores, scoresOf } from '../models/scores.ts'
import { SITE_CLASSES } from '../models/splam.ts'
import { calibrated } from './calibrated.ts'
import { foldBatchNorm } from './fold-batch-norm.ts'
import { halfWeights } from './half-precision.ts'
import type { ModelLayout } from './model-layout.ts'

/** Values of a network's tensors by their names. */
export type NetworkTensors = ReadonlyMap<string, Float32Array>

/** A trained network, or several of one definition, and what is to be asked. */
export interface InferenceSettings {
  architecture: Architecture
  /** Parameters and statistics by the definition's names; of several networks, whose logits are averaged. */
  tensors: NetworkTensors | readonly NetworkTensors[]
  layout: ModelLayout
  /** By column: made part of the graph, so that every runtime gives calibrated probabilities. */
  calibrators?: Readonly<Record<string, Calibrator>>
  /** Of a network whose output is values or bases: what they are; default: numbers. Of labels and bases the graph gives probabilities. */
  labels?: Meaning | undefined
}

/** How the weights are stored. The arithmetic is float32 either way. */
export type Precision = 'float32' | 'float16'

/**
 * Returns a network's scores, as its definition and nothing else has them.
 * Shape: codes uint8 [N, L] -> [N, columns], for the layout `sequence` [N, columns, L].
 * Throws: RangeError for a tensor that is missing or of another size; UsageError when the network cannot be asked that.
 */
export function inferenceScores(settings: InferenceSettings): Scores {
  const { architecture, tensors, layout, calibrators = {}, labels } = settings
  checkLayout(architecture, layout)
  const length = layout.kind === 'sequence' ? 'L' : layout.window.length
  const codes = input(SCORING_INPUT, 'uint8', ['N', length])
  const members = (Array.isArray(tensors) ? tensors : [tensors]) as readonly NetworkTensors[]
  const logits = mean(
    members.map(member =>
      logitsOf(architecture, new Network('inference', tensor => given(tensor, member)), codes),
    ),
  )
  const scores =
    layout.kind === 'sequence'
      ? { value: dropAxis(softmax(logits, 1), 2), columns: SITE_CLASSES }
      : scoresOf(architecture, logits, layout.kind === 'values' ? {} : layout.window, labels)
  checkColumns(architecture, layout, scores.columns, Object.keys(calibrators))
  return Object.keys(calibrators).length === 0 ? scores : calibratedScores(scores, calibrators)
}

/**
 * Returns the graph of a network's scores: input `codes`, output `probabilities`. Batch normalisations after convolutions
 * are made part of them.
 */
export function inferenceGraph(scores: Scores, name: string, precision: Precision): OnnxGraph {
  const folded = foldBatchNorm(scores.value)
  return lowerToOnnx(name, { [SCORING_OUTPUT]: precision === 'float16' ? halfWeights(folded) : folded })
}

/** Returns the graph of a network's scores as the definition has them, which others are compared with. */
export function plainGraph(scores: Scores): OnnxGraph {
  return lowerToOnnx('plain', { [SCORING_OUTPUT]: scores.value })
}

function mean(values: readonly Value[]): Value {
  const sum = values.reduce((a, b) => add(a, b))
  return values.length === 1 ? sum : multiply(sum, 1 / values.length)
}

function given({ name, shape }: TensorSpec, tensors: NetworkTensors): Value {
  const data = tensors.get(name)
  const size = sizeOf(shape)
  if (data?.length !== size) {
    throw new RangeError(`tensor ${name}: expected ${size} numbers for [${shape}], found ${data?.length}`)
  }
  return constant(data, shape)
}

/** What a network of each output can be asked. */
const LAYOUTS: Readonly<Record<Architecture['output'], readonly ModelLayout['kind'][]>> = {
  positions: ['sequence', 'junction'],
  classes: ['site', 'junction', 'window'],
  values: ['values'],
  pair: ['junction'],
  bases: ['bases'],
}

function checkLayout({ name, output, windowLength }: Architecture, layout: ModelLayout): void {
  const kinds = LAYOUTS[output]
  if (!kinds.includes(layout.kind)) {
    throw new UsageError(
      `model ${name}: its output is ${output}: expected to export it as ${kinds.join(' or ')}, found ${layout.kind}`,
    )
  }
  const length = layout.kind === 'sequence' ? undefined : layout.window.length
  if (windowLength !== undefined && length !== windowLength) {
    throw new UsageError(
      `model ${name}: expected windows of ${windowLength}, found ${length ?? 'sequences of any length'}`,
    )
  }
}

function checkColumns(
  { name }: Architecture,
  { kind }: ModelLayout,
  columns: readonly string[],
  calibratedColumns: readonly string[],
): void {
  if ((kind === 'junction' || kind === 'site' || kind === 'window') && columns.at(-1) !== kind) {
    throw new UsageError(
      `model ${name}: expected two classes to export it as ${kind}, found ${columns.length + 1}`,
    )
  }
  if (kind === 'sequence' && calibratedColumns.length > 0) {
    throw new UsageError(
      `model ${name}: expected no calibrators for sequences: their three probabilities sum to 1, found ${calibratedColumns}`,
      'calibrate it for junctions',
    )
  }
  if ((kind === 'values' || kind === 'bases') && calibratedColumns.length > 0) {
    throw new UsageError(`model ${name}: expected no calibrators for numbers, found ${calibratedColumns}`)
  }
  const unknown = calibratedColumns.find(column => !columns.includes(column))
  if (unknown !== undefined) {
    throw new UsageError(
      `model ${name}: calibrators: expected columns among ${columns.join(', ')}, found ${unknown}`,
    )
  }
}

/** The pair's score is the smaller site's before calibration; what it is then worth, its own calibrator says. */
function calibratedScores(
  { value, columns }: Scores,
  calibrators: Readonly<Record<string, Calibrator>>,
): Scores {
  const parts = columns.map((column, i) => {
    const raw = slice(value, 1, i, i + 1)
    const calibrator = calibrators[column]
    return calibrator === undefined ? raw : calibrated(raw, calibrator)
  })
  return { value: concat(parts, 1), columns }
}
