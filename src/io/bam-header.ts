import { InputDataError } from '../core/errors.ts'

/** A reference sequence as the BAM header lists it. */
export interface BamContig {
  name: string
  /** Units: bases. */
  length: number
}

export interface BamHeader {
  text: string
  contigs: BamContig[]
  /** `SO` of the @HD line; undefined when not stated. Only a hint: readers must cope with the opposite. */
  sortOrder: string | undefined
  /** True when the @HD line says that all records of a read name stand together. */
  isGrouped: boolean
}

export interface ParsedHeader {
  header: BamHeader
  /** Number of inflated bytes the header takes. */
  byteLength: number
}

/**
 * Returns the BAM header at the front of inflated data, or undefined when more bytes are needed.
 * Throws: InputDataError when the data are not BAM.
 * Source: SAM specification, section 4.2.
 */
export function parseBamHeader(bytes: Uint8Array, label: string): ParsedHeader | undefined {
  if (bytes.length < 12) {
    return undefined
  }
  if (bytes[0] !== 0x42 || bytes[1] !== 0x41 || bytes[2] !== 0x4d || bytes[3] !== 1) {
    throw new InputDataError(
      `${label}: expected BAM, found other bgzip-compressed data (no BAM magic at its start)`,
      'junction tables and annotation are recognised by content only when they are text; is this the right file?',
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const textLength = view.getInt32(4, true)
  if (textLength < 0) {
    throw new InputDataError(`${label}: broken BAM header: text length ${textLength}`)
  }
  let at = 8 + textLength
  if (at + 4 > bytes.length) {
    return undefined
  }
  const decoder = new TextDecoder()
  const text = decoder.decode(bytes.subarray(8, 8 + textLength)).replace(/\0+$/, '')
  const count = view.getInt32(at, true)
  if (count < 0) {
    throw new InputDataError(`${label}: broken BAM header: ${count} reference sequences`)
  }
  at += 4
  const contigs: BamContig[] = []
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) {
      return undefined
    }
    const nameLength = view.getInt32(at, true)
    if (nameLength < 1) {
      throw new InputDataError(
        `${label}: broken BAM header: name length ${nameLength} for reference sequence ${i}`,
      )
    }
    if (at + 8 + nameLength > bytes.length) {
      return undefined
    }
    const name = decoder.decode(bytes.subarray(at + 4, at + 4 + nameLength - 1))
    contigs.push({ name, length: view.getInt32(at + 4 + nameLength, true) })
    at += 8 + nameLength
  }
  const sortOrder = /^@HD\t(?:.*\t)?SO:(\S+)/m.exec(text)?.[1]
  const isGrouped = sortOrder === 'queryname' || /^@HD\t(?:.*\t)?GO:query\b/m.test(text)
  return { header: { text, contigs, sortOrder, isGrouped }, byteLength: at }
}
