import type { DatasetWindow } from '../dataset-description.ts'
import { visitWindows } from '../visit-windows.ts'
import type { WindowStore } from '../window-store.ts'
import { checkMaxIdentity, identityOfShare, shareOfIdentity } from './identity.ts'
import type { KmerIndex } from './kmer-index.ts'
import { KmerIndexBuilder, type KmerIndexOptions } from './kmer-index-builder.ts'
import { segmentsOf } from './segments.ts'

/** Rows of a store of windows. */
export interface WindowRows {
  store: WindowStore
  window: DatasetWindow
  /** Numbers of the windows. */
  rows: Uint32Array
  signal?: AbortSignal | undefined
}

export interface AlikeOptions extends Omit<KmerIndexOptions, 'expectedBases'> {
  store: WindowStore
  window: DatasetWindow
  /** Windows to compare with. */
  held: Uint32Array
  /** Windows to judge. */
  queried: Uint32Array
  /** Identity from which on two segments are alike, above 0, at most 1. */
  maxIdentity: number
  /** Where not all k-mers fit into the index, call alike only what no chance of their sampling makes so. */
  onlyCertain?: boolean
  signal?: AbortSignal | undefined
}

/**
 * Returns which of the queried windows have a segment alike to one of a held window, on either strand: 1 where so.
 * Windows shorter than k have nothing to compare and are alike to none.
 * Shape: one entry per entry of `queried`.
 * Memory: that of the index (`KmerIndexBuilder`), and a megabyte.
 * Throws: RangeError for an identity that is not above 0 and at most 1; InterruptedError.
 */
export async function alikeWindows(options: AlikeOptions): Promise<Uint8Array> {
  const { store, window, held, queried, maxIdentity, onlyCertain = false, signal, ...indexOptions } = options
  checkMaxIdentity(maxIdentity)
  const builder = new KmerIndexBuilder({ ...indexOptions, expectedBases: held.length * window.length })
  await addWindows(builder, { store, window, rows: held, signal })
  const index = builder.finish()
  const [from, to] = segmentsOf(window)[0]!
  const limit = onlyCertain ? certainIdentity(maxIdentity, index, to - from) : maxIdentity
  return findAlike(index, { store, window, rows: queried, signal }, limit)
}

/**
 * Returns the identity estimated from a sample of k-mers from which on a segment is surely alike: four standard deviations
 * of the number of sampled k-mers shared above the limit. The limit itself where all k-mers are looked at.
 */
function certainIdentity(maxIdentity: number, { k, oneIn }: KmerIndex, segment: number): number {
  if (oneIn === 1) {
    return maxIdentity
  }
  const share = shareOfIdentity(maxIdentity, k)
  const sampled = Math.max(1, (segment - k + 1) / oneIn)
  return identityOfShare(Math.min(1, share + 4 * Math.sqrt(share / sampled)), k)
}

/** Adds the segments of windows to an index, each as a stretch of its own. Throws: InterruptedError. */
export async function addWindows(builder: KmerIndexBuilder, windows: WindowRows): Promise<void> {
  const segments = segmentsOf(windows.window)
  const { store, rows, signal } = windows
  const show = (codes: Uint8Array) => {
    for (const [from, to] of segments) {
      builder.add(codes, from, to)
    }
  }
  await visitWindows(store, rows, show, signal)
}

/**
 * Returns which windows have a segment of at least this identity with a piece of the index: 1 where so. The windows may
 * be of another layout and length than what the index was made of.
 * Shape: one entry per entry of `rows`.
 * Throws: RangeError for an identity that is not above 0 and at most 1; InterruptedError.
 */
export async function findAlike(
  index: KmerIndex,
  windows: WindowRows,
  maxIdentity: number,
): Promise<Uint8Array> {
  checkMaxIdentity(maxIdentity)
  const segments = segmentsOf(windows.window)
  const found = new Uint8Array(windows.rows.length)
  const judge = (codes: Uint8Array, at: number) => {
    found[at] = segments.some(([from, to]) => index.isAlike(codes, from, to, maxIdentity)) ? 1 : 0
  }
  await visitWindows(windows.store, windows.rows, judge, windows.signal)
  return found
}
