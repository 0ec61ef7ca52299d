import { int } from '../onnx-writer.ts'
import { fixed, ShapeError, showShape, sizeOf } from '../shape.ts'
import { apply, type Op, requireType, type Value } from '../value.ts'
import { cast, equal } from './condition.ts'
import { constant } from './leaves.ts'
import { matmul, swapLast } from './matmul.ts'
import { reshape } from './reshape.ts'

const gatherOp: Op<undefined> = {
  name: 'gather',
  infer(inputs) {
    const [table, indices] = inputs as [Value, Value]
    requireType('gather', table, 'float32')
    if (indices.type !== 'int32' && indices.type !== 'uint8') {
      throw new TypeError(
        `gather: expected int32 or uint8 indices, found ${indices.type} ${showShape(indices.shape)}`,
      )
    }
    if (table.shape.length !== 2) {
      throw new ShapeError('gather', [table.shape, indices.shape], 'a table [V, D] and indices')
    }
    return { type: 'float32', shape: [...indices.shape, table.shape[1]!] }
  },
  lower: (onnx, inputs) => onnx.node('Gather', inputs, { axis: int(0) }),
  gradient(value, dy) {
    const [table, indices] = value.inputs as [Value, Value]
    const [rows, width] = table.shape.map(fixed) as [number, number]
    const count = sizeOf(indices.shape)
    // Which row each index stands for, as zeros and ones: a product with them sums what went to the same row.
    const numbers = constant(
      Array.from({ length: rows }, (_, row) => row),
      [1, rows],
    )
    const hits = cast(equal(reshape(cast(indices, 'float32'), [count, 1]), numbers), 'float32')
    return [matmul(swapLast(hits), reshape(dy, [count, width])), undefined]
  },
  run: (tf, [table, indices]) => tf.gather(table!, tf.cast(indices!, 'int32')),
}

/**
 * Rows of a table, one for each index: an embedding. An index outside the table is an error when running.
 * Shape: table [V, D], indices int32 or uint8 [...] -> [..., D].
 */
export function gather(table: Value, indices: Value): Value {
  // ONNX has no uint8 indices.
  return apply(gatherOp, [table, indices.type === 'uint8' ? cast(indices, 'int32') : indices], undefined)
}
