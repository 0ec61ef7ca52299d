import { add } from './ops/arithmetic.ts'
import { filled } from './ops/leaves.ts'
import { ShapeError, sameShape } from './shape.ts'
import { inOrder, type Value } from './value.ts'

/**
 * Returns the gradients of a scalar with respect to values it depends on, as values again: reverse mode, each op's own
 * rule applied from the result backwards. A value on which the scalar does not depend has a gradient of zeros.
 * Throws: ShapeError when `loss` is not a scalar; TypeError when an op on the way cannot be differentiated.
 */
export function gradients(loss: Value, wrt: readonly Value[]): Value[] {
  if (loss.shape.length !== 0) {
    throw new ShapeError('gradient', [loss.shape], 'a scalar []')
  }
  const order = inOrder([loss])
  const wanted = new Set(wrt)
  // Only values between the wanted ones and the loss need a gradient.
  const between = new Set<Value>()
  for (const value of order) {
    if (wanted.has(value) || value.inputs.some(input => between.has(input))) {
      between.add(value)
    }
  }
  const sums = new Map<Value, Value>([[loss, filled([], 1)]])
  for (const value of order.toReversed()) {
    const dy = sums.get(value)
    if (dy === undefined || !value.inputs.some(input => between.has(input))) {
      continue
    }
    if (value.op.gradient === undefined) {
      throw new TypeError(`${value.op.name}: this op has no gradient`)
    }
    const parts = value.op.gradient(value, dy, value.attributes)
    for (const [i, input] of value.inputs.entries()) {
      const part = parts[i]
      if (part !== undefined && between.has(input)) {
        if (!sameShape(part.shape, input.shape)) {
          throw new ShapeError(
            `gradient of ${value.op.name}`,
            [input.shape, part.shape],
            'the shape of its operand',
          )
        }
        const sum = sums.get(input)
        sums.set(input, sum ? add(sum, part) : part)
      }
    }
  }
  return wrt.map(value => sums.get(value) ?? filled(value.shape as number[], 0))
}
