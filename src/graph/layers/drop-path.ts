import type { Network } from '../network.ts'
import { multiply } from '../ops/arithmetic.ts'
import { cast } from '../ops/condition.ts'
import { fixed } from '../shape.ts'
import type { Value } from '../value.ts'

/**
 * Whole examples set to zero at random while training, the rest scaled up so that the mean stays; nothing when scoring.
 * What the path would have added to a sum is then missing for those examples. The mask, one number for each example, is asked
 * for under the name.
 * Source: Larsson, Maire and Shakhnarovich, ICLR 2017.
 */
export function dropPath(net: Network, name: string, x: Value, rate: number): Value {
  if (net.mode === 'inference' || rate === 0) {
    return x
  }
  const shape = x.shape.map((dim, axis) => (axis === 0 ? fixed(dim) : 1))
  return multiply(x, multiply(cast(net.mask(name, shape, 1 - rate), 'float32'), 1 / (1 - rate)))
}
