import { ints } from '../onnx-writer.ts'
import { ShapeError } from '../shape.ts'
import { apply, type Op, type Value } from '../value.ts'

const transposeOp: Op<readonly number[]> = {
  name: 'transpose',
  infer([x], order) {
    if (order.length !== x!.shape.length || [...order].sort().some((axis, i) => axis !== i)) {
      throw new ShapeError('transpose', [x!.shape], `axes in the order (${order})`)
    }
    return { type: x!.type, shape: order.map(axis => x!.shape[axis]!) }
  },
  lower: (onnx, inputs, _value, order) => onnx.node('Transpose', inputs, { perm: ints(...order) }),
  gradient: (_value, dy, order) => [transpose(dy, inverse(order))],
  run: (tf, [x], _value, order) => tf.transpose(x!, [...order]),
}

function inverse(order: readonly number[]): number[] {
  const back: number[] = []
  for (const [i, axis] of order.entries()) {
    back[axis] = i
  }
  return back
}

/** Axes in another order: axis i of the result is axis `order[i]` of x. */
export const transpose = (x: Value, order: readonly number[]): Value => apply(transposeOp, [x], order)
