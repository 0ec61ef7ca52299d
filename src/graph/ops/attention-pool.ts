import { type Shape, ShapeError, sameShape } from '../shape.ts'
import type { Value } from '../value.ts'
import { dropAxis } from './drop-axis.ts'
import { expandAxis } from './expand-axis.ts'
import { matmul, swapLast } from './matmul.ts'
import { softmax } from './softmax.ts'

/**
 * Positions of a map summed with weights: the softmax of their scores.
 * Shape: x [N, C, L], scores [N, L] or [N, 1, L] -> [N, C].
 */
export function attentionPool(x: Value, scores: Value): Value {
  const [n, , length] = x.shape
  const fits = (shape: Shape) => sameShape(scores.shape, shape)
  if (x.shape.length !== 3 || !(fits([n!, length!]) || fits([n!, 1, length!]))) {
    throw new ShapeError('attentionPool', [x.shape, scores.shape], '[N, C, L] and [N, L] or [N, 1, L]')
  }
  const weights = softmax(scores, -1)
  const column = weights.shape.length === 2 ? expandAxis(weights, 2) : swapLast(weights)
  return dropAxis(matmul(x, column), 2)
}
