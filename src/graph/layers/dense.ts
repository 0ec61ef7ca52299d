import { torchUniform } from '../initial.ts'
import type { Initializer, Network } from '../network.ts'
import { add } from '../ops/arithmetic.ts'
import { matmul, swapLast } from '../ops/matmul.ts'
import { fixed } from '../shape.ts'
import type { Value } from '../value.ts'

export interface DenseOptions {
  units: number
  initial?: Initializer
  biasInitial?: Initializer
}

/**
 * A fully connected layer over the last axis, with parameters `name.weight` [units, C] and `name.bias` [units].
 * Shape: x [..., C] -> [..., units].
 */
export function dense(net: Network, name: string, x: Value, options: DenseOptions): Value {
  const { units } = options
  const channels = fixed(x.shape.at(-1))
  const initial = options.initial ?? torchUniform(channels)
  const weight = net.parameter(`${name}.weight`, [units, channels], initial)
  const bias = net.parameter(`${name}.bias`, [units], options.biasInitial ?? torchUniform(channels))
  return add(matmul(x, swapLast(weight)), bias)
}
