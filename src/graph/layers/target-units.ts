import { ones, zeros } from '../initial.ts'
import type { Network } from '../network.ts'
import { add, multiply } from '../ops/arithmetic.ts'
import { fixed } from '../shape.ts'
import type { Value } from '../value.ts'

/** Statistics of the targets among the training examples, which no batch moves. */
export const TARGET_STATISTICS = { mean: 'targets.mean', scale: 'targets.scale' } as const

/**
 * Returns numbers in the units of the targets when scoring; while training they stay as they are, and are compared with targets less
 * their mean and over their deviation. Shape: [N, outputs] -> the same.
 */
export function inTargetUnits(net: Network, x: Value): Value {
  const outputs = fixed(x.shape[1])
  const mean = net.statistic(TARGET_STATISTICS.mean, [outputs], zeros)
  const scale = net.statistic(TARGET_STATISTICS.scale, [outputs], ones)
  return net.mode === 'training' ? x : add(multiply(x, scale), mean)
}
