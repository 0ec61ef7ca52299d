import type { Network } from '../../graph/network.ts'
import { add } from '../../graph/ops/arithmetic.ts'
import { relu } from '../../graph/ops/pointwise.ts'
import { softmax } from '../../graph/ops/softmax.ts'
import type { Value } from '../../graph/value.ts'
import type { Architecture } from '../architecture.ts'
import { flattened, kerasConv, kerasNorm } from '../keras-layers.ts'
import { efficiency, type YeastHead } from './efficiency.ts'
import { type YeastInput, yeastNetwork } from './inputs.ts'

/** What the published networks differ in. */
export interface YeastCnnShape {
  /** Of three convolutions each. */
  blocks: number
  /** Whether a block adds its input to its result. */
  adds: boolean
  /** Whether one more convolution follows the blocks. */
  conv: boolean
  /** Whether a convolution of the stem is added to that one's result. */
  longSkip: boolean
}

const SHAPES = {
  '1resblock-conv': { blocks: 1, adds: true, conv: true, longSkip: true },
  '1resblock': { blocks: 1, adds: true, conv: false, longSkip: false },
  '5conv': { blocks: 1, adds: false, conv: true, longSkip: false },
  '4resblock': { blocks: 4, adds: true, conv: true, longSkip: true },
} as const satisfies Record<string, YeastCnnShape>

export type YeastCnnVariant = keyof typeof SHAPES
export const YEAST_CNN_VARIANTS = Object.keys(SHAPES) as YeastCnnVariant[]

export interface YeastCnnOptions {
  variant: YeastCnnVariant
  input: YeastInput
  /** Of the last three channels; `published` is what the weights of that variant and input were trained with. */
  activation: 'published' | 'relu' | 'softmax'
  head: YeastHead
  channels: number
}

/** The best network of the publication. */
export const YEAST_CNN: YeastCnnOptions = {
  variant: '1resblock-conv',
  input: 'window',
  activation: 'published',
  head: 'relu',
  channels: 32,
}

/** Kernel width of a block's middle convolution; all others have width 1. */
const WIDTH = 11
/** Channels before the last layer. */
const LAST_CHANNELS = 3

/** Returns what a variant consists of. */
export const yeastCnnShape = (variant: YeastCnnVariant): YeastCnnShape => SHAPES[variant]

/** Returns a convolutional network of the splicing efficiency of yeast constructs. */
export function yeastCnn(options: YeastCnnOptions = YEAST_CNN): Architecture {
  return yeastNetwork('yeast-cnn', options, (net, bases) => yeastCnnValue(net, bases, options))
}

/**
 * The network: a stem of width 1, blocks of three convolutions, three channels, one dense layer over all positions.
 * Shape: bases [N, 4, 1, L] one-hot A, C, T, G -> the efficiency [N, 1].
 * Source: github.com/ramyarangan/cs230_project and its report; the sizes are those of its weight files.
 */
function yeastCnnValue(net: Network, bases: Value, options: YeastCnnOptions): Value {
  const { blocks, adds, conv, longSkip } = SHAPES[options.variant]
  const one = { filters: options.channels, width: 1 }
  const stem = kerasConv(net, 'stem', bases, one)
  let x = stem
  for (let i = 0; i < blocks; i++) {
    const y = block(net, `blocks.${i}`, x, options.channels)
    x = relu(adds ? add(x, y) : y)
  }
  if (conv) {
    x = kerasConv(net, 'conv', x, one)
  }
  if (longSkip) {
    x = add(x, kerasConv(net, 'skip', stem, one))
  }
  const last = kerasConv(net, 'last', x, { filters: LAST_CHANNELS, width: 1 })
  const active = activationOf(options) === 'relu' ? relu(last) : softmax(last, 1)
  return efficiency(net, flattened(kerasNorm(net, 'last_bn', active)), options.head)
}

/** Shape: [N, C, 1, L] -> the same, before the activation. */
function block(net: Network, name: string, x: Value, channels: number): Value {
  let y = x
  for (const [i, width] of [1, WIDTH, 1].entries()) {
    const result = kerasConv(net, `${name}.conv${i + 1}`, i === 0 ? y : relu(y), { filters: channels, width })
    y = kerasNorm(net, `${name}.bn${i + 1}`, result)
  }
  return y
}

/** The two variants of one block were published with ReLU, on windows; every other weight file has softmax. */
function activationOf({ activation, variant, input }: YeastCnnOptions): 'relu' | 'softmax' {
  if (activation !== 'published') {
    return activation
  }
  return input === 'window' && variant.startsWith('1resblock') ? 'relu' : 'softmax'
}
