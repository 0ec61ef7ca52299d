import { inOrder, type Tensor, type TensorFlow, type Value } from './value.ts'

/**
 * Returns the values as TensorFlow.js computes them. `given` holds the tensors of inputs, and of any other value that
 * is not to be computed. TensorFlow.js can differentiate through this with respect to the tensors given.
 */
export function runWithTensorFlow(
  tf: TensorFlow,
  outputs: readonly Value[],
  given: ReadonlyMap<Value, Tensor>,
): Tensor[] {
  const done = new Map<Value, Tensor>(given)
  for (const value of inOrder(outputs, given.keys())) {
    const inputs = value.inputs.map(input => done.get(input)!)
    done.set(value, value.op.run(tf, inputs, value, value.attributes))
  }
  return outputs.map(output => done.get(output)!)
}
