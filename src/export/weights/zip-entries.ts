import { crc32, inflateRawSync } from 'node:zlib'
import { InputDataError } from '../../core/errors.ts'
import { shown } from './tensor-file.ts'

const LOCAL_SIGNATURE = 0x04034b50
const CENTRAL_SIGNATURE = 0x02014b50
const END_SIGNATURE = 0x06054b50
const END64_SIGNATURE = 0x06064b50
const LOCATOR64_SIGNATURE = 0x07064b50
const LOCAL_BYTES = 30
const CENTRAL_BYTES = 46
const END_BYTES = 22
const END64_BYTES = 56
const LOCATOR64_BYTES = 20
const MAX_COMMENT = 0xffff
/** In a 16- or 32-bit field: the number is in the zip64 part. */
const IN_ZIP64_32 = 0xffffffff
const ZIP64_EXTRA = 1
const ENCRYPTED = 1
const STORED = 0
const DEFLATED = 8
/** Weights hardly shrink, and pickles and code are small; an archive that grows more than this is made to harm. */
const MAX_GROWTH = 4
const ALWAYS_ALLOWED_BYTES = 16 * 1024 * 1024

/** A file of the archive, as the central directory describes it. */
interface Entry {
  name: string
  flags: number
  method: number
  crc: number
  packedSize: number
  size: number
  /** Of the local header. Units: bytes from the start of the file. */
  start: number
}

/** The files of a zip archive; nothing is unpacked before it is asked for. */
export interface ZipArchive {
  /** In the order of the central directory. */
  names: readonly string[]
  /** Sum of the unpacked sizes. Units: bytes. */
  unpackedBytes: number
  /** Returns the content of a file; undefined when the archive has none of that name. Throws: InputDataError when it is damaged. */
  read(name: string): Uint8Array | undefined
}

/** Returns true when the bytes begin like a zip archive with a first file. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === LOCAL_SIGNATURE
}

/**
 * Returns the files of a zip archive (stored or deflated, zip64 too); `label` names it in messages.
 * Throws: InputDataError when the directory is damaged, files overlap, or they would unpack to far more than the archive holds.
 */
export function openZip(bytes: Uint8Array, label: string): ZipArchive {
  const reader = new ZipReader(bytes, label)
  const entries = new Map<string, Entry>()
  let unpackedBytes = 0
  for (const entry of reader.readDirectory()) {
    if (entries.has(entry.name)) {
      reader.bad('different names', `two files named ${shown(entry.name)}`)
    }
    entries.set(entry.name, entry)
    unpackedBytes += entry.size
  }
  const allowed = Math.max(ALWAYS_ALLOWED_BYTES, MAX_GROWTH * bytes.length)
  if (unpackedBytes > allowed) {
    reader.bad(`files of at most ${allowed} bytes when unpacked`, `${unpackedBytes}`)
  }
  const names = [...entries.keys()]
  return {
    names,
    unpackedBytes,
    read(name) {
      const entry = entries.get(name)
      return entry && reader.readEntry(entry)
    },
  }
}

class ZipReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #label: string

  constructor(bytes: Uint8Array, label: string) {
    this.#bytes = bytes
    this.#view = viewOf(bytes)
    this.#label = label
  }

  readDirectory(): Entry[] {
    const directory = this.#findDirectory()
    const entries: Entry[] = []
    let at = directory.start
    while (at < directory.end) {
      const { entry, next } = this.#readCentral(at, directory.end)
      entries.push(entry)
      at = next
    }
    if (entries.length !== directory.count) {
      this.bad(`${directory.count} files in the directory`, `${entries.length}`)
    }
    // Overlapping files are how a small archive unpacks to a huge one.
    let free = 0
    for (const { name, start, packedSize } of entries.toSorted((a, b) => a.start - b.start)) {
      if (start < free) {
        this.bad(
          `file ${shown(name)} to begin at byte ${free} or later`,
          `${start}: it overlaps the one before`,
        )
      }
      free = start + LOCAL_BYTES + packedSize
    }
    if (free > directory.start) {
      this.bad(`files that end before the directory at byte ${directory.start}`, `${free}`)
    }
    return entries
  }

  readEntry(entry: Entry): Uint8Array {
    const place = `file ${shown(entry.name)} at byte ${entry.start}`
    const { start: header } = entry
    this.#checkSignature(header, LOCAL_BYTES, LOCAL_SIGNATURE, `${place}: its header`)
    const start =
      header + LOCAL_BYTES + this.#view.getUint16(header + 26, true) + this.#view.getUint16(header + 28, true)
    const end = start + entry.packedSize
    if (end > this.#bytes.length) {
      this.bad(`${place} to end within the ${this.#bytes.length} bytes`, `${end}`)
    }
    const packed = this.#bytes.subarray(start, end)
    const content = entry.method === STORED ? packed : this.#inflate(packed, entry.size, place)
    if (content.length !== entry.size) {
      this.bad(`${place}: ${entry.size} bytes`, `${content.length}`)
    }
    const sum = crc32(content)
    if (sum !== entry.crc) {
      this.bad(
        `${place}: CRC-32 ${hex(entry.crc)}`,
        hex(sum),
        'the file is damaged: get it again; one saved with torch.serialization.set_crc32_options(False) must be saved without that',
      )
    }
    return content
  }

  bad(expected: string, found: string, hint = 'the archive is damaged or was cut off; get it again'): never {
    throw new InputDataError(`${this.#label}: zip archive: expected ${expected}, found ${found}`, hint)
  }

  #inflate(packed: Uint8Array, size: number, place: string): Uint8Array {
    try {
      return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) })
    } catch (error) {
      const { message } = error as Error
      throw new InputDataError(
        `${this.#label}: zip archive: expected ${place} to inflate to ${size} bytes, found ${message}`,
        'the archive is damaged; get it again',
        error,
      )
    }
  }

  #findDirectory(): { start: number; end: number; count: number } {
    const end = this.#findEnd()
    let count = this.#view.getUint16(end + 10, true)
    let size = this.#view.getUint32(end + 12, true)
    let start = this.#view.getUint32(end + 16, true)
    const disks = this.#view.getUint32(end + 4, true)
    const locator = end - LOCATOR64_BYTES
    if (locator >= 0 && this.#view.getUint32(locator, true) === LOCATOR64_SIGNATURE) {
      const end64 = this.#number64(locator + 8, 'zip64 end record')
      this.#checkSignature(end64, END64_BYTES, END64_SIGNATURE, 'the zip64 end record')
      count = this.#number64(end64 + 32, 'number of files')
      size = this.#number64(end64 + 40, 'directory size')
      start = this.#number64(end64 + 48, 'directory start')
    } else if (disks !== 0) {
      this.bad('one archive', 'a part of several')
    }
    if (start + size > end) {
      this.bad(`a directory that ends before byte ${end}`, `${start} + ${size} bytes`)
    }
    return { start, end: start + size, count }
  }

  #findEnd(): number {
    const last = this.#bytes.length - END_BYTES
    for (let at = last; at >= Math.max(0, last - MAX_COMMENT); at--) {
      if (
        this.#view.getUint32(at, true) === END_SIGNATURE &&
        this.#view.getUint16(at + 20, true) === last - at
      ) {
        return at
      }
    }
    return this.bad('an end record', `none in the last bytes of ${this.#bytes.length}`)
  }

  #readCentral(at: number, end: number): { entry: Entry; next: number } {
    this.#checkSignature(at, CENTRAL_BYTES, CENTRAL_SIGNATURE, 'the directory')
    const view = this.#view
    const nameEnd = at + CENTRAL_BYTES + view.getUint16(at + 28, true)
    const extraEnd = nameEnd + view.getUint16(at + 30, true)
    const next = extraEnd + view.getUint16(at + 32, true)
    if (next > end) {
      this.bad(`a directory entry that ends by byte ${end}`, `${next}`)
    }
    const entry = {
      name: new TextDecoder('utf-8', { ignoreBOM: true }).decode(
        this.#bytes.subarray(at + CENTRAL_BYTES, nameEnd),
      ),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      start: view.getUint32(at + 42, true),
    }
    this.#applyZip64(entry, nameEnd, extraEnd)
    const place = `file ${shown(entry.name)}`
    if (entry.flags & ENCRYPTED) {
      this.bad(`${place} in clear`, 'it encrypted', 'save the model without encryption')
    }
    if (entry.method !== STORED && entry.method !== DEFLATED) {
      this.bad(
        `${place} stored or deflated`,
        `method ${entry.method}`,
        'save the model with torch.save again',
      )
    }
    if (entry.method === STORED && entry.packedSize !== entry.size) {
      this.bad(`${place} stored in ${entry.size} bytes`, `${entry.packedSize}`)
    }
    return { entry, next }
  }

  /** Takes over the numbers that did not fit 32 bits: they follow each other in this order, only those that are missing. */
  #applyZip64(entry: Entry, from: number, end: number): void {
    const missing = (['size', 'packedSize', 'start'] as const).filter(field => entry[field] === IN_ZIP64_32)
    if (missing.length === 0) {
      return
    }
    let at = from
    while (at + 4 <= end) {
      const length = this.#view.getUint16(at + 2, true)
      if (
        this.#view.getUint16(at, true) === ZIP64_EXTRA &&
        length >= 8 * missing.length &&
        at + 4 + length <= end
      ) {
        missing.forEach((field, index) => {
          entry[field] = this.#number64(at + 4 + 8 * index, `${field} of ${shown(entry.name)}`)
        })
        return
      }
      at += 4 + length
    }
    this.bad(`file ${shown(entry.name)} to have zip64 sizes`, 'none')
  }

  #number64(at: number, what: string): number {
    const value = this.#view.getBigUint64(at, true)
    // Every number counts bytes or files, so none can be past the file's size, however much a deflated file grows.
    if (value > BigInt(this.#bytes.length) * 2000n) {
      this.bad(`a ${what} that fits ${this.#bytes.length} bytes`, `${value}`)
    }
    return Number(value)
  }

  #checkSignature(at: number, size: number, signature: number, what: string): void {
    if (at + size > this.#bytes.length) {
      this.bad(`${what} within the ${this.#bytes.length} bytes`, `it at byte ${at}`)
    }
    const found = this.#view.getUint32(at, true)
    if (found !== signature) {
      this.bad(`${what} to begin with ${hex(signature)} at byte ${at}`, hex(found))
    }
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}
