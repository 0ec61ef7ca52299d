import type { Network } from '../../graph/network.ts'
import { relu, sigmoid } from '../../graph/ops/pointwise.ts'
import type { Value } from '../../graph/value.ts'
import { kerasDense } from '../keras-layers.ts'

/** What the last number goes through. */
export const YEAST_HEADS = ['relu', 'linear', 'sigmoid'] as const
export type YeastHead = (typeof YEAST_HEADS)[number]

/** Returns the efficiency. Shape: [N, C] -> [N, 1]. */
export function efficiency(net: Network, x: Value, head: YeastHead): Value {
  const y = kerasDense(net, 'out', x, 1)
  return head === 'relu' ? relu(y) : head === 'sigmoid' ? sigmoid(y) : y
}
