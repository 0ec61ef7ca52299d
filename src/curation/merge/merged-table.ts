import { InputDataError } from '../../core/errors.ts'
import { decodeText } from '../../genome/sequence.ts'
import { openSink } from '../../io/sink.ts'
import { Counter } from '../counter.ts'
import { UNKNOWN_LABEL } from '../site-labels.ts'
import { MAX_CLASSES } from '../table-columns.ts'
import { formatLine } from '../table-line.ts'
import { SPLITS } from '../window-table.ts'
import type { MergedRow } from './merged-rows.ts'

/** How many rows of what there are in a merged table, as `dataset.json` holds them. */
export interface MergedCounts {
  rows: number
  classes: Record<string, number>
  splits: Record<string, number>
  /** Part -> class -> rows. */
  classesBySplit: Record<string, Record<string, number>>
  motifs?: Record<string, number>
}

/** Columns that are there only where something is known for them. */
export type FurtherColumn = 'decoy' | 'motif' | 'gene' | 'weight'

/**
 * Returns the counts of the rows, after writing the table of them.
 * Throws: InputDataError for more classes than a dataset can have; OutputError.
 */
export async function writeMergedTable(
  path: string,
  rows: AsyncIterable<MergedRow>,
  further: readonly FurtherColumn[],
): Promise<MergedCounts> {
  const tally = new MergedTally()
  const sink = await openSink(path, { gzip: true })
  try {
    await sink.write(
      formatLine(['class', 'split', 'site', 'donor', 'acceptor', ...further, 'origin', 'sequence']),
    )
    for await (const row of rows) {
      tally.add(row)
      const { className, split, site, donor, acceptor, origin, codes } = row
      await sink.write(
        formatLine([
          className,
          split,
          site,
          siteLabel(donor),
          siteLabel(acceptor),
          ...further.map(name => (name === 'weight' ? floatText(row.weight) : row[name])),
          origin,
          decodeText(codes),
        ]),
      )
    }
    await sink.close()
  } finally {
    sink.discard()
  }
  return tally.counts()
}

function siteLabel(label: number): number | undefined {
  return label === UNKNOWN_LABEL ? undefined : label
}

/** Returns the shortest text of a number that is the same in single precision. */
function floatText(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)))
    if (Math.fround(Number(text)) === Math.fround(value)) {
      return text
    }
  }
  return String(value)
}

class MergedTally {
  readonly #classes = new Counter()
  readonly #splits = new Counter()
  readonly #motifs = new Counter()
  readonly #bySplit = new Map(SPLITS.map(split => [split, new Counter()]))

  add({ className, split, motif }: MergedRow): void {
    this.#classes.add(className)
    this.#splits.add(split)
    this.#bySplit.get(split)!.add(className)
    if (motif !== undefined) {
      this.#motifs.add(motif)
    }
  }

  counts(): MergedCounts {
    const classes = this.#classes.record()
    const names = Object.keys(classes).length
    if (names > MAX_CLASSES) {
      throw new InputDataError(`expected at most ${MAX_CLASSES} classes in all inputs, found ${names}`)
    }
    return {
      rows: this.#classes.total,
      classes,
      splits: this.#splits.record(),
      classesBySplit: Object.fromEntries(
        [...this.#bySplit].flatMap(([split, of]) => (of.total > 0 ? [[split, of.record()]] : [])),
      ),
      ...(this.#motifs.total > 0 && { motifs: this.#motifs.record() }),
    }
  }
}
