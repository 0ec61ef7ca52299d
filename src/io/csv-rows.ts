import { RowPlace, readLines, type TextSource } from './text-lines.ts'

/** One row of a table, its fields without the quotes around them. */
export interface CsvRow {
  fields: string[]
  /** 1-based line number of the row's first line. */
  line1: number
}

/**
 * Yields the rows of a comma- or tab-separated table in batches, the header line first. Fields may be in double quotes, with the
 * separator, line ends and doubled quotes in them; empty lines are passed over. The separator is the tab where the first line has
 * one, else the comma.
 * Throws: as `readLines`; InputDataError for a quote that is not closed, for text after a closing quote, and for a
 * row with another number of fields than the header.
 * Source: RFC 4180.
 */
export async function* readCsvRows(source: TextSource): AsyncGenerator<CsvRow[]> {
  const reader = new CsvReader(typeof source === 'string' ? source : source.label)
  for await (const lines of readLines(source)) {
    const rows = lines.flatMap(line => reader.line(line) ?? [])
    if (rows.length > 0) {
      yield rows
    }
  }
  reader.end()
}

class CsvReader {
  readonly #place: RowPlace
  #line1 = 0
  #separator: ',' | '\t' | undefined
  #columns = 0
  /** Lines of a row whose last quote is still open. */
  #open: string[] = []

  constructor(label: string) {
    this.#place = new RowPlace(label, 0)
  }

  /** Returns the row that ends with this line, if one does. */
  line(line: string): CsvRow | undefined {
    this.#line1++
    if (this.#open.length === 0) {
      if (line === '') {
        return undefined
      }
      this.#place.line1 = this.#line1
      this.#place.text = line
    }
    // Only an odd number of quotes leaves one open: doubled ones stand for themselves.
    const quotes = line.split('"').length - 1
    const isOpen = this.#open.length > 0
    if ((quotes % 2 === 1) !== isOpen) {
      this.#open.push(line)
      return undefined
    }
    const text = isOpen ? [...this.#open.splice(0), line].join('\n') : line
    return { fields: this.#fields(text), line1: this.#place.line1! }
  }

  /** Throws: InputDataError when a quote is still open. */
  end(): void {
    if (this.#open.length > 0) {
      throw this.#place.error('expected a closing quote, found the end of the file')
    }
  }

  #fields(text: string): string[] {
    this.#separator ??= text.includes('\t') ? '\t' : ','
    const fields = text.includes('"') ? this.#quotedFields(text) : text.split(this.#separator)
    this.#columns ||= fields.length
    if (fields.length !== this.#columns) {
      throw this.#place.error(
        `expected ${this.#columns} ${this.#separator === ',' ? 'comma' : 'tab'}-separated columns as in the header, found ${fields.length}`,
      )
    }
    return fields
  }

  #quotedFields(text: string): string[] {
    const separator = this.#separator!
    const fields: string[] = []
    for (let at = 0; at <= text.length; at++) {
      if (text[at] !== '"') {
        const end = endOf(text, separator, at)
        const field = text.slice(at, end)
        if (field.includes('"')) {
          throw this.#place.error(`expected a quoted field to begin with its quote, found ${field}`)
        }
        fields.push(field)
        at = end
        continue
      }
      const close = closingQuote(text, at + 1)
      const end = endOf(text, separator, close)
      if (end !== close + 1) {
        throw this.#place.error(
          `expected a separator after the quoted field ${fields.length + 1}, found ${text.slice(close + 1, end)}`,
        )
      }
      fields.push(text.slice(at + 1, close).replaceAll('""', '"'))
      at = end
    }
    return fields
  }
}

function endOf(text: string, separator: string, from: number): number {
  const at = text.indexOf(separator, from)
  return at < 0 ? text.length : at
}

/** Returns the index of the quote that ends a field; quotes are even in number, so that there is one. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (text[at + 1] === '"') {
    at = text.indexOf('"', at + 2)
  }
  return at
}
