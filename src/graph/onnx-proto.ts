import type { AttributeProto, TensorProto, ValueInfoProto } from 'onnx-buf'
import type { Attribute, ConstantTensor, ElementType, ValueInfo } from './onnx-writer.ts'

/** TensorProto.DataType of the ONNX standard. */
export const DATA_TYPES: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  float16: 10,
  float64: 11,
}

/** The libraries that write the format, loaded. */
export type Schemas = typeof import('onnx-buf') & typeof import('@bufbuild/protobuf')

/** 40 to 60 ms, a third of the command line's start: loaded when a model is written or read, not before. */
export const schemas = async (): Promise<Schemas> => ({
  ...(await import('onnx-buf')),
  ...(await import('@bufbuild/protobuf')),
})

/** Returns an input or output as the format holds it. */
export function valueInfoProto(onnx: Schemas, info: ValueInfo): ValueInfoProto {
  const dim = info.dims.map(size => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }))
  const elemType = DATA_TYPES[info.type as ElementType]
  return onnx.create(onnx.ValueInfoProtoSchema, {
    name: info.name,
    type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } },
  })
}

/** Returns a constant as the format holds it. */
export function tensorProto(onnx: Schemas, name: string, tensor: ConstantTensor): TensorProto {
  const data =
    tensor.type === 'int64' && !(tensor.data instanceof BigInt64Array)
      ? BigInt64Array.from(tensor.data, BigInt)
      : (tensor.data as Exclude<typeof tensor.data, readonly number[]>)
  return onnx.create(onnx.TensorProtoSchema, {
    name,
    dims: tensor.dims.map(BigInt),
    dataType: DATA_TYPES[tensor.type],
    // ONNX wants little-endian; so is every machine ONNX Runtime has a Node build for.
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(),
  })
}

/** Returns a node's attribute as the format holds it; a graph with everything in it. */
export function attributeProto(onnx: Schemas, name: string, attribute: Attribute): AttributeProto {
  const types = onnx.AttributeProto_AttributeType
  const init = (() => {
    switch (attribute.kind) {
      case 'int':
        return { type: types.INT, i: BigInt(attribute.value) }
      case 'ints':
        return { type: types.INTS, ints: attribute.value.map(BigInt) }
      case 'float':
        return { type: types.FLOAT, f: attribute.value }
      case 'floats':
        return { type: types.FLOATS, floats: [...attribute.value] }
      case 'string':
        return { type: types.STRING, s: new TextEncoder().encode(attribute.value) }
      case 'strings':
        return { type: types.STRINGS, strings: encoded(attribute.value) }
      case 'tensor':
        return { type: types.TENSOR, t: tensorProto(onnx, '', attribute.value) }
      case 'graph':
        return { type: types.GRAPH, g: attribute.value.toProto(onnx) }
    }
  })()
  return onnx.create(onnx.AttributeProtoSchema, { name, ...init })
}

/** Returns texts as bytes; a list can have a million of which few differ. */
function encoded(texts: readonly string[]): Uint8Array<ArrayBuffer>[] {
  const encoder = new TextEncoder()
  const bytesOf = new Map(Array.from(new Set(texts), text => [text, encoder.encode(text)]))
  return texts.map(text => bytesOf.get(text)!)
}
