import type { Architecture } from '../architecture.ts'

/** What of a construct the yeast networks read. */
export const YEAST_INPUTS = ['window', 'intron', 'full'] as const
export type YeastInput = (typeof YEAST_INPUTS)[number]

/**
 * Bases of each: 40 around the first intron base, the branch point motif and the first base of the 3' splice site, end to
 * end; 145 from the first intron base on, always as many; the whole construct.
 */
export const YEAST_LENGTHS: Readonly<Record<YeastInput, number>> = { window: 120, intron: 145, full: 1615 }

/** A, C, T, G. */
const YEAST_CHANNELS = [0, 1, 3, 2] as const

/** The one number that the networks tell. */
const YEAST_COLUMNS = ['efficiency'] as const

/** Returns a network that tells the efficiency of a construct from the part of it that its options name. */
export function yeastNetwork(
  name: string,
  options: { input: YeastInput },
  build: Architecture['build'],
): Architecture {
  return {
    name,
    options: { ...options },
    windowLength: YEAST_LENGTHS[options.input],
    output: 'values',
    columns: YEAST_COLUMNS,
    donorOffset: 0,
    channels: YEAST_CHANNELS,
    build,
  }
}
