import { int, OnnxGraph, text } from '../onnx-writer.ts'
import { fixed, ShapeError } from '../shape.ts'
import { apply, type Op, requireType, type Tensor, type Value } from '../value.ts'
import { add, multiply, square, subtract } from './arithmetic.ts'
import { concat } from './concat.ts'
import {
  type Direction,
  inDirection,
  linearRecurrence,
  opposite,
  scanAttributes,
  stepBefore,
  stepsOf,
} from './linear-recurrence.ts'
import { matmul, swapLast } from './matmul.ts'
import { sigmoid, tanh } from './pointwise.ts'
import { reduceSum } from './reduce.ts'
import { reshape } from './reshape.ts'
import { slice } from './slice.ts'

const lstmOp: Op<Direction> = {
  name: 'lstm',
  infer(inputs) {
    const [x, w, r, b] = inputs as [Value, Value, Value, Value]
    for (const operand of inputs) {
      requireType('lstm', operand, 'float32')
    }
    const [steps, batch, size] = x.shape
    const units = r.shape[1]
    const gates = typeof units === 'number' ? 4 * units : '4H'
    const found = [w, r, b].map(operand => operand.shape.join())
    const wanted = [`${gates},${size}`, `${gates},${units}`, `${gates}`]
    if (x.shape.length !== 3 || found.some((shape, i) => shape !== wanted[i])) {
      const shapes = inputs.map(operand => operand.shape)
      throw new ShapeError('lstm', shapes, '[T, N, I] and weights [4H, I], [4H, H] and [4H]')
    }
    return { type: 'float32', shape: [steps!, batch!, units!] }
  },
  lower(onnx, [x, w, r, b], value, direction) {
    const units = fixed(value.shape[2])
    // ONNX has the directions as an axis of their own, and a second bias.
    const none = onnx.node('Expand', [onnx.scalar(0), onnx.integers([4 * units])])
    const biases = onnx.node('Concat', [b!, none], { axis: int(0) })
    const weights = [w!, r!, biases].map(name => onnx.node('Unsqueeze', [name, onnx.integers([0])]))
    const y = onnx.node('LSTM', [x!, ...weights], { hidden_size: int(units), direction: text(direction) })
    return onnx.node('Squeeze', [y, onnx.integers([1])])
  },
  gradient: lstmGradient,
  run(tf, inputs, value, direction) {
    const [x, w, r, b] = inputs as [Tensor, Tensor, Tensor, Tensor]
    const [steps, batch, size] = x.shape as [number, number, number]
    const given = tf.add(tf.matMul(tf.reshape(x, [steps * batch, size]), w, false, true), b)
    const perStep = stepsOf(tf, tf.reshape(given, [steps, batch, -1]))
    const outputs: Tensor[] = []
    let output: Tensor = tf.zeros([batch, fixed(value.shape[2])])
    let cell = output
    for (const part of inDirection(perStep, direction)) {
      const sums = tf.add(part, tf.matMul(output, r, false, true))
      const [i, o, f, c] = tf.split(sums, 4, 1) as [Tensor, Tensor, Tensor, Tensor]
      cell = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(c)))
      output = tf.mul(tf.sigmoid(o), tf.tanh(cell))
      outputs.push(output)
    }
    return tf.stack(inDirection(outputs, direction))
  },
}

/**
 * Outputs of a layer of long short-term memory at every step, from states of zero. Both ways is one of each direction,
 * concatenated. Gates lie in ONNX's order: input, output, forget, cell.
 * Shape: x [T, N, I], w [4H, I], r [4H, H], b [4H] -> [T, N, H].
 * Source: Hochreiter and Schmidhuber, Neural Computation 9(8), 1997; with the forget gate of Gers et al., 2000.
 */
export const lstm = (x: Value, w: Value, r: Value, b: Value, direction: Direction): Value =>
  apply(lstmOp, [x, w, r, b], direction)

/**
 * Returns the gradients. A loop over steps holds what must be one: the cell states, and the gates' gradients with one
 * matrix product per step. All else is done for all steps at once, so the graph does not grow with their number.
 */
function lstmGradient(y: Value, dy: Value, direction: Direction): Value[] {
  const [x, w, r, b] = y.inputs as [Value, Value, Value, Value]
  const [steps, batch, units] = y.shape.map(fixed) as [number, number, number]
  const outputBefore = stepBefore(y, direction)
  const sums = add(add(matmul(x, swapLast(w)), matmul(outputBefore, swapLast(r))), b)
  const gates = sigmoid(slice(sums, 2, 0, 3 * units))
  const gate = (at: number) => slice(gates, 2, at * units, (at + 1) * units)
  const [i, o, f] = [gate(0), gate(1), gate(2)]
  const candidate = tanh(slice(sums, 2, 3 * units, 4 * units))
  const cell = linearRecurrence(f, multiply(i, candidate), direction)
  const cellOut = tanh(cell)
  // How the output depends on the cell, and how cell (or, for gate o, output) depends on the sum behind each gate.
  const cellToOutput = multiply(o, subtract(1, square(cellOut)))
  const slopes = concat(
    [
      multiply(candidate, slope(i)),
      multiply(cellOut, slope(o)),
      multiply(stepBefore(cell, direction), slope(f)),
      multiply(i, subtract(1, square(candidate))),
    ],
    2,
  )
  const dSums = apply(lstmGatesOp, [dy, slopes, cellToOutput, f, r], direction)
  const rows = swapLast(reshape(dSums, [steps * batch, 4 * units]))
  return [
    matmul(dSums, w),
    matmul(rows, reshape(x, [steps * batch, fixed(x.shape[2])])),
    matmul(rows, reshape(outputBefore, [steps * batch, units])),
    reduceSum(dSums, [0, 1]),
  ]
}

/** Derivative of the logistic function, from its value. */
const slope = (gate: Value) => multiply(gate, subtract(1, gate))

/** Gradients of the sums behind the gates, [T, N, 4H]; runs from the last step of `direction` to the first. */
const lstmGatesOp: Op<Direction> = {
  name: 'lstmGates',
  infer: ([, slopes]) => ({ type: 'float32', shape: slopes!.shape }),
  lower(onnx, [dy, slopes, cellToOutput, forget, r], value, direction) {
    const [, batch, gates] = value.shape.map(fixed) as [number, number, number]
    const units = gates / 4
    const body = new OnnxGraph(onnx.name('body'), onnx.graph)
    const input = (hint: string, size: number) => body.input(onnx.name(hint), 'float32', [batch, size])
    const node = (opType: string, operands: string[], attributes = {}) =>
      body.node(opType, operands, onnx.name(opType), attributes)
    const dSumsAfter = input('dSums', gates)
    const dCellAfter = input('dCell', units)
    const dOutputHere = input('dOutput', units)
    const slopesHere = input('slopes', gates)
    const toOutput = input('cellToOutput', units)
    const forgetHere = input('forget', units)
    const dOutput = node('Add', [dOutputHere, node('MatMul', [dSumsAfter, r!])])
    const dCell = node('Add', [node('Mul', [dOutput, toOutput]), dCellAfter])
    const perGate = node('Concat', [dCell, dOutput, dCell, dCell], { axis: int(1) })
    const dSums = node('Mul', [perGate, slopesHere])
    const dCellBefore = node('Mul', [dCell, forgetHere])
    body.output(dSums, 'float32', [batch, gates])
    body.output(dCellBefore, 'float32', [batch, units])
    body.output(node('Identity', [dSums]), 'float32', [batch, gates])
    const zeros = [gates, units].map(size =>
      onnx.node('Expand', [onnx.scalar(0), onnx.integers([batch, size])]),
    )
    const results = ['lastSums', 'lastCell', 'dSums'].map(hint => onnx.name(hint))
    const sequences = [dy!, slopes!, cellToOutput!, forget!]
    const attributes = scanAttributes(body, sequences.length, opposite(direction))
    onnx.graph.nodes('Scan', [...zeros, ...sequences], results, attributes)
    return results[2]!
  },
  run(tf, inputs, _value, direction) {
    const r = inputs[4]!
    const [dy, slopes, cellToOutput, forget] = inputs
      .slice(0, 4)
      .map(x => inDirection(stepsOf(tf, x), opposite(direction))) as [Tensor[], Tensor[], Tensor[], Tensor[]]
    const results: Tensor[] = []
    let dCellAfter: Tensor = tf.scalar(0)
    for (const [t, given] of dy.entries()) {
      const after = results.at(-1)
      const dOutput = after ? tf.add(given, tf.matMul(after, r)) : given
      const dCell = tf.add(tf.mul(dOutput, cellToOutput[t]!), dCellAfter)
      results.push(tf.mul(tf.concat([dCell, dOutput, dCell, dCell], 1), slopes[t]!))
      dCellAfter = tf.mul(dCell, forget[t]!)
    }
    return tf.stack(inDirection(results, opposite(direction)))
  },
}
