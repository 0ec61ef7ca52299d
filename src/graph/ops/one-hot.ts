import { int } from '../onnx-writer.ts'
import { ShapeError } from '../shape.ts'
import { apply, type Op, requireType, type Value } from '../value.ts'

const INT32 = 6
const FLOAT32 = 1

const oneHotOp: Op<readonly number[]> = {
  name: 'oneHot',
  infer([codes], channels) {
    requireType('oneHot', codes!, 'uint8')
    if (codes!.shape.length !== 2) {
      throw new ShapeError('oneHot', [codes!.shape], '[N, L]')
    }
    const [n, length] = codes!.shape
    return { type: 'float32', shape: [n!, channels.length, length!] }
  },
  lower(onnx, [codes], _value, channels) {
    // Compared as int32: the runtime compares no uint8 on older versions.
    const numbers = onnx.node('Cast', [codes!], { to: int(INT32) })
    const column = onnx.node('Unsqueeze', [numbers, onnx.integers([1])])
    const wanted = onnx.graph.constant(onnx.name('channels'), {
      type: 'int32',
      dims: [channels.length, 1],
      data: Int32Array.from(channels),
    })
    return onnx.node('Cast', [onnx.node('Equal', [column, wanted])], { to: int(FLOAT32) })
  },
  gradient: () => [undefined],
  run(tf, [codes], _value, channels) {
    const wanted = tf.tensor3d([...channels], [1, channels.length, 1], 'int32')
    return tf.cast(tf.equal(tf.expandDims(tf.cast(codes!, 'int32'), 1), wanted), 'float32')
  },
}

/**
 * Codes as channels of zeros and ones: channel c is 1 where the code is `channels[c]`. A code that no channel stands
 * for, such as an unknown base, is 0 in all of them.
 * Shape: uint8 [N, L] -> [N, channels, L].
 */
export const oneHot = (codes: Value, channels: readonly number[]): Value => apply(oneHotOp, [codes], channels)
