import { batchNormLayer } from '../graph/layers/batch-norm.ts'
import { conv1d } from '../graph/layers/conv.ts'
import type { Network } from '../graph/network.ts'
import { add } from '../graph/ops/arithmetic.ts'
import { leakyRelu, relu } from '../graph/ops/pointwise.ts'
import type { Value } from '../graph/value.ts'
import { type Architecture, BASE_CHANNELS } from './architecture.ts'

export interface SplamOptions {
  channels: number
  /** Groups of the convolutions in the residual units. */
  groups: number
  /** Kernel width of each group of units. */
  widths: readonly number[]
  /** Dilation of each group of units. */
  dilations: readonly number[]
  unitsPerGroup: number
  activation: 'leaky-relu' | 'relu'
}

export const SPLAM: SplamOptions = {
  channels: 64,
  groups: 4,
  widths: [11, 11, 11, 21, 21],
  dilations: [1, 5, 10, 15, 20],
  unitsPerGroup: 4,
  activation: 'leaky-relu',
}

/** Classes of a position, in the order of the output's channels. */
export const SITE_CLASSES = ['neither', 'acceptor', 'donor'] as const

/** Returns Splam, small or large. It marks the donor at the first intron base, the acceptor at the first exon base after. */
export function splam(options: SplamOptions = SPLAM): Architecture {
  return {
    name: 'splam',
    options: { ...options },
    windowLength: undefined,
    output: 'positions',
    donorOffset: 0,
    channels: BASE_CHANNELS,
    build: (net, bases) => splamLogits(net, bases, options),
  }
}

/**
 * Splam: residual units of dilated grouped convolutions with a skip path, one class for each position.
 * Shape: bases [N, 4, 1, L] one-hot A, C, G, T -> logits [N, 3, 1, L].
 * Source: Chao et al., Genome Biology 25:243, 2024, and its published code: activation after each of a unit's two
 * convolutions and none after the sum; the last group is followed by one skip convolution more.
 */
export function splamLogits(net: Network, bases: Value, options: SplamOptions = SPLAM): Value {
  const { channels, groups, widths, dilations, unitsPerGroup } = options
  const activate = (x: Value) => (options.activation === 'relu' ? relu(x) : leakyRelu(x, 0.1))
  let x = conv1d(net, 'conv1', bases, { filters: channels, width: 1 })
  let skips = 0
  const skipOf = (from: Value) => conv1d(net, `skip${skips++}`, from, { filters: channels, width: 1 })
  let skip = skipOf(x)
  for (const [group, width] of widths.entries()) {
    for (let i = 0; i < unitsPerGroup; i++) {
      const name = `units.${group * unitsPerGroup + i}`
      let y = x
      for (const half of [1, 2]) {
        y = conv1d(net, `${name}.conv${half}`, y, {
          filters: channels,
          width,
          dilation: dilations[group]!,
          groups,
        })
        y = activate(batchNormLayer(net, `${name}.bn${half}`, y))
      }
      x = add(x, y)
    }
    skip = add(skip, skipOf(x))
  }
  skip = add(skip, skipOf(x))
  return conv1d(net, 'out', skip, { filters: SITE_CLASSES.length, width: 1 })
}
