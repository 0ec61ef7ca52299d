import { InputDataError } from '../../core/errors.ts'
import { type CsvRow, readCsvRows } from '../../io/csv-rows.ts'
import { type RowPlace, wholeNumber } from '../../io/text-lines.ts'
import type { ImportTally } from './import-tally.ts'
import { DECIMAL, isMissing } from './measured-value.ts'
import { placeOf, SequenceEncoder } from './sequence-encoder.ts'

/** A row of the yeast splicing library: a construct, measured under one of its index sequences. */
export interface YeastConstruct {
  /** Kind of construct, e.g. `synthetic hairpin`. */
  library: string
  /** Names the construct; its rows differ in their index sequence. */
  barcode: string
  efficiency: number
  /** As the table has it. */
  sequence: string
  codes: Uint8Array
  /** Coordinates: 0-based; the intron is `[donor, acceptor)`, the branch motif begins at `branch`. */
  donor: number
  branch: number
  acceptor: number
  place: RowPlace
}

const COLUMNS = [
  'type',
  'barcode',
  'splicing_eff',
  'full_seq',
  'fivess_idx',
  'bp_idx',
  'threess_idx',
] as const

/** The table has the index of the last three intron bases; an acceptor is the first exon base after them. */
const ACCEPTOR_SHIFT = 3

/**
 * Returns the constructs of tables with the columns `type`, `barcode`, `splicing_eff`, `full_seq`, `fivess_idx`, `bp_idx` and
 * `threess_idx`, in their order. Rows without an efficiency are left out, and rows that repeat an earlier one: the published parts overlap.
 * Memory: 3 bytes per base.
 * Throws: InputDataError naming file, line and column; MissingResourceError when a file is absent.
 */
export async function readYeastConstructs(
  paths: readonly string[],
  tally: ImportTally,
): Promise<YeastConstruct[]> {
  const encoder = new SequenceEncoder(tally)
  const constructs: YeastConstruct[] = []
  const seen = new Set<string>()
  for (const path of paths) {
    let at: number[] | undefined
    for await (const rows of readCsvRows(path)) {
      const body = at === undefined ? rows.slice(1) : rows
      at ??= columnsOf(rows[0]!, path)
      for (const { fields, line1 } of body) {
        tally.rows++
        const texts = at.map(column => fields[column]!.trim())
        const construct = parse(texts, placeOf(path, line1, fields.join(',')), encoder)
        const key = `${texts[2]} ${texts[3]}`
        if (construct === undefined || seen.has(key)) {
          tally.leftOut.add(construct === undefined ? 'no-value' : 'repeated', 'target')
          continue
        }
        seen.add(key)
        constructs.push(construct)
      }
    }
    if (at === undefined) {
      throw new InputDataError(`${path}: expected a header line and rows, found nothing`)
    }
  }
  return constructs
}

function columnsOf({ fields, line1 }: CsvRow, path: string): number[] {
  const names = fields.map(name => name.trim())
  const missing = COLUMNS.find(name => !names.includes(name))
  if (missing !== undefined) {
    throw placeOf(path, line1, fields.join(',')).error(
      `expected the columns ${COLUMNS.join(', ')} in the header, found no ${missing}`,
      'tables with other columns are read by the csv reader',
    )
  }
  return COLUMNS.map(name => names.indexOf(name))
}

/** Returns a row's construct; undefined for one without an efficiency. Shape: texts in the order of `COLUMNS`. */
function parse(
  texts: readonly string[],
  place: RowPlace,
  encoder: SequenceEncoder,
): YeastConstruct | undefined {
  const [library, barcode, measured, sequence, ...places] = texts as [string, string, string, string]
  if (isMissing(measured)) {
    return undefined
  }
  const efficiency = Number(measured)
  if (!DECIMAL.test(measured) || !Number.isFinite(efficiency)) {
    throw place.error(`expected a number as splicing_eff, found "${measured}"`)
  }
  if (barcode === '') {
    throw place.error('expected a barcode, found none', 'rows of one barcode stay in one part')
  }
  const [donor, branch, lastBases] = places.map((text, i) => wholeNumber(text, COLUMNS[4 + i]!, place))
  const acceptor = lastBases! + ACCEPTOR_SHIFT
  if (!(donor! < branch! && branch! < lastBases! && acceptor <= sequence.length)) {
    throw place.error(
      `expected fivess_idx < bp_idx < threess_idx inside the ${sequence.length} bases, found ${donor}, ${branch} and ${lastBases}`,
      'they are 0-based indices of the first base of each motif',
    )
  }
  const codes = encoder.encodeWindow(sequence, place)
  return {
    library: library.replace(/\s+/g, ' ') || '.',
    barcode: barcode.replace(/\s+/g, ' '),
    efficiency,
    sequence,
    codes,
    donor: donor!,
    branch: branch!,
    acceptor,
    place,
  }
}
