import { InputDataError } from '../core/errors.ts'
import { parseSafetensors, safetensorsMetadata } from '../export/weights/safetensors.ts'
import { type StoredTensor, safetensorsBytes } from '../export/weights/safetensors-writer.ts'
import type { NamedTensor } from '../export/weights/tensor-file.ts'
import type { TensorLayout } from '../graph/tensor-layout.ts'
import type { TrainingState } from './engine/runner.ts'
import type { StateLayout } from './program.ts'
import type { Metrics } from './validation.ts'

/** An epoch that is over. */
export interface EpochRecord {
  /** From 1. */
  epoch: number
  /** Steps done by its end. */
  step: number
  /** Learning rate of its last step. */
  learningRate: number
  /** Mean over its batches. */
  trainLoss: number
  /** On the validation examples. */
  metrics: Metrics
}

/** How far a run has come. */
export interface RunPosition {
  /** Steps done. */
  step: number
  /** The epoch and batch that come next, from 0. */
  epoch: number
  batch: number
  /** Sum of the losses of this epoch's batches so far. */
  lossSum: number
  history: EpochRecord[]
  /** The best epoch so far, from 1, and its metric. */
  best: { epoch: number; value: number } | undefined
}

/** Everything that a run goes on from: with the same data and settings, the same steps follow bit by bit. */
export interface Checkpoint {
  state: TrainingState
  position: RunPosition
  /** Of the best epoch, the scores of the validation examples. Shape: [examples, columns]. */
  validation?: { scores: Float32Array; columns: number } | undefined
}

/** What of a state a run keeps. */
export interface StateShape {
  /** Moments of the optimiser. */
  slots: number
  /** Whether there is a running mean of the parameters. */
  averaged: boolean
}

const FORMAT = '1'
const VALIDATION = 'validation/scores'

/**
 * Returns a checkpoint as a safetensors file: `parameter/NAME`, `statistic/NAME`, `moment1/NAME` and so on, `average/NAME` and
 * `validation/scores`, with the position in the metadata.
 */
export function checkpointBytes(
  { state, position, validation }: Checkpoint,
  layout: StateLayout,
): Uint8Array<ArrayBuffer> {
  const named = (prefix: string, tensors: TensorLayout, flat: Float32Array): StoredTensor[] =>
    tensors.tensors.map(tensor => ({
      name: `${prefix}/${tensor.name}`,
      dims: tensor.shape,
      data: tensors.view(flat, tensor),
    }))
  return safetensorsBytes(
    [
      ...named('parameter', layout.parameters, state.parameters),
      ...named('statistic', layout.statistics, state.statistics),
      ...state.slots.flatMap((slot, i) => named(`moment${i + 1}`, layout.parameters, slot)),
      ...(state.average ? named('average', layout.parameters, state.average) : []),
      ...(validation
        ? [
            {
              name: VALIDATION,
              dims: [validation.scores.length / validation.columns, validation.columns],
              data: validation.scores,
            },
          ]
        : []),
    ],
    { splice_score_checkpoint: FORMAT, position: JSON.stringify(position) },
  )
}

/**
 * Returns the checkpoint a file holds.
 * Throws: InputDataError when it is damaged or of another network.
 */
export function parseCheckpoint(
  bytes: Uint8Array,
  label: string,
  layout: StateLayout,
  { slots, averaged }: StateShape,
): Checkpoint {
  const { splice_score_checkpoint: format, position } = safetensorsMetadata(bytes, label)
  if (format !== FORMAT || position === undefined) {
    throw new InputDataError(
      `${label}: expected a checkpoint of format ${FORMAT}, found ${format === undefined ? 'none' : `format ${format}`}`,
      'train again, or use the version that wrote it',
    )
  }
  const tensors = parseSafetensors(bytes, label)
  const validation = tensors.get(VALIDATION)
  const flat = (prefix: string, wanted: TensorLayout) => gather(tensors, prefix, wanted, label)
  return {
    state: {
      parameters: flat('parameter', layout.parameters),
      statistics: flat('statistic', layout.statistics),
      slots: Array.from({ length: slots }, (_, i) => flat(`moment${i + 1}`, layout.parameters)),
      ...(averaged ? { average: flat('average', layout.parameters) } : {}),
    },
    position: JSON.parse(position) as RunPosition,
    ...(validation ? { validation: { scores: validation.data, columns: validation.dims[1]! } } : {}),
  }
}

function gather(
  tensors: ReadonlyMap<string, NamedTensor>,
  prefix: string,
  layout: TensorLayout,
  label: string,
): Float32Array {
  const flat = new Float32Array(layout.size)
  for (const tensor of layout.tensors) {
    const found = tensors.get(`${prefix}/${tensor.name}`)
    if (found?.dims.join() !== tensor.shape.join()) {
      throw new InputDataError(
        `${label}: expected the tensor ${prefix}/${tensor.name} [${tensor.shape}], found ${found ? `[${found.dims}]` : 'none'}`,
        'the checkpoint is of another network; give the settings the run began with',
      )
    }
    layout.view(flat, tensor).set(found.data)
  }
  return flat
}
