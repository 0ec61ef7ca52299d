import { glorotUniform, zeros } from '../graph/initial.ts'
import { batchNormLayer } from '../graph/layers/batch-norm.ts'
import { type Conv1dOptions, conv1d } from '../graph/layers/conv.ts'
import type { Network } from '../graph/network.ts'
import { add } from '../graph/ops/arithmetic.ts'
import { leakyRelu, relu } from '../graph/ops/pointwise.ts'
import { crop, pad } from '../graph/ops/slice.ts'
import { fixed } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'
import { type Architecture, BASE_CHANNELS } from './architecture.ts'

export interface SpliceAiOptions {
  channels: number
  /** Kernel width of each block of units. */
  widths: readonly number[]
  /** Dilation of each block of units. */
  dilations: readonly number[]
  /** Units in a block; a skip convolution follows each block. */
  unitsPerBlock: number
  activation: 'relu' | 'leaky-relu'
  /** Of the batch normalisations. */
  epsilon: number
  /** Share of the running statistics that a batch replaces: 1 - Keras's momentum. */
  momentum: number
  /** Whose first kernels and biases: Keras's are Glorot-uniform and zero, PyTorch's both uniform by the fan in. */
  initial: 'keras' | 'pytorch'
}

/** Blocks of the four published sizes, by the bases of context that a position sees. */
const BLOCKS = {
  80: { widths: [11], dilations: [1] },
  400: { widths: [11, 11], dilations: [1, 4] },
  2000: { widths: [11, 11, 21], dilations: [1, 4, 10] },
  10000: { widths: [11, 11, 21, 41], dilations: [1, 4, 10, 25] },
} as const

export type SpliceAiContext = keyof typeof BLOCKS

/**
 * Returns the options of SpliceAI as published in Keras. The publication does not state momentum and first values: those are Keras's
 * defaults, assumed.
 */
export function spliceAi(context: SpliceAiContext): SpliceAiOptions {
  const { widths, dilations } = BLOCKS[context]
  return {
    channels: 32,
    widths,
    dilations,
    unitsPerBlock: 4,
    activation: 'relu',
    epsilon: 1e-3,
    momentum: 0.01,
    initial: 'keras',
  }
}

/** Returns the options of OpenSpliceAI, the same network as retrained in PyTorch, with PyTorch's defaults. */
export function openSpliceAi(context: SpliceAiContext): SpliceAiOptions {
  const other = { activation: 'leaky-relu', epsilon: 1e-5, momentum: 0.1, initial: 'pytorch' } as const
  return { ...spliceAi(context), ...other }
}

/** Returns how many bases around a position change its result. */
export function contextOf({ widths, dilations, unitsPerBlock }: SpliceAiOptions): number {
  return widths.reduce((sum, width, i) => sum + 2 * unitsPerBlock * dilations[i]! * (width - 1), 0)
}

/** Returns SpliceAI under a registry's name. It marks the donor at the last exon base, the acceptor at the first after. */
export function spliceAiNetwork(name: string, options: SpliceAiOptions): Architecture {
  return {
    name,
    options: { ...options },
    windowLength: undefined,
    output: 'positions',
    donorOffset: -1,
    channels: BASE_CHANNELS,
    build: (net, bases) => spliceAiLogits(net, bases, options),
  }
}

/**
 * SpliceAI: residual units with normalisation and activation before each convolution, and a skip path. Half the
 * context is added on either side as unknown bases, so that every position has a result; a longer sequence gives its
 * inner positions the same.
 * Shape: bases [N, 4, 1, L] one-hot A, C, G, T -> logits [N, 3, 1, L] of neither, acceptor (first exon base), donor (last exon base).
 * Source: Jaganathan et al., Cell 176:535, 2019; tensor names as in OpenSpliceAI (Chao et al., 2025).
 */
export function spliceAiLogits(net: Network, bases: Value, options: SpliceAiOptions): Value {
  const { channels, widths, dilations, unitsPerBlock, epsilon, momentum } = options
  const conv = (name: string, x: Value, size: Conv1dOptions) =>
    conv1d(net, name, x, { ...size, ...firstValues(options, fixed(x.shape[1]), size) })
  const activate = (x: Value) => (options.activation === 'relu' ? relu(x) : leakyRelu(x, 0.1))
  const flank = contextOf(options) / 2
  const one = { filters: channels, width: 1 }
  let x = conv('initial_conv', pad(bases, { axis: 3, before: flank, after: flank }), one)
  let skip = conv('initial_skip.conv', x, one)
  let module = 0
  for (const [block, width] of widths.entries()) {
    for (let i = 0; i < unitsPerBlock; i++) {
      const name = `residual_units.${module++}`
      let y = x
      for (const half of [1, 2]) {
        y = activate(batchNormLayer(net, `${name}.batchnorm${half}`, y, { epsilon, momentum }))
        y = conv(`${name}.conv${half}`, y, { filters: channels, width, dilation: dilations[block]! })
      }
      x = add(x, y)
    }
    skip = add(skip, conv(`residual_units.${module++}.conv`, x, one))
  }
  return conv('final_conv', crop(skip, { axis: 3, start: flank, fromEnd: flank }), {
    filters: 3,
    width: 1,
  })
}

/** Where it says nothing, a convolution starts with PyTorch's values. */
function firstValues(
  { initial }: SpliceAiOptions,
  channels: number,
  { filters, width }: Conv1dOptions,
): Pick<Conv1dOptions, 'initial' | 'biasInitial'> {
  return initial === 'pytorch'
    ? {}
    : { initial: glorotUniform(channels * width, filters * width), biasInitial: zeros }
}
