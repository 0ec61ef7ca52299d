import { InputDataError } from '../core/errors.ts'
import type { JunctionEvidence } from '../genome/junction.ts'
import { parseBed6 } from './bed6.ts'
import { hasBlocks, parseBed12 } from './bed12.ts'
import { sourceLabel } from './byte-source.ts'
import { gff3IntronParser, looksLikeGff } from './gff3-introns.ts'
import { isJunctionTsvHeader, junctionTsvParser } from './junction-tsv.ts'
import { looksLikeStarSj, parseStarSj } from './star-sj.ts'
import {
  findTabixIndex,
  indexedContigs,
  type RegionRequest,
  readRegionRows,
  regionTest,
  requestedRegions,
} from './tabix-lines.ts'
import { RowPlace, readLines, type TextSource } from './text-lines.ts'

export type JunctionTableFormat = 'tsv' | 'bed6' | 'bed12' | 'star' | 'gff3'

export interface JunctionTable {
  /** Undefined for a table without rows. */
  format: JunctionTableFormat | undefined
  junctions: JunctionEvidence[]
}

export interface JunctionTableOptions {
  /** Only junctions that overlap these. Coordinates: 0-based half-open, contigs under the table's own names. */
  regions?: RegionRequest
}

/**
 * Returns the junctions of a table in file order: our TSV, BED6 (with any further columns), BED12 as of regtools,
 * TopHat or portcullis, STAR's SJ.out.tab, or the `intron` rows of a GFF3 that have a number of reads as score; plain,
 * gzip or bgzip, the format told by the first row. Rows are not merged: a GFF3 may repeat a junction for each tissue.
 * With regions, a bgzip file with a `.tbi` or `.csi` is queried; any other is read whole.
 * Coordinates: 0-based half-open introns.
 * Throws: MissingResourceError when the file is absent; InputDataError with file and line for a row that does not
 * read, for a table of another format, and for a GFF3 without a counted intron.
 */
export async function readJunctionTable(
  source: TextSource,
  options: JunctionTableOptions = {},
): Promise<JunctionTable> {
  const { regions } = options
  const index = regions && typeof source === 'string' ? await findTabixIndex(source) : undefined
  const label = sourceLabel(source)
  const reader = new TableReader(new RowPlace(label, 0))
  for await (const lines of readLines(source)) {
    reader.read(lines, index !== undefined)
    if (reader.hasEnded || (index && reader.format)) {
      break
    }
  }
  if (!index) {
    reader.requireIntrons()
  }
  if (regions && index && typeof source === 'string' && reader.format) {
    reader.place.line1 = undefined
    const wanted = requestedRegions(regions, await indexedContigs(source, index))
    reader.read((await readRegionRows(source, index, wanted)).lines, false)
  }
  const { format, junctions } = reader
  if (!regions) {
    return { format, junctions }
  }
  const wanted = regionTest(requestedRegions(regions, [...new Set(junctions.map(row => row.contig))]))
  return { format, junctions: junctions.filter(row => wanted(row.contig, row.start, row.end)) }
}

type RowParser = (
  columns: readonly string[],
  place: RowPlace,
) => JunctionEvidence | JunctionEvidence[] | undefined

/** Parses rows, after settling on the parser at the first of them. */
class TableReader {
  format: JunctionTableFormat | undefined
  readonly junctions: JunctionEvidence[] = []
  readonly place: RowPlace
  /** True once the rows have ended before the file does, at the sequences of a GFF3. */
  hasEnded = false
  private parser: RowParser | undefined

  constructor(place: RowPlace) {
    this.place = place
  }

  /** Reads rows; with `formatOnly`, just until the format is known. */
  read(lines: readonly string[], formatOnly: boolean): void {
    const { place } = this
    for (const line of lines) {
      if (place.line1 !== undefined) {
        place.line1++
      }
      if (this.format === 'gff3' && (line.startsWith('##FASTA') || line.startsWith('>'))) {
        this.hasEnded = true
        return
      }
      if (isNotRow(line)) {
        if (!this.parser && line.startsWith('##gff-version')) {
          this.format = 'gff3'
          this.parser = gff3IntronParser()
        }
        if (formatOnly && this.format) {
          return
        }
        continue
      }
      place.text = line
      const columns = line.split('\t')
      if (!this.parser) {
        this.format = formatOf(columns, place)
        this.parser = parserOf(this.format, columns, place)
        if (formatOnly) {
          return
        }
        if (this.format === 'tsv') {
          continue
        }
      }
      const parsed = this.parser(columns, place)
      if (Array.isArray(parsed)) {
        this.junctions.push(...parsed)
      } else if (parsed) {
        this.junctions.push(parsed)
      }
    }
  }

  /** Throws: InputDataError when a GFF3 was read and no row had an intron with a count. */
  requireIntrons(): void {
    if (this.format === 'gff3' && this.junctions.length === 0) {
      throw new InputDataError(
        `${this.place.label}: expected GFF3 rows of type intron with a number of reads as score (column 6), found none`,
        'give a table of counted junctions; an annotation goes after --annotation',
      )
    }
  }
}

/** True for empty lines, comments and the track and browser lines of BED files. */
function isNotRow(line: string): boolean {
  return (
    line === '' ||
    line.startsWith('#') ||
    (/^(track|browser)(\s|$)/.test(line) && !/^\w+\t\d+\t\d+/.test(line))
  )
}

function formatOf(columns: readonly string[], place: RowPlace): JunctionTableFormat {
  if (isJunctionTsvHeader(columns)) {
    return 'tsv'
  }
  if (looksLikeGff(columns)) {
    return 'gff3'
  }
  if (looksLikeStarSj(columns)) {
    return 'star'
  }
  if (columns.length === 12 || hasBlocks(columns)) {
    return 'bed12'
  }
  if (columns.length >= 6 && /^[-+.?]$/.test(columns[5]!)) {
    return 'bed6'
  }
  throw unknownFormat(columns, place)
}

function unknownFormat(columns: readonly string[], place: RowPlace): InputDataError {
  return place.error(
    `expected a junction table (splice-score TSV with its header, BED6, BED12, STAR SJ.out.tab) or a GFF3 with counted introns, found a row of ${columns.length} tab-separated columns that is none of them`,
    'BED rows need six columns or more, separated by tabs, with the strand in the sixth',
  )
}

function parserOf(format: JunctionTableFormat, columns: readonly string[], place: RowPlace): RowParser {
  switch (format) {
    case 'tsv':
      return junctionTsvParser(columns, place)
    case 'bed6':
      return parseBed6
    case 'bed12':
      return parseBed12
    case 'star':
      return parseStarSj
    case 'gff3':
      return gff3IntronParser()
  }
}
