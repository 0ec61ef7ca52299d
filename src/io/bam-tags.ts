import { InputDataError } from '../core/errors.ts'
import { tagsStart } from './bam-records.ts'

const code = (letter: string) => letter.charCodeAt(0)

/** Tag value types. Source: SAM specification, section 4.2.4. */
export const TAG_TYPE = {
  A: code('A'),
  c: code('c'),
  C: code('C'),
  s: code('s'),
  S: code('S'),
  i: code('i'),
  I: code('I'),
  f: code('f'),
  Z: code('Z'),
  H: code('H'),
  B: code('B'),
} as const

const tagCode = (name: string) => name.charCodeAt(0) | (name.charCodeAt(1) << 8)
const XS = tagCode('XS')
const TS = tagCode('ts')
const NH = tagCode('NH')
const YC = tagCode('YC')
const PLUS = code('+')
const MINUS = code('-')

/** Tags that junction evidence needs, read in one pass and reused from read to read. */
export class SpliceTags {
  /** Transcript strand by XS:A: 1, -1, or 0 when absent or of another type (bwa's XS:i is a score). */
  xs = 0
  /** Strand by minimap2's ts:A, relative to the read: 1, -1, or 0 when absent. */
  ts = 0
  /** Number of reported alignments; 0 when absent. */
  nh = 0
  /** TieBrush's number of collapsed alignments; 1 when absent. */
  yc = 1

  /**
   * Reads the tags of the record in `[start, end)`.
   * Throws: InputDataError when a tag overruns the record.
   */
  read(view: DataView, start: number, end: number): void {
    this.xs = 0
    this.ts = 0
    this.nh = 0
    this.yc = 1
    let at = tagsStart(view, start)
    while (at + 3 <= end) {
      const tag = view.getUint16(at, true)
      const type = view.getUint8(at + 2)
      const value = at + 3
      const size = tagValueBytes(view, value, end, type)
      if (value + size > end) {
        throw new InputDataError(`the value of tag ${tagName(tag)} overruns the record`)
      }
      if (tag === NH) {
        this.nh = tagNumber(view, value, type) ?? 0
      } else if (tag === XS) {
        this.xs = type === TAG_TYPE.A ? signOf(view.getUint8(value)) : 0
      } else if (tag === TS) {
        this.ts = type === TAG_TYPE.A ? signOf(view.getUint8(value)) : 0
      } else if (tag === YC) {
        this.yc = tagNumber(view, value, type) ?? 1
      }
      at = value + size
    }
  }
}

function signOf(byte: number): number {
  return byte === PLUS ? 1 : byte === MINUS ? -1 : 0
}

/**
 * Returns the number of bytes a tag's value takes.
 * Throws: InputDataError for an unknown type.
 */
export function tagValueBytes(view: DataView, at: number, end: number, type: number): number {
  switch (type) {
    case TAG_TYPE.A:
    case TAG_TYPE.c:
    case TAG_TYPE.C:
      return 1
    case TAG_TYPE.s:
    case TAG_TYPE.S:
      return 2
    case TAG_TYPE.i:
    case TAG_TYPE.I:
    case TAG_TYPE.f:
      return 4
    case TAG_TYPE.Z:
    case TAG_TYPE.H: {
      let last = at
      while (last < end && view.getUint8(last) !== 0) {
        last++
      }
      return last - at + 1
    }
    case TAG_TYPE.B: {
      if (at + 5 > end) {
        return end - at + 1
      }
      const count = view.getUint32(at + 1, true)
      return 5 + count * tagValueBytes(view, at, end, view.getUint8(at))
    }
    default:
      throw new InputDataError(`unknown tag type ${JSON.stringify(String.fromCharCode(type))}`)
  }
}

function tagNumber(view: DataView, at: number, type: number): number | undefined {
  switch (type) {
    case TAG_TYPE.c:
      return view.getInt8(at)
    case TAG_TYPE.C:
      return view.getUint8(at)
    case TAG_TYPE.s:
      return view.getInt16(at, true)
    case TAG_TYPE.S:
      return view.getUint16(at, true)
    case TAG_TYPE.i:
      return view.getInt32(at, true)
    case TAG_TYPE.I:
      return view.getUint32(at, true)
    case TAG_TYPE.f:
      return view.getFloat32(at, true)
    default:
      return undefined
  }
}

function tagName(tag: number): string {
  return String.fromCharCode(tag & 0xff, tag >> 8)
}
