import type { Network } from '../../graph/network.ts'
import type { Value } from '../../graph/value.ts'
import { BASE_CHANNELS } from '../architecture.ts'
import { oneLogit } from '../one-logit.ts'
import { type AttentiveArchitecture, attended, attentionScores } from './attention.ts'
import { type ConvolutionSizes, denseHead, type HeadSizes, residualBlocks, stem } from './layers.ts'

export interface AttentionNetOptions extends ConvolutionSizes, HeadSizes {
  /** Convolutions before the blocks. */
  convolutions: number
  /** Residual blocks. */
  blocks: number
  /** Numbers the network gives, to learn targets; 0: logits of two classes. */
  values: number
}

/** As published. */
export const ATTENTION_NET: AttentionNetOptions = {
  filters: 64,
  width: 3,
  bias: true,
  convolutions: 2,
  blocks: 5,
  hidden: 256,
  hiddenLayers: 3,
  dropout: 0.2,
  values: 0,
}

/**
 * AttentionNet: convolutions, a weight for each position, dense layers over the weighted sum: is the window bound?
 * Shape: bases [N, 4, 1, L], unknown ones zeros -> logits [N, 2]; with the option `values`, numbers [N, values].
 * Source: the Genetic Architect, Table 3, which leaves open how edges are padded (zeros, the length stays), what follows a block's sum (nothing)
 * and where elements are dropped (after the ELU).
 */
export function attentionNet(options: AttentionNetOptions = ATTENTION_NET): AttentiveArchitecture {
  const scores = (net: Network, x: Value) => attentionScores(net, x, options)
  return {
    name: 'attention-net',
    options: { ...options },
    windowLength: undefined,
    output: options.values === 0 ? 'classes' : 'values',
    donorOffset: 0,
    channels: BASE_CHANNELS,
    maskStep: 1,
    scores: (net, bases) => scores(net, trunk(net, bases, options)),
    build(net, bases) {
      const x = trunk(net, bases, options)
      const summed = attended(x, scores(net, x))
      return options.values === 0
        ? oneLogit(denseHead(net, summed, options, 1))
        : denseHead(net, summed, options, options.values)
    },
  }
}

/** Shape: [N, 4, 1, L] -> [N, filters, 1, L]. */
const trunk = (net: Network, bases: Value, options: AttentionNetOptions): Value =>
  residualBlocks(net, stem(net, 'stem', bases, options), options)
