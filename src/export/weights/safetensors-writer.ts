/** A tensor to be written. Shape: `dims`, row-major. */
export interface StoredTensor {
  name: string
  dims: readonly number[]
  data: Float32Array
}

/**
 * Returns a safetensors file: the header, with the texts in `metadata`, then the tensors in the order given. The same
 * arguments give the same bytes. Throws: RangeError for two tensors of one name.
 * Source: github.com/huggingface/safetensors, format description.
 */
export function safetensorsBytes(
  tensors: readonly StoredTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let size = 0
  for (const { name, dims, data } of tensors) {
    if (name in header) {
      throw new RangeError(`safetensors: the name ${name} is used twice`)
    }
    header[name] = { dtype: 'F32', shape: dims, data_offsets: [size, size + data.byteLength] }
    size += data.byteLength
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  // Spaces up to a multiple of eight, so that a reader can map the numbers where they lie.
  const headerSize = Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(8 + headerSize + size).fill(0x20, 8 + text.length, 8 + headerSize)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerSize), true)
  bytes.set(text, 8)
  let at = 8 + headerSize
  for (const { data } of tensors) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}
