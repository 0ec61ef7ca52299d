import type { GraphProto, ModelProto, TypeProto, ValueInfoProto } from 'onnx-buf'
import { InputDataError } from '../core/errors.ts'
import { chainedModels } from './onnx-chain.ts'
import {
  attributeProto,
  DATA_TYPES,
  type Schemas,
  schemas,
  tensorProto,
  valueInfoProto,
} from './onnx-proto.ts'

/** Element types this library writes, with the typed array that holds each; int64 may be given as plain integers. */
export interface TensorData {
  /** Bits of IEEE 754 halves. */
  float16: Uint16Array
  float32: Float32Array
  float64: Float64Array
  int32: Int32Array
  int64: BigInt64Array | readonly number[]
  uint8: Uint8Array
}

export type ElementType = keyof TensorData

/** A constant of a graph. Shape: `dims`, row-major; `[]` is a scalar. */
export type ConstantTensor = {
  [T in ElementType]: { type: T; dims: readonly number[]; data: TensorData[T] }
}[ElementType]

/** A dimension: its size, or a name where the size is only known when running. */
export type Dimension = number | string

/** An input or output of a model. `type` is a name such as `float32`, or ONNX's number for types not written here. */
export interface ValueInfo {
  name: string
  type: string
  dims: Dimension[]
}

/** A node's attribute. The kind is explicit because a JavaScript number does not say whether it is an int or a float. */
export type Attribute =
  | { kind: 'int'; value: number }
  | { kind: 'ints'; value: readonly number[] }
  | { kind: 'float'; value: number }
  | { kind: 'floats'; value: readonly number[] }
  | { kind: 'string'; value: string }
  | { kind: 'strings'; value: readonly string[] }
  | { kind: 'tensor'; value: ConstantTensor }
  | { kind: 'graph'; value: OnnxGraph }

export const int = (value: number): Attribute => ({ kind: 'int', value })
export const ints = (...value: number[]): Attribute => ({ kind: 'ints', value })
export const float = (value: number): Attribute => ({ kind: 'float', value })
export const floats = (...value: number[]): Attribute => ({ kind: 'floats', value })
export const text = (value: string): Attribute => ({ kind: 'string', value })
export const texts = (value: readonly string[]): Attribute => ({ kind: 'strings', value })
export const tensor = (value: ConstantTensor): Attribute => ({ kind: 'tensor', value })
export const subgraph = (value: OnnxGraph): Attribute => ({ kind: 'graph', value })

interface NodeRecord {
  opType: string
  /** The operator set; empty for that of ONNX itself. */
  domain: OperatorDomain
  inputs: readonly string[]
  outputs: readonly string[]
  attributes: Readonly<Record<string, Attribute>>
}

/** IR version 8 with operator set 17: what ONNX Runtime 1.12 (2022) and everything since reads. */
const IR_VERSION = 8n
const OPSET = 17n
/** Operator sets beside ONNX's own: models that are no networks, since ONNX 1.10 (2021). */
const DOMAINS = { 'ai.onnx.ml': 3n } as const
export type OperatorDomain = '' | keyof typeof DOMAINS
const PRODUCER = 'splice-score'

/**
 * An ONNX model under construction. Calls are recorded in order; `toBytes` writes the file, and the same calls
 * always give the same bytes. Every method that makes a value returns its name, to be passed on as an input.
 */
export class OnnxGraph {
  readonly name: string
  /** Version of the tool that made the file; a bundle sets it. */
  producerVersion = ''
  readonly #inputs: ValueInfo[] = []
  readonly #outputs: ValueInfo[] = []
  readonly #constants: { name: string; tensor: ConstantTensor }[] = []
  readonly #nodes: NodeRecord[] = []
  readonly #metadata = new Map<string, string>()
  readonly #names = new Set<string>()
  readonly #outer: OnnxGraph | undefined
  #first: Uint8Array | undefined

  /** `outer`: the graph in which this one is a node's body, such as a loop's; its values can be used here. */
  constructor(name: string, outer?: OnnxGraph) {
    this.name = name
    this.#outer = outer
  }

  /** Returns the name of a new graph input. */
  input(name: string, type: ElementType, dims: Dimension[]): string {
    this.#inputs.push({ name, type, dims })
    return this.#declare(name)
  }

  /** Declares a value that some node makes as a graph output. */
  output(name: string, type: ElementType, dims: Dimension[]): void {
    this.#outputs.push({ name, type, dims })
  }

  /**
   * Returns the name of a new constant (an initializer).
   * Throws: RangeError when the data's length is not the product of the dimensions.
   */
  constant(name: string, tensor: ConstantTensor): string {
    const size = tensor.dims.reduce((product, dim) => product * dim, 1)
    if (tensor.data.length !== size) {
      throw new RangeError(
        `constant ${name}: expected ${size} values for dimensions [${tensor.dims}], found ${tensor.data.length}`,
      )
    }
    this.#constants.push({ name, tensor })
    return this.#declare(name)
  }

  /** Returns the name of a new node's only output. An empty input name leaves an optional input out. */
  node(
    opType: string,
    inputs: readonly string[],
    output: string,
    attributes: Record<string, Attribute> = {},
    domain: OperatorDomain = '',
  ): string {
    this.nodes(opType, inputs, [output], attributes, domain)
    return output
  }

  /** Adds a node with any number of outputs. */
  nodes(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Record<string, Attribute> = {},
    domain: OperatorDomain = '',
  ): void {
    for (const input of inputs) {
      if (input !== '' && !this.#knows(input)) {
        throw new RangeError(`${opType} node: its input ${input} has not been made by an earlier call`)
      }
    }
    this.#nodes.push({ opType, domain, inputs, outputs, attributes })
    for (const output of outputs) {
      this.#declare(output)
    }
  }

  /** Puts a model, as the bytes of its file, before this graph: what it computes becomes this graph's one input. */
  follow(model: Uint8Array): void {
    this.#first = model
  }

  /** Sets one entry of metadata_props; a second call for a key replaces the value and keeps its place. */
  metadata(key: string, value: string): void {
    this.#metadata.set(key, value)
  }

  /** Returns the bytes of the .onnx file. Throws: InputDataError when the model put before does not fit. */
  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    const onnx = await schemas()
    const model = onnx.create(onnx.ModelProtoSchema, {
      irVersion: IR_VERSION,
      producerName: PRODUCER,
      producerVersion: this.producerVersion,
      opsetImport: [{ domain: '', version: OPSET }, ...this.#furtherDomains()],
      graph: this.toProto(onnx),
      metadataProps: Array.from(this.#metadata, ([key, value]) => ({ key, value })),
    })
    const first = this.#first && onnx.fromBinary(onnx.ModelProtoSchema, this.#first)
    return onnx.toBinary(onnx.ModelProtoSchema, first ? chainedModels(onnx, first, model) : model)
  }

  /** Returns the graph alone, as a model or a node holds it. Throws: RangeError when no node makes an output. */
  toProto(onnx: Schemas): GraphProto {
    for (const { name } of this.#outputs) {
      if (!this.#names.has(name)) {
        throw new RangeError(`graph ${this.name}: no node makes its output ${name}`)
      }
    }
    return onnx.create(onnx.GraphProtoSchema, {
      name: this.name,
      node: this.#nodes.map(node => ({
        name: node.outputs[0] ?? '',
        opType: node.opType,
        domain: node.domain,
        input: [...node.inputs],
        output: [...node.outputs],
        attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(onnx, name, value)),
      })),
      initializer: this.#constants.map(({ name, tensor }) => tensorProto(onnx, name, tensor)),
      input: this.#inputs.map(info => valueInfoProto(onnx, info)),
      output: this.#outputs.map(info => valueInfoProto(onnx, info)),
    })
  }

  #furtherDomains(): { domain: string; version: bigint }[] {
    const used = new Set(this.#nodes.map(({ domain }) => domain))
    return Object.entries(DOMAINS).flatMap(([domain, version]) =>
      used.has(domain as OperatorDomain) ? [{ domain, version }] : [],
    )
  }

  #knows(name: string): boolean {
    const outer = this.#outer
    return this.#names.has(name) || (outer ? outer.#knows(name) : false)
  }

  #declare(name: string): string {
    if (this.#knows(name)) {
      throw new RangeError(`graph ${this.name}: the name ${name} is used twice`)
    }
    this.#names.add(name)
    return name
  }
}

/** What an ONNX file says about itself. */
export interface OnnxDescription {
  metadata: Map<string, string>
  inputs: ValueInfo[]
  outputs: ValueInfo[]
}

/**
 * Returns an ONNX file's metadata and its inputs and outputs.
 * Throws: InputDataError when the bytes are no ONNX model; `label` names the file in the message.
 */
export async function describeOnnx(bytes: Uint8Array, label = 'model'): Promise<OnnxDescription> {
  const onnx = await schemas()
  const hint = 'give an .onnx file; a truncated download looks like this too'
  let model: ModelProto
  try {
    model = onnx.fromBinary(onnx.ModelProtoSchema, bytes)
  } catch (error) {
    throw new InputDataError(
      `${label}: expected an ONNX model, found ${bytes.length} bytes that are none`,
      hint,
      error,
    )
  }
  // Some byte strings are valid protobuf by chance, the empty one among them.
  if (model.irVersion === 0n || model.graph === undefined || model.graph.output.length === 0) {
    throw new InputDataError(
      `${label}: expected an ONNX model, found ${bytes.length} bytes without a graph`,
      hint,
    )
  }
  const constants = new Set(model.graph.initializer.map(tensor => tensor.name))
  return {
    metadata: new Map(model.metadataProps.map(({ key, value }) => [key, value])),
    // Old files list their constants among the inputs.
    inputs: model.graph.input.filter(info => !constants.has(info.name)).map(valueInfo),
    outputs: model.graph.output.map(valueInfo),
  }
}

/**
 * Returns the metadata_props of an ONNX file.
 * Throws: InputDataError when the bytes are no ONNX model.
 */
export async function readOnnxMetadata(bytes: Uint8Array, label = 'model'): Promise<Map<string, string>> {
  return (await describeOnnx(bytes, label)).metadata
}

function valueInfo(info: ValueInfoProto): ValueInfo {
  const value: TypeProto['value'] | undefined = info.type?.value
  if (value?.case !== 'tensorType') {
    return { name: info.name, type: 'not a tensor', dims: [] }
  }
  const number = value.value.elemType
  const known = (Object.keys(DATA_TYPES) as ElementType[]).find(type => DATA_TYPES[type] === number)
  const dims = value.value.shape?.dim ?? []
  return {
    name: info.name,
    type: known ?? String(number),
    dims: dims.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : (value.value ?? '?'))),
  }
}
