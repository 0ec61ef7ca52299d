import { InputDataError } from '../../core/errors.ts'
import { type Random, seededRandom } from '../../core/random.ts'
import { type CsvRow, readCsvRows } from '../../io/csv-rows.ts'
import { dinucleotideShuffle } from '../dinucleotide-shuffle.ts'
import type { ImportTally } from './import-tally.ts'
import { placeOf, SequenceEncoder } from './sequence-encoder.ts'
import {
  type ImportedRow,
  inputSettings,
  type SplitFile,
  tablesOf,
  type WindowImport,
} from './window-import.ts'

export interface DeepBindOptions {
  inputs: readonly SplitFile[]
  /** Negatives made from each positive of a table that has no negatives; 0 makes none. */
  shuffledNegatives?: number
  /** Seed of the shuffles. */
  seed?: number
}

const COLUMNS = ['FoldID', 'EventID', 'seq', 'Bound'] as const

/** Draws before a sequence counts as one that cannot be shuffled, such as a run of one base. */
const MAX_DRAWS = 10

/**
 * Returns the import of DeepBind's tables of bound sequences: `FoldID EventID seq Bound`, separated by tabs. The event is the gene, so
 * that shuffles stay in one part with what they were made from.
 * Memory: one table.
 * Source: Alipanahi et al., Nature Biotechnology 33:831, 2015, whose negatives are dinucleotide shuffles.
 */
export function importDeepBind({ inputs, shuffledNegatives = 0, seed = 1 }: DeepBindOptions): WindowImport {
  return {
    source:
      'Sequences bound by a protein (Bound 1) and sequences that are not (Bound 0).' +
      (shuffledNegatives > 0
        ? ` Tables without negatives got ${shuffledNegatives} dinucleotide-shuffled copies of each positive as negative-shuffled.`
        : ''),
    layout: { site: 'unknown' },
    answers: 'class',
    files: tablesOf(inputs),
    settings: {
      reader: 'deepbind',
      inputs: inputSettings(inputs),
      shuffledNegatives,
      ...(shuffledNegatives > 0 && { seed }),
    },
    async *rows(tally) {
      const encoder = new SequenceEncoder(tally)
      const random = seededRandom(seed)
      for (const input of inputs) {
        const rows = await readTable(input, encoder, tally)
        yield rows
        if (shuffledNegatives > 0 && rows.every(row => row.className === 'positive')) {
          yield rows.flatMap(row => shufflesOf(row, shuffledNegatives, random, tally))
        }
      }
    },
  }
}

async function readTable(
  { path, split }: SplitFile,
  encoder: SequenceEncoder,
  tally: ImportTally,
): Promise<ImportedRow[]> {
  const rows: ImportedRow[] = []
  let at: number[] | undefined
  for await (const batch of readCsvRows(path)) {
    const body = at === undefined ? batch.slice(1) : batch
    at ??= columnsOf(batch[0]!, path)
    const [eventAt, sequenceAt, boundAt] = at
    for (const { fields, line1 } of body) {
      const place = placeOf(path, line1, fields.join('\t'))
      const bound = fields[boundAt!]!
      if (bound !== '0' && bound !== '1') {
        throw place.error(`expected 0 or 1 as Bound, found "${bound}"`)
      }
      const codes = encoder.encodeWindow(fields[sequenceAt!]!, place)
      const gene = fields[eventAt!]!.replace(/\s+/g, ' ') || '.'
      rows.push({ codes, className: bound === '1' ? 'positive' : 'negative', split, known: { gene } })
    }
  }
  if (at === undefined) {
    throw new InputDataError(`${path}: expected a header line and rows, found nothing`)
  }
  tally.rows += rows.length
  return rows
}

function columnsOf({ fields, line1 }: CsvRow, path: string): number[] {
  const missing = COLUMNS.find(name => !fields.includes(name))
  if (missing !== undefined) {
    throw placeOf(path, line1, fields.join('\t')).error(
      `expected the columns ${COLUMNS.join(', ')} in the header, found no ${missing}`,
      'tables with other columns are read by the csv reader',
    )
  }
  return COLUMNS.slice(1).map(name => fields.indexOf(name))
}

function shufflesOf(row: ImportedRow, count: number, random: Random, tally: ImportTally): ImportedRow[] {
  const shuffles: ImportedRow[] = []
  for (let i = 0; i < count; i++) {
    const codes = shuffledOtherwise(row.codes, random)
    if (codes === undefined) {
      tally.missingNegatives++
    } else {
      shuffles.push({ ...row, codes, className: 'negative-shuffled' })
    }
  }
  return shuffles
}

/** Returns a shuffle that differs from the sequence; undefined when none was drawn. */
function shuffledOtherwise(codes: Uint8Array, random: Random): Uint8Array | undefined {
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const shuffled = dinucleotideShuffle(codes, random)
    if (shuffled.some((code, i) => code !== codes[i])) {
      return shuffled
    }
  }
  return undefined
}
