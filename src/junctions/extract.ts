import { throwIfAborted } from '../core/errors.ts'
import { type Log, silentLog } from '../core/log.ts'
import type { OnProgress } from '../core/progress.ts'
import type { Interval } from '../genome/interval.ts'
import type { JunctionEvidence } from '../genome/junction.ts'
import type { BamHeader } from '../io/bam-header.ts'
import { type BamReader, openBamStream } from '../io/bam-stream.ts'
import { type ByteSource, fileSize, sourceLabel } from '../io/byte-source.ts'
import type { IntronIndex } from './intron-index.ts'
import { IntronMotifs } from './intron-motifs.ts'
import { JunctionExtractor } from './junction-extractor.ts'
import { type LibraryType, libraryType } from './library-type.ts'
import { resolveJunctions } from './resolve.ts'
import type { ExtractSettings } from './settings.ts'
import type { ExtractTally } from './tally.ts'

/** Where base codes of the alignments' contigs come from; undefined for a contig that cannot be used. */
export type LoadCodes = (contig: string) => Promise<Uint8Array | undefined>

/** Introns of one contig that have just passed the filters, offered while its codes are in memory and reading goes on. */
export interface IntronNews {
  extractor: JunctionExtractor
  motifs: IntronMotifs
  contig: string
  codes: Uint8Array
  /** Intron numbers in the extractor's table. */
  introns: number[]
}

export interface ExtractRequest {
  alignments: AlignmentInput
  settings: ExtractSettings
  loadCodes?: LoadCodes | undefined
  annotation?: IntronIndex | undefined
  /** Called while reading coordinate-sorted input, and at the end for what is left. */
  onIntrons?: ((news: IntronNews) => Promise<void>) | undefined
  onProgress?: OnProgress | undefined
  signal?: AbortSignal | undefined
  log?: Log | undefined
}

/** An opened BAM, whole or by regions. */
export interface AlignmentInput {
  label: string
  reader: BamReader
  regions: readonly Interval[] | undefined
  /** Compressed bytes of the input where they are known; only for progress. */
  bytes?: number | undefined
}

export interface ExtractResult {
  header: BamHeader
  junctions: JunctionEvidence[]
  tally: ExtractTally
  library: LibraryType
  strandConflicts: { junctions: number; reads: number }
  sorted: boolean
}

/** Returns an alignment input over the whole of a BAM file or stream, in one pass and with no index. */
export async function openAlignments(source: ByteSource): Promise<AlignmentInput> {
  const bytes = typeof source === 'string' ? await fileSize(source) : undefined
  return { label: sourceLabel(source), reader: await openBamStream(source), regions: undefined, bytes }
}

/** Returns an alignment input over the records of an indexed BAM that overlap the regions (header contig names). */
export async function openAlignmentRegions(
  path: string,
  regions: readonly Interval[],
): Promise<AlignmentInput> {
  // Loaded when it is needed: the index reader costs 15 ms, which runs over whole files should not pay.
  const { openBamRegions } = await import('../io/bam-query.ts')
  return { label: path, reader: await openBamRegions(path, regions), regions }
}

/**
 * Returns the splice junctions of an alignment file with their support.
 * With regions, the junctions that overlap them, each with all the reads that cross it.
 * Throws: InputDataError for damaged input, InterruptedError when the signal is aborted.
 * Memory: one BGZF window, one contig's codes, and the junction table.
 */
export async function extractJunctions(request: ExtractRequest): Promise<ExtractResult> {
  const { alignments, settings, loadCodes, onProgress, signal } = request
  const log = request.log ?? silentLog
  const { header } = alignments.reader
  const extractor = new JunctionExtractor(
    alignments.label,
    header,
    settings,
    alignments.regions,
    request.annotation,
  )
  const motifs = loadCodes && new IntronMotifs()
  const follower =
    loadCodes && motifs && new ContigFollower(extractor, motifs, header, loadCodes, request.onIntrons)
  for await (const batch of alignments.reader.batches) {
    throwIfAborted(signal)
    extractor.add(batch)
    if (follower && extractor.isSorted) {
      await follower.advance()
    }
    const share = alignments.bytes && alignments.reader.bytesRead() / alignments.bytes
    onProgress?.({ stage: 'reading', done: extractor.tally.records, unit: 'reads', share })
  }
  extractor.closeTally()
  if (!extractor.isSorted) {
    log.debug(`${alignments.label}: records are not in coordinate order`)
  }
  await follower?.advance()
  const library = libraryType(settings.strandness, extractor, motifs)
  const { junctions, strandConflicts, removed } = resolveJunctions(extractor, {
    header,
    settings,
    library,
    motifs,
    annotation: request.annotation,
  })
  const { tally } = extractor
  tally.removedJunctions.minAnchor += removed.minAnchor
  tally.removedJunctions.starFilters += removed.starFilters
  return { header, junctions, tally, library, strandConflicts, sorted: extractor.isSorted }
}

/** Looks up the end dinucleotides of new introns, contig by contig, and passes the news on. */
class ContigFollower {
  private readonly extractor: JunctionExtractor
  private readonly motifs: IntronMotifs
  private readonly header: BamHeader
  private readonly loadCodes: LoadCodes
  private readonly onIntrons: ExtractRequest['onIntrons']

  constructor(
    extractor: JunctionExtractor,
    motifs: IntronMotifs,
    header: BamHeader,
    loadCodes: LoadCodes,
    onIntrons: ExtractRequest['onIntrons'],
  ) {
    this.extractor = extractor
    this.motifs = motifs
    this.header = header
    this.loadCodes = loadCodes
    this.onIntrons = onIntrons
  }

  async advance(): Promise<void> {
    const { introns } = this.extractor
    const byContig = new Map<number, number[]>()
    for (const id of this.extractor.takePassed()) {
      const group = introns.group(id)
      const list = byContig.get(group)
      if (list) {
        list.push(id)
      } else {
        byContig.set(group, [id])
      }
    }
    for (const [refId, ids] of [...byContig].sort((a, b) => a[0] - b[0])) {
      const contig = this.header.contigs[refId]!.name
      const codes = await this.loadCodes(contig)
      if (codes) {
        this.motifs.fill(introns, ids, codes)
        await this.onIntrons?.({
          extractor: this.extractor,
          motifs: this.motifs,
          contig,
          codes,
          introns: ids,
        })
      }
    }
  }
}
