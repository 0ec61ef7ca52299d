import { InputDataError } from '../../core/errors.ts'
import { readCsvRows } from '../../io/csv-rows.ts'
import { wholeNumber } from '../../io/text-lines.ts'
import { ImportTally } from './import-tally.ts'
import { placeOf, SequenceEncoder } from './sequence-encoder.ts'

/** A natural intron of yeast: the bases of its three motifs, and two lengths. Units: bases. */
export interface YeastIntron {
  /** Base codes. */
  donor: Uint8Array
  branch: Uint8Array
  acceptor: Uint8Array
  length: number
  /** From the branch point to the intron's end. */
  branchToEnd: number
}

/** Columns of the table, and the most bases that a motif has. */
const MOTIFS = [
  ["5'SS", 6],
  ['BP', 8],
  ["3'SS", 3],
] as const
const LENGTHS = ['Length (bp)', "BP to 3'SS (bp)"] as const

/**
 * Returns the introns of a table with the columns `Length (bp)`, `BP to 3'SS (bp)`, `5'SS`, `BP` and `3'SS`, as the yeast splicing
 * library comes with. A motif may be shorter than the others of its site.
 * Throws: InputDataError naming file, line and column; MissingResourceError when the file is absent.
 */
export async function readYeastIntrons(path: string): Promise<YeastIntron[]> {
  const encoder = new SequenceEncoder(new ImportTally())
  const introns: YeastIntron[] = []
  let names: string[] | undefined
  for await (const rows of readCsvRows(path)) {
    const body = names === undefined ? rows.slice(1) : rows
    if (names === undefined) {
      names = rows[0]!.fields.map(name => name.trim())
      const columns = [...LENGTHS, ...MOTIFS.map(([name]) => name)]
      const missing = columns.find(name => !names!.includes(name))
      if (missing !== undefined) {
        throw placeOf(path, rows[0]!.line1, names.join(',')).error(
          `expected the columns ${columns.join(', ')} in the header, found no ${missing}`,
        )
      }
    }
    for (const { fields, line1 } of body) {
      const place = placeOf(path, line1, fields.join(','))
      const text = (name: string) => fields[names!.indexOf(name)]!.trim()
      const [donor, branch, acceptor] = MOTIFS.map(([name, most]) => {
        const bases = text(name)
        if (bases.length > most) {
          throw place.error(`expected at most ${most} bases as ${name}, found ${bases.length}`)
        }
        return encoder.encode(bases, place)
      }) as [Uint8Array, Uint8Array, Uint8Array]
      const [length, branchToEnd] = LENGTHS.map(name => wholeNumber(text(name), name, place))
      introns.push({ donor, branch, acceptor, length: length!, branchToEnd: branchToEnd! })
    }
  }
  if (introns.length === 0) {
    throw new InputDataError(`${path}: expected a header line and introns, found none`)
  }
  return introns
}
