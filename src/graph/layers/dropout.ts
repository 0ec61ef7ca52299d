import type { Network } from '../network.ts'
import { dropout } from '../ops/dropout.ts'
import { fixed } from '../shape.ts'
import type { Value } from '../value.ts'

/**
 * Elements set to zero at random while training, the rest scaled up so that the mean stays; nothing when scoring. The
 * mask is asked for under the name.
 */
export function dropoutLayer(net: Network, name: string, x: Value, rate: number): Value {
  if (net.mode === 'inference' || rate === 0) {
    return x
  }
  const shape = x.shape.map(fixed)
  return dropout(x, net.mask(name, shape, 1 - rate), rate)
}
