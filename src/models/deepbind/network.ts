import { normal, zeros } from '../../graph/initial.ts'
import { conv1d } from '../../graph/layers/conv.ts'
import { dense } from '../../graph/layers/dense.ts'
import { dropoutLayer } from '../../graph/layers/dropout.ts'
import type { Network } from '../../graph/network.ts'
import { concat } from '../../graph/ops/concat.ts'
import { relu } from '../../graph/ops/pointwise.ts'
import { reduceMax, reduceMean } from '../../graph/ops/reduce.ts'
import { transpose } from '../../graph/ops/transpose.ts'
import type { Value } from '../../graph/value.ts'
import { type Architecture, BASE_CHANNELS } from '../architecture.ts'
import { oneLogit } from '../one-logit.ts'
import { bothStrands, quarteredUnknowns, withUnknownEnds } from './strands.ts'

export const POOLINGS = ['max', 'max-mean'] as const

export interface DeepBindOptions {
  /** Motif detectors. */
  detectors: number
  /** Bases that a detector reads. */
  motifLength: number
  /** What of a detector's answers over all positions is kept. */
  pooling: (typeof POOLINGS)[number]
  /** Units of the hidden layer; 0: none. */
  hidden: number
  /** Chance of a pooled answer to be dropped while training. */
  dropout: number
  /** Numbers the network gives, to learn targets, each the larger one of both strands; 0: one logit, for two classes. */
  values: number
  /** Standard deviation of the first values of the detectors, and of the layers behind them. */
  motifScale: number
  denseScale: number
}

/** The first of the two published shapes; the scales are the upper ends of the published ranges, from which it learns soonest. */
export const DEEPBIND: DeepBindOptions = {
  detectors: 16,
  motifLength: 24,
  pooling: 'max',
  hidden: 0,
  dropout: 0,
  values: 0,
  motifScale: 1e-3,
  denseScale: 1e-2,
}

/** Returns DeepBind: how much a sequence, on either strand, is bound. */
export function deepBind(options: DeepBindOptions = DEEPBIND): Architecture {
  return {
    name: 'deepbind',
    options: { ...options },
    windowLength: undefined,
    output: options.values === 0 ? 'classes' : 'values',
    donorOffset: 0,
    channels: BASE_CHANNELS,
    build: (net, bases) => deepBindLogits(net, bases, options),
  }
}

/**
 * The network: motif detectors slid along both strands, the best answer of each, then one or two dense layers; of the strands the
 * larger result. The strands lie in two rows of one map, so that the same weights read both.
 * Shape: bases [N, 4, 1, L] one-hot A, C, G, T -> logits [N, 2]; with the option `values` numbers [N, values].
 * Source: Alipanahi et al., Nature Biotechnology 33:831, 2015, and its software supplement.
 */
function deepBindLogits(net: Network, bases: Value, options: DeepBindOptions): Value {
  const { detectors, motifLength, hidden, dropout, motifScale, denseScale } = options
  const padded = withUnknownEnds(quarteredUnknowns(bases), motifLength - 1)
  const answers = conv1d(net, 'detectors', bothStrands(padded), {
    filters: detectors,
    width: motifLength,
    padding: 'valid',
    initial: normal(motifScale),
    biasInitial: zeros,
  })
  const initial = { initial: normal(denseScale), biasInitial: zeros }
  let x = dropoutLayer(net, 'dropout', pooled(relu(answers), options), dropout)
  if (hidden > 0) {
    x = relu(dense(net, 'hidden', x, { units: hidden, ...initial }))
  }
  const strands = dense(net, 'out', x, { units: Math.max(options.values, 1), ...initial })
  const best = reduceMax(strands, [1])
  return options.values === 0 ? oneLogit(best) : best
}

/** Shape: [N, C, 2, L] -> [N, 2, C], with the means [N, 2, 2 C]. */
function pooled(answers: Value, { pooling }: DeepBindOptions): Value {
  const largest = transpose(reduceMax(answers, [3]), [0, 2, 1])
  return pooling === 'max' ? largest : concat([largest, transpose(reduceMean(answers, [3]), [0, 2, 1])], 2)
}
