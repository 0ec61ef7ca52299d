import { torchUniform } from '../initial.ts'
import type { Initializer, Network } from '../network.ts'
import { convolution } from '../ops/convolution.ts'
import { reshape } from '../ops/reshape.ts'
import { fixed } from '../shape.ts'
import type { Value } from '../value.ts'

export interface Conv1dOptions {
  filters: number
  width: number
  dilation?: number
  stride?: number
  groups?: number
  bias?: boolean
  /** Zeros added before and after; `same` keeps the length at stride 1, with the odd one after. */
  padding?: 'same' | 'valid' | readonly [number, number]
  initial?: Initializer
  biasInitial?: Initializer
}

/**
 * A convolution along a sequence, with parameters `name.weight` [filters, C/groups, width] and `name.bias` [filters].
 * In the graph it is a 2-D one of height 1, which the CPU runs 1.5 times as fast.
 * Shape: x [N, C, 1, L] -> [N, filters, 1, L'].
 */
export function conv1d(net: Network, name: string, x: Value, options: Conv1dOptions): Value {
  const { filters, width, dilation = 1, stride = 1, groups = 1, padding = 'same' } = options
  const channels = fixed(x.shape[1])
  const fanIn = (channels / groups) * width
  const initial = options.initial ?? torchUniform(fanIn)
  const kernel = net.parameter(`${name}.weight`, [filters, channels / groups, width], initial)
  const bias =
    options.bias === false
      ? undefined
      : net.parameter(`${name}.bias`, [filters], options.biasInitial ?? torchUniform(fanIn))
  const extent = dilation * (width - 1)
  const [before, after] =
    padding === 'same'
      ? [Math.floor(extent / 2), Math.ceil(extent / 2)]
      : padding === 'valid'
        ? [0, 0]
        : padding
  return convolution(x, reshape(kernel, [filters, channels / groups, 1, width]), bias, {
    strides: [1, stride],
    dilations: [1, dilation],
    pads: [0, before, 0, after],
    groups,
  })
}
