import { axisOf, ShapeError } from '../shape.ts'
import { apply, type Op, type Value } from '../value.ts'
import { expandAxis } from './expand-axis.ts'

const dropAxisOp: Op<number> = {
  name: 'dropAxis',
  infer([x], axis) {
    if (x!.shape[axis] !== 1) {
      throw new ShapeError('dropAxis', [x!.shape], `axis ${axis} of size 1`)
    }
    return { type: x!.type, shape: x!.shape.toSpliced(axis, 1) }
  },
  lower: (onnx, [x], _value, axis) => onnx.node('Squeeze', [x!, onnx.integers([axis])]),
  gradient: (_value, dy, axis) => [expandAxis(dy, axis)],
  run: (tf, [x], _value, axis) => tf.squeeze(x!, [axis]),
}

/** An axis of size 1 taken away. Unlike a reshape it can keep any number of axes of unknown size. */
export const dropAxis = (x: Value, axis: number): Value =>
  apply(dropAxisOp, [x], axisOf('dropAxis', x.shape, axis))
