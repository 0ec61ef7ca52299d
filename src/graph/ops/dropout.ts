import { ShapeError, sameShape } from '../shape.ts'
import { requireType, type Value } from '../value.ts'
import { multiply } from './arithmetic.ts'
import { cast } from './condition.ts'

/**
 * x where the mask is 1, scaled so that its mean stays, and 0 where the mask is 0. The mask is an input, made from a seed
 * outside: the same seed gives the same step on every engine. For scoring, leave the op out.
 * Shape: x [...], mask uint8 of the same shape. `rate`: chance of a zero in the mask, below 1.
 */
export function dropout(x: Value, mask: Value, rate: number): Value {
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`dropout: expected a rate from 0 to below 1, found ${rate}`)
  }
  requireType('dropout', mask, 'uint8')
  if (!sameShape(x.shape, mask.shape)) {
    throw new ShapeError('dropout', [x.shape, mask.shape], 'a mask of the shape of the values')
  }
  return multiply(x, multiply(cast(mask, 'float32'), 1 / (1 - rate)))
}
