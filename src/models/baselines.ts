import { OTHER } from '../genome/sequence.ts'
import { conv1d } from '../graph/layers/conv.ts'
import { dense } from '../graph/layers/dense.ts'
import { dropoutLayer } from '../graph/layers/dropout.ts'
import { embedding } from '../graph/layers/embedding.ts'
import { lstmLayer } from '../graph/layers/lstm.ts'
import type { Network } from '../graph/network.ts'
import { maxPool } from '../graph/ops/max-pool.ts'
import { relu } from '../graph/ops/pointwise.ts'
import { reshape } from '../graph/ops/reshape.ts'
import { slice } from '../graph/ops/slice.ts'
import { transpose } from '../graph/ops/transpose.ts'
import { fixed } from '../graph/shape.ts'
import type { Value } from '../graph/value.ts'
import { type Architecture, BASE_CHANNELS } from './architecture.ts'

/** Sizes of the baselines' layers. */
export interface BaselineOptions {
  /** Numbers a base becomes, by a dense layer or an embedding. */
  width: number
  filters: number
  /** Kernel width of the convolution. */
  kernel: number
  pool: number
  /** Units of the LSTM. */
  units: number
  /** Units of the hidden dense layer. */
  hidden: number
  /** Chance of an element to be dropped while training. */
  dropout: number
  /** Numbers the network gives, to learn targets; 0: logits of two classes. */
  values: number
}

/** Our choice: the paper names the layers and no sizes. */
const SIZES: BaselineOptions = {
  width: 32,
  filters: 64,
  kernel: 9,
  pool: 2,
  units: 64,
  hidden: 128,
  dropout: 0.5,
  values: 0,
}

/** The sizes that matter in each. */
const OPTIONS = {
  cnn: ['width', 'filters', 'kernel', 'pool', 'hidden', 'dropout', 'values'],
  'cnn-emb': ['width', 'filters', 'kernel', 'pool', 'hidden', 'dropout', 'values'],
  hybrid: ['width', 'filters', 'kernel', 'pool', 'units', 'values'],
  lstm: ['width', 'units', 'hidden', 'dropout', 'values'],
  'lstm-emb': ['width', 'units', 'hidden', 'dropout', 'values'],
} as const satisfies Record<string, readonly (keyof BaselineOptions)[]>

export type BaselineName = keyof typeof OPTIONS
export const BASELINES = Object.keys(OPTIONS) as BaselineName[]

/** Returns the sizes that a baseline has, with our choice of each. */
export function baselineDefaults(name: BaselineName): Partial<BaselineOptions> {
  return Object.fromEntries(OPTIONS[name].map(option => [option, SIZES[option]]))
}

/** Classes of a site: not one, one. */
const CLASSES = 2

/** Units of the last layer. */
const outputs = ({ values }: BaselineOptions) => (values === 0 ? CLASSES : values)

/** How a baseline goes from vectors of bases [N, width, 1, L] to logits [N, 2] or numbers [N, values]. */
type Head = (net: Network, x: Value, options: BaselineOptions) => Value

/**
 * The five networks that DASSI was compared with: is the middle of the window a splice site?
 * Shape: bases -> logits [N, 2]; with the option `values`, numbers or logits of independent labels [N, values].
 * Source: Moosa et al., BioData Mining 14:15, 2021, Table 4, which gives the order of layers: cnn is dense, convolution,
 * max pool, dense, dropout, dense; hybrid dense, convolution, max pool, LSTM, dense; lstm dense, LSTM, dense, dropout,
 * dense. With -emb an embedding replaces the first dense layer (cnn) or precedes it (lstm).
 */
export function baseline(name: BaselineName, given: Partial<BaselineOptions> = {}): Architecture {
  const chosen = { ...baselineDefaults(name), ...given }
  const options = { ...SIZES, ...chosen }
  const head: Head = name === 'hybrid' ? hybridHead : name.startsWith('cnn') ? cnnHead : lstmHead
  const common = {
    name,
    options: chosen,
    windowLength: undefined,
    output: options.values === 0 ? 'classes' : 'values',
    donorOffset: 0,
  } as const
  if (!name.endsWith('-emb')) {
    return {
      ...common,
      channels: BASE_CHANNELS,
      build: (net, bases) => head(net, perBase(net, bases, options), options),
    }
  }
  return {
    ...common,
    channels: undefined,
    build(net, codes) {
      const vectors = embedding(net, 'embedding', codes, { codes: OTHER + 1, width: options.width })
      return head(net, name === 'lstm-emb' ? perBase(net, vectors, options) : vectors, options)
    },
  }
}

/** The same dense layer for each base: a convolution of width 1. */
const perBase = (net: Network, x: Value, { width }: BaselineOptions) =>
  relu(conv1d(net, 'base', x, { filters: width, width: 1 }))

const cnnHead: Head = (net, x, options) => {
  const map = convolved(net, x, options)
  const [n, channels, , positions] = map.shape
  return hiddenHead(net, reshape(map, [n!, fixed(channels) * fixed(positions)]), options)
}

const hybridHead: Head = (net, x, options) =>
  dense(net, 'out', lastState(net, convolved(net, x, options), options), { units: outputs(options) })

const lstmHead: Head = (net, x, options) => hiddenHead(net, lastState(net, x, options), options)

function convolved(net: Network, x: Value, { filters, kernel, pool }: BaselineOptions): Value {
  return maxPool(relu(conv1d(net, 'conv', x, { filters, width: kernel })), { window: [1, pool] })
}

/** What the LSTM knows after the last position. Shape: [N, C, 1, L] -> [N, units]. */
function lastState(net: Network, x: Value, { units }: BaselineOptions): Value {
  const [n, channels, , positions] = x.shape
  const length = fixed(positions)
  const steps = transpose(reshape(x, [n!, channels!, length]), [2, 0, 1])
  return reshape(slice(lstmLayer(net, 'lstm', steps, { units }), 0, length - 1, length), [n!, units])
}

function hiddenHead(net: Network, x: Value, options: BaselineOptions): Value {
  const y = relu(dense(net, 'hidden', x, { units: options.hidden }))
  return dense(net, 'out', dropoutLayer(net, 'dropout', y, options.dropout), { units: outputs(options) })
}
