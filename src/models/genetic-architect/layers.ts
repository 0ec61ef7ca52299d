/** Layers that both networks of the genetic architect are made of. */
import { batchNormLayer } from '../../graph/layers/batch-norm.ts'
import { conv1d } from '../../graph/layers/conv.ts'
import { dense } from '../../graph/layers/dense.ts'
import { dropoutLayer } from '../../graph/layers/dropout.ts'
import type { Network } from '../../graph/network.ts'
import { add } from '../../graph/ops/arithmetic.ts'
import { elu } from '../../graph/ops/pointwise.ts'
import type { Value } from '../../graph/value.ts'

export interface ConvolutionSizes {
  filters: number
  /** Kernel width. */
  width: number
  /** Whether convolutions have biases, which the normalisations after them make superfluous. */
  bias: boolean
}

export interface HeadSizes {
  /** Units of each hidden layer. */
  hidden: number
  hiddenLayers: number
  /** Chance of an element to be dropped while training. */
  dropout: number
}

/** A convolution and its normalisation. Shape: [N, C, 1, L] -> [N, filters, 1, L]. */
export function convNorm(net: Network, name: string, x: Value, sizes: ConvolutionSizes): Value {
  return batchNormLayer(net, `${name}.bn`, conv1d(net, `${name}.conv`, x, sizes))
}

/** Convolutions one after another, each normalised and bent. Shape: [N, C, 1, L] -> [N, filters, 1, L]. */
export function stem(
  net: Network,
  name: string,
  x: Value,
  { convolutions, ...sizes }: ConvolutionSizes & { convolutions: number },
): Value {
  let y = x
  for (let i = 1; i <= convolutions; i++) {
    y = elu(convNorm(net, `${name}.${i}`, y, sizes))
  }
  return y
}

/** Blocks of two convolutions each; nothing follows the sum with a block's input. Shape: [N, filters, 1, L] -> the same. */
export function residualBlocks(
  net: Network,
  x: Value,
  { blocks, ...sizes }: ConvolutionSizes & { blocks: number },
): Value {
  let y = x
  for (let i = 1; i <= blocks; i++) {
    const inner = elu(convNorm(net, `blocks.${i}.1`, y, sizes))
    y = add(y, convNorm(net, `blocks.${i}.2`, inner, sizes))
  }
  return y
}

/** Hidden layers and the last one. Shape: [N, C] -> [N, outputs]. */
export function denseHead(net: Network, x: Value, sizes: HeadSizes, outputs: number): Value {
  let y = x
  for (let i = 1; i <= sizes.hiddenLayers; i++) {
    const bent = elu(dense(net, `hidden.${i}`, y, { units: sizes.hidden }))
    y = dropoutLayer(net, `hidden.${i}.dropout`, bent, sizes.dropout)
  }
  return dense(net, 'out', y, { units: outputs })
}
