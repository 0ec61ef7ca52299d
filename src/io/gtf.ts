import type { AnnotationRow } from './transcript-table.ts'

/**
 * Calls `visit` for each attribute of a GTF row's ninth column, in order, repeated keys each time.
 * Values may be quoted (semicolons inside belong to the value) or bare; a key alone has the value ''.
 */
export function visitGtfAttributes(text: string, visit: (key: string, value: string) => void): void {
  let at = 0
  while (at < text.length) {
    const keyStart = skip(text, at, true)
    let keyEnd = keyStart
    while (
      keyEnd < text.length &&
      text.charCodeAt(keyEnd) !== SPACE &&
      text.charCodeAt(keyEnd) !== SEMICOLON
    ) {
      keyEnd++
    }
    if (keyEnd === keyStart) {
      return
    }
    const key = text.slice(keyStart, keyEnd)
    const valueStart = skip(text, keyEnd, false)
    if (text.charCodeAt(valueStart) === QUOTE) {
      const close = closingQuote(text, valueStart + 1)
      visit(key, text.slice(valueStart + 1, close))
      at = close + 1
    } else {
      const end = text.indexOf(';', valueStart)
      at = end < 0 ? text.length : end
      visit(key, text.slice(valueStart, at).trimEnd())
    }
  }
}

const SPACE = 0x20
const SEMICOLON = 0x3b
const QUOTE = 0x22

/** A quote closes a value when a semicolon or the end follows: products such as 5" nuclease occur. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    const next = skip(text, at + 1, false)
    if (next >= text.length || text.charCodeAt(next) === SEMICOLON) {
      return at
    }
  }
  return text.length
}

function skip(text: string, from: number, semicolons: boolean): number {
  let at = from
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code !== SPACE && !(semicolons && code === SEMICOLON)) {
      break
    }
    at++
  }
  return at
}

/** Returns a GTF row's attributes, each key with all its values in order. */
export function parseGtfAttributes(text: string): Map<string, string[]> {
  const attributes = new Map<string, string[]>()
  visitGtfAttributes(text, (key, value) => {
    const values = attributes.get(key)
    if (values) {
      values.push(value)
    } else {
      attributes.set(key, [value])
    }
  })
  return attributes
}

// A GTF's CDS ends before the stop codon, so a transcript known by its CDS alone needs the stop codon's rows too.
const PART_TYPES = /^(cds|utr|5utr|3utr|five_prime_utr|three_prime_utr|stop_codon)$/i
const CDS_TYPE = /^cds$/i
const MANE_SELECT = /^MANE[_ ]Select$/i
const TRANSCRIPT_TYPES = /rna$|transcript/i

function rowKind(type: string): AnnotationRow['kind'] | undefined {
  return type === 'exon'
    ? 'exon'
    : PART_TYPES.test(type)
      ? 'part'
      : type === 'gene'
        ? 'gene'
        : TRANSCRIPT_TYPES.test(type)
          ? 'transcript'
          : undefined
}

/** Returns what the nine columns of a GTF row say about transcripts, or undefined for rows of other types. */
export function parseGtfRow(columns: readonly string[]): AnnotationRow | undefined {
  const kind = rowKind(columns[2]!)
  if (kind === undefined) {
    return undefined
  }
  const first: Record<string, string> = { __proto__: null as never }
  let maneSelect = false
  visitGtfAttributes(columns[8]!, (key, value) => {
    if (value !== '') {
      first[key] ??= value
    }
    // The only key that is repeated and of which every value counts.
    maneSelect ||= key === 'tag' && MANE_SELECT.test(value)
  })
  const id = kind === 'gene' ? first.gene_id : first.transcript_id
  return {
    kind,
    contig: columns[0]!,
    ids: id === undefined ? [] : [id],
    gene: first.gene_id,
    isWholeTranscript: kind === 'transcript',
    geneBiotype: first.gene_biotype ?? first.gene_type,
    biotype: first.biotype ?? first.transcript_biotype ?? first.transcript_type,
    isCds: kind === 'part' && CDS_TYPE.test(columns[2]!),
    maneSelect,
  }
}
