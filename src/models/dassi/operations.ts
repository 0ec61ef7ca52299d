import { batchNormLayer } from '../../graph/layers/batch-norm.ts'
import { type Conv2dOptions, conv2d } from '../../graph/layers/conv2d.ts'
import type { Network } from '../../graph/network.ts'
import { averagePool } from '../../graph/ops/average-pool.ts'
import { concat } from '../../graph/ops/concat.ts'
import { maxPool } from '../../graph/ops/max-pool.ts'
import { relu } from '../../graph/ops/pointwise.ts'
import { crop } from '../../graph/ops/slice.ts'
import { fixed } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'
import type { OperationName } from './genotypes.ts'

/** An operation of a cell: it keeps the channels, and divides both axes by the stride. */
type CellOperation = (net: Network, name: string, x: Value, stride: number) => Value

/** All convolutions are followed by a normalisation with a shift of its own. */
const conv = (net: Network, name: string, x: Value, options: Omit<Conv2dOptions, 'bias'>) =>
  conv2d(net, name, x, { ...options, bias: false })

const pointwise = (net: Network, name: string, x: Value, filters: number, stride = 1) =>
  conv(net, name, x, { filters, kernel: [1, 1], strides: [stride, stride] })

/** One filter for each channel, of which the result at stride 1 is as large as the map. */
function depthwise(
  net: Network,
  name: string,
  x: Value,
  { width, stride, dilation }: { width: number; stride: number; dilation: number },
): Value {
  const channels = fixed(x.shape[1])
  const around = (dilation * (width - 1)) / 2
  return conv(net, name, x, {
    filters: channels,
    kernel: [width, width],
    strides: [stride, stride],
    dilations: [dilation, dilation],
    pads: [around, around, around, around],
    groups: channels,
  })
}

const separable =
  (width: number): CellOperation =>
  (net, name, x, stride) => {
    const half = (from: Value, first: number, stride: number) => {
      const y = depthwise(net, `${name}.op.${first}`, relu(from), { width, stride, dilation: 1 })
      const mixed = pointwise(net, `${name}.op.${first + 1}`, y, fixed(x.shape[1]))
      return batchNormLayer(net, `${name}.op.${first + 2}`, mixed)
    }
    return half(half(x, 1, stride), 5, 1)
  }

const dilated =
  (width: number): CellOperation =>
  (net, name, x, stride) => {
    const y = depthwise(net, `${name}.op.1`, relu(x), { width, stride, dilation: 2 })
    return batchNormLayer(net, `${name}.op.3`, pointwise(net, `${name}.op.2`, y, fixed(x.shape[1])))
  }

const rowThenColumn: CellOperation = (net, name, x, stride) => {
  const filters = fixed(x.shape[1])
  const row = conv(net, `${name}.1`, relu(x), {
    filters,
    kernel: [1, 7],
    strides: [1, stride],
    pads: [0, 3, 0, 3],
  })
  const column = conv(net, `${name}.2`, row, {
    filters,
    kernel: [7, 1],
    strides: [stride, 1],
    pads: [3, 0, 3, 0],
  })
  return batchNormLayer(net, `${name}.3`, column)
}

const POOL = { window: [3, 3], pads: [1, 1, 1, 1] } as const

/**
 * The operations by name, with their tensors under the names of the published files. Kernels move over positions and
 * bases: the columns of a map are the four bases as long as nothing has halved them.
 * Shape: x [N, C, H, W] -> [N, C, H / stride, W / stride], rounded up.
 * Source: Moosa et al., BioData Mining 14:15, 2021, and its published code.
 */
export const OPERATIONS: Readonly<Record<OperationName, CellOperation>> = {
  max_pool_3x3: (_net, _name, x, stride) => maxPool(x, { ...POOL, strides: [stride, stride] }),
  avg_pool_3x3: (_net, _name, x, stride) => averagePool(x, { ...POOL, strides: [stride, stride] }),
  sep_conv_3x3: separable(3),
  sep_conv_5x5: separable(5),
  sep_conv_7x7: separable(7),
  dil_conv_3x3: dilated(3),
  dil_conv_5x5: dilated(5),
  conv_7x1_1x7: rowThenColumn,
}

/** Returns a map brought to a number of channels. */
export function withChannels(net: Network, name: string, x: Value, channels: number): Value {
  return batchNormLayer(net, `${name}.op.2`, pointwise(net, `${name}.op.1`, relu(x), channels))
}

/**
 * Returns a map brought to a number of channels and to half its size: half of the channels see the elements of even rows and
 * columns, the others those of odd ones.
 * Throws: ShapeError when an axis is odd.
 */
export function factorisedReduce(net: Network, name: string, x: Value, channels: number): Value {
  const active = relu(x)
  const shifted = [2, 3].reduce((map, axis) => crop(map, { axis, start: 1, fromEnd: 0 }), active)
  const halves = [active, shifted].map((map, i) =>
    pointwise(net, `${name}.conv_${i + 1}`, map, channels / 2, 2),
  )
  return batchNormLayer(net, `${name}.bn`, concat(halves, 1))
}
