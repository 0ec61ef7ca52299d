import { lowerToOnnx } from '../../src/graph/onnx-lowering.ts'
import { openSession, type TensorLike } from '../../src/graph/session.ts'
import type { Value } from '../../src/graph/value.ts'

/** Returns the named values as ONNX Runtime computes them, from inputs by name. */
export async function runOnnx(
  outputs: Readonly<Record<string, Value>>,
  inputs: Record<string, TensorLike>,
): Promise<Record<string, TensorLike>> {
  const bytes = await lowerToOnnx('test', outputs).toBytes()
  const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
  try {
    return await session.run(inputs)
  } finally {
    await session.close()
  }
}
