import { shown } from './tensor-file.ts'

/** What a pickle can build here: plain values, and the inert records of a `PickleWorld`. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | PickleObject

/** A name the pickle asks for, e.g. `collections.OrderedDict`; naming it runs nothing. */
export interface PickleGlobal {
  kind: 'global'
  /** Module and name, joined with a dot. */
  path: string
  /** Returns what a call with these arguments builds; absent when it cannot be called. */
  call?: (args: PickleValue[]) => PickleValue
  /** True for classes whose instances become records without behaviour. */
  isRecordClass?: boolean
}

/** Something that is more than plain values: records of TorchScript, and what a world builds. */
export interface PickleObject {
  kind: 'record' | 'storage' | 'tensor'
}

/** An object of a class that is only a bag of attributes. */
export interface PickleRecord extends PickleObject {
  kind: 'record'
  className: string
  /** What BUILD gave it; null before. */
  state: PickleValue
}

/** The only things a pickle may reach outside itself. */
export interface PickleWorld {
  /** Returns the global of that path; undefined refuses it. */
  global(path: string): PickleGlobal | undefined
  /** Returns what a persistent id stands for. */
  persistent(id: PickleValue): PickleValue
}

/** Returns true for a name that was asked for. */
export function isGlobal(value: PickleValue): value is PickleGlobal {
  return isObject(value) && value.kind === 'global'
}

/** Returns true for a record of attributes. */
export function isRecord(value: PickleValue): value is PickleRecord {
  return isObject(value) && value.kind === 'record'
}

function isObject(value: PickleValue): value is PickleGlobal | PickleObject {
  return typeof value === 'object' && value !== null && 'kind' in value
}

/** Returns what a value is, for messages. */
export function describe(value: PickleValue): string {
  if (value === null) {
    return 'None'
  }
  if (typeof value === 'string') {
    return shown(value)
  }
  if (typeof value !== 'object') {
    return shown(String(value)).slice(1, -1)
  }
  if (Array.isArray(value)) {
    return `a list of ${value.length}`
  }
  if (value instanceof Map) {
    return `a dict of ${value.size}`
  }
  if (value instanceof Uint8Array) {
    return `${value.length} bytes`
  }
  return isGlobal(value) ? value.path : `a ${value.kind}`
}

/** Returns what the first few values are, for messages. */
export function describeAll(values: readonly PickleValue[]): string {
  const few = values.slice(0, 8).map(describe).join(', ')
  return values.length > 8 ? `${few}, ... (${values.length} values)` : few || 'nothing'
}
