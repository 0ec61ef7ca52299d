import type { Network } from '../../graph/network.ts'
import { multiply } from '../../graph/ops/arithmetic.ts'
import { concat } from '../../graph/ops/concat.ts'
import { reverse } from '../../graph/ops/reverse.ts'
import { crop } from '../../graph/ops/slice.ts'
import { softmax } from '../../graph/ops/softmax.ts'
import { fixed } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'
import { type Architecture, BASE_CHANNELS } from '../architecture.ts'
import { type BranchOptions, branchLogits, LEAST_COLUMNS } from './branches.ts'
import { combinerLogit } from './combiner.ts'
import { type BaseEncoding, basePicture, trinucleotides } from './encodings.ts'

export interface Splice2DeepOptions extends BranchOptions {
  /** Bases of a window: the dinucleotide of the site in the middle, as many bases before as behind it. */
  windowLength: number
  /** Of bases as rows; trinucleotides have no weights. */
  encoding: BaseEncoding
}

/** As published. */
export const SPLICE2DEEP: Splice2DeepOptions = {
  windowLength: 602,
  filters: 32,
  dropout: 0.1,
  encoding: 'weighted',
}

/** The networks by what they read of a window: all of it, or the bases before or behind the dinucleotide. */
export const PARTS = ['global', 'up', 'down'] as const
export type Splice2DeepPart = (typeof PARTS)[number]

/** Bases of a splice site that are in every intron: GT, AG. */
const DINUCLEOTIDE = 2

/** Returns what is wrong with a window's length. */
export function splice2DeepMisfit({ windowLength }: Pick<Splice2DeepOptions, 'windowLength'>) {
  const least = DINUCLEOTIDE + 2 * LEAST_COLUMNS
  return windowLength % 2 === 0 && windowLength >= least
    ? undefined
    : `option windowLength: expected an even number from ${least} on, found ${windowLength}`
}

/** Returns one of the three networks of Splice2Deep, by itself. */
export function splice2DeepPart(part: Splice2DeepPart, options: Partial<Splice2DeepOptions>): Architecture {
  const settled = { ...SPLICE2DEEP, ...options }
  return {
    ...common(options),
    name: `splice2deep-${part}`,
    build: (net, bases) => inOurOrder(partLogits(net, '', part, bases, settled)),
  }
}

/** Returns the three networks of Splice2Deep and the combiner as one network. */
export function splice2Deep(options: Splice2DeepOptions = SPLICE2DEEP): Architecture {
  return {
    ...common(options),
    name: 'splice2deep',
    build(net, bases) {
      const features = PARTS.map(part => softmax(partLogits(net, `${part}/`, part, bases, options), 1))
      const falseSite = combinerLogit(net, 'combiner/', concat(features, 1))
      return concat([falseSite, multiply(falseSite, 0)], 1)
    },
  }
}

/** Donors and acceptors have the same networks: where the site is, the data or `import --site` say. */
const common = (options: Partial<Splice2DeepOptions>) =>
  ({
    options: { ...options },
    windowLength: { ...SPLICE2DEEP, ...options }.windowLength,
    output: 'classes',
    donorOffset: 0,
    channels: BASE_CHANNELS,
  }) as const

/** Ours are: no site, site. */
const inOurOrder = (logits: Value) => reverse(logits, 1)

/** Returns the logits of true site, false site. Shape: bases [N, 4, 1, L] -> [N, 2]. */
function partLogits(
  net: Network,
  prefix: string,
  part: Splice2DeepPart,
  bases: Value,
  options: Splice2DeepOptions,
): Value {
  const length = fixed(bases.shape[3])
  const flank = Math.floor((length - DINUCLEOTIDE) / 2)
  const read = {
    global: () => basePicture(bases, options.encoding),
    up: () => trinucleotides(crop(bases, { axis: 3, start: 0, fromEnd: length - flank })),
    down: () => basePicture(crop(bases, { axis: 3, start: length - flank, fromEnd: 0 }), options.encoding),
  }
  return branchLogits(net, prefix, read[part](), options)
}
