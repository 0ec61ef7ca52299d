// BAM's binary layout: header and alignment records (SAM specification, section 4.2).
import { ByteSink } from './byte-sink.mjs'

/** @typedef {{ name: string, length: number }} ContigSpec */

/**
 * One optional field, `[type, value]`; `B` takes `[subtype, ...numbers]`.
 * @typedef {[type: 'A' | 'Z' | 'H', value: string]
 *   | [type: 'c' | 'C' | 's' | 'S' | 'i' | 'I' | 'f', value: number]
 *   | [type: 'B', value: [subtype: string, ...numbers: number[]]]} BamTag
 */

/**
 * One alignment. Coordinates: `start` and `mateStart` are 0-based. Left out: not known (`*`, -1, 0), MAPQ 60.
 * `sequence` as a number n stands for n times `A`; `quality` is Phred+33 text.
 * @typedef {{
 *   name: string,
 *   flag: number,
 *   contig?: string | undefined,
 *   start?: number | undefined,
 *   mapq?: number | undefined,
 *   cigar?: string | undefined,
 *   mateContig?: string | undefined,
 *   mateStart?: number | undefined,
 *   templateLength?: number | undefined,
 *   sequence?: string | number | undefined,
 *   quality?: string | undefined,
 *   tags?: Record<string, BamTag> | undefined,
 * }} BamRecordSpec
 */

const CIGAR_LETTERS = 'MIDNSHP=X'
/** Operations that take up reference bases: M, D, N, =, X. */
const TAKES_REFERENCE = [true, false, true, true, false, false, false, true, true]
const SEQUENCE_LETTERS = '=ACMGRSVTWYHKDBN'
const MOST_CIGAR_OPS = 0xffff

const NIBBLE_OF_BYTE = new Uint8Array(256).fill(15)
for (let i = 0; i < 16; i++) {
  NIBBLE_OF_BYTE[SEQUENCE_LETTERS.charCodeAt(i)] = i
  NIBBLE_OF_BYTE[SEQUENCE_LETTERS.toLowerCase().charCodeAt(i)] = i
}

/**
 * Returns the default header text: coordinate-sorted, one @SQ line per contig.
 * @param {readonly ContigSpec[]} contigs
 * @returns {string}
 */
export function defaultHeaderText(contigs) {
  const lines = contigs.map(contig => `@SQ\tSN:${contig.name}\tLN:${contig.length}\n`)
  return `@HD\tVN:1.6\tSO:coordinate\n${lines.join('')}`
}

/**
 * Writes the BAM header.
 * @param {ByteSink} sink
 * @param {readonly ContigSpec[]} contigs
 * @param {string} [headerText]
 */
export function writeHeader(sink, contigs, headerText = defaultHeaderText(contigs)) {
  const text = Buffer.from(headerText, 'utf8')
  sink.ascii('BAM\x01')
  sink.u32(text.length)
  sink.raw(text)
  sink.u32(contigs.length)
  for (const contig of contigs) {
    sink.u32(contig.name.length + 1)
    sink.ascii(`${contig.name}\0`)
    sink.u32(contig.length)
  }
}

/**
 * Returns a CIGAR's packed operations (length << 4 | code); empty for `*`.
 * Throws: Error naming the CIGAR where it is not one.
 * @param {string} cigar
 * @returns {Uint32Array}
 */
export function packCigar(cigar) {
  if (cigar === '*') {
    return new Uint32Array(0)
  }
  const ops = cigar.match(/\d+[MIDNSHP=X]/g) ?? []
  if (ops.length === 0 || ops.join('') !== cigar) {
    throw new Error(`expected a CIGAR such as 40M200N35M or *, found '${cigar.slice(0, 60)}'`)
  }
  return Uint32Array.from(ops, op => {
    const length = Number(op.slice(0, -1))
    if (length >= 2 ** 28) {
      throw new Error(`a CIGAR operation is at most ${2 ** 28 - 1} long, found ${op}`)
    }
    return ((length << 4) | CIGAR_LETTERS.indexOf(op.at(-1) ?? '')) >>> 0
  })
}

/**
 * Returns the number of reference bases a packed CIGAR takes up.
 * @param {Uint32Array} packed
 * @returns {number}
 */
export function referenceLength(packed) {
  let length = 0
  for (const op of packed) {
    if (TAKES_REFERENCE[op & 15]) {
      length += op >>> 4
    }
  }
  return length
}

/**
 * Returns the BAI bin that holds `[start, end)`; -1, 0 (no position) gives 4680 as the specification says.
 * @param {number} start
 * @param {number} end
 * @returns {number}
 */
export function binOf(start, end) {
  const last = end - 1
  if (start >> 14 === last >> 14) return 4681 + (start >> 14)
  if (start >> 17 === last >> 17) return 585 + (start >> 17)
  if (start >> 20 === last >> 20) return 73 + (start >> 20)
  if (start >> 23 === last >> 23) return 9 + (start >> 23)
  if (start >> 26 === last >> 26) return 1 + (start >> 26)
  return 0
}

/**
 * Writes one alignment record. More than 65,535 CIGAR operations are written as a kSmN placeholder and a CG tag.
 * Throws: Error naming the record where a contig is not in the header or a field does not fit.
 * @param {ByteSink} sink
 * @param {BamRecordSpec} record
 * @param {ReadonlyMap<string, number>} contigIds
 */
export function writeRecord(sink, record, contigIds) {
  const { name, flag, start = -1, mapq = 60, mateStart = -1, templateLength = 0 } = record
  if (name.length < 1 || name.length > 254) {
    throw new Error(`a read name has 1 to 254 letters, found ${name.length}: '${name.slice(0, 60)}'`)
  }
  const contigId = contigIdOf(record.contig, record, contigIds)
  const sequence = letters(record.sequence)
  const packed = packCigar(record.cigar ?? '*')
  const span = referenceLength(packed)
  const long = packed.length > MOST_CIGAR_OPS
  const stored = long ? Uint32Array.of(((sequence.length << 4) | 4) >>> 0, ((span << 4) | 3) >>> 0) : packed

  const from = sink.length
  sink.u32(0)
  sink.u32(contigId)
  sink.u32(start)
  sink.u8(name.length + 1)
  sink.u8(mapq)
  sink.u16(binOf(start, start + Math.max(span, 1)))
  sink.u16(stored.length)
  sink.u16(flag)
  sink.u32(sequence.length)
  sink.u32(record.mateContig === '=' ? contigId : contigIdOf(record.mateContig, record, contigIds))
  sink.u32(mateStart)
  sink.u32(templateLength)
  sink.ascii(`${name}\0`)
  for (const op of stored) {
    sink.u32(op)
  }
  writeSequence(sink, sequence)
  writeQuality(sink, record, sequence.length)
  for (const [tag, value] of Object.entries(record.tags ?? {})) {
    writeTag(sink, tag, value, name)
  }
  if (long) {
    writeTag(sink, 'CG', ['B', ['I', ...packed]], name)
  }
  sink.view.setUint32(from, sink.length - from - 4, true)
}

/**
 * @param {string | undefined} contig
 * @param {BamRecordSpec} record
 * @param {ReadonlyMap<string, number>} contigIds
 * @returns {number}
 */
function contigIdOf(contig, record, contigIds) {
  if (contig === undefined || contig === '*') {
    return -1
  }
  const id = contigIds.get(contig)
  if (id === undefined) {
    throw new Error(
      `record ${record.name}: contig '${contig}' is not among ${[...contigIds.keys()].join(', ')}`,
    )
  }
  return id
}

/**
 * @param {string | number | undefined} sequence
 * @returns {string}
 */
function letters(sequence) {
  if (typeof sequence === 'number') {
    return 'A'.repeat(sequence)
  }
  return sequence === undefined || sequence === '*' ? '' : sequence
}

/**
 * @param {ByteSink} sink
 * @param {string} sequence
 */
function writeSequence(sink, sequence) {
  const at = sink.reserve((sequence.length + 1) >> 1)
  for (let i = 0; i < sequence.length; i += 2) {
    const high = NIBBLE_OF_BYTE[sequence.charCodeAt(i)] ?? 15
    const low = i + 1 < sequence.length ? (NIBBLE_OF_BYTE[sequence.charCodeAt(i + 1)] ?? 15) : 0
    sink.bytes[at + (i >> 1)] = (high << 4) | low
  }
}

/**
 * @param {ByteSink} sink
 * @param {BamRecordSpec} record
 * @param {number} length
 */
function writeQuality(sink, record, length) {
  const { quality = '*', name } = record
  // A lone `*` is also Phred 9; SAM reads it as "not stored", and so do we.
  if (quality !== '*' && quality.length !== length) {
    throw new Error(`record ${name}: ${length} bases but ${quality.length} qualities`)
  }
  const at = sink.reserve(length)
  for (let i = 0; i < length; i++) {
    sink.bytes[at + i] = quality === '*' ? 0xff : quality.charCodeAt(i) - 33
  }
}

/**
 * @param {ByteSink} sink
 * @param {string} tag
 * @param {BamTag} field
 * @param {string} recordName
 */
function writeTag(sink, tag, field, recordName) {
  if (!/^[A-Za-z][A-Za-z0-9]$/.test(tag)) {
    throw new Error(`record ${recordName}: expected a two-letter tag, found '${tag}'`)
  }
  sink.ascii(tag)
  sink.ascii(field[0])
  switch (field[0]) {
    case 'A':
      sink.ascii(field[1].slice(0, 1))
      break
    case 'Z':
    case 'H':
      sink.raw(Buffer.from(`${field[1]}\0`, 'utf8'))
      break
    case 'B': {
      const [subtype, ...numbers] = field[1]
      sink.ascii(subtype)
      sink.u32(numbers.length)
      for (const value of numbers) {
        writeNumber(sink, subtype, value)
      }
      break
    }
    default:
      writeNumber(sink, field[0], field[1])
  }
}

/**
 * @param {ByteSink} sink
 * @param {string} type one of c C s S i I f
 * @param {number} value
 */
function writeNumber(sink, type, value) {
  switch (type) {
    case 'c':
    case 'C':
      sink.u8(value)
      break
    case 's':
    case 'S':
      sink.u16(value)
      break
    case 'i':
    case 'I':
      sink.u32(value)
      break
    case 'f':
      sink.f32(value)
      break
    default:
      throw new Error(`expected a number type out of c, C, s, S, i, I, f, found '${type}'`)
  }
}
