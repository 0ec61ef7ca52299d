import { batchNormLayer } from '../graph/layers/batch-norm.ts'
import { conv1d } from '../graph/layers/conv.ts'
import { dense } from '../graph/layers/dense.ts'
import { dropoutLayer } from '../graph/layers/dropout.ts'
import type { Network } from '../graph/network.ts'
import { add, negate } from '../graph/ops/arithmetic.ts'
import { averagePool } from '../graph/ops/average-pool.ts'
import { concat } from '../graph/ops/concat.ts'
import { maxPool } from '../graph/ops/max-pool.ts'
import { relu, softplus } from '../graph/ops/pointwise.ts'
import { reshape } from '../graph/ops/reshape.ts'
import { slice } from '../graph/ops/slice.ts'
import { fixed } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'
import { type Architecture, BASE_CHANNELS } from './architecture.ts'

/** Sizes of the network of a pair of sites. */
export interface SitePairOptions {
  /** Channels of the trunk. */
  channels: number
  /** Kernel width of its first convolution, and of its units. */
  stemWidth: number
  width: number
  /** Of its units, one after the other. */
  dilations: readonly number[]
  /** Bases on each side of a site that the trunk reads. */
  reach: number
  /** Positions on each side of the site whose channels a head gets as they are. */
  centre: number
  /** Numbers the trunk says about every base. */
  evidence: number
  /** Bases of which a head gets the largest evidence. */
  bin: number
  /** Channels and dilations of the context, which reads all of the window in steps of 8 bases. */
  contextChannels: number
  contextDilations: readonly number[]
  /** Numbers a site becomes, and the pair of them. */
  hidden: number
  /** Chance of an input of a head to be dropped while training. */
  dropout: number
}

export const SITE_PAIR: SitePairOptions = {
  channels: 24,
  stemWidth: 11,
  width: 7,
  dilations: [1, 1, 2, 4],
  reach: 160,
  centre: 3,
  evidence: 8,
  bin: 8,
  contextChannels: 16,
  contextDilations: [1, 2],
  hidden: 48,
  dropout: 0.3,
}

/** Windows have the donor at 200 and the acceptor at 600: halves of 400 with the site in the middle. */
const HALF = 400
const SITE = 200
/** Of the two halves. */
const DONOR = 0
const ACCEPTOR = 1

const CONTEXT_STEP = 8
const CONTEXT_WIDTH = 5
/** Channels and steps of the context that a head gets together. */
const CONTEXT_SUMMARY = 8
const CONTEXT_BIN = 2

/**
 * A network that scores a donor, an acceptor and the pair of them, each for itself. One trunk reads the bases around either
 * site and says of each base, among other things, how much it is a donor and how much an acceptor: what makes
 * a site true is also what makes one nearby a rival. A head for each site sees the site, its rivals and the wider context;
 * a third one joins both sites.
 * Shape: bases [N, 4, 1, 800] -> logits [N, 3] of donor, acceptor and pair. The options are those that `sitePairMisfit` finds right.
 */
export function sitePair(options: SitePairOptions = SITE_PAIR): Architecture {
  return {
    name: 'site-pair',
    options: { ...options },
    windowLength: 2 * HALF,
    pairSites: { donor: SITE, acceptor: HALF + SITE },
    output: 'pair',
    donorOffset: 0,
    channels: BASE_CHANNELS,
    build: (net, bases) => pairLogits(net, bases, options),
  }
}

/** Returns what is wrong with options that are right each for itself. */
export function sitePairMisfit({ reach, centre, bin }: SitePairOptions): string | undefined {
  if (reach > SITE || centre > reach) {
    return `options reach and centre: expected a reach of at most ${SITE} bases and a centre within it, found ${reach} and ${centre}`
  }
  return (2 * reach) % bin === 0
    ? undefined
    : `options reach and bin: expected bins that fill ${2 * reach} bases, found ${bin}`
}

function pairLogits(net: Network, bases: Value, options: SitePairOptions): Value {
  // The halves as two rows of one map: every convolution below is shared by both.
  const halves = reshape(bases, [bases.shape[0]!, fixed(bases.shape[1]), 2, HALF])
  const { reach, centre, bin, hidden } = options
  const trunk = trunkOf(net, slice(halves, 3, SITE - reach, SITE + reach), options)
  const evidence = conv1d(net, 'evidence', trunk, { filters: options.evidence, width: 1 })
  const seen: Seen = {
    evidence,
    parts: [
      slice(trunk, 3, reach - centre, reach + centre),
      maxPool(evidence, { window: [1, bin] }),
      contextOf(net, halves, options),
    ],
  }
  const donor = head(net, 'donor', DONOR, seen, options)
  const acceptor = head(net, 'acceptor', ACCEPTOR, seen, options)
  const joined = relu(dense(net, 'pair.hidden', concat([donor.site, acceptor.site], 1), { units: hidden }))
  // Both sites must be right: the pair starts from the logarithm of the product of their probabilities.
  const product = negate(add(softplus(negate(donor.logit)), softplus(negate(acceptor.logit))))
  const pair = add(dense(net, 'pair.out', concat([joined, product], 1), { units: 1 }), product)
  return concat([donor.logit, acceptor.logit, pair], 1)
}

/** Shape: [N, 4, 2, L] -> [N, channels, 2, L]. */
function trunkOf(
  net: Network,
  span: Value,
  { channels, stemWidth, width, dilations }: SitePairOptions,
): Value {
  let y = block(net, 'trunk.stem', span, channels, stemWidth, 1)
  for (const [i, dilation] of dilations.entries()) {
    y = add(y, block(net, `trunk.${i}`, y, channels, width, dilation))
  }
  return y
}

/** Shape: [N, 4, 2, 400] -> [N, 8, 2, 25]. */
function contextOf(
  net: Network,
  halves: Value,
  { contextChannels, contextDilations }: SitePairOptions,
): Value {
  const stem = block(net, 'context.stem', halves, contextChannels, CONTEXT_STEP, 1)
  let y = averagePool(stem, { window: [1, CONTEXT_STEP] })
  for (const [i, dilation] of contextDilations.entries()) {
    y = add(y, block(net, `context.${i}`, y, contextChannels, CONTEXT_WIDTH, dilation))
  }
  const summary = relu(conv1d(net, 'context.summary', y, { filters: CONTEXT_SUMMARY, width: 1 }))
  return averagePool(summary, { window: [1, CONTEXT_BIN] })
}

/** What is known around both sites: the evidence of every base, and what the heads get. */
interface Seen {
  evidence: Value
  parts: readonly Value[]
}

interface Head {
  /** Shape: [N, hidden]. */
  site: Value
  /** Shape: [N, 1]. */
  logit: Value
}

/** The logit starts from the site's own evidence, of which every base nearby has as much to show. */
function head(
  net: Network,
  name: string,
  row: typeof DONOR | typeof ACCEPTOR,
  { evidence, parts }: Seen,
  { reach, hidden, dropout }: SitePairOptions,
): Head {
  const seen = concat(
    parts.map(part => inOneRow(slice(part, 2, row, row + 1))),
    1,
  )
  const site = relu(
    dense(net, `${name}.site`, dropoutLayer(net, `${name}.dropout`, seen, dropout), { units: hidden }),
  )
  const kind = slice(slice(evidence, 2, row, row + 1), 1, row, row + 1)
  const own = inOneRow(slice(kind, 3, reach, reach + 1))
  return { site, logit: add(dense(net, `${name}.out`, site, { units: 1 }), own) }
}

function block(
  net: Network,
  name: string,
  x: Value,
  filters: number,
  width: number,
  dilation: number,
): Value {
  const y = conv1d(net, name, x, { filters, width, dilation, bias: false })
  return relu(batchNormLayer(net, `${name}.bn`, y))
}

/** Shape: [N, C, 1, L] -> [N, C * L]. */
function inOneRow(x: Value): Value {
  return reshape(x, [x.shape[0]!, fixed(x.shape[1]) * fixed(x.shape[3])])
}
