import { reshapeTarget } from '../onnx-lowering.ts'
import { type Shape, ShapeError, sameShape } from '../shape.ts'
import { apply, type Op, type Value } from '../value.ts'

const reshapeOp: Op<Shape> = {
  name: 'reshape',
  infer([x], shape) {
    const known = (dims: Shape) => dims.reduce<number>((n, dim) => n * (typeof dim === 'number' ? dim : 1), 1)
    const names = (dims: Shape) => dims.filter(dim => typeof dim === 'string').join()
    if (known(x!.shape) !== known(shape) || names(x!.shape) !== names(shape)) {
      throw new ShapeError('reshape', [x!.shape, shape], 'as many elements before as after')
    }
    return { type: x!.type, shape }
  },
  lower: (onnx, [x], _value, shape) => onnx.node('Reshape', [x!, onnx.integers(reshapeTarget(shape))]),
  gradient: (value, dy) => [reshape(dy, value.inputs[0]!.shape)],
  run: (tf, [x], _value, shape) => tf.reshape(x!, shape as number[]),
}

/** The same elements in another shape. */
export const reshape = (x: Value, shape: Shape): Value =>
  sameShape(x.shape, shape) ? x : apply(reshapeOp, [x], shape)
