import { dropoutLayer } from '../../graph/layers/dropout.ts'
import { lstmLayer } from '../../graph/layers/lstm.ts'
import type { Network } from '../../graph/network.ts'
import { expandAxis } from '../../graph/ops/expand-axis.ts'
import { relu } from '../../graph/ops/pointwise.ts'
import { reshape } from '../../graph/ops/reshape.ts'
import { transpose } from '../../graph/ops/transpose.ts'
import type { Value } from '../../graph/value.ts'
import type { Architecture } from '../architecture.ts'
import { flattened, kerasConv, kerasDense, kerasNorm } from '../keras-layers.ts'
import { efficiency, type YeastHead } from './efficiency.ts'
import { type YeastInput, yeastNetwork } from './inputs.ts'

export interface YeastRnnOptions {
  input: YeastInput
  head: YeastHead
  /** Filters of the convolution. */
  filters: number
  /** Units of each direction of both LSTMs. */
  units: number
  /** Units of the hidden dense layer. */
  hidden: number
  /** Chance of an element to be dropped while training. */
  dropout: number
}

export const YEAST_RNN: YeastRnnOptions = {
  input: 'full',
  head: 'relu',
  filters: 64,
  units: 64,
  hidden: 16,
  dropout: 0.1,
}

const WIDTH = 15
const STRIDE = 4

/** Returns the recurrent network of the splicing efficiency of yeast constructs. */
export function yeastRnn(options: YeastRnnOptions = YEAST_RNN): Architecture {
  return yeastNetwork('yeast-rnn', options, (net, bases) => yeastRnnValue(net, bases, options))
}

/**
 * The network: a strided convolution, two LSTMs that read both ways, two dense layers over all steps.
 * Shape: bases [N, 4, 1, L] one-hot A, C, T, G -> the efficiency [N, 1].
 * Source: github.com/ramyarangan/cs230_project.
 */
function yeastRnnValue(net: Network, bases: Value, options: YeastRnnOptions): Value {
  const { filters, hidden, dropout } = options
  const conv = { filters, width: WIDTH, stride: STRIDE, padding: 'valid' } as const
  let x = relu(kerasNorm(net, 'conv_bn', kerasConv(net, 'conv', bases, conv)))
  x = dropoutLayer(net, 'conv_dropout', x, dropout)
  for (const name of ['lstm1', 'lstm2']) {
    const y = dropoutLayer(net, `${name}_dropout`, bothWays(net, name, x, options), dropout)
    x = kerasNorm(net, `${name}_bn`, y)
  }
  return efficiency(net, relu(kerasDense(net, 'hidden', flattened(x), hidden)), options.head)
}

/** Shape: [N, C, 1, L] -> [N, 2 units, 1, L]. */
function bothWays(net: Network, name: string, x: Value, { units }: YeastRnnOptions): Value {
  const [n, channels, , positions] = x.shape
  const steps = transpose(reshape(x, [n!, channels!, positions!]), [2, 0, 1])
  const read = lstmLayer(net, name, steps, { units, direction: 'both' })
  return expandAxis(transpose(read, [1, 2, 0]), 2)
}
