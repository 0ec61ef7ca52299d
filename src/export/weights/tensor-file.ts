import { InputDataError } from '../../core/errors.ts'

/** How each type of number is stored: bytes per value, and how to read one (little-endian). */
const TYPES = {
  float64: { bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) },
  float32: { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  float16: { bytes: 2, read: (view: DataView, at: number) => widenHalf(view.getUint16(at, true)) },
  bfloat16: { bytes: 2, read: (view: DataView, at: number) => widenBrain(view.getUint16(at, true)) },
  int64: { bytes: 8, read: (view: DataView, at: number) => Number(view.getBigInt64(at, true)) },
  int32: { bytes: 4, read: (view: DataView, at: number) => view.getInt32(at, true) },
  int16: { bytes: 2, read: (view: DataView, at: number) => view.getInt16(at, true) },
  int8: { bytes: 1, read: (view: DataView, at: number) => view.getInt8(at) },
  uint64: { bytes: 8, read: (view: DataView, at: number) => Number(view.getBigUint64(at, true)) },
  uint32: { bytes: 4, read: (view: DataView, at: number) => view.getUint32(at, true) },
  uint16: { bytes: 2, read: (view: DataView, at: number) => view.getUint16(at, true) },
  uint8: { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  bool: { bytes: 1, read: (view: DataView, at: number) => (view.getUint8(at) === 0 ? 0 : 1) },
} as const

export type TensorType = keyof typeof TYPES

/** A tensor of a weight file, under the name the file gives it. */
export interface NamedTensor {
  name: string
  /** Row-major; empty for a scalar. */
  dims: number[]
  /** As stored in the file; `data` is always float32. */
  type: TensorType
  /** The values, row-major: float64 rounded, float16 and bfloat16 widened, integers as the nearest float32. */
  data: Float32Array<ArrayBuffer>
  /** The values of integer and boolean types as plain numbers, exact up to 2^53; absent for floating-point types. */
  integers?: Float64Array<ArrayBuffer>
}

/** Where a tensor's values lie in stored bytes. */
export interface TensorLayout {
  name: string
  dims: readonly number[]
  type: TensorType
  /** First value, counted in values from the start of the bytes. */
  offset: number
  /** Step of each dimension. Units: values. */
  strides: readonly number[]
}

/** Returns the size of one stored value. Units: bytes. */
export function bytesPerValue(type: TensorType): number {
  return TYPES[type].bytes
}

/**
 * Returns the number of values of that shape; undefined when a dimension is not a whole number from 0 on or the product is
 * past what numbers can count.
 */
export function valueCount(dims: readonly number[]): number | undefined {
  let count = 1
  for (const size of dims) {
    if (!Number.isSafeInteger(size) || size < 0) {
      return undefined
    }
    // Zero times anything is zero, but only if the other factors are countable.
    count *= size
    if (!Number.isSafeInteger(count)) {
      return undefined
    }
  }
  return count
}

/** Returns the strides of a tensor whose values lie one after the other, last dimension fastest. Units: values. */
export function rowMajorStrides(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length)
  let step = 1
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    strides[axis] = step
    step *= dims[axis]!
  }
  return strides
}

/**
 * Returns the tensor with its values in row-major order. The caller has checked that the layout stays inside the bytes.
 * Memory: 4 bytes per value, 12 for integer types.
 */
export function decodeTensor(bytes: Uint8Array, layout: TensorLayout): NamedTensor {
  const { name, type, dims } = layout
  const { bytes: size, read } = TYPES[type]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = valueCount(dims)!
  const data = new Float32Array(count)
  const isFloat = type.includes('float')
  const integers = isFloat ? undefined : new Float64Array(count)
  let next = 0
  const index = new Array<number>(dims.length).fill(0)
  let position = layout.offset
  while (next < count) {
    const value = read(view, position * size)
    data[next] = value
    if (integers) {
      integers[next] = value
    }
    next++
    // Count up like an odometer, last axis fastest.
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      position += layout.strides[axis]!
      if (++index[axis]! < dims[axis]!) {
        break
      }
      position -= layout.strides[axis]! * dims[axis]!
      index[axis] = 0
    }
  }
  return { name, dims: [...dims], type, data, ...(integers && { integers }) }
}

/** Returns tensors by name, in their order. Throws: InputDataError when two share one. */
export function tensorsByName(tensors: readonly NamedTensor[], label: string): Map<string, NamedTensor> {
  const byName = new Map<string, NamedTensor>()
  for (const tensor of tensors) {
    if (byName.has(tensor.name)) {
      throw new InputDataError(
        `${label}: expected different names, found two tensors named ${shown(tensor.name)}`,
      )
    }
    byName.set(tensor.name, tensor)
  }
  return byName
}

/** Returns a text of a file as messages show it: quoted, control characters escaped, cut when long. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text)
}

/** Value of an IEEE 754 half: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function widenHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) {
    return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  }
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const scratch = new DataView(new ArrayBuffer(4))

/** Value of a bfloat16: the upper half of a float32. */
function widenBrain(bits: number): number {
  scratch.setUint32(0, bits * 0x10000)
  return scratch.getFloat32(0)
}
