import { torchUniform } from '../initial.ts'
import type { Initializer, Network } from '../network.ts'
import { type ConvolutionOptions, convolution } from '../ops/convolution.ts'
import { fixed } from '../shape.ts'
import type { Value } from '../value.ts'

export interface Conv2dOptions extends ConvolutionOptions {
  filters: number
  /** Height and width. */
  kernel: readonly [number, number]
  bias?: boolean
  initial?: Initializer
  biasInitial?: Initializer
}

/**
 * A convolution over a map, with parameters `name.weight` [filters, C/groups, h, w] and `name.bias` [filters]. As many
 * groups as channels make it depthwise.
 * Shape: x [N, C, H, W] -> [N, filters, H', W'].
 */
export function conv2d(net: Network, name: string, x: Value, options: Conv2dOptions): Value {
  const { filters, kernel, groups = 1 } = options
  const perGroup = fixed(x.shape[1]) / groups
  const fanIn = perGroup * kernel[0] * kernel[1]
  const initial = options.initial ?? torchUniform(fanIn)
  const weight = net.parameter(`${name}.weight`, [filters, perGroup, ...kernel], initial)
  const bias =
    options.bias === false
      ? undefined
      : net.parameter(`${name}.bias`, [filters], options.biasInitial ?? torchUniform(fanIn))
  return convolution(x, weight, bias, options)
}
