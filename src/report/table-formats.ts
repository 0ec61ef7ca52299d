/** The formats junctions are written in, and the end of the file's name for each. */
export const TABLE_FORMATS = {
  tsv: { suffix: '.junctions.tsv.gz', gzip: true },
  bed6: { suffix: '.junctions.bed', gzip: false },
  bed12: { suffix: '.junctions.bed12', gzip: false },
  star: { suffix: '.SJ.out.tab', gzip: false },
} as const

export type TableFormat = keyof typeof TABLE_FORMATS
