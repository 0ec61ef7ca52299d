import { lstmLayer } from '../../graph/layers/lstm.ts'
import { inTargetUnits } from '../../graph/layers/target-units.ts'
import type { Network } from '../../graph/network.ts'
import { expandAxis } from '../../graph/ops/expand-axis.ts'
import { maxPool } from '../../graph/ops/max-pool.ts'
import { reshape } from '../../graph/ops/reshape.ts'
import { transpose } from '../../graph/ops/transpose.ts'
import { fixed } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'
import { BASE_CHANNELS } from '../architecture.ts'
import { type AttentiveArchitecture, attended, attentionScores } from './attention.ts'
import { type ConvolutionSizes, denseHead, type HeadSizes, residualBlocks, stem } from './layers.ts'

export interface PromoterNetOptions extends ConvolutionSizes, HeadSizes {
  /** Convolutions before the pool. */
  convolutions: number
  /** Positions that become one, the largest of them. */
  pool: number
  /** Residual blocks. */
  blocks: number
  /** Of the LSTM. */
  units: number
  /** Numbers the network gives: 1, 11 or 243 as published. */
  values: number
  /** Whether it learns each target less its mean and over its deviation among the training examples; it answers in the targets' own units. */
  standardise: boolean
}

/** As published, for one number. */
export const PROMOTER_NET: PromoterNetOptions = {
  filters: 8,
  width: 5,
  bias: true,
  convolutions: 4,
  pool: 4,
  blocks: 3,
  units: 16,
  hidden: 256,
  hiddenLayers: 3,
  dropout: 0.3,
  values: 1,
  standardise: true,
}

/**
 * PromoterNet: convolutions, a pool, an LSTM, a weight for each of its steps, dense layers over the weighted sum: how much is expressed?
 * Shape: bases [N, 4, 1, L], unknown ones zeros -> [N, values].
 * Source: the Genetic Architect, Table 4. Its last layer is a sigmoid, which cannot give the targets, 2.6 to 13.95: here it is linear. The
 * weights are of the LSTM's steps, from its outputs.
 */
export function promoterNet(options: PromoterNetOptions = PROMOTER_NET): AttentiveArchitecture {
  const scores = (net: Network, x: Value) => attentionScores(net, x, options)
  return {
    name: 'promoter-net',
    options: { ...options },
    windowLength: undefined,
    output: 'values',
    donorOffset: 0,
    channels: BASE_CHANNELS,
    maskStep: options.pool,
    scores: (net, bases) => scores(net, trunk(net, bases, options)),
    build(net, bases) {
      const x = trunk(net, bases, options)
      const y = denseHead(net, attended(x, scores(net, x)), options, options.values)
      return options.standardise ? inTargetUnits(net, y) : y
    },
  }
}

/** Shape: [N, 4, 1, L] -> [N, units, 1, L / pool]. */
function trunk(net: Network, bases: Value, options: PromoterNetOptions): Value {
  const { pool, units } = options
  const map = stem(net, 'stem', bases, options)
  const x = residualBlocks(net, pool === 1 ? map : maxPool(map, { window: [1, pool] }), options)
  const [n, channels, , positions] = x.shape
  const steps = transpose(reshape(x, [n!, channels!, fixed(positions)]), [2, 0, 1])
  return expandAxis(transpose(lstmLayer(net, 'lstm', steps, { units }), [1, 2, 0]), 2)
}
