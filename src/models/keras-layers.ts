/** Layers as Keras has them: weights begin Glorot-uniform, biases at zero. */
import { glorotUniform, zeros } from '../graph/initial.ts'
import { batchNormLayer } from '../graph/layers/batch-norm.ts'
import { type Conv1dOptions, conv1d } from '../graph/layers/conv.ts'
import { dense } from '../graph/layers/dense.ts'
import type { Network } from '../graph/network.ts'
import { reshape } from '../graph/ops/reshape.ts'
import { transpose } from '../graph/ops/transpose.ts'
import { fixed } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'

/** Shape: [N, C, 1, L] -> [N, filters, 1, L']. */
export function kerasConv(
  net: Network,
  name: string,
  x: Value,
  options: Omit<Conv1dOptions, 'initial' | 'biasInitial'>,
): Value {
  const { filters, width } = options
  const initial = glorotUniform(fixed(x.shape[1]) * width, filters * width)
  return conv1d(net, name, x, { ...options, initial, biasInitial: zeros })
}

/** Shape: [N, C, ...] -> the same. */
export const kerasNorm = (net: Network, name: string, x: Value): Value =>
  batchNormLayer(net, name, x, { epsilon: 1e-3, momentum: 0.01 })

/** Shape: [N, C] -> [N, units]. */
export function kerasDense(net: Network, name: string, x: Value, units: number): Value {
  const initial = glorotUniform(fixed(x.shape.at(-1)), units)
  return dense(net, name, x, { units, initial, biasInitial: zeros })
}

/** Position by position, the channels of each side by side. Shape: [N, C, 1, L] -> [N, L C]. */
export function flattened(x: Value): Value {
  const [n, channels, , positions] = x.shape
  return reshape(transpose(x, [0, 2, 3, 1]), [n!, fixed(positions) * fixed(channels)])
}
