import { InputDataError } from '../../core/errors.ts'
import {
  describe,
  isGlobal,
  isRecord,
  type PickleRecord,
  type PickleValue,
  type PickleWorld,
} from './pickle-values.ts'
import { shown } from './tensor-file.ts'

/** Longest integer. Units: bytes. */
const MAX_LONG_BYTES = 255

/** What to do when a file holds more than numbers. */
export const REFUSED_HINT =
  'in PyTorch save the numbers alone: torch.save(model.state_dict(), path), or safetensors.torch.save_file'

/** The stack, the memo and the reading position of a pickle: what its opcodes act on. */
export class PickleMachine {
  readonly world: PickleWorld
  readonly memo = new Map<number, PickleValue>()
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #label: string
  readonly #stack: PickleValue[] = []
  /** Heights of the stack at each open mark. */
  readonly #marks: number[] = []
  #at = 0
  #opcodeAt = 0

  constructor(bytes: Uint8Array, world: PickleWorld, label: string) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.world = world
    this.#label = label
  }

  /** Returns the next opcode; messages name its place until the next one is read. */
  opcode(): number {
    this.#opcodeAt = this.#at
    return this.uint8()
  }

  /** Returns the value that is left at the end. */
  finish(): PickleValue {
    const result = this.pop()
    if (this.#stack.length > 0 || this.#marks.length > 0 || this.#at !== this.#bytes.length) {
      this.bad('one value and the end of the pickle after it', 'more')
    }
    return result
  }

  push(value: PickleValue): void {
    this.#stack.push(value)
  }

  pop(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) {
      this.bad('a value on the stack', 'none')
    }
    return this.#stack.pop()!
  }

  top(): PickleValue {
    const value = this.pop()
    this.push(value)
    return value
  }

  mark(): void {
    this.#marks.push(this.#stack.length)
  }

  /** Returns the values above the last mark and closes it. */
  popToMark(): PickleValue[] {
    const height = this.#marks.pop()
    return height === undefined ? this.bad('a mark on the stack', 'none') : this.#stack.splice(height)
  }

  /** Returns the topmost values, the deepest first. */
  popSome(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse()
  }

  popList(): PickleValue[] {
    const value = this.pop()
    return Array.isArray(value) ? value : this.bad('a list or tuple', describe(value))
  }

  /** POP also closes a mark that has nothing above it. */
  drop(): void {
    if (this.#marks.at(-1) === this.#stack.length) {
      this.#marks.pop()
    } else {
      this.pop()
    }
  }

  setItems(items: readonly PickleValue[]): void {
    const target = this.top()
    if (!(target instanceof Map) || items.length % 2 !== 0) {
      this.bad('pairs for a dict', `${items.length} values for ${describe(target)}`)
    }
    for (let index = 0; index < items.length; index += 2) {
      target.set(items[index]!, items[index + 1]!)
    }
  }

  append(items: readonly PickleValue[]): void {
    const target = this.top()
    if (!Array.isArray(target)) {
      this.bad('a list to append to', describe(target))
    }
    for (const item of items) {
      target.push(item)
    }
  }

  recall(index: number): void {
    const value = this.memo.get(index)
    this.push(value === undefined ? this.bad('a memo that was stored', `memo ${index}`) : value)
  }

  global(module: PickleValue, name: PickleValue): void {
    if (typeof module !== 'string' || typeof name !== 'string') {
      this.bad('a module and a name', `${describe(module)} and ${describe(name)}`)
    }
    const path = `${module}.${name}`
    this.push(this.world.global(path) ?? this.refuse(path))
  }

  reduce(): void {
    const args = this.popList()
    const callee = this.pop()
    if (!isGlobal(callee) || callee.call === undefined) {
      this.refuse(isGlobal(callee) ? callee.path : describe(callee))
    }
    try {
      this.push(callee.call(args))
    } catch (error) {
      this.#place(error)
    }
  }

  newObject(): void {
    const args = this.popList()
    const of = this.pop()
    if (!isGlobal(of) || !of.isRecordClass || args.length > 0) {
      this.refuse(isGlobal(of) ? of.path : describe(of))
    }
    const record: PickleRecord = { kind: 'record', className: of.path, state: null }
    this.push(record)
  }

  /** Attributes of a dict, such as the version numbers in `_metadata` of a state dict, hold no weights: they are let go. */
  build(): void {
    const state = this.pop()
    const target = this.top()
    if (isRecord(target) && target.state === null) {
      target.state = state
    } else if (!(target instanceof Map && state instanceof Map)) {
      this.bad('a new record, or a dict, to give attributes to', describe(target))
    }
  }

  persistent(): void {
    const id = this.pop()
    try {
      this.push(this.world.persistent(id))
    } catch (error) {
      this.#place(error)
    }
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true)
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true))
  }

  /** The only number of a pickle with its highest byte first. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8))
  }

  bytes(length: number): Uint8Array {
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  text(length: number): string {
    const bytes = this.bytes(length)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch (error) {
      return this.bad('text in UTF-8', (error as Error).message)
    }
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at)
    const text = this.text(end < 0 ? this.bad('a line', 'no line end') : end - this.#at)
    this.#at = end + 1
    return text
  }

  /** Returns a two's complement integer, lowest byte first: a number when numbers hold it exactly. */
  long(length: number): number | bigint {
    if (length > MAX_LONG_BYTES) {
      this.bad(`an integer of at most ${MAX_LONG_BYTES} bytes`, `${length}`)
    }
    let value = 0n
    for (const byte of this.bytes(length).toReversed()) {
      value = (value << 8n) | BigInt(byte)
    }
    const signed = BigInt.asIntN(8 * length, value)
    const plain = Number(signed)
    return Number.isSafeInteger(plain) ? plain : signed
  }

  bad(expected: string, found: string, hint?: string): never {
    throw new InputDataError(
      `${this.#label}: byte ${this.#opcodeAt}: expected ${expected}, found ${found}`,
      hint,
    )
  }

  refuse(wanted: string): never {
    throw new InputDataError(
      `${this.#label}: byte ${this.#opcodeAt}: refused: expected tensors and plain values, found a pickle that wants to use ` +
        `${shown(wanted)}; nothing was executed`,
      REFUSED_HINT,
    )
  }

  /** Adds the place in the pickle to what a world has to say. */
  #place(error: unknown): never {
    if (error instanceof InputDataError) {
      throw new InputDataError(`${this.#label}: byte ${this.#opcodeAt}: ${error.message}`, error.hint, error)
    }
    throw error
  }

  #take(length: number): number {
    const start = this.#at
    if (length > this.#bytes.length - start) {
      this.bad(`${length} bytes`, `${this.#bytes.length - start} to the end of the pickle`)
    }
    this.#at += length
    return start
  }
}
