import { type Attribute, type ConstantTensor, OnnxGraph } from './onnx-writer.ts'
import type { Shape } from './shape.ts'
import { inOrder, type Value } from './value.ts'

/** What an op's ONNX form is written with: nodes and constants get their names here. */
export class OnnxLowering {
  readonly graph: OnnxGraph
  readonly #names = new Map<Value, string>()
  readonly #constants = new Map<string, string>()
  #count = 0

  constructor(graph: OnnxGraph) {
    this.graph = graph
  }

  /** Returns the name of a new node's only output. An empty input leaves an optional one out. */
  node(opType: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    return this.graph.node(opType, inputs, this.name(opType), attributes)
  }

  /** Returns a name that no other value has. */
  name(hint: string): string {
    return `${hint}_${this.#count++}`
  }

  /** Returns the name of a list of integers, as shapes and axes are given; equal lists share one constant. */
  integers(values: readonly number[]): string {
    return this.#shared(`i${values.length}:${values}`, () => ({
      type: 'int64',
      dims: [values.length],
      data: values,
    }))
  }

  /** Returns the name of a float32 scalar; equal ones share one constant. */
  scalar(value: number): string {
    return this.#shared(`f:${value}`, () => ({ type: 'float32', dims: [], data: Float32Array.of(value) }))
  }

  #shared(key: string, make: () => ConstantTensor): string {
    let name = this.#constants.get(key)
    if (name === undefined) {
      name = this.graph.constant(this.name('constant'), make())
      this.#constants.set(key, name)
    }
    return name
  }

  /** Adds the nodes of a value and of all it is computed from, unless they are there; returns its name. */
  lower(value: Value): string {
    for (const step of inOrder([value], this.#names.keys())) {
      const inputs = step.inputs.map(input => this.#names.get(input)!)
      this.#names.set(step, step.op.lower(this, inputs, step, step.attributes))
    }
    return this.#names.get(value)!
  }
}

/**
 * Returns the ONNX graph that computes the named outputs. The graph's inputs are the input values found, in the order
 * in which the computation meets them.
 */
export function lowerToOnnx(name: string, outputs: Readonly<Record<string, Value>>): OnnxGraph {
  const graph = new OnnxGraph(name)
  const lowering = new OnnxLowering(graph)
  for (const [output, value] of Object.entries(outputs)) {
    if (value.type === 'bool') {
      throw new TypeError(`output ${output}: expected numbers, found conditions; cast them first`)
    }
    // A node that does nothing gives the output its name, whatever made it; the runtime removes it.
    graph.node('Identity', [lowering.lower(value)], output)
    graph.output(output, value.type, [...value.shape])
  }
  return graph
}

/** Returns a dimension list as ONNX's Reshape wants it: one name at most, which it works out itself. */
export function reshapeTarget(shape: Shape): number[] {
  if (shape.filter(dim => typeof dim === 'string').length > 1) {
    throw new RangeError(`expected at most one dimension of unknown size to reshape to, found [${shape}]`)
  }
  return shape.map(dim => (typeof dim === 'number' ? dim : -1))
}
