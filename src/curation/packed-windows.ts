import { InputDataError } from '../core/errors.ts'
import { OTHER } from '../genome/sequence.ts'

/** The file of packed windows in a curated folder. */
export const PACKED_NAME = 'windows.codes'

/** Codes in a byte: 5^3 = 125 of its 256 values are used. */
const PER_BYTE = 3
const VALUES = 5 ** PER_BYTE

/** The three codes of every byte, one after the other; a byte that holds none has a number that is no code. */
const NO_CODE = 255
const CODES_OF_BYTE = new Uint8Array(256 * PER_BYTE).fill(NO_CODE)
for (let byte = 0; byte < VALUES; byte++) {
  CODES_OF_BYTE.set([byte % 5, Math.floor(byte / 5) % 5, Math.floor(byte / 25)], PER_BYTE * byte)
}

/** Returns the bytes that a window of this many codes takes when packed. */
export function packedBytes(length: number): number {
  return Math.ceil(length / PER_BYTE)
}

/**
 * Packs the codes of `codes[from .. from + length)` into `out` from `offset` on: every byte is three codes as
 * code0 + 5 * code1 + 25 * code2, a last one that is not full filled up with other.
 * Shape: writes `packedBytes(length)` bytes; codes 0..4.
 * Throws: RangeError when either array is too short.
 */
export function packWindow(
  codes: Uint8Array,
  from: number,
  length: number,
  out: Uint8Array,
  offset: number,
): void {
  checkRoom(codes, from, length, out, offset)
  const rest = length % PER_BYTE
  const end = from + length - rest
  let to = offset
  for (let i = from; i < end; i += PER_BYTE) {
    out[to++] = codes[i]! + 5 * codes[i + 1]! + 25 * codes[i + 2]!
  }
  if (rest > 0) {
    out[to] = codes[end]! + 5 * (rest === 2 ? codes[end + 1]! : OTHER) + 25 * OTHER
  }
}

/**
 * Writes the codes of a packed window, whose bytes begin at `packed[from]`, to `out` from `offset` on.
 * Shape: reads `packedBytes(length)` bytes, writes `length` codes.
 * Throws: InputDataError for a byte of 125 or more; RangeError when either array is too short.
 */
export function unpackWindow(
  packed: Uint8Array,
  from: number,
  length: number,
  out: Uint8Array,
  offset: number,
): void {
  checkRoom(out, offset, length, packed, from)
  const rest = length % PER_BYTE
  const end = offset + length - rest
  let at = from
  let worst = 0
  for (let i = offset; i < end; i += PER_BYTE) {
    const byte = packed[at++]!
    const entry = PER_BYTE * byte
    out[i] = CODES_OF_BYTE[entry]!
    out[i + 1] = CODES_OF_BYTE[entry + 1]!
    out[i + 2] = CODES_OF_BYTE[entry + 2]!
    worst = Math.max(worst, byte)
  }
  if (rest > 0) {
    const byte = packed[at]!
    out.set(CODES_OF_BYTE.subarray(PER_BYTE * byte, PER_BYTE * byte + rest), end)
    worst = Math.max(worst, byte)
  }
  if (worst >= VALUES) {
    throw new InputDataError(`expected bytes below ${VALUES} in packed windows, found ${worst}`)
  }
}

/** A typed array drops writes past its end without a word, and reads there are not numbers. */
function checkRoom(
  codes: Uint8Array,
  from: number,
  length: number,
  packed: Uint8Array,
  offset: number,
): void {
  if (from < 0 || from + length > codes.length) {
    throw new RangeError(`a window of ${length} does not fit at ${from} of ${codes.length} codes`)
  }
  const bytes = packedBytes(length)
  if (offset < 0 || offset + bytes > packed.length) {
    throw new RangeError(`${bytes} bytes do not fit at ${offset} of ${packed.length} packed bytes`)
  }
}
