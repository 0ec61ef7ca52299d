import { crc32, deflateRawSync } from 'node:zlib'

/** A file for `zipOf`; what is not given is what a correct archive has. */
export interface ZipFile {
  name: string
  content: Uint8Array
  deflate?: boolean
  crc?: number
  flags?: number
  method?: number
  /** Unpacked size the directory claims. */
  size?: number
  /** Where the directory says the file begins. */
  start?: number
}

/** Returns a zip archive of these files; with `zip64` every number that can be is kept in the 64-bit fields. */
export function zipOf(files: readonly ZipFile[], { zip64 = false, comment = '' } = {}): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const file of files) {
    const name = Buffer.from(file.name)
    const packed = file.deflate ? deflateRawSync(file.content) : Buffer.from(file.content)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(name.length, 26)
    parts.push(local, name, packed)
    directory.push(...directoryEntry(file, name, packed, at, zip64))
    at += 30 + name.length + packed.length
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([...parts, ...directory, ...endRecords(files.length, size, at, zip64, comment)])
}

function directoryEntry(file: ZipFile, name: Buffer, packed: Buffer, at: number, zip64: boolean): Buffer[] {
  const size = file.size ?? file.content.length
  const extra = zip64 ? Buffer.alloc(28) : Buffer.alloc(0)
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(file.flags ?? 0, 8)
  entry.writeUInt16LE(file.method ?? (file.deflate ? 8 : 0), 10)
  entry.writeUInt32LE(file.crc ?? crc32(file.content), 16)
  const numbers = [size, packed.length, file.start ?? at] as const
  if (zip64) {
    extra.writeUInt16LE(1, 0)
    extra.writeUInt16LE(24, 2)
    for (const [index, number] of numbers.entries()) {
      extra.writeBigUInt64LE(BigInt(number), 4 + 8 * index)
    }
  }
  const [plainSize, packedSize, start] = zip64 ? [0xffffffff, 0xffffffff, 0xffffffff] : numbers
  entry.writeUInt32LE(packedSize, 20)
  entry.writeUInt32LE(plainSize, 24)
  entry.writeUInt16LE(name.length, 28)
  entry.writeUInt16LE(extra.length, 30)
  entry.writeUInt32LE(start, 42)
  return [entry, name, extra]
}

function endRecords(count: number, size: number, start: number, zip64: boolean, comment: string): Buffer[] {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(zip64 ? 0xffff : count, 10)
  end.writeUInt32LE(zip64 ? 0xffffffff : size, 12)
  end.writeUInt32LE(zip64 ? 0xffffffff : start, 16)
  end.writeUInt16LE(comment.length, 20)
  if (!zip64) {
    return [end, Buffer.from(comment)]
  }
  const end64 = Buffer.alloc(56)
  end64.writeUInt32LE(0x06064b50, 0)
  end64.writeBigUInt64LE(44n, 4)
  end64.writeBigUInt64LE(BigInt(count), 32)
  end64.writeBigUInt64LE(BigInt(size), 40)
  end64.writeBigUInt64LE(BigInt(start), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(start + size), 8)
  return [end64, locator, end, Buffer.from(comment)]
}

/** Pieces of pickles, protocol 2 unless said otherwise; `pickle.of` makes the whole. */
export const pickle = {
  of: (...parts: Buffer[]) => Buffer.concat([Buffer.from([0x80, 2]), ...parts, Buffer.from('.')]),
  none: Buffer.from('N'),
  code: (...bytes: number[]) => Buffer.from(bytes),
  text(value: string): Buffer {
    const bytes = Buffer.from(value)
    const head = Buffer.from('X\0\0\0\0')
    head.writeUInt32LE(bytes.length, 1)
    return Buffer.concat([head, bytes])
  },
  int(value: number): Buffer {
    if (value > 0x7fffffff) {
      const long = Buffer.from([0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0])
      long.writeBigInt64LE(BigInt(value), 2)
      return long
    }
    const bytes = Buffer.from('J\0\0\0\0')
    bytes.writeInt32LE(value, 1)
    return bytes
  },
  tuple: (...items: Buffer[]) => Buffer.concat([Buffer.from('('), ...items, Buffer.from('t')]),
  ints: (values: readonly number[]) => pickle.tuple(...values.map(pickle.int)),
  list: (...items: Buffer[]) => Buffer.concat([Buffer.from(']('), ...items, Buffer.from('e')]),
  dict: (entries: Record<string, Buffer>) =>
    Buffer.concat([
      Buffer.from('}('),
      ...Object.entries(entries).flatMap(([key, value]) => [pickle.text(key), value]),
      Buffer.from('u'),
    ]),
  global: (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`),
  call: (module: string, name: string, ...args: Buffer[]) =>
    Buffer.concat([pickle.global(module, name), pickle.tuple(...args), Buffer.from('R')]),
  /** A TorchScript object. */
  record: (module: string, name: string, attributes: Record<string, Buffer>) =>
    Buffer.concat([
      pickle.global(module, name),
      Buffer.from([0x29, 0x81]),
      pickle.dict(attributes),
      Buffer.from('b'),
    ]),
  storage: (key: string, length: number, type = 'FloatStorage') =>
    Buffer.concat([
      pickle.tuple(
        pickle.text('storage'),
        pickle.global('torch', type),
        pickle.text(key),
        pickle.text('cpu'),
        pickle.int(length),
      ),
      Buffer.from('Q'),
    ]),
  tensor: (storage: Buffer, dims: number[], strides: number[], offset = 0, ...more: Buffer[]) =>
    pickle.call(
      'torch._utils',
      '_rebuild_tensor_v2',
      storage,
      pickle.int(offset),
      pickle.ints(dims),
      pickle.ints(strides),
      Buffer.from([0x89]),
      pickle.call('collections', 'OrderedDict'),
      ...more,
    ),
}

/** Returns a PyTorch file of that pickle and those storages. */
export function torchFile(
  root: Buffer,
  storages: Record<string, Uint8Array> = {},
  others: Record<string, string> = {},
): Buffer {
  return zipOf([
    { name: 'model/data.pkl', content: root },
    ...Object.entries(storages).map(([key, content]) => ({ name: `model/data/${key}`, content })),
    ...Object.entries(others).map(([name, text]) => ({ name: `model/${name}`, content: Buffer.from(text) })),
  ])
}

/** Returns float32 values as stored. */
export function floats(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) {
    bytes.writeFloatLE(value, 4 * index)
  }
  return bytes
}

/** Returns safetensors bytes of a header (a text is taken as it is) and data; `length` claims another header length. */
export function safetensorsOf(header: unknown, data: Uint8Array, length?: number): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const head = Buffer.alloc(8)
  head.writeBigUInt64LE(BigInt(length ?? text.length))
  return Buffer.concat([head, text, data])
}
