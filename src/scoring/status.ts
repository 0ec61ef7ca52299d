/**
 * What became of each junction's score, with the text that the README and the help print.
 * Every junction of the input has exactly one status; only the first two have scores.
 */
export const STATUSES = {
  scored: 'scored on the full window',
  padded: 'scored; the window reaches past an end of the contig and was filled with N',
  site_n:
    'not scored: the first or last two intron bases hold an N or another ambiguity code (or there are fewer than two)',
  outside_contig: 'not scored: the junction reaches past the end of the contig in the reference',
  contig_missing: 'not scored: the reference has no contig of this name',
  contig_differs: 'not scored: the contig has another length in the reference than in the alignments',
} as const

export type Status = keyof typeof STATUSES

/** True when junctions of this status carry scores. */
export function isScored(status: Status): boolean {
  return status === 'scored' || status === 'padded'
}
