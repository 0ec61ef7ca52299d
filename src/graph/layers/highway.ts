import { filledWith } from '../initial.ts'
import type { Network } from '../network.ts'
import { add, multiply, subtract } from '../ops/arithmetic.ts'
import { relu, sigmoid } from '../ops/pointwise.ts'
import { fixed } from '../shape.ts'
import type { Value } from '../value.ts'
import { dense } from './dense.ts'

export interface HighwayOptions {
  /** First value of the gate's biases: below 0 the layer begins by passing its input on. */
  gateBias?: number
}

/**
 * A highway layer over the last axis: a gate for each element says how much of a dense layer with ReLU takes the place of the
 * input. Parameters `name.transform.weight` [C, C] and `.bias` [C], and those of `name.gate`.
 * Shape: x [..., C] -> the same.
 * Source: Srivastava et al., arXiv 1505.00387, 2015.
 */
export function highway(net: Network, name: string, x: Value, options: HighwayOptions = {}): Value {
  const { gateBias = -2 } = options
  const units = fixed(x.shape.at(-1))
  const changed = relu(dense(net, `${name}.transform`, x, { units }))
  const gate = sigmoid(dense(net, `${name}.gate`, x, { units, biasInitial: filledWith(gateBias) }))
  return add(x, multiply(gate, subtract(changed, x)))
}
