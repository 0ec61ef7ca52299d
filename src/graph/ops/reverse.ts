import { axisOf } from '../shape.ts'
import { apply, type Op, type Value } from '../value.ts'

const reverseOp: Op<number> = {
  name: 'reverse',
  infer: ([x]) => ({ type: x!.type, shape: x!.shape }),
  lower(onnx, [x], _value, axis) {
    // From the last element backwards; the smallest number stands for one before the first.
    const bounds = [-1, Number.MIN_SAFE_INTEGER, axis, -1].map(number => onnx.integers([number]))
    return onnx.node('Slice', [x!, ...bounds])
  },
  gradient: (_value, dy, axis) => [reverse(dy, axis)],
  run: (tf, [x], _value, axis) => tf.reverse(x!, axis),
}

/** The elements of an axis in reverse order. */
export function reverse(x: Value, axis: number): Value {
  const positive = axisOf('reverse', x.shape, axis)
  return x.shape[positive] === 1 ? x : apply(reverseOp, [x], positive)
}
