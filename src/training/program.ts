import { gradients } from '../graph/gradient.ts'
import { TARGET_STATISTICS } from '../graph/layers/target-units.ts'
import { type MaskSpec, Network, type StatisticUpdate, type TensorSpec } from '../graph/network.ts'
import { lowerToOnnx } from '../graph/onnx-lowering.ts'
import type { OnnxGraph } from '../graph/onnx-writer.ts'
import { add, divide, multiply, subtract } from '../graph/ops/arithmetic.ts'
import { concat } from '../graph/ops/concat.ts'
import { input } from '../graph/ops/leaves.ts'
import { reshape } from '../graph/ops/reshape.ts'
import { fixed, sizeOf } from '../graph/shape.ts'
import { TensorLayout } from '../graph/tensor-layout.ts'
import { inOrder, type Value } from '../graph/value.ts'
import { type Architecture, logitsOf, type NetworkTensors, tensorsOf } from '../models/architecture.ts'
import type { WindowSites } from '../models/scores.ts'
import { type LossSettings, lossOf } from './losses.ts'
import {
  type ClipSettings,
  type OptimiserSettings,
  STEP_SCALARS,
  type StepScalar,
  slotCount,
  updateOf,
} from './optimisers.ts'

/** What the computations of a training step depend on. */
export interface ProgramSettings {
  architecture: Architecture
  windowLength: number
  sites: WindowSites
  /** Examples of one shard of a batch. */
  batch: number
  loss: LossSettings
  optimiser: OptimiserSettings
  clip: ClipSettings
}

/** Where tensors lie in the flat vectors of a training run. */
export interface StateLayout {
  parameters: TensorLayout
  statistics: TensorLayout
}

export function stateLayout(architecture: Architecture, windowLength: number): StateLayout {
  const { parameters, statistics }: NetworkTensors = tensorsOf(architecture, windowLength)
  return { parameters: new TensorLayout(parameters), statistics: new TensorLayout(statistics) }
}

/** The forward and backward pass of one shard, as values. */
export interface GradientProgram {
  inputs: { parameters: Value; statistics: Value; codes: Value; truth: Value; weights: Value }
  masks: readonly MaskSpec[]
  /** `loss` [], `gradient` [P], `statistics` [S] after the batch. A network without statistics has no such output. */
  outputs: { loss: Value; gradient: Value; statistics?: Value }
  /** Parameters as the network sees them, each a part of the vector. */
  parameters: readonly Value[]
}

/** Returns the forward and backward pass. Throws: ShapeError when the network does not fit the window. */
export function gradientProgram(settings: ProgramSettings, layout: StateLayout): GradientProgram {
  const { architecture, windowLength, batch } = settings
  const parameters = input('parameters', 'float32', [layout.parameters.size])
  const statistics = input('statistics', 'float32', [layout.statistics.size])
  const found = new Map<TensorSpec['name'], Value>()
  const net = new Network('training', (tensor, kind) => {
    const value = layout[kind === 'parameter' ? 'parameters' : 'statistics'].take(
      kind === 'parameter' ? parameters : statistics,
      tensor,
    )
    found.set(tensor.name, value)
    return value
  })
  const codes = input('codes', 'uint8', [batch, windowLength])
  const logits = logitsOf(architecture, net, codes)
  const truth = truthInput(architecture, logits)
  const weights = input('weights', 'float32', [batch])
  const loss = lossOf(settings.loss, { logits, truth: inNetworkUnits(truth, found), weights })
  const values = net.parameters.map(({ name }) => found.get(name)!)
  const flat = gradients(loss, values).map(gradient => reshape(gradient, [sizeOf(gradient.shape)]))
  const moved = movedStatistics(net, found, layout.statistics)
  return {
    inputs: { parameters, statistics, codes, truth, weights },
    masks: net.masks,
    outputs: { loss, gradient: concat(flat, 0), ...(moved ? { statistics: moved } : {}) },
    parameters: values,
  }
}

/** Class numbers for each position, one for each example, or numbers. */
function truthInput({ output }: Architecture, logits: Value): Value {
  const [batch, outputs, ...positions] = logits.shape.map(fixed) as [number, number, ...number[]]
  return output === 'values' || output === 'pair'
    ? input('truth', 'float32', [batch, outputs])
    : input('truth', 'uint8', [batch, sizeOf(positions)])
}

/** Returns targets less their mean and over their deviation, where the network was built to learn them so. */
function inNetworkUnits(truth: Value, found: ReadonlyMap<string, Value>): Value {
  const mean = found.get(TARGET_STATISTICS.mean)
  const scale = found.get(TARGET_STATISTICS.scale)
  return mean && scale ? divide(subtract(truth, mean), scale) : truth
}

/** Returns the running statistics after the batch, in the layout's order. */
function movedStatistics(
  net: Network,
  found: ReadonlyMap<string, Value>,
  layout: TensorLayout,
): Value | undefined {
  if (layout.tensors.length === 0) {
    return undefined
  }
  const updates = new Map<string, StatisticUpdate>(net.updates.map(update => [update.name, update]))
  const parts = layout.tensors.map(({ name, shape }) => {
    const running = found.get(name)!
    const update = updates.get(name)
    const value = update ? add(running, multiply(subtract(update.batch, running), update.momentum)) : running
    return reshape(value, [sizeOf(shape)])
  })
  return concat(parts, 0)
}

/** The optimiser's part of a step, as values. Shape: vectors [P], scalars []. */
export interface UpdateProgram {
  /** Of the scalars, those that the optimiser uses. */
  inputs: { parameters: Value; gradient: Value; slots: Value[]; scalars: Partial<Record<StepScalar, Value>> }
  outputs: { parameters: Value; norm: Value; slots: Value[] }
}

export function updateProgram(settings: ProgramSettings, layout: StateLayout): UpdateProgram {
  const { size } = layout.parameters
  const vector = (name: string) => input(name, 'float32', [size])
  const parameters = vector('parameters')
  const gradient = vector('gradient')
  const slots = Array.from({ length: slotCount(settings.optimiser) }, (_, i) => vector(`slot${i}`))
  const scalars = Object.fromEntries(STEP_SCALARS.map(name => [name, input(name, 'float32', [])])) as Record<
    StepScalar,
    Value
  >
  const outputs = updateOf(settings.optimiser, settings.clip, parameters, gradient, slots, scalars)
  const needed = new Set(inOrder([outputs.parameters, outputs.norm, ...outputs.slots]))
  const used = Object.fromEntries(Object.entries(scalars).filter(([, value]) => needed.has(value)))
  return { inputs: { parameters, gradient, slots, scalars: used }, outputs }
}

/** Returns the graph of a gradient program: outputs `loss`, `gradient` and, where there are any, `next_statistics`. */
export function gradientGraph({ outputs }: GradientProgram): OnnxGraph {
  const { loss, gradient, statistics } = outputs
  return lowerToOnnx('gradient', { loss, gradient, ...(statistics ? { next_statistics: statistics } : {}) })
}

/** Returns the graph of an update program: outputs `next`, `norm` and `next_slot0` and so on. */
export function updateGraph({ outputs }: UpdateProgram): OnnxGraph {
  const slots = outputs.slots.map((slot, i) => [`next_slot${i}`, slot] as const)
  return lowerToOnnx('update', { next: outputs.parameters, norm: outputs.norm, ...Object.fromEntries(slots) })
}
