import { ShapeError } from '../shape.ts'
import { apply, type Op, type Value } from '../value.ts'
import { reshape } from './reshape.ts'

const expandAxisOp: Op<number> = {
  name: 'expandAxis',
  infer([x], axis) {
    const rank = x!.shape.length
    if (!Number.isInteger(axis) || axis < 0 || axis > rank) {
      throw new ShapeError('expandAxis', [x!.shape], `an axis from 0 to ${rank}, not ${axis}`)
    }
    return { type: x!.type, shape: x!.shape.toSpliced(axis, 0, 1) }
  },
  lower: (onnx, [x], _value, axis) => onnx.node('Unsqueeze', [x!, onnx.integers([axis])]),
  gradient: (value, dy) => [reshape(dy, value.inputs[0]!.shape)],
  run: (tf, [x], _value, axis) => tf.expandDims(x!, axis),
}

/** A new axis of size 1 before the given one. Unlike a reshape it can keep any number of axes of unknown size. */
export const expandAxis = (x: Value, axis: number): Value => apply(expandAxisOp, [x], axis)
