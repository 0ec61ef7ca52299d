import { type FaiEntry, headerName } from './fasta-index.ts'

/** Reads bytes of the (inflated) FASTA text; fewer come back where the text ends. */
export type ReadText = (length: number, position: number) => Promise<Uint8Array>

const NEWLINE = 0x0a
const RETURN = 0x0d
const GREATER = 0x3e
const FIRST_LOOK_BYTES = 256
const MAX_HEADER_BYTES = 1 << 20
/** Blank lines between records are rare; this many bytes of them are looked through. */
const AFTER_BYTES = 64
const TAIL_BYTES = 1 << 16

/** Returns what is wrong with a record's place in the text, or undefined when its header line ends right before it. */
export async function startProblem(entry: FaiEntry, read: ReadText): Promise<string | undefined> {
  for (let size = FIRST_LOOK_BYTES; size <= MAX_HEADER_BYTES; size *= 16) {
    const from = Math.max(0, entry.offset - size)
    const bytes = await read(entry.offset - from, from)
    if (bytes.length < entry.offset - from) {
      return `contig ${entry.name} should start at byte ${entry.offset}, past the end of the text`
    }
    if (bytes.at(-1) !== NEWLINE) {
      break
    }
    const lines = new TextDecoder().decode(bytes.subarray(0, -1)).split('\n')
    if (lines.length === 1 && from > 0) {
      continue
    }
    const header = lines.at(-1)!
    if (header.startsWith('>') && headerName(header.slice(1)) === entry.name) {
      return undefined
    }
    const found = header.length > 60 ? `${header.slice(0, 60)}...` : header
    return `expected the header of contig ${entry.name} before byte ${entry.offset}, found ${JSON.stringify(found)}`
  }
  return `expected the header line of contig ${entry.name} to end at byte ${entry.offset}, found none`
}

/** Returns what is wrong with a record's end, or undefined when the next record or the end of the text follows it. */
export async function endProblem(entry: FaiEntry, read: ReadText): Promise<string | undefined> {
  const end = recordEnd(entry)
  const after = await read(AFTER_BYTES, end)
  const next = after.findIndex(byte => byte !== NEWLINE && byte !== RETURN)
  if (next === -1 || (next > 0 && after[next] === GREATER)) {
    return undefined
  }
  return `expected contig ${entry.name} to end at byte ${end}, found more text`
}

/**
 * Returns what is wrong with the last record: cut short, or followed by text the index does not know. Headers
 * without sequence may follow: an indexer may leave such records out, as samtools 1.16 does.
 */
export async function lastProblem(entry: FaiEntry, read: ReadText): Promise<string | undefined> {
  const end = recordEnd(entry)
  const bytes = await read(1 + TAIL_BYTES, end - 1)
  if (bytes.length === 0) {
    return `contig ${entry.name} should end at byte ${end}, past the end of the text`
  }
  const lines = new TextDecoder().decode(bytes.subarray(1)).split('\n')
  const lineEnds = entry.length === 0 || /^\r?$/.test(lines[0]!)
  const known = bytes.length <= TAIL_BYTES && lineEnds && lines.every(isHeaderOrBlank)
  return known ? undefined : `the text goes on after byte ${end}, the end of the last contig, ${entry.name}`
}

function isHeaderOrBlank(line: string): boolean {
  return line === '' || line === '\r' || line.startsWith('>')
}

function recordEnd(entry: FaiEntry): number {
  if (entry.length === 0) {
    return entry.offset
  }
  const last = entry.length - 1
  return entry.offset + entry.lineBytes * Math.floor(last / entry.lineBases) + (last % entry.lineBases) + 1
}
