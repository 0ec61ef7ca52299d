import { int, ints, OnnxGraph, subgraph } from '../onnx-writer.ts'
import { fixed, ShapeError, sameShape } from '../shape.ts'
import { apply, type Op, requireType, type Tensor, type TensorFlow, type Value } from '../value.ts'
import { multiply } from './arithmetic.ts'
import { filled } from './leaves.ts'
import { pad } from './slice.ts'

/** Which end of a sequence a recurrence begins at; results keep the order of the sequence either way. */
export type Direction = 'forward' | 'reverse'

export const opposite = (direction: Direction): Direction => (direction === 'forward' ? 'reverse' : 'forward')

const linearRecurrenceOp: Op<Direction> = {
  name: 'linearRecurrence',
  infer(inputs) {
    const [keep, added] = inputs as [Value, Value]
    requireType('linearRecurrence', keep, 'float32')
    requireType('linearRecurrence', added, 'float32')
    if (keep.shape.length === 0 || !sameShape(keep.shape, added.shape)) {
      throw new ShapeError('linearRecurrence', [keep.shape, added.shape], 'two shapes [T, ...] alike')
    }
    return { type: 'float32', shape: keep.shape }
  },
  lower(onnx, inputs, value, direction) {
    const step = value.shape.slice(1).map(fixed)
    const body = new OnnxGraph(onnx.name('body'), onnx.graph)
    const [state, keep, added] = ['state', 'keep', 'added'].map(name =>
      body.input(onnx.name(name), 'float32', [...step]),
    ) as [string, string, string]
    const next = body.node(
      'Add',
      [body.node('Mul', [keep, state], onnx.name('kept')), added],
      onnx.name('next'),
    )
    const result = body.node('Identity', [next], onnx.name('result'))
    body.output(next, 'float32', [...step])
    body.output(result, 'float32', [...step])
    const last = onnx.name('last')
    const all = onnx.name('states')
    const zeros = onnx.node('Expand', [onnx.scalar(0), onnx.integers(step)])
    onnx.graph.nodes('Scan', [zeros, ...inputs], [last, all], scanAttributes(body, 2, direction))
    return all
  },
  gradient(value, dy, direction) {
    const keep = value.inputs[0]!
    // What a state gets from all those after it runs back through the same factors.
    const total = linearRecurrence(stepBefore(keep, opposite(direction)), dy, opposite(direction))
    return [multiply(total, stepBefore(value, direction)), total]
  },
  run(tf, inputs, _value, direction) {
    const [keep, added] = inputs.map(x => inDirection(stepsOf(tf, x), direction)) as [Tensor[], Tensor[]]
    const states: Tensor[] = []
    let state: Tensor = tf.scalar(0)
    for (const [t, more] of added.entries()) {
      state = tf.add(tf.mul(keep[t]!, state), more)
      states.push(state)
    }
    return tf.stack(inDirection(states, direction))
  },
}

/**
 * States of which each is the one before, times its own factor, plus its own addition: y(t) = keep(t) * y(t-1) +
 * added(t), from zeros. One node whatever the number of steps. Shape: [T, ...] twice -> [T, ...].
 */
export const linearRecurrence = (keep: Value, added: Value, direction: Direction): Value =>
  apply(linearRecurrenceOp, [keep, added], direction)

/** Returns for each step what the one before it had; zeros for the first. Shape: [T, ...]. */
export function stepBefore(x: Value, direction: Direction): Value {
  if (x.shape[0] === 1) {
    return filled(x.shape.map(fixed), 0)
  }
  const shift = direction === 'forward' ? 1 : -1
  return pad(x, { axis: 0, before: shift, after: -shift })
}

/** Returns a sequence step by step. TensorFlow.js cannot differentiate its own unstack where there is one step only. */
export const stepsOf = (tf: TensorFlow, x: Tensor): Tensor[] =>
  x.shape[0] === 1 ? [tf.squeeze(x, [0])] : tf.unstack(x)

/** Returns the attributes of a Scan node: the body, and the end from which sequences are read and written. */
export function scanAttributes(body: OnnxGraph, sequences: number, direction: Direction) {
  const backwards = direction === 'reverse' ? 1 : 0
  return {
    body: subgraph(body),
    num_scan_inputs: int(sequences),
    scan_input_directions: ints(...Array<number>(sequences).fill(backwards)),
    scan_output_directions: ints(backwards),
  }
}

/** Returns steps in the order in which a recurrence takes them, or back in that of the sequence. */
export const inDirection = <T>(steps: readonly T[], direction: Direction): T[] =>
  direction === 'forward' ? [...steps] : steps.toReversed()
