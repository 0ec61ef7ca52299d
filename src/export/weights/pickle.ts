import { InputDataError } from '../../core/errors.ts'
import { PickleMachine, REFUSED_HINT } from './pickle-machine.ts'
import type { PickleValue, PickleWorld } from './pickle-values.ts'

/** Far more than any state dict needs (about 100 bytes per tensor), little enough that no pickle exhausts the memory. */
const MAX_PICKLE_BYTES = 2 * 1024 * 1024
const PROTO = 0x80
const STOP = 0x2e

type Operation = (machine: PickleMachine) => void

/** What each opcode does. Sets, text opcodes of protocol 0 and the extension registry are left out: state dicts have none. */
const OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [PROTO, readProtocol],
  // FRAME only says how many bytes belong together.
  [0x95, machine => void machine.bytes(8)],
  // Constants and numbers: NONE, NEWTRUE, NEWFALSE, BININT, BININT1, BININT2, LONG1, LONG4, BINFLOAT.
  [0x4e, machine => machine.push(null)],
  [0x88, machine => machine.push(true)],
  [0x89, machine => machine.push(false)],
  [0x4a, machine => machine.push(machine.int32())],
  [0x4b, machine => machine.push(machine.uint8())],
  [0x4d, machine => machine.push(machine.uint16())],
  [0x8a, machine => machine.push(machine.long(machine.uint8()))],
  [0x8b, machine => machine.push(machine.long(machine.uint32()))],
  [0x47, machine => machine.push(machine.float64())],
  // Text and bytes, by the width of their length: BINUNICODE, SHORT_BINUNICODE, BINUNICODE8, BINBYTES, SHORT_BINBYTES, BINBYTES8.
  [0x58, machine => machine.push(machine.text(machine.uint32()))],
  [0x8c, machine => machine.push(machine.text(machine.uint8()))],
  [0x8d, machine => machine.push(machine.text(machine.uint64()))],
  [0x42, machine => machine.push(machine.bytes(machine.uint32()))],
  [0x43, machine => machine.push(machine.bytes(machine.uint8()))],
  [0x8e, machine => machine.push(machine.bytes(machine.uint64()))],
  // The stack: MARK, POP, POP_MARK, DUP.
  [0x28, machine => machine.mark()],
  [0x30, machine => machine.drop()],
  [0x31, machine => void machine.popToMark()],
  [0x32, machine => machine.push(machine.top())],
  // Lists: EMPTY_LIST, APPEND, APPENDS, LIST.
  [0x5d, machine => machine.push([])],
  [0x61, machine => machine.append([machine.pop()])],
  [0x65, machine => machine.append(machine.popToMark())],
  [0x6c, machine => machine.push(machine.popToMark())],
  // Tuples: EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3.
  [0x29, machine => machine.push([])],
  [0x74, machine => machine.push(machine.popToMark())],
  [0x85, machine => machine.push(machine.popSome(1))],
  [0x86, machine => machine.push(machine.popSome(2))],
  [0x87, machine => machine.push(machine.popSome(3))],
  // Dicts: EMPTY_DICT, DICT, SETITEM, SETITEMS.
  [0x7d, machine => machine.push(new Map())],
  [0x64, pushDict],
  [0x73, machine => machine.setItems(machine.popSome(2))],
  [0x75, machine => machine.setItems(machine.popToMark())],
  // The memo: BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET.
  [0x71, machine => machine.memo.set(machine.uint8(), machine.top())],
  [0x72, machine => machine.memo.set(machine.uint32(), machine.top())],
  [0x94, machine => machine.memo.set(machine.memo.size, machine.top())],
  [0x68, machine => machine.recall(machine.uint8())],
  [0x6a, machine => machine.recall(machine.uint32())],
  // Names and what is built from them: GLOBAL, STACK_GLOBAL, REDUCE, NEWOBJ, BUILD, BINPERSID.
  [0x63, machine => machine.global(machine.line(), machine.line())],
  [0x93, machine => machine.global(...(machine.popSome(2) as [PickleValue, PickleValue]))],
  [0x52, machine => machine.reduce()],
  [0x81, machine => machine.newObject()],
  [0x62, machine => machine.build()],
  [0x51, machine => machine.persistent()],
  // Calls by a shorter way: INST names its class in the pickle, OBJ and NEWOBJ_EX take it from the stack.
  [0x69, machine => machine.refuse(`${machine.line()}.${machine.line()}`)],
  [0x6f, machine => machine.refuse('a class by opcode OBJ')],
  [0x92, machine => machine.refuse('a class by opcode NEWOBJ_EX')],
])

/**
 * Returns what a pickle (protocols 2 to 5) describes, without running anything: names outside the world are refused.
 * `label` names the pickle in messages.
 * Throws: InputDataError with the byte offset, for damaged pickles and for refused names.
 * Memory: in proportion to the pickle, which may have 2 MiB; there is no recursion.
 */
export function readPickle(bytes: Uint8Array, world: PickleWorld, label: string): PickleValue {
  if (bytes.length > MAX_PICKLE_BYTES) {
    throw new InputDataError(
      `${label}: expected a pickle of at most ${MAX_PICKLE_BYTES} bytes, found ${bytes.length}`,
      REFUSED_HINT,
    )
  }
  const machine: PickleMachine = new PickleMachine(bytes, world, label)
  for (
    let opcode = machine.opcode(), first = true;
    opcode !== STOP;
    opcode = machine.opcode(), first = false
  ) {
    if (first && opcode !== PROTO) {
      machine.bad('a pickle of protocol 2 to 5', `first byte ${hex(opcode)}`)
    }
    const operation = OPERATIONS.get(opcode)
    if (operation === undefined) {
      machine.bad('an opcode that state dicts use', hex(opcode), REFUSED_HINT)
    }
    operation(machine)
  }
  return machine.finish()
}

function readProtocol(machine: PickleMachine): void {
  const protocol = machine.uint8()
  if (protocol < 2 || protocol > 5) {
    machine.bad('a pickle of protocol 2 to 5', `protocol ${protocol}`)
  }
}

function pushDict(machine: PickleMachine): void {
  const items = machine.popToMark()
  machine.push(new Map())
  machine.setItems(items)
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`
}
