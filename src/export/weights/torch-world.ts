import { InputDataError } from '../../core/errors.ts'
import {
  describe,
  describeAll,
  isGlobal,
  type PickleGlobal,
  type PickleObject,
  type PickleValue,
  type PickleWorld,
} from './pickle-values.ts'
import { bytesPerValue, rowMajorStrides, shown, type TensorType, valueCount } from './tensor-file.ts'

/** Number types of storages. Quantised and complex ones are not read. */
const STORAGE_TYPES: ReadonlyMap<string, TensorType> = new Map([
  ['torch.DoubleStorage', 'float64'],
  ['torch.FloatStorage', 'float32'],
  ['torch.HalfStorage', 'float16'],
  ['torch.BFloat16Storage', 'bfloat16'],
  ['torch.LongStorage', 'int64'],
  ['torch.IntStorage', 'int32'],
  ['torch.ShortStorage', 'int16'],
  ['torch.CharStorage', 'int8'],
  ['torch.ByteStorage', 'uint8'],
  ['torch.BoolStorage', 'bool'],
])

/** Calls of TorchScript that only say the type of their first argument. */
const TYPE_NOTES = [
  'restore_type_tag',
  'build_intlist',
  'build_doublelist',
  'build_boollist',
  'build_tensorlist',
].map(name => `torch.jit._pickle.${name}`)

/** Classes of TorchScript modules; instances are bags of attributes here, their code is never looked at. */
const SCRIPT_CLASSES = '__torch__.'

/** Bytes of the file that tensors look into. */
export interface Storage extends PickleObject {
  kind: 'storage'
  type: TensorType
  bytesPerValue: number
  /** Number of values. */
  length: number
  bytes: Uint8Array
}

/** A tensor whose values still lie in its storage, checked to be inside. */
export interface StoredTensor extends PickleObject {
  kind: 'tensor'
  storage: Storage
  dims: number[]
  /** Units: values. */
  offset: number
  strides: number[]
  /** Number of values. */
  count: number
}

/** Returns true for a tensor. */
export function isStoredTensor(value: PickleValue): value is StoredTensor {
  return kindOf(value) === 'tensor'
}

/** What pickles of PyTorch may reach: ordered dicts, tensors from storages of the archive, and TorchScript records. */
export class TorchWorld implements PickleWorld {
  readonly #readStorage: (key: string) => Uint8Array | undefined
  readonly #storages = new Map<string, Storage>()
  readonly #globals: ReadonlyMap<string, PickleGlobal>

  /** `readStorage` returns the bytes of a storage by its key, undefined when there are none. */
  constructor(readStorage: (key: string) => Uint8Array | undefined) {
    this.#readStorage = readStorage
    const calls: [string, (args: PickleValue[]) => PickleValue][] = [
      ['collections.OrderedDict', emptyDict],
      ['torch._utils._rebuild_tensor_v2', rebuildTensor],
      ['torch._utils._rebuild_parameter', args => parameter(args, 3)],
      ['torch._utils._rebuild_parameter_with_state', args => parameter(args, 4)],
      ...TYPE_NOTES.map(path => [path, firstArgument] as [string, typeof firstArgument]),
    ]
    const globals = [
      ...calls.map(([path, call]): PickleGlobal => ({ kind: 'global', path, call })),
      ...[...STORAGE_TYPES.keys()].map((path): PickleGlobal => ({ kind: 'global', path })),
    ]
    this.#globals = new Map(globals.map(entry => [entry.path, entry]))
  }

  global(path: string): PickleGlobal | undefined {
    return path.startsWith(SCRIPT_CLASSES)
      ? { kind: 'global', path, isRecordClass: true }
      : this.#globals.get(path)
  }

  /** Persistent ids are ('storage', class, key, device, number of values); newer files never use another form. */
  persistent(id: PickleValue): Storage {
    const [word, of, key, , length] = Array.isArray(id) ? id : []
    const type = of !== undefined && isGlobal(of) ? STORAGE_TYPES.get(of.path) : undefined
    if (word !== 'storage' || type === undefined || typeof key !== 'string' || !isCount(length)) {
      bad(
        "a storage ('storage', type, key, device, length)",
        Array.isArray(id) ? describeAll(id) : describe(id),
      )
    }
    const known = this.#storages.get(`${type} ${key}`)
    const storage = known ?? this.#load(type, key)
    if (storage.length !== length) {
      bad(
        `storage ${shown(key)} of ${length} values of ${type}`,
        `${storage.bytes.length} bytes in the archive`,
      )
    }
    return storage
  }

  #load(type: TensorType, key: string): Storage {
    const bytes = this.#readStorage(key)
    if (bytes === undefined) {
      bad(`storage ${shown(key)} in the archive`, 'none of that name')
    }
    const size = bytesPerValue(type)
    const storage: Storage = {
      kind: 'storage',
      type,
      bytesPerValue: size,
      length: Math.floor(bytes.length / size),
      bytes,
    }
    this.#storages.set(`${type} ${key}`, storage)
    return storage
  }
}

/** Arguments: storage, offset, dims, strides, requires_grad, backward hooks and, in newer files, metadata. */
function rebuildTensor(args: PickleValue[]): StoredTensor {
  const [storage, offset, dims, strides, , , metadata] = args
  if (
    args.length < 6 ||
    args.length > 7 ||
    !isStorage(storage) ||
    !isCount(offset) ||
    !isCounts(dims) ||
    !isCounts(strides)
  ) {
    return bad('a tensor of (storage, offset, dims, strides, ...)', describeAll(args))
  }
  if (metadata instanceof Map ? metadata.size > 0 : (metadata ?? null) !== null) {
    bad('a tensor without metadata', `${describe(metadata!)}: its values would have to be changed`)
  }
  const shape = `dims [${dims.join(', ')}], strides [${strides.join(', ')}], offset ${offset}`
  const count = valueCount(dims)
  if (count === undefined || dims.length !== strides.length) {
    return bad('a countable shape with one stride per dimension', shape)
  }
  if (count > storage.length) {
    bad(
      `at most the ${storage.length} values of its storage`,
      `${count} (${shape})`,
      'it repeats values: call .clone() on it before saving',
    )
  }
  const last = dims.reduce((position, size, axis) => position + (size - 1) * strides[axis]!, offset)
  if (count > 0 && last >= storage.length) {
    bad(`a tensor within the ${storage.length} values of its storage`, shape)
  }
  return {
    kind: 'tensor',
    storage,
    dims,
    offset,
    strides: count > 0 ? strides : rowMajorStrides(dims),
    count,
  }
}

/** Arguments: tensor, requires_grad, backward hooks and, with state, attributes that hold no weights. */
function parameter(args: PickleValue[], expected: number): StoredTensor {
  const [tensor] = args
  return tensor !== undefined && args.length === expected && isStoredTensor(tensor)
    ? tensor
    : bad(`a parameter of a tensor and ${expected - 1} more`, describeAll(args))
}

function emptyDict(args: PickleValue[]): PickleValue {
  return args.length === 0 ? new Map() : bad('an ordered dict without arguments', describeAll(args))
}

function firstArgument(args: PickleValue[]): PickleValue {
  return args[0] ?? null
}

function isStorage(value: PickleValue | undefined): value is Storage {
  return value !== undefined && kindOf(value) === 'storage'
}

function isCount(value: PickleValue | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount)
}

function kindOf(value: PickleValue): string | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined
}

/** The pickle machine adds file and byte. */
function bad(expected: string, found: string, hint?: string): never {
  throw new InputDataError(`expected ${expected}, found ${found}`, hint)
}
