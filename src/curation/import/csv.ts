import { InputDataError } from '../../core/errors.ts'
import { type CsvRow, readCsvRows } from '../../io/csv-rows.ts'
import { type RowPlace, wholeNumber } from '../../io/text-lines.ts'
import { BINARY_CLASSES, type ClassMapping, SKIP } from './class-mapping.ts'
import type { ImportTally } from './import-tally.ts'
import { DECIMAL, isMissing } from './measured-value.ts'
import { placeOf, SequenceEncoder } from './sequence-encoder.ts'
import {
  type ImportedRow,
  type ImportLayout,
  inputSettings,
  type OptionalColumn,
  type SplitFile,
  tablesOf,
  type WindowImport,
} from './window-import.ts'

export interface CsvOptions {
  inputs: readonly SplitFile[]
  sequenceColumn?: string
  /** Column of the labels; default `label`. Not read when there are target columns. */
  labelColumn?: string
  /** Columns of numbers to learn instead of classes. */
  targetColumns?: readonly string[]
  classes?: ClassMapping
  layout?: ImportLayout
}

/** Columns of the yeast splicing library, and what is added to make them the positions this tool speaks of. */
const POSITIONS: readonly [column: string, name: OptionalColumn, shift: number][] = [
  ['fivess_idx', 'donor_position', 0],
  ['bp_idx', 'branch_position', 0],
  // It is the index of the last three intron bases; an acceptor is the first exon base after them.
  ['threess_idx', 'acceptor_position', 3],
]

/** Returns the import of tables with a header, separated by commas or tabs, with a class or numbers for each sequence. */
export function importCsv(options: CsvOptions): WindowImport {
  const { inputs, targetColumns = [], layout = { site: 'unknown' } } = options
  const columns = { sequence: options.sequenceColumn ?? 'sequence', label: options.labelColumn ?? 'label' }
  const classes = options.classes ?? BINARY_CLASSES
  const isRegression = targetColumns.length > 0
  return {
    source: isRegression
      ? `Sequences of a table with measured values (${targetColumns.join(', ')}).`
      : 'Labelled sequences of a table.',
    layout,
    answers: isRegression ? 'target' : 'class',
    files: tablesOf(inputs),
    settings: {
      reader: 'csv',
      inputs: inputSettings(inputs),
      sequenceColumn: columns.sequence,
      ...(isRegression
        ? { targetColumns }
        : { labelColumn: columns.label, classes: Object.fromEntries(classes) }),
      ...(layout.site !== 'unknown' && { site: layout.site }),
      ...('position' in layout && { sitePosition: layout.position }),
    },
    async *rows(tally) {
      const encoder = new SequenceEncoder(tally)
      for (const input of inputs) {
        let table: TableReader | undefined
        for await (const rows of readCsvRows(input.path)) {
          const body = table === undefined ? rows.slice(1) : rows
          table ??= new TableReader(rows[0]!, {
            input,
            columns,
            targetColumns,
            classes,
            layout,
            tally,
            encoder,
          })
          yield body.flatMap(row => table!.row(row) ?? [])
        }
        if (table === undefined) {
          throw new InputDataError(`${input.path}: expected a header line and rows, found nothing`)
        }
      }
    },
  }
}

interface TableReading {
  input: SplitFile
  columns: { sequence: string; label: string }
  targetColumns: readonly string[]
  classes: ClassMapping
  layout: ImportLayout
  tally: ImportTally
  encoder: SequenceEncoder
}

class TableReader {
  readonly #reading: TableReading
  readonly #sequenceAt: number
  readonly #labelAt: number
  readonly #targetsAt: readonly number[]
  readonly #positions: readonly { at: number; column: string; name: OptionalColumn; shift: number }[]

  constructor(header: CsvRow, reading: TableReading) {
    const { columns, targetColumns, input } = reading
    const names = header.fields.map(name => name.trim())
    const indexOf = (column: string) => {
      const at = names.indexOf(column)
      if (at < 0 || at !== names.lastIndexOf(column)) {
        const found = at < 0 ? `none among ${names.join(', ')}` : 'more than one'
        throw placeOf(input.path, header.line1, names.join(',')).error(
          `expected one column named ${column} in the header, found ${found}`,
          'name the columns with --sequence-column and --label-column or --target-column',
        )
      }
      return at
    }
    this.#reading = reading
    this.#sequenceAt = indexOf(columns.sequence)
    this.#labelAt = targetColumns.length > 0 ? -1 : indexOf(columns.label)
    this.#targetsAt = targetColumns.map(indexOf)
    this.#positions = POSITIONS.filter(([column]) => names.includes(column)).map(([column, name, shift]) => ({
      at: indexOf(column),
      column,
      name,
      shift,
    }))
  }

  /** Returns a row's window; undefined for one that is left out. */
  row({ fields, line1 }: CsvRow): ImportedRow | undefined {
    const { input, layout, tally, encoder } = this.#reading
    const place = placeOf(input.path, line1, fields.join(','))
    tally.rows++
    const answer = this.#labelAt < 0 ? this.#targets(fields, place) : this.#class(fields, place)
    if (answer === undefined) {
      return undefined
    }
    const known: Partial<Record<OptionalColumn, string | number>> = {
      ...(layout.site !== 'unknown' && { site: layout.site }),
    }
    const codes = encoder.encodeWindow(fields[this.#sequenceAt]!.trim(), place)
    for (const { at, column, name, shift } of this.#positions) {
      if (!isMissing(fields[at]!)) {
        known[name] = wholeNumber(fields[at]!.trim(), column, place) + shift
      }
    }
    return { codes, split: input.split, known, ...answer }
  }

  #class(fields: readonly string[], place: RowPlace): { className: string } | undefined {
    const { classes, tally } = this.#reading
    const label = fields[this.#labelAt]!.trim()
    const className = classes.get(label)
    if (className === undefined) {
      throw place.error(
        `expected ${[...classes.keys()].join(', ')} as label, found "${label}"`,
        'say what each label means with --classes, e.g. --classes 0=negative,1=positive,2=skip',
      )
    }
    if (className === SKIP) {
      tally.leftOut.add('skipped-label', label)
      return undefined
    }
    return { className }
  }

  #targets(fields: readonly string[], place: RowPlace): { targets: number[] } | undefined {
    const { targetColumns, tally } = this.#reading
    const texts = this.#targetsAt.map(at => fields[at]!.trim())
    if (texts.some(isMissing)) {
      tally.leftOut.add('no-value', 'target')
      return undefined
    }
    return {
      targets: texts.map((text, i) => {
        const value = Number(text)
        // Float32 is what training computes in.
        if (!DECIMAL.test(text) || !Number.isFinite(Math.fround(value))) {
          throw place.error(`expected a number as ${targetColumns[i]}, found "${text}"`)
        }
        return value
      }),
    }
  }
}
