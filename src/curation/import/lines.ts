import { InputDataError } from '../../core/errors.ts'
import { grouped } from '../../core/number-text.ts'
import { readLines } from '../../io/text-lines.ts'
import { GrowingColumn } from '../growing-column.ts'
import type { SiteKind } from '../site-window.ts'
import type { Split } from '../window-table.ts'
import type { ImportTally } from './import-tally.ts'
import { placeOf, SequenceEncoder } from './sequence-encoder.ts'
import type { ImportedRow, WindowImport } from './window-import.ts'

/** Two files, line i of one belonging to line i of the other. */
export interface LinePair {
  sequences: string
  labels: string
}

export interface LinesOptions {
  pairs: readonly LinePair[]
  site: SiteKind
  /** Index of the first intron base of donors, of the first exon base after the intron of acceptors. */
  position: number
  split: Split
}

/** Returns the import of windows around one site, one per line, with labels 1 (site) and 0 (none) in a second file. */
export function importLines({ pairs, site, position, split }: LinesOptions): WindowImport {
  return {
    source: `Windows around ${site}s, one per line, with labels in a second file; 1 is a site, 0 is none.`,
    layout: { site, position },
    answers: 'class',
    files: pairs.flatMap(({ sequences, labels }) => [
      { path: sequences, role: 'sequences' },
      { path: labels, role: 'labels' },
    ]),
    settings: { reader: 'lines', site, sitePosition: position, split },
    async *rows(tally) {
      const encoder = new SequenceEncoder(tally)
      for (const pair of pairs) {
        yield* rowsOfPair(pair, { encoder, tally, site, split })
      }
    },
  }
}

interface PairReading {
  encoder: SequenceEncoder
  tally: ImportTally
  site: SiteKind
  split: Split
}

async function* rowsOfPair(
  { sequences, labels: labelPath }: LinePair,
  { encoder, tally, site, split }: PairReading,
): AsyncGenerator<ImportedRow[]> {
  const labels = await readLabels(labelPath)
  let count = 0
  for await (const lines of readLines(sequences)) {
    const rows: ImportedRow[] = []
    for (const line of lines) {
      const label = labels[count++]
      if (label !== undefined) {
        const codes = encoder.encodeWindow(line.trim(), placeOf(sequences, count, line))
        rows.push({ codes, className: label === 1 ? 'positive' : 'negative', split, known: { site } })
      }
    }
    tally.rows += rows.length
    yield rows
  }
  if (count !== labels.length) {
    throw new InputDataError(
      `expected as many labels as sequences, found ${grouped(labels.length)} lines in ${labelPath} and ${grouped(count)} in ${sequences}`,
      'line i of one file belongs to line i of the other; check that they are of one set',
    )
  }
}

async function readLabels(path: string): Promise<Uint8Array> {
  const labels = new GrowingColumn(length => new Uint8Array(length))
  for await (const lines of readLines(path)) {
    for (const line of lines) {
      const label = line.trim()
      if (label !== '0' && label !== '1') {
        throw placeOf(path, labels.length + 1, line).error('expected 0 or 1 as label')
      }
      labels.push(Number(label))
    }
  }
  return labels.finish()
}
