import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { InputDataError } from '../core/errors.ts'
import { checkEndMarker, END_MARKER, HEADER_BYTES, isBgzf } from './bgzf-blocks.ts'
import { type ByteSource, joinBytes, readBytes, sourceLabel } from './byte-source.ts'

export type { ReadableSource } from './byte-source.ts'

/** A text file's path, or a stream handed in by the caller. */
export type TextSource = ByteSource

/** No line of an annotation or junction table comes near this; a file without line ends is not text. */
const MAX_LINE_CHARS = 1 << 26

/**
 * Yields the lines of a plain, gzip or bgzip text in batches, without line ends (`\n` or `\r\n`); empty lines
 * are kept, so that the caller can count. Compression is told by content, never by the name.
 * Throws: MissingResourceError when the file is absent; InputDataError for a directory, for compressed data
 * that is truncated or damaged, and for data that is not text.
 * Memory: about 1 MB of compressed data and one batch.
 */
export async function* readLines(source: TextSource): AsyncGenerator<string[]> {
  const label = sourceLabel(source)
  // TextDecoder keeps the bytes of a character cut by a chunk's end, and drops a leading byte order mark.
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of readText(source, label)) {
    const text = decoder.decode(chunk, { stream: true })
    if (text.includes('\0')) {
      throw new InputDataError(
        `${label}: expected text, found binary data (a zero byte)`,
        'check that this is the file you meant',
      )
    }
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    if (rest.length > MAX_LINE_CHARS) {
      throw new InputDataError(
        `${label}: expected lines of text, found over ${MAX_LINE_CHARS} characters in one line`,
      )
    }
    if (lines.length > 0) {
      yield withoutCarriageReturns(lines)
    }
  }
  rest += decoder.decode()
  if (rest !== '') {
    yield withoutCarriageReturns([rest])
  }
}

function withoutCarriageReturns(lines: string[]): string[] {
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    if (line.endsWith('\r')) {
      lines[i] = line.slice(0, -1)
    }
  }
  return lines
}

function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8
}

async function* readText(source: TextSource, label: string): AsyncGenerator<Uint8Array> {
  const bytes = readBytes(source)
  try {
    let head: Uint8Array = new Uint8Array(0)
    while (head.length < HEADER_BYTES) {
      const next = await bytes.next()
      if (next.done) {
        break
      }
      head = joinBytes(head, next.value)
    }
    const whole = withHead(head, bytes)
    yield* isGzip(head) ? gunzip(whole, label, isBgzf(head)) : whole
  } finally {
    // A caller that leaves at the first piece leaves before `bytes` is iterated, which would keep the file open.
    await bytes.return(undefined)
  }
}

async function* withHead(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head
  yield* rest
}

/** Yields the inflated bytes of all gzip members; a BGZF file must also end with its end marker. */
async function* gunzip(
  bytes: AsyncIterable<Uint8Array>,
  label: string,
  bgzf: boolean,
): AsyncGenerator<Uint8Array> {
  let tail: Uint8Array = new Uint8Array(0)
  let length = 0
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      tail = joinBytes(tail, chunk.subarray(-END_MARKER.length)).slice(-END_MARKER.length)
      length += chunk.length
      yield chunk
    }
  }
  const inflater = createGunzip({ chunkSize: 1 << 18 })
  // Every failure of the pipeline also ends the loop below with the same error; this handler only keeps the
  // second report of it (or of a caller that stopped reading early) from being an unhandled rejection.
  pipeline(Readable.from(watched()), inflater).catch(() => undefined)
  try {
    yield* inflater as AsyncIterable<Uint8Array>
  } catch (error) {
    throw gzipError(error, label, length)
  }
  // A BGZF file cut at a block's border inflates without complaint: only the marker tells.
  if (bgzf) {
    checkEndMarker(tail, label, length)
  }
}

function truncatedError(label: string, length: number, what: string, cause?: unknown): InputDataError {
  return new InputDataError(
    `${label}: truncated: ${what} at byte ${length}, the end of the file`,
    'the copy is incomplete or the writer was interrupted; copy or make the file again',
    cause,
  )
}

function gzipError(error: unknown, label: string, length: number): unknown {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'Z_BUF_ERROR') {
    return truncatedError(label, length, 'the gzip data stops before its end', error)
  }
  if (code?.startsWith('Z_')) {
    return new InputDataError(
      `${label}: expected gzip data, found damaged data before byte ${length} (${(error as Error).message})`,
      'copy or make the file again; `gzip -t` names the damage',
      error,
    )
  }
  return error
}

/** Where a row of a text stands, for messages; one object is moved from row to row. */
export class RowPlace {
  /** 1-based line number; undefined for a row that came through an index. */
  line1: number | undefined
  text = ''
  readonly label: string

  constructor(label: string, line1?: number) {
    this.label = label
    this.line1 = line1
  }

  /** Returns the place as text, `file:line`, or the file alone where lines are not counted. */
  toString(): string {
    return this.line1 === undefined ? this.label : `${this.label}:${this.line1}`
  }

  /** Returns the error for this row: the place, the problem and the row's text, cut to 80 characters. */
  error(problem: string, hint?: string): InputDataError {
    const shown = this.text.length > 80 ? `${this.text.slice(0, 80)}...` : this.text
    return new InputDataError(`${this}: ${problem}, in "${shown}"`, hint)
  }
}

/**
 * Returns the non-negative whole number a field holds.
 * Throws: InputDataError naming the field when it holds anything else.
 */
export function wholeNumber(field: string | undefined, name: string, place: RowPlace): number {
  if (field === undefined || !/^\d{1,15}$/.test(field)) {
    throw place.error(`expected a whole number as ${name}, found "${field ?? ''}"`)
  }
  return Number(field)
}
