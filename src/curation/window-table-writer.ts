import { decodeText } from '../genome/sequence.ts'
import type { Strand } from '../genome/strand.ts'
import type { Split, WindowColumn } from './window-table.ts'

/** A row to write; undefined = not known. */
export interface WindowTableRow {
  contig: string
  /** Coordinates: 0-based half-open. */
  start: number
  end: number
  strand: Strand
  className: string
  split: Split
  motif: string | undefined
  gene: string | undefined
  /** The window's base codes. */
  codes: Uint8Array
}

const COLUMNS: readonly WindowColumn[] = [
  'contig',
  'start',
  'end',
  'strand',
  'class',
  'split',
  'motif',
  'gene',
  'sequence',
]

/** Returns the header line of a window table, with its line end. */
export function windowTableHeader(): string {
  return formatLine(COLUMNS)
}

/** Returns a row of a window table, with its line end. */
export function formatWindowRow(row: WindowTableRow): string {
  const { contig, start, end, strand, className, split, motif, gene, codes } = row
  return formatLine([contig, start, end, strand, className, split, motif, gene, decodeText(codes)])
}

/** Returns a line of a table, with its line end; `.` for what is not known. */
export function formatLine(fields: readonly (string | number | undefined)[]): string {
  return `${fields.map(field => field ?? '.').join('\t')}\n`
}
