import { OTHER } from '../../genome/sequence.ts'
import type { DatasetWindow } from '../dataset-description.ts'

/**
 * Returns the stretches of a window that are compared, each around one site: the two halves of a junction window, cut in
 * the middle between donor and acceptor, since its halves come from places of their own; else the whole window.
 * Coordinates: 0-based half-open, inside the window.
 */
export function segmentsOf(window: DatasetWindow): [from: number, to: number][] {
  const { length } = window
  if (!('donor' in window)) {
    return [[0, length]]
  }
  const middle = Math.floor((window.donor + window.acceptor) / 2)
  const halves: [number, number][] = [
    [0, middle],
    [middle, length],
  ]
  return halves.filter(([from, to]) => to > from)
}

/** Returns the number of k-mers of codes[from, to) without an unknown base; what lies outside the codes is unknown. */
export function usableKmers(codes: Uint8Array, from: number, to: number, k: number): number {
  const [first, end] = [Math.max(0, from), Math.min(to, codes.length)]
  if (!codes.subarray(first, end).includes(OTHER)) {
    return Math.max(0, end - first - k + 1)
  }
  let [kmers, known] = [0, 0]
  for (let at = first; at < end; at++) {
    known = codes[at] === OTHER ? 0 : known + 1
    kmers += known >= k ? 1 : 0
  }
  return kmers
}
