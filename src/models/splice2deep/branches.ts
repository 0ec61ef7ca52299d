import { glorotUniform, zeros } from '../../graph/initial.ts'
import { dropoutLayer } from '../../graph/layers/dropout.ts'
import type { Network } from '../../graph/network.ts'
import { add } from '../../graph/ops/arithmetic.ts'
import { concat } from '../../graph/ops/concat.ts'
import { convolution } from '../../graph/ops/convolution.ts'
import { matmul } from '../../graph/ops/matmul.ts'
import { maxPool } from '../../graph/ops/max-pool.ts'
import { relu } from '../../graph/ops/pointwise.ts'
import { reshape } from '../../graph/ops/reshape.ts'
import { transpose } from '../../graph/ops/transpose.ts'
import { fixed } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'

/** Sizes of a network's branches. */
export interface BranchOptions {
  /** Filters of each branch. */
  filters: number
  /** Chance of a number of the branches to be dropped while training. */
  dropout: number
}

/** Columns of which each branch keeps the largest; branch i has kernels i + 1 columns wide. */
const POOLS = [3, 3, 3, 4, 5, 6, 7, 8]

/** Columns that the last branch needs to see any. */
export const LEAST_COLUMNS = Math.max(...POOLS)

/** Classes in the order of the published files: a true site, a false one. */
const CLASSES = 2

/**
 * Eight convolutions of one map side by side, each with a kernel as high as the map, a max pool and a dense layer over all of
 * them. Tensors have the names and the layout of the published files: kernels [rows, columns, 1, filters], dense [in, out].
 * Shape: x [N, 1, 4, L] or [N, C, 1, L], whose channels are the rows of the kernels -> logits [N, 2] of true site, false site.
 * Source: Albaradei et al., Gene X 5:100035, 2020, and its published weights.
 */
export function branchLogits(net: Network, prefix: string, x: Value, options: BranchOptions): Value {
  const maps = POOLS.map((pool, i) =>
    branch(net, `${prefix}conv2d_${i + 1}`, x, { filters: options.filters, width: i + 1, pool }),
  )
  const joined = concat(maps, 3)
  const [n, filters, , columns] = joined.shape
  const numbers = fixed(filters) * fixed(columns)
  const flat = reshape(transpose(joined, [0, 2, 3, 1]), [n!, numbers])
  const kept = dropoutLayer(net, `${prefix}dropout`, flat, options.dropout)
  const name = `${prefix}dense_1`
  const kernel = net.parameter(`${name}/kernel`, [numbers, CLASSES], glorotUniform(numbers, CLASSES))
  return add(matmul(kept, kernel), net.parameter(`${name}/bias`, [CLASSES], zeros))
}

/** Zeros keep the rows and columns of a picture, the odd one after. Rows that are channels are all seen at once. */
function branch(
  net: Network,
  name: string,
  x: Value,
  { filters, width, pool }: { filters: number; width: number; pool: number },
): Value {
  const [channels, height] = x.shape.slice(1, 3).map(fixed) as [number, number]
  const rows = channels * height
  const around = (size: number) => [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)] as const
  const [above, below] = around(height)
  const [before, after] = around(width)
  const initial = glorotUniform(rows * width, rows * width * filters)
  const kernel = net.parameter(`${name}/kernel`, [rows, width, 1, filters], initial)
  const bias = net.parameter(`${name}/bias`, [filters], zeros)
  const turned = reshape(transpose(kernel, [3, 2, 0, 1]), [filters, channels, height, width])
  const map = convolution(x, turned, bias, { pads: [above, before, below, after] })
  return maxPool(relu(map), { window: [height, pool] })
}
