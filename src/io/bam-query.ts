import { access } from 'node:fs/promises'
import { BamFile } from '@gmod/bam'
import { InputDataError, MissingResourceError } from '../core/errors.ts'
import type { Interval } from '../genome/interval.ts'
import type { BamHeader } from './bam-header.ts'
import { type BamBatch, RECORD, type VirtualOffset } from './bam-records.ts'
import { type BamReader, openBamStream, recordBatches } from './bam-stream.ts'
import { requireEndMarker } from './bgzf-blocks.ts'
import { type BgzfWindow, readBgzf } from './bgzf-stream.ts'
import { openError } from './byte-source.ts'

interface FileSpan {
  from: VirtualOffset
  to: VirtualOffset
}

/**
 * Returns a reader over the records of an indexed BAM that may overlap the regions, each record once, in file order.
 * The index is looked for as `x.bam.bai`, `x.bai`, `x.bam.csi`, `x.csi`. `@gmod/bam` answers which parts of the file to
 * read; the parts are walked by the same strict decoder as whole files, so damage is found here too.
 * Batches may hold neighbours outside the regions: the caller keeps what overlaps.
 * Throws: MissingResourceError without an index, InputDataError for damage or an index that does not fit.
 */
export async function openBamRegions(path: string, regions: readonly Interval[]): Promise<BamReader> {
  const { header, close } = await openBamStream(path)
  await close()
  await requireEndMarker(path)
  const index = await findIndex(path)
  const file = new BamFile({ bamPath: path, ...index.option })
  let spans: FileSpan[]
  try {
    await file.getHeader()
    spans = await fileSpans(file, regions)
    await requireWholeIndex(path, file, header)
  } catch (error) {
    throw new InputDataError(
      `${index.path}: the index cannot be used with ${path} (${error instanceof Error ? error.message : String(error)})`,
      'make it again with `samtools index`',
      error,
    )
  }
  let consumed = 0
  return {
    header,
    batches: readSpans(path, header, spans, bytes => {
      consumed += bytes
    }),
    bytesRead: () => consumed,
    close: () => Promise.resolve(), // every span closes after itself
  }
}

/**
 * Checks that the index covers the whole file: after the last record it knows come only records without a place. The
 * index of another or an earlier file mostly does not, and would lose junctions in silence.
 */
async function requireWholeIndex(path: string, file: BamFile, header: BamHeader): Promise<void> {
  const whole = header.contigs.map(({ name, length }) => ({ contig: name, start: 0, end: length }))
  const last = (await fileSpans(file, whole)).at(-1)?.to
  if (!last) {
    return
  }
  const windows = readBgzf(path, last.block)
  const first = await windows.next()
  try {
    if (first.done || first.value.blockOffsets[0] !== last.block) {
      throw new Error(`it points to byte ${last.block}, where no block starts`)
    }
    for await (const batch of recordBatches(path, header, first.value, last.inner, () => windows.next())) {
      if (batch.count > 0 && batch.view.getInt32(batch.offsets[0]! + RECORD.refId, true) >= 0) {
        throw new Error(`it ends at byte ${last.block}, but the file has aligned records after that`)
      }
      return
    }
  } finally {
    await windows.return(undefined)
  }
}

async function findIndex(
  path: string,
): Promise<{ path: string; option: { baiPath: string } | { csiPath: string } }> {
  const stem = path.replace(/\.bam$/, '')
  const candidates = [
    { path: `${path}.bai`, option: { baiPath: `${path}.bai` } },
    { path: `${stem}.bai`, option: { baiPath: `${stem}.bai` } },
    { path: `${path}.csi`, option: { csiPath: `${path}.csi` } },
    { path: `${stem}.csi`, option: { csiPath: `${stem}.csi` } },
  ]
  for (const candidate of candidates) {
    try {
      await access(candidate.path)
      return candidate
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        throw openError(candidate.path, error)
      }
    }
  }
  throw new MissingResourceError(
    `${path}: a region was asked for, but there is no index (looked for ${candidates.map(c => c.path).join(', ')})`,
    'make one with `samtools index`, or leave out the region to read the whole file',
  )
}

/** Returns the parts of the file that hold the regions' records, sorted and merged so that none is read twice. */
async function fileSpans(file: BamFile, regions: readonly Interval[]): Promise<FileSpan[]> {
  const spans: FileSpan[] = []
  for (const region of regions) {
    const chunks = await file.blocksForRange(region.contig, region.start, region.end)
    for (const { minv, maxv } of chunks) {
      spans.push({
        from: { block: minv.blockPosition, inner: minv.dataPosition },
        to: { block: maxv.blockPosition, inner: maxv.dataPosition },
      })
    }
  }
  spans.sort((a, b) => compareOffsets(a.from, b.from))
  const merged: FileSpan[] = []
  for (const span of spans) {
    const last = merged.at(-1)
    if (last && compareOffsets(span.from, last.to) <= 0) {
      if (compareOffsets(span.to, last.to) > 0) {
        last.to = span.to
      }
    } else {
      merged.push(span)
    }
  }
  return merged
}

function compareOffsets(a: VirtualOffset, b: VirtualOffset): number {
  return a.block - b.block || a.inner - b.inner
}

async function* readSpans(
  path: string,
  header: BamHeader,
  spans: readonly FileSpan[],
  onBytes: (bytes: number) => void,
): AsyncGenerator<BamBatch> {
  for (const span of spans) {
    const windows = readBgzf(path, span.from.block)
    try {
      const first = await windows.next()
      if (first.done || first.value.blockOffsets[0] !== span.from.block) {
        throw new InputDataError(
          `${path}: the index points to byte ${span.from.block}, past the end of the file`,
        )
      }
      yield* untilSpanEnd(path, header, span, first.value, windows)
      onBytes(span.to.block - span.from.block)
    } catch (error) {
      throw error instanceof InputDataError ? orIndex(error) : error
    } finally {
      await windows.return(undefined)
    }
  }
}

/** Data that do not decode where an index points may be whole: then the index is not theirs. */
function orIndex(error: InputDataError): InputDataError {
  return new InputDataError(
    error.message,
    'the file is damaged there, or its index is not its own: make it again with `samtools index`',
    error,
  )
}

/** Yields the batches of one span, the last one cut where the span ends. */
async function* untilSpanEnd(
  path: string,
  header: BamHeader,
  span: FileSpan,
  first: BgzfWindow,
  windows: AsyncGenerator<BgzfWindow>,
): AsyncGenerator<BamBatch> {
  for await (const batch of recordBatches(path, header, first, span.from.inner, () => windows.next())) {
    // Only a record that starts past the span says that it has ended: one that is cut by a window's end comes in a batch
    // of its own, after that window and before the next.
    const kept = countBefore(batch, span.to)
    yield kept === batch.count ? batch : { ...batch, count: kept }
    if (kept < batch.count) {
      return
    }
  }
}

/** Returns how many records at the front of the batch start before the virtual offset. */
function countBefore(batch: BamBatch, to: VirtualOffset): number {
  let count = 0
  while (count < batch.count && compareOffsets(batch.offsetOf(count), to) < 0) {
    count++
  }
  return count
}
