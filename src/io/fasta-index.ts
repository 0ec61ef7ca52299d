import { InputDataError } from '../core/errors.ts'
import { joinBytes } from './byte-source.ts'

/**
 * Where one record's sequence lies in a FASTA text.
 * Units: `length` and `lineBases` in bases, `lineBytes` in bytes with the line end.
 * Coordinates: `offset` is the byte of the first base in the (inflated) text.
 */
export interface FaiEntry {
  name: string
  length: number
  offset: number
  lineBases: number
  lineBytes: number
}

const NEWLINE = 0x0a
const RETURN = 0x0d
const GREATER = 0x3e
/** A header is a line of text; a file without line ends is not FASTA. */
const MAX_HEADER_BYTES = 1 << 20

const IS_RESIDUE = new Uint8Array(256)
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*-.') {
  IS_RESIDUE[letter.charCodeAt(0)] = 1
}

/** Returns the record name of a header line's text after `>`: all up to the first whitespace. */
export function headerName(text: string): string {
  return /^\S*/.exec(text)![0]
}

/**
 * Returns the entries of a `.fai` in file order of their sequences.
 * Throws: InputDataError with the line when a row is not five columns of sense, or a name comes twice.
 */
export function parseFai(text: string, label: string): FaiEntry[] {
  const entries: FaiEntry[] = []
  const names = new Set<string>()
  for (const [i, row] of text.split('\n').entries()) {
    const line = row.endsWith('\r') ? row.slice(0, -1) : row
    if (line === '') {
      continue
    }
    const fields = line.split('\t')
    const numbers = fields.slice(1).map(field => (/^\d+$/.test(field) ? Number(field) : Number.NaN))
    const [length, offset, lineBases, lineBytes] = numbers as [number, number, number, number]
    const sound =
      fields.length === 5 &&
      numbers.every(Number.isSafeInteger) &&
      (length === 0 || (lineBases > 0 && lineBytes >= lineBases))
    if (!sound) {
      throw new InputDataError(
        `${label} line ${i + 1}: expected name, length, offset, line bases and line bytes, found ${JSON.stringify(line.slice(0, 80))}`,
        'make the index again with `samtools faidx`',
      )
    }
    const name = fields[0]!
    if (names.has(name)) {
      throw new InputDataError(
        `${label} line ${i + 1}: the contig name ${name} comes twice`,
        'give every record its own name and make the index again with `samtools faidx`',
      )
    }
    names.add(name)
    entries.push({ name, length, offset, lineBases, lineBytes })
  }
  return entries.sort((a, b) => a.offset - b.offset)
}

interface OpenRecord extends FaiEntry {
  /** The first line that may have no sequence after it: shorter than the others, blank, or ended otherwise. */
  lastLine?: { line: number; bases: number }
}

/**
 * Builds the index of a FASTA text that is pushed through it piece by piece.
 * Throws: InputDataError with the line number for anything a `.fai` cannot describe.
 * Memory: the entries and one header line.
 */
export class FastaIndexer {
  readonly #label: string
  readonly #entries: FaiEntry[] = []
  readonly #lineOfName = new Map<string, number>()
  #record: OpenRecord | undefined
  #state: 'line-start' | 'header' | 'sequence' = 'line-start'
  #position = 0
  #line = 1
  #header = new Uint8Array(0)
  #lineBases = 0
  #afterReturn = false

  constructor(label: string) {
    this.#label = label
  }

  push(chunk: Uint8Array): void {
    let i = 0
    while (i < chunk.length) {
      if (this.#state === 'line-start') {
        if (chunk[i] === GREATER) {
          this.#state = 'header'
          this.#header = new Uint8Array(0)
          i++
          continue
        }
        this.#openSequenceLine(chunk.subarray(i))
      }
      i = this.#state === 'header' ? this.#pushHeader(chunk, i) : this.#pushSequence(chunk, i)
    }
    this.#position += chunk.length
  }

  /** Returns the entries; the text ends here, with or without a last line end. */
  finish(): FaiEntry[] {
    if (this.#state === 'header') {
      this.#endHeader(this.#position)
    } else if (this.#state === 'sequence') {
      this.#endSequenceLine()
    }
    if (this.#record === undefined) {
      throw new InputDataError(`${this.#label}: expected FASTA, found an empty file`, 'check the path')
    }
    return this.#entries
  }

  #openSequenceLine(rest: Uint8Array): void {
    if (this.#record === undefined) {
      throw notFasta(this.#label, rest)
    }
    this.#state = 'sequence'
    this.#lineBases = 0
    this.#afterReturn = false
  }

  #pushHeader(chunk: Uint8Array, from: number): number {
    const newline = chunk.indexOf(NEWLINE, from)
    const end = newline === -1 ? chunk.length : newline
    this.#header = joinBytes(this.#header, chunk.subarray(from, end)) as Uint8Array<ArrayBuffer>
    if (this.#header.length > MAX_HEADER_BYTES) {
      throw new InputDataError(
        `${this.#label} line ${this.#line}: expected a header line, found over ${MAX_HEADER_BYTES} bytes without a line end`,
      )
    }
    if (newline === -1) {
      return end
    }
    this.#endHeader(this.#position + newline + 1)
    return newline + 1
  }

  #endHeader(offset: number): void {
    const name = headerName(new TextDecoder().decode(this.#header))
    if (name === '') {
      throw new InputDataError(
        `${this.#label} line ${this.#line}: expected a contig name after \`>\`, found none`,
        'give every record a name',
      )
    }
    const earlier = this.#lineOfName.get(name)
    if (earlier !== undefined) {
      throw new InputDataError(
        `${this.#label} line ${this.#line}: the contig name ${name} was already used on line ${earlier}`,
        'give every record its own name',
      )
    }
    this.#lineOfName.set(name, this.#line)
    this.#record = { name, length: 0, offset, lineBases: 0, lineBytes: 0 }
    this.#entries.push(this.#record)
    this.#state = 'line-start'
    this.#line++
  }

  #pushSequence(chunk: Uint8Array, from: number): number {
    let i = from
    if (!this.#afterReturn) {
      while (i < chunk.length && IS_RESIDUE[chunk[i]!] === 1) {
        i++
      }
      this.#lineBases += i - from
    }
    if (i === chunk.length) {
      return i
    }
    if (chunk[i] === NEWLINE) {
      this.#endSequenceLine()
    } else if (chunk[i] === RETURN && !this.#afterReturn) {
      this.#afterReturn = true
    } else {
      const found = this.#afterReturn ? 'a carriage return inside the line' : describeByte(chunk[i]!)
      throw new InputDataError(
        `${this.#label} line ${this.#line}: expected bases (letters, \`*\`, \`-\` or \`.\`), found ${found}`,
        'the file is damaged or not FASTA',
      )
    }
    return i + 1
  }

  #endSequenceLine(): void {
    const record = this.#record!
    const bases = this.#lineBases
    const bytes = bases + (this.#afterReturn ? 2 : 1)
    if (bases > 0) {
      if (record.lastLine !== undefined) {
        throw this.#ragged(record, record.lastLine.line, record.lastLine.bases)
      }
      if (record.length === 0) {
        record.lineBases = bases
        record.lineBytes = bytes
      } else if (bases > record.lineBases) {
        throw this.#ragged(record, this.#line, bases)
      }
      record.length += bases
    }
    if (record.lastLine === undefined && (bases < record.lineBases || bytes !== record.lineBytes)) {
      record.lastLine = { line: this.#line, bases }
    }
    this.#state = 'line-start'
    this.#line++
  }

  #ragged(record: OpenRecord, line: number, bases: number): InputDataError {
    const odd = bases === 0 ? 'a blank line' : 'a different line end'
    const found = bases === 0 || bases === record.lineBases ? odd : `${bases}`
    const expected = record.lineBases === 0 ? 'sequence' : `${record.lineBases} bases as on the first line`
    return new InputDataError(
      `${this.#label} line ${line}: expected ${expected} of contig ${record.name}, found ${found}; only the last line of a record may be shorter`,
      'wrap the lines evenly, e.g. with `seqkit seq -w 60`',
    )
  }
}

/** Returns the error for text that does not begin like FASTA. */
export function notFasta(label: string, start: Uint8Array): InputDataError {
  return new InputDataError(
    `${label} line 1: expected FASTA starting with \`>\`, found ${describeByte(start[0]!)}`,
    'check that this is the reference genome in FASTA format',
  )
}

function describeByte(byte: number): string {
  return byte > 0x20 && byte < 0x7f
    ? `\`${String.fromCharCode(byte)}\``
    : `byte 0x${byte.toString(16).padStart(2, '0')}`
}
