import { sizeOf } from './shape.ts'
import { inOrder, type Value } from './value.ts'

/** Ops whose result is their operand under another shape. */
const VIEWS: ReadonlySet<string> = new Set(['reshape', 'expandAxis', 'dropAxis'])

/**
 * Returns the most bytes that intermediate results take at one time, when they are computed in the order of `inOrder`, and each is let go
 * after its last use. A runtime that computes in another order needs more or less.
 */
export function peakSize(outputs: readonly Value[]): number {
  const order = inOrder(outputs)
  const last = new Map<Value, number>(outputs.map(output => [behindViews(output), order.length]))
  for (const [at, { inputs }] of order.entries()) {
    for (const operand of inputs.map(behindViews)) {
      last.set(operand, Math.max(last.get(operand) ?? 0, at))
    }
  }
  const ending = new Map<number, number>()
  let [held, peak] = [0, 0]
  for (const [at, value] of order.entries()) {
    if (behindViews(value) === value) {
      const bytes = bytesOf(value)
      held += bytes
      const end = last.get(value) ?? at
      ending.set(end, (ending.get(end) ?? 0) + bytes)
    }
    peak = Math.max(peak, held)
    held -= ending.get(at) ?? 0
  }
  return peak
}

function behindViews(value: Value): Value {
  let found = value
  while (VIEWS.has(found.op.name)) {
    found = found.inputs[0]!
  }
  return found
}

const bytesOf = ({ type, shape }: Value) => sizeOf(shape) * (type === 'uint8' ? 1 : 4)
