import { RowPlace } from '../../io/text-lines.ts'
import { encodeWindow, lengthError } from '../window-table.ts'
import type { ImportTally } from './import-tally.ts'

/** Letters that stand for two or three bases (IUPAC); N, for all four, is a letter of windows. */
const AMBIGUOUS = /[RYSWKMBDHV]/gi

/** Makes codes of the sequences of an import. */
export class SequenceEncoder {
  readonly #tally: ImportTally
  #first: { length: number; place: string } | undefined

  constructor(tally: ImportTally) {
    this.#tally = tally
  }

  /**
   * Returns a sequence's codes; letters for several bases become other and are counted.
   * Throws: InputDataError naming line and letter for U and whatever else is no base, and for no letters at all.
   */
  encode(sequence: string, place: RowPlace): Uint8Array {
    if (sequence === '') {
      throw place.error('expected letters as sequence, found none')
    }
    const plain = sequence.replace(AMBIGUOUS, () => {
      this.#tally.ambiguousLetters++
      return 'N'
    })
    const codes = new Uint8Array(sequence.length)
    encodeWindow(plain, codes, place)
    return codes
  }

  /** Returns the codes of a sequence that is a window. Throws: InputDataError for one of another length than the first, too. */
  encodeWindow(sequence: string, place: RowPlace): Uint8Array {
    const { length } = sequence
    if (this.#first !== undefined && length !== this.#first.length && length > 0) {
      throw lengthError(length, this.#first.length, `in ${this.#first.place}`, place)
    }
    const codes = this.encode(sequence, place)
    this.#first ??= { length, place: place.toString() }
    return codes
  }
}

/** Returns the place of a row, for messages. */
export function placeOf(path: string, line1: number, text: string): RowPlace {
  const place = new RowPlace(path, line1)
  place.text = text
  return place
}
