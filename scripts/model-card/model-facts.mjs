// What a model's graph holds.
import { schemas } from '../../dist/graph/onnx-proto.js'

/** ONNX's numbers of float32, float16 and float64. */
const FLOATS = [1, 10, 11]

/**
 * Returns how many floating-point numbers the graph stores: weights, with normalisation folded into them, and constants.
 * @param {Uint8Array} bytes
 */
export async function storedNumbers(bytes) {
  const onnx = await schemas()
  const { graph } = onnx.fromBinary(onnx.ModelProtoSchema, bytes)
  return (graph?.initializer ?? [])
    .filter(({ dataType }) => FLOATS.includes(dataType))
    .reduce((sum, { dims }) => sum + dims.reduce((size, dim) => size * Number(dim), 1), 0)
}
