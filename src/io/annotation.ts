import { InputDataError } from '../core/errors.ts'
import { matchContigs } from '../genome/contig-names.ts'
import type { Interval } from '../genome/interval.ts'
import { compareOnContig } from '../genome/junction.ts'
import type { Strand } from '../genome/strand.ts'
import { type Dialect, dialectOf, rowSpan } from './gff-row.ts'
import { parseGff3Row } from './gff3.ts'
import { parseGtfRow } from './gtf.ts'
import {
  findTabixIndex,
  indexedContigs,
  type RegionRequest,
  readRegionRows,
  regionTest,
  requestedRegions,
  type TabixIndex,
} from './tabix-lines.ts'
import { RowPlace, readLines } from './text-lines.ts'
import { MAX_UNSPANNED_INTRON } from './transcript-exons.ts'
import { type Transcript, type TranscriptCount, TranscriptTable } from './transcript-table.ts'

export type { Transcript } from './transcript-table.ts'

/** An intron of one or more transcripts, `[exon end, next exon start)`; `transcripts` are their IDs, sorted. */
export interface AnnotatedIntron {
  contig: string
  start: number
  end: number
  strand: Strand
  transcripts: string[]
}

/** The transcripts of a GFF3 or GTF file and their distinct introns. */
export interface Annotation {
  transcripts: Transcript[]
  introns: AnnotatedIntron[]
  /** True when a row states a biotype of a gene or transcript. */
  statesBiotypes: boolean
  /** True when there are CDS rows: a transcript without them is then not coding. */
  statesCoding: boolean
  warnings: string[]
}

export interface AnnotationOptions {
  /** Only what overlaps these regions; contigs under the annotation's own names. Coordinates: 0-based half-open. */
  regions?: RegionRequest
  /** False leaves the list of introns empty, for callers that make their own of the transcripts. */
  introns?: boolean
}

/**
 * Returns the transcripts and introns of a GFF3 or GTF file (plain, gzip or bgzip), the dialect told by content.
 * With regions: the introns that overlap them, each exactly as in the whole file, and the transcripts that do; a
 * bgzip file with a `.tbi` or `.csi` is queried, any other is read whole. A transcript without a row of its own may
 * then lack exons more than 1 Mb away.
 * Coordinates: 0-based half-open; an intron is `[exon end, next exon start)`.
 * Throws: MissingResourceError when the file is absent; InputDataError for rows that are not GFF3 or GTF, and for a
 * file without exons.
 * Memory: the exons and parent rows of the file.
 */
export async function readAnnotation(path: string, options: AnnotationOptions = {}): Promise<Annotation> {
  const request = options.regions
  const index = request && (await findTabixIndex(path))
  const reader =
    request && index
      ? await readIndexed(path, index, requestedRegions(request, await indexedContigs(path, index)))
      : await readWhole(path)
  const transcripts = reader.table.transcripts()
  if (transcripts.length === 0 && !index) {
    throw new InputDataError(
      `${path}: expected exon rows (or CDS and UTR rows) that belong to transcripts, found none`,
      'give a GFF3 with exon rows that have a Parent, or a GTF with exon rows that have a transcript_id',
    )
  }
  const introns = options.introns === false ? [] : intronsOf(transcripts)
  const warnings = reader.warnings()
  const { statesBiotypes, statesCoding } = reader.table
  if (!request) {
    return { transcripts, introns, statesBiotypes, statesCoding, warnings }
  }
  const contigs = [...new Set(transcripts.map(transcript => transcript.contig))]
  const wanted = regionTest(requestedRegions(request, contigs))
  return {
    transcripts: transcripts.filter(t => wanted(t.contig, t.exons[0]!.start, t.exons.at(-1)!.end)),
    introns: introns.filter(intron => wanted(intron.contig, intron.start, intron.end)),
    statesBiotypes,
    statesCoding,
    warnings,
  }
}

/**
 * Returns the introns under the names that another file has for their contigs; those on contigs it lacks are left out.
 * Names alone decide, since an annotation knows no lengths.
 */
export function intronsUnderNames(
  introns: readonly AnnotatedIntron[],
  contigs: Iterable<string>,
): AnnotatedIntron[] {
  const known = new Map(Array.from(contigs, name => [name, 0]))
  const queries = [...new Set(introns.map(intron => intron.contig))].map(name => ({ name }))
  const nameOf = new Map(matchContigs(queries, known).map(match => [match.name, match.reference]))
  return introns.flatMap(intron => {
    const contig = nameOf.get(intron.contig)
    return contig === undefined ? [] : [{ ...intron, contig }]
  })
}

async function readWhole(path: string): Promise<AnnotationReader> {
  const reader = new AnnotationReader(new RowPlace(path, 0))
  for await (const lines of readLines(path)) {
    if (!reader.read(lines)) {
      break
    }
  }
  return reader
}

/**
 * Returns the rows that can hold an intron overlapping the regions. A row that spans a transcript names where its
 * exons are; without such a row both neighbouring exons lie within the longest unspanned intron around the region.
 */
async function readIndexed(
  path: string,
  index: TabixIndex,
  regions: readonly Interval[],
): Promise<AnnotationReader> {
  const windows = regions.map(({ contig, start, end }) => ({
    contig,
    start: Math.max(0, start - MAX_UNSPANNED_INTRON),
    end: end + MAX_UNSPANNED_INTRON,
  }))
  const reader = await queryRows(path, index, windows)
  const inRegion = regionTest(regions)
  const wider = [...reader.table.wholeTranscripts()].filter(
    span => inRegion(span.contig, span.start, span.end) && !windows.some(window => contains(window, span)),
  )
  return wider.length === 0 ? reader : queryRows(path, index, [...windows, ...wider])
}

function contains(outer: Interval, inner: Interval): boolean {
  return outer.contig === inner.contig && outer.start <= inner.start && inner.end <= outer.end
}

async function queryRows(
  path: string,
  index: TabixIndex,
  regions: readonly Interval[],
): Promise<AnnotationReader> {
  const reader = new AnnotationReader(new RowPlace(path))
  const { contigs, lines } = await readRegionRows(path, index, regions)
  for (const contig of contigs) {
    reader.table.contigs.set(contig, reader.table.contigs.size)
  }
  reader.read(lines)
  return reader
}

/** Feeds the rows of a GFF3 or GTF text to a transcript table. */
class AnnotationReader {
  readonly table = new TranscriptTable()
  private readonly place: RowPlace
  private dialect: Dialect | undefined
  private firstOrphan: string | undefined

  constructor(place: RowPlace) {
    this.place = place
  }

  /** Returns false when the annotation ends before the file does (at a FASTA section). */
  read(lines: readonly string[]): boolean {
    const { place } = this
    for (const line of lines) {
      if (place.line1 !== undefined) {
        place.line1++
      }
      if (line.startsWith('##FASTA') || line.startsWith('>')) {
        return false
      }
      if (line !== '' && !line.startsWith('#')) {
        place.text = line
        this.readRow(line)
      }
    }
    return true
  }

  private readRow(line: string): void {
    const columns = line.split('\t')
    const span = rowSpan(columns, this.place)
    // A row without attributes belongs to no transcript in either dialect.
    this.dialect ??= dialectOf(columns[8]!)
    const row = this.dialect === 'gtf' ? parseGtfRow(columns) : parseGff3Row(columns, this.place)
    if (row) {
      if (row.ids.length === 0) {
        this.firstOrphan ??= `${this.place}`
      }
      this.table.add(row, span)
    }
  }

  warnings(): string[] {
    const { exonsWithoutParent, unknownParents, splitCopies, scattered, overlapping } = this.table
    const { label, line1 } = this.place
    const warnings: string[] = []
    if (exonsWithoutParent > 0) {
      const key = this.dialect === 'gtf' ? 'transcript_id' : 'Parent'
      warnings.push(
        `${label}: ${exonsWithoutParent} exon, CDS or UTR rows have no ${key} and were left out, first at ${this.firstOrphan}`,
      )
    }
    const counted = (found: TranscriptCount, what: string) => {
      if (found.count > 0) {
        warnings.push(`${label}: ${found.count} ${what}, first ${found.first}`)
      }
    }
    // Many GTF files have exon rows only; and a query need not see every row.
    if (this.dialect === 'gff3' && line1 !== undefined) {
      counted(unknownParents, 'transcripts are named as Parent by exons but have no row of their own')
    }
    counted(
      splitCopies,
      'transcript IDs are used again elsewhere on the same contig and strand; each copy is kept as its own transcript',
    )
    counted(
      scattered,
      'transcript IDs have exons on several contigs or strands; each part is kept as its own transcript',
    )
    counted(overlapping, 'transcripts have exons that overlap; they are taken as one exon')
    return warnings
  }
}

/** Returns the distinct introns of transcripts that come contig by contig, by contig, start, end, strand. */
function intronsOf(transcripts: readonly Transcript[]): AnnotatedIntron[] {
  const introns: AnnotatedIntron[] = []
  for (let from = 0; from < transcripts.length; ) {
    const { contig } = transcripts[from]!
    const onContig: AnnotatedIntron[] = []
    for (; transcripts[from]?.contig === contig; from++) {
      const { id, strand, exons } = transcripts[from]!
      for (let i = 1; i < exons.length; i++) {
        onContig.push({ contig, start: exons[i - 1]!.end, end: exons[i]!.start, strand, transcripts: [id] })
      }
    }
    addDistinct(onContig.sort(compareOnContig), introns)
  }
  return introns
}

function addDistinct(sorted: readonly AnnotatedIntron[], into: AnnotatedIntron[]): void {
  let last: AnnotatedIntron | undefined
  for (const intron of sorted) {
    if (last === undefined || compareOnContig(last, intron) !== 0) {
      last?.transcripts.sort()
      into.push(intron)
      last = intron
    } else {
      last.transcripts.push(intron.transcripts[0]!)
    }
  }
  last?.transcripts.sort()
}
