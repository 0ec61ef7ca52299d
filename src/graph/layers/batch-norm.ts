import { ones, zeros } from '../initial.ts'
import type { Network } from '../network.ts'
import { multiply } from '../ops/arithmetic.ts'
import { batchNorm, batchNormOverBatch } from '../ops/batch-norm.ts'
import { fixed, sizeOf } from '../shape.ts'
import type { Value } from '../value.ts'

export interface BatchNormOptions {
  epsilon?: number
  /** Share of the running statistics that a batch replaces: PyTorch's meaning, 1 - Keras's. */
  momentum?: number
}

/**
 * Batch normalisation with parameters `name.weight` and `name.bias` and statistics `name.running_mean` and
 * `name.running_var` (of the unbiased variance, as PyTorch keeps it). Shape: x [N, C, ...].
 */
export function batchNormLayer(net: Network, name: string, x: Value, options: BatchNormOptions = {}): Value {
  const { epsilon = 1e-5, momentum = 0.1 } = options
  const channels = fixed(x.shape[1])
  const scale = net.parameter(`${name}.weight`, [channels], ones)
  const bias = net.parameter(`${name}.bias`, [channels], zeros)
  const mean = net.statistic(`${name}.running_mean`, [channels], zeros)
  const variance = net.statistic(`${name}.running_var`, [channels], ones)
  if (net.mode === 'inference') {
    return batchNorm(x, { scale, bias, mean, variance }, epsilon)
  }
  const batch = batchNormOverBatch(x, { scale, bias }, epsilon)
  const count = sizeOf(x.shape) / channels
  net.update(`${name}.running_mean`, batch.mean, momentum)
  net.update(`${name}.running_var`, multiply(batch.variance, count / Math.max(count - 1, 1)), momentum)
  return batch.y
}
