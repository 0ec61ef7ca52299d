import type { Interval } from '../genome/interval.ts'
import { RowPlace, readLines, wholeNumber } from './text-lines.ts'

/** An interval and the line it stands on, counted from 1. */
export interface BedInterval extends Interval {
  line1: number
}

/**
 * Returns the intervals of a BED file's first three columns, in file order; further columns are not looked at.
 * Coordinates: 0-based half-open, as BED has them.
 * Throws: MissingResourceError when the file is absent; InputDataError with file and line for a row that does not read.
 */
export async function readBedIntervals(path: string): Promise<BedInterval[]> {
  const place = new RowPlace(path, 0)
  const intervals: BedInterval[] = []
  for await (const lines of readLines(path)) {
    for (const line of lines) {
      place.line1!++
      place.text = line
      if (line === '' || /^(#|track\b|browser\b)/.test(line)) {
        continue
      }
      const [contig, startText, endText] = line.split('\t')
      const start = wholeNumber(startText, 'the start', place)
      const end = wholeNumber(endText, 'the end', place)
      if (!contig || start > end) {
        throw place.error(`expected a BED row of contig, start, end with start <= end`)
      }
      intervals.push({ contig, start, end, line1: place.line1! })
    }
  }
  return intervals
}
