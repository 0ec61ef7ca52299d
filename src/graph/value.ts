/**
 * A network as data. A `Value` is a tensor that some op will make; ops are called like functions and only note what is
 * to be computed. The same notes are then lowered to ONNX, differentiated, or run by TensorFlow.js.
 */
import type * as tf from '@tensorflow/tfjs'
import type { OnnxLowering } from './onnx-lowering.ts'
import { type Shape, showShape } from './shape.ts'

/** Element types of values. Arithmetic is float32; uint8 holds codes and masks, int32 indices, bool conditions. */
export type ValueType = 'float32' | 'uint8' | 'int32' | 'bool'

/** A tensor to be computed. */
export interface Value {
  readonly op: Op<unknown>
  readonly inputs: readonly Value[]
  readonly attributes: unknown
  readonly type: ValueType
  readonly shape: Shape
}

/** TensorFlow.js, handed in by whoever has loaded it. */
export type TensorFlow = typeof tf
export type Tensor = tf.Tensor

/** What an op makes of its operands: element type and shape. */
export interface ValueInfo {
  type: ValueType
  shape: Shape
}

/** One operation: its shape rule, its ONNX form, its gradient and its TensorFlow.js form, side by side. */
export interface Op<A> {
  /** Named in error messages and node names. */
  readonly name: string
  /** Throws: ShapeError, with the shapes found, when the operands do not fit. */
  infer(inputs: readonly Value[], attributes: A): ValueInfo
  /** Adds the op's nodes and returns the name of the result. */
  lower(onnx: OnnxLowering, inputs: readonly string[], value: Value, attributes: A): string
  /**
   * Returns the gradient of a scalar with respect to each input, given `dy`, its gradient with respect to the result;
   * undefined where an input has none (indices, conditions). Absent when the op cannot be differentiated at all.
   */
  gradient?(value: Value, dy: Value, attributes: A): readonly (Value | undefined)[]
  /** Returns the result as TensorFlow.js computes it, through functions that it can differentiate itself. */
  run(tf: TensorFlow, inputs: readonly Tensor[], value: Value, attributes: A): Tensor
}

/** Returns the value of an op applied to inputs. Throws: ShapeError when they do not fit. */
export function apply<A>(op: Op<A>, inputs: readonly Value[], attributes: A): Value {
  const { type, shape } = op.infer(inputs, attributes)
  return { op: op as Op<unknown>, inputs, attributes, type, shape }
}

/** Throws: TypeError unless the value has the element type an op needs. */
export function requireType(op: string, value: Value, type: ValueType): void {
  if (value.type !== type) {
    throw new TypeError(`${op}: expected a ${type} operand, found ${value.type} ${showShape(value.shape)}`)
  }
}

/**
 * Returns every value the given ones are computed from, themselves included, each after its inputs. What is `known`
 * already is left out, with what only it is computed from.
 */
export function inOrder(outputs: readonly Value[], known: Iterable<Value> = []): Value[] {
  const order: Value[] = []
  const seen = new Set<Value>(known)
  // A stack of its own: recursion would overflow on networks of many hundred layers.
  const stack: { value: Value; next: number }[] = []
  const push = (value: Value) => {
    if (!seen.has(value)) {
      seen.add(value)
      stack.push({ value, next: 0 })
    }
  }
  for (const output of outputs) {
    push(output)
    while (stack.length > 0) {
      const top = stack.at(-1)!
      const input = top.value.inputs[top.next++]
      if (input === undefined) {
        order.push(top.value)
        stack.pop()
      } else {
        push(input)
      }
    }
  }
  return order
}
