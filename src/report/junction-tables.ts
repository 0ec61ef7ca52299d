import type { JunctionEvidence } from '../genome/junction.ts'
import { formatBed6 } from '../io/bed6.ts'
import { formatBed12 } from '../io/bed12.ts'
import { formatEvidenceTsv, junctionTsvHeader } from '../io/junction-tsv.ts'
import type { Sink } from '../io/sink.ts'
import { formatStarSj } from '../io/star-sj.ts'
import type { ScoredJunction } from '../scoring/scored-junction.ts'
import { scoreColour } from './score-colour.ts'
import type { TableFormat } from './table-formats.ts'

/** Digits after the point of a printed score. */
const SCORE_DIGITS = 5

/** Writes junctions, with scores where they have been scored, as one of the formats. */
export async function writeJunctions(
  sink: Sink,
  junctions: readonly (JunctionEvidence | ScoredJunction)[],
  format: TableFormat,
  scored: boolean,
): Promise<void> {
  if (format === 'tsv') {
    await sink.write(`${junctionTsvHeader(scored)}\n`)
  }
  // A wait per row would cost more than making the row.
  for (let first = 0; first < junctions.length; first += ROWS_PER_WRITE) {
    let text = ''
    for (let i = first; i < Math.min(first + ROWS_PER_WRITE, junctions.length); i++) {
      text += `${formatRow(junctions[i]!, format, i)}\n`
    }
    await sink.write(text)
  }
}

const ROWS_PER_WRITE = 500

function formatRow(junction: JunctionEvidence | ScoredJunction, format: TableFormat, index: number): string {
  switch (format) {
    case 'tsv':
      return 'status' in junction
        ? `${formatEvidenceTsv(junction)}\t${formatScores(junction)}`
        : formatEvidenceTsv(junction)
    case 'bed6':
      return 'status' in junction
        ? formatBed6(junction, { color: scoreColour(junction.score) })
        : formatBed6(junction)
    case 'bed12':
      return formatBed12(junction, index + 1)
    case 'star':
      return formatStarSj(junction)
  }
}

function formatScores(junction: ScoredJunction): string {
  const number = (value: number | undefined) => (value === undefined ? '.' : value.toFixed(SCORE_DIGITS))
  return [
    number(junction.donorScore),
    number(junction.acceptorScore),
    number(junction.score),
    junction.call ?? '.',
    junction.status,
  ].join('\t')
}
