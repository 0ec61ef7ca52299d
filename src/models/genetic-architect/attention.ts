import { UsageError } from '../../core/errors.ts'
import type { Network } from '../../graph/network.ts'
import { attentionPool } from '../../graph/ops/attention-pool.ts'
import { tanh } from '../../graph/ops/pointwise.ts'
import { reshape } from '../../graph/ops/reshape.ts'
import { softmax } from '../../graph/ops/softmax.ts'
import type { Value } from '../../graph/value.ts'
import { type Architecture, logitsOf } from '../architecture.ts'
import { type ConvolutionSizes, convNorm } from './layers.ts'

/** A network that weighs positions. */
export interface AttentiveArchitecture extends Architecture {
  /** Bases that a position of the mask stands for. */
  readonly maskStep: number
  /** Returns the scores of positions, whose softmax is the mask. Shape: one-hot [N, 4, 1, L] -> [N, L / maskStep]. */
  scores(net: Network, bases: Value): Value
}

/** Returns the scores of positions. Shape: [N, C, 1, L] -> [N, L]. */
export function attentionScores(net: Network, x: Value, sizes: ConvolutionSizes): Value {
  const [n, , , positions] = x.shape
  const seen = tanh(convNorm(net, 'attention.1', x, sizes))
  const scores = convNorm(net, 'attention.2', seen, { ...sizes, filters: 1 })
  return reshape(scores, [n!, positions!])
}

/** Returns the sum of positions weighted by the softmax of their scores. Shape: [N, C, 1, L], [N, L] -> [N, C]. */
export function attended(x: Value, scores: Value): Value {
  const [n, channels, , positions] = x.shape
  return attentionPool(reshape(x, [n!, channels!, positions!]), scores)
}

/** Whether a network weighs positions, so that `attentionMask` can be had of it. */
export const isAttentive = (architecture: Architecture): architecture is AttentiveArchitecture =>
  'maskStep' in architecture && 'scores' in architecture

/**
 * Returns how much each position counts in a network's answer, by its own tensors: what is not needed for the mask is not asked for.
 * Shape: codes uint8 [N, L] -> [N, L / maskStep]; each row sums to 1.
 * Throws: UsageError for a network that does not weigh positions.
 */
export function attentionMask(architecture: Architecture, net: Network, codes: Value): Value {
  if (!isAttentive(architecture)) {
    throw new UsageError(
      `model ${architecture.name}: expected a network that weighs positions, found one without a mask`,
      'attention-net and promoter-net have one',
    )
  }
  return softmax(logitsOf({ ...architecture, build: architecture.scores }, net, codes), 1)
}
