import { InputDataError } from '../../core/errors.ts'
import {
  bytesPerValue,
  decodeTensor,
  type NamedTensor,
  rowMajorStrides,
  shown,
  type TensorType,
  tensorsByName,
  valueCount,
} from './tensor-file.ts'

/** Names of the number types in the header. The 8-bit and smaller floats of newer files are not read. */
const TYPE_NAMES: ReadonlyMap<unknown, TensorType> = new Map([
  ['F64', 'float64'],
  ['F32', 'float32'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['I64', 'int64'],
  ['I32', 'int32'],
  ['I16', 'int16'],
  ['I8', 'int8'],
  ['U64', 'uint64'],
  ['U32', 'uint32'],
  ['U16', 'uint16'],
  ['U8', 'uint8'],
  ['BOOL', 'bool'],
])

const LENGTH_BYTES = 8
const METADATA_KEY = '__metadata__'
/** A list in an entry in the header; one more is left for what is then called wrong by name. */
const MAX_HEADER_DEPTH = 4
/** The limit of the reference implementation. */
const MAX_HEADER_BYTES = 100_000_000
const DAMAGED = 'the file is damaged or was cut off; get it again'

/** An entry of the header. */
interface Entry {
  name: string
  type: TensorType
  dims: number[]
  /** Bytes, counted from the end of the header. */
  start: number
  end: number
}

/** Returns true when the bytes look like safetensors: a length, then a JSON object. */
export function isSafetensors(bytes: Uint8Array): boolean {
  return bytes[LENGTH_BYTES] === 0x7b
}

/**
 * Returns the tensors of a safetensors file, in the order of its header; `label` names the file in messages.
 * Throws: InputDataError naming the file, the tensor, what was expected and what was found.
 * Memory: a float32 copy of all values.
 * Source: the format's description, https://huggingface.co/docs/safetensors (header length, JSON header, tensors without holes).
 */
export function parseSafetensors(bytes: Uint8Array, label: string): Map<string, NamedTensor> {
  const { header, dataStart } = readHeader(bytes, label)
  const data = bytes.subarray(dataStart)
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA_KEY)
    .map(([name, value]) => parseEntry(name, value, label))
  checkCoverage(entries, data.length, label)
  const tensors = entries.map(({ name, type, dims, start, end }) =>
    decodeTensor(data.subarray(start, end), { name, type, dims, offset: 0, strides: rowMajorStrides(dims) }),
  )
  return tensorsByName(tensors, label)
}

/** Returns the texts a safetensors file carries beside its tensors. Throws: as `parseSafetensors` for a bad header. */
export function safetensorsMetadata(bytes: Uint8Array, label: string): Readonly<Record<string, string>> {
  return (readHeader(bytes, label).header[METADATA_KEY] ?? {}) as Record<string, string>
}

function readHeader(
  bytes: Uint8Array,
  label: string,
): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < LENGTH_BYTES) {
    bad(label, `a header length of ${LENGTH_BYTES} bytes`, `${bytes.length} bytes in all`, DAMAGED)
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true)
  const rest = bytes.length - LENGTH_BYTES
  if (length > BigInt(rest)) {
    bad(label, `a header length of at most the ${rest} bytes that follow`, `${length}`, DAMAGED)
  }
  if (length > BigInt(MAX_HEADER_BYTES)) {
    bad(label, `a header of at most ${MAX_HEADER_BYTES} bytes`, `${length}`)
  }
  const dataStart = LENGTH_BYTES + Number(length)
  let text: string
  let header: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes.subarray(LENGTH_BYTES, dataStart),
    )
    header = JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    bad(`${label}: bytes 8 to ${dataStart}`, 'a header of JSON in UTF-8', message, DAMAGED, error)
  }
  if (!isObject(header)) {
    bad(label, 'a header that is a JSON object', text.slice(0, 40))
  }
  checkText(text, label)
  checkMetadata(header[METADATA_KEY], label)
  return { header, dataStart }
}

function checkMetadata(metadata: unknown, label: string): void {
  const isTexts =
    metadata === undefined ||
    (isObject(metadata) && Object.values(metadata).every(value => typeof value === 'string'))
  if (!isTexts) {
    bad(`${label}: ${METADATA_KEY}`, 'an object of texts', show(metadata))
  }
}

function parseEntry(name: string, value: unknown, label: string): Entry {
  const place = `${label}: tensor ${shown(name)}`
  if (!isObject(value)) {
    bad(place, 'an object with dtype, shape and data_offsets', show(value))
  }
  const { dtype, shape, data_offsets: offsets, ...others } = value
  const unknown = Object.keys(others)[0]
  if (unknown !== undefined) {
    bad(place, 'dtype, shape and data_offsets only', shown(unknown))
  }
  const type = TYPE_NAMES.get(dtype)
  if (type === undefined) {
    bad(place, `a dtype of ${[...TYPE_NAMES.keys()].join(', ')}`, show(dtype))
  }
  const count = isNumbers(shape) ? valueCount(shape) : undefined
  if (!isNumbers(shape) || count === undefined) {
    bad(place, 'a shape of whole numbers from 0 on with a countable product', show(shape))
  }
  if (!isOffsets(offsets)) {
    bad(place, 'data_offsets of two whole numbers, first <= second', show(offsets))
  }
  const [start, end] = offsets
  const bytes = count * bytesPerValue(type)
  if (end - start !== bytes) {
    bad(
      place,
      `${bytes} bytes for ${String(dtype)} [${shape.join(', ')}]`,
      `${end - start} (data_offsets ${show(offsets)})`,
    )
  }
  return { name, type, dims: shape, start, end }
}

/** The specification allows no hole: what no tensor owns could carry anything. */
function checkCoverage(entries: readonly Entry[], length: number, label: string): void {
  let covered = 0
  const ordered = entries.toSorted((a, b) => a.start - b.start || a.end - b.end)
  for (const { name, start, end } of ordered) {
    const place = `${label}: tensor ${shown(name)}`
    if (end > length) {
      bad(place, `data_offsets within the ${length} bytes after the header`, `[${start},${end}]`, DAMAGED)
    }
    if (start !== covered) {
      const what = start < covered ? 'bytes of the tensor before it' : 'a hole'
      bad(place, `data_offsets to begin at ${covered}, where the tensor before ends`, `${start}: ${what}`)
    }
    covered = end
  }
  if (covered !== length) {
    bad(label, `${covered} bytes after the header, all of tensors`, `${length}`)
  }
}

/**
 * Checks in valid JSON what its parsed form no longer tells. Of a key that stands twice JSON.parse keeps the last, others keep the
 * first, so two readers would see different weights. Deep nesting would overflow the stack wherever values are shown.
 */
function checkText(json: string, label: string): void {
  // Keys of each open object; undefined for lists.
  const open: (Set<string> | undefined)[] = []
  for (let at = 0; at < json.length; at++) {
    const letter = json[at]
    if (letter === '{' || letter === '[') {
      if (open.push(letter === '{' ? new Set() : undefined) > MAX_HEADER_DEPTH) {
        bad(label, `a header nested at most ${MAX_HEADER_DEPTH} deep`, 'more')
      }
    } else if (letter === '}' || letter === ']') {
      open.pop()
    } else if (letter === '"') {
      const end = stringEnd(json, at)
      let next = end
      while (' \n\r\t'.includes(json[next] ?? '-')) {
        next++
      }
      if (json[next] === ':') {
        const key = JSON.parse(json.slice(at, end)) as string
        const keys = open.at(-1)!
        if (keys.has(key)) {
          bad(label, 'every name once in the header', `${shown(key)} twice`)
        }
        keys.add(key)
      }
      at = end - 1
    }
  }
}

/** Returns where the text that begins at a quote ends, after its closing quote. */
function stringEnd(json: string, start: number): number {
  let at = start + 1
  while (json[at] !== '"') {
    at += json[at] === '\\' ? 2 : 1
  }
  return at + 1
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(item => typeof item === 'number')
}

function isOffsets(value: unknown): value is [number, number] {
  return (
    isNumbers(value) &&
    value.length === 2 &&
    value.every(item => Number.isSafeInteger(item) && item >= 0) &&
    value[0]! <= value[1]!
  )
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}...` : text
}

function bad(place: string, expected: string, found: string, hint?: string, cause?: unknown): never {
  throw new InputDataError(`${place}: expected ${expected}, found ${found}`, hint, cause)
}
