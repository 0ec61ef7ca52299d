import type { Interval } from './interval.ts'

/** A region as the user wrote it; `end` is undefined when it reaches to the contig's end. */
export interface Region {
  contig: string
  start: number
  end: number | undefined
}

/**
 * Returns the region a samtools-style text names: `chr1`, `chr1:100`, `chr1:100-200`, with commas allowed.
 * Coordinates: the text is 1-based closed; the result is 0-based half-open. The whole text is a contig's
 * name when `isContig` says so, which is how names with `:` in them (HLA, alt contigs) stay usable;
 * `{name}:100-200` forces the split as in samtools.
 * Returns undefined when the text is not a region.
 */
export function parseRegion(text: string, isContig: (name: string) => boolean): Region | undefined {
  if (isContig(text)) {
    return { contig: text, start: 0, end: undefined }
  }
  const match = /^(?:\{(.+)\}|(.+?))(?::([\d,]+)(?:(-)([\d,]*))?)?$/.exec(text)
  if (!match) {
    return undefined
  }
  const contig = match[1] ?? match[2]!
  const from = match[3]
  if (from === undefined) {
    return { contig, start: 0, end: undefined }
  }
  const start1 = Number(from.replaceAll(',', ''))
  const last1 = match[5] ? Number(match[5].replaceAll(',', '')) : undefined
  if (start1 < 1 || (last1 !== undefined && last1 < start1)) {
    return undefined
  }
  return { contig, start: start1 - 1, end: last1 }
}

/** Returns the region as an interval of a contig of the given length, cut at the contig's end. */
export function regionInterval(region: Region, contigLength: number): Interval {
  const end = region.end === undefined ? contigLength : Math.min(region.end, contigLength)
  return { contig: region.contig, start: Math.min(region.start, end), end }
}
