import { inOrder, type Value } from './value.ts'

/**
 * Returns the value computed another way: `change` is given every step after its inputs, with these already changed, and
 * returns what takes its place (the step itself where nothing is to change), and is told what the step was before.
 */
export function rewrite(output: Value, change: (step: Value, before: Value) => Value): Value {
  const changed = new Map<Value, Value>()
  for (const before of inOrder([output])) {
    const inputs = before.inputs.map(input => changed.get(input)!)
    const same = inputs.every((input, i) => input === before.inputs[i])
    changed.set(before, change(same ? before : { ...before, inputs }, before))
  }
  return changed.get(output)!
}

/** Returns how many operands each value is, in the computation of the output. */
export function countUses(output: Value): Map<Value, number> {
  const uses = new Map<Value, number>()
  for (const { inputs } of inOrder([output])) {
    for (const input of inputs) {
      uses.set(input, (uses.get(input) ?? 0) + 1)
    }
  }
  return uses
}

/** Numbers known before running. Shape: `shape`, row-major. */
export interface Known {
  data: Float32Array
  shape: readonly number[]
}

/** Returns the numbers of a constant, undefined for any other value. */
export function knownOf({ op, attributes }: Value): Known | undefined {
  return op.name === 'constant' ? (attributes as Known) : undefined
}
