import { int } from '../onnx-writer.ts'
import { axisOf, fixed, ShapeError } from '../shape.ts'
import { apply, type Op, requireType, type Value } from '../value.ts'
import { slice } from './slice.ts'

/** More operands than this fail on the WebGPU provider, which binds one buffer to each. */
const WIDEST = 6

const concatOp: Op<number> = {
  name: 'concat',
  infer(inputs, axis) {
    const [first, ...rest] = inputs as [Value, ...Value[]]
    for (const x of rest) {
      requireType('concat', x, first.type)
    }
    const fits = (x: Value) =>
      x.shape.length === first.shape.length && x.shape.every((dim, i) => i === axis || dim === first.shape[i])
    if (!rest.every(fits)) {
      throw new ShapeError(
        'concat',
        inputs.map(x => x.shape),
        `shapes that differ in axis ${axis} alone`,
      )
    }
    const size = inputs.reduce((sum, x) => sum + fixed(x.shape[axis]), 0)
    return { type: first.type, shape: first.shape.with(axis, size) }
  },
  lower: (onnx, inputs, _value, axis) => onnx.node('Concat', inputs, { axis: int(axis) }),
  gradient(value, dy, axis) {
    let start = 0
    return value.inputs.map(x => {
      const end = start + fixed(x.shape[axis])
      const part = slice(dy, axis, start, end)
      start = end
      return part
    })
  },
  run: (tf, inputs, _value, axis) => tf.concat([...inputs], axis),
}

/** Operands laid end to end along an axis. Many are joined in several rounds, which every provider can run. */
export function concat(parts: readonly Value[], axis: number): Value {
  const [first] = parts
  if (first === undefined) {
    throw new RangeError('concat: expected operands, found none')
  }
  const positive = axisOf('concat', first.shape, axis)
  let round = [...parts]
  while (round.length > 1) {
    const next: Value[] = []
    for (let i = 0; i < round.length; i += WIDEST) {
      const group = round.slice(i, i + WIDEST)
      next.push(group.length === 1 ? group[0]! : apply(concatOp, group, positive))
    }
    round = next
  }
  return round[0]!
}
