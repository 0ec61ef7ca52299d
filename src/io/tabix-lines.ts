import { stat } from 'node:fs/promises'
import { TabixIndexedFile } from '@gmod/tabix'
import { InputDataError } from '../core/errors.ts'
import { type Interval, mergeIntervals } from '../genome/interval.ts'
import { HEADER_BYTES, isBgzf, requireEndMarker } from './bgzf-blocks.ts'
import { openError, readAt } from './byte-source.ts'

/** An index file beside a bgzip text. */
export interface TabixIndex {
  kind: 'tbi' | 'csi'
  path: string
}

/** Returns the index beside a bgzip text (`.tbi`, else `.csi`), or undefined when the file cannot be queried. */
export async function findTabixIndex(path: string): Promise<TabixIndex | undefined> {
  for (const kind of ['tbi', 'csi'] as const) {
    const indexPath = `${path}.${kind}`
    if ((await exists(indexPath)) && (await startsAsBgzf(path))) {
      return { kind, path: indexPath }
    }
  }
  return undefined
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return false
    }
    throw openError(path, error)
  }
}

async function startsAsBgzf(path: string): Promise<boolean> {
  return isBgzf(await readAt(path, 0, HEADER_BYTES))
}

/**
 * Regions under a file's own contig names. A function is called with these names once they are known, for callers
 * whose regions carry the names of another file.
 */
export type RegionRequest = readonly Interval[] | ((contigs: readonly string[]) => readonly Interval[])

/** Returns the regions for a file with the given contigs. */
export function requestedRegions(request: RegionRequest, contigs: readonly string[]): readonly Interval[] {
  return typeof request === 'function' ? request(contigs) : request
}

/**
 * Returns the contigs of an indexed text, in file order.
 * Throws: InputDataError when the index cannot be read.
 */
export async function indexedContigs(path: string, index: TabixIndex): Promise<string[]> {
  return (await readRegionRows(path, index, [])).contigs
}

/** The rows of an indexed text that overlap some regions, in file order, and the file's contigs in file order. */
export interface RegionRows {
  contigs: string[]
  lines: string[]
}

/**
 * Returns the rows that overlap any of the regions, each once, in the order of the file; comment lines are left out.
 * Coordinates: regions 0-based half-open; what a row spans is decided by the index's own column settings.
 * Throws: InputDataError when the index or the data behind it cannot be read, or the data is truncated.
 */
export async function readRegionRows(
  path: string,
  index: TabixIndex,
  regions: readonly Interval[],
): Promise<RegionRows> {
  // A query never reaches the end of the file, and so would not notice that the file was cut.
  await requireEndMarker(path)
  const file = new TabixIndexedFile(
    index.kind === 'tbi' ? { path, tbiPath: index.path } : { path, csiPath: index.path },
  )
  try {
    const { refIdToName: contigs, maxRefLength } = await file.getMetadata()
    const lines: string[] = []
    for (const { contig, start, end, previousEnd } of inFileOrder(regions, contigs)) {
      await file.getLines(contig, start, Math.min(end, maxRefLength), (line, _offset, rowStart) => {
        // A row that reaches into several regions is given by each of them; it belongs to the first.
        if (rowStart >= previousEnd) {
          lines.push(line)
        }
      })
    }
    return { contigs, lines }
  } catch (error) {
    throw new InputDataError(
      `${index.path}: cannot be used to query ${path} (${(error as Error).message})`,
      'make the index again with tabix, or remove it to read the whole file',
      error,
    )
  }
}

/** Returns the merged regions in the file's contig order; `previousEnd` is where the last one on the contig ended. */
function inFileOrder(
  regions: readonly Interval[],
  contigs: readonly string[],
): (Interval & { previousEnd: number })[] {
  const rank = new Map(contigs.map((contig, i) => [contig, i]))
  const ordered = mergeIntervals(regions)
    .filter(region => rank.has(region.contig) && region.start < region.end)
    .sort((a, b) => rank.get(a.contig)! - rank.get(b.contig)! || a.start - b.start)
  return ordered.map((region, i) => {
    const previous = ordered[i - 1]
    return { ...region, previousEnd: previous?.contig === region.contig ? previous.end : -1 }
  })
}

/**
 * Returns a test whether a stretch of a contig shares a base with any of the regions.
 * Coordinates: 0-based half-open.
 */
export function regionTest(
  regions: readonly Interval[],
): (contig: string, start: number, end: number) => boolean {
  const byContig = new Map<string, Interval[]>()
  for (const region of mergeIntervals(regions)) {
    const list = byContig.get(region.contig)
    if (list) {
      list.push(region)
    } else {
      byContig.set(region.contig, [region])
    }
  }
  return (contig, start, end) => {
    const list = byContig.get(contig)
    if (!list) {
      return false
    }
    // The first region that ends after `start` is the only candidate: the regions are disjoint and ascending.
    let low = 0
    let high = list.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (list[middle]!.end > start) {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low < list.length && list[low]!.start < end
  }
}
