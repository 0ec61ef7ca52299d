import { InputDataError } from '../../core/errors.ts'
import { conv1d } from '../../graph/layers/conv.ts'
import { dense } from '../../graph/layers/dense.ts'
import { dropoutLayer } from '../../graph/layers/dropout.ts'
import { highway } from '../../graph/layers/highway.ts'
import { lstmLayer } from '../../graph/layers/lstm.ts'
import type { Network } from '../../graph/network.ts'
import { maxPool } from '../../graph/ops/max-pool.ts'
import { relu } from '../../graph/ops/pointwise.ts'
import { reduceMax, reduceMean } from '../../graph/ops/reduce.ts'
import { reshape } from '../../graph/ops/reshape.ts'
import { transpose } from '../../graph/ops/transpose.ts'
import { fixed } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'
import { type Architecture, BASE_CHANNELS } from '../architecture.ts'

export const SHAPES = ['cnn', 'rnn', 'cnn-rnn'] as const

export interface DeepMotifOptions {
  /** Filters of each convolution. */
  filters: number
  /** Highway layers before the output. */
  highways: number
  /** Chance of an element to be dropped while training. */
  dropout: number
  /** Numbers the network gives, to learn targets; 0: logits of two classes. */
  values: number
}

export interface DashboardOptions extends Omit<DeepMotifOptions, 'highways'> {
  shape: (typeof SHAPES)[number]
  /** Units of each direction of the LSTM. */
  units: number
}

/** The published sizes; that there are two highway layers is our choice. */
export const DEEPMOTIF: DeepMotifOptions = { filters: 128, highways: 2, dropout: 0.5, values: 0 }

export const DASHBOARD: DashboardOptions = { shape: 'cnn', filters: 128, units: 32, dropout: 0.5, values: 0 }

/** Kernel widths of the convolutions; all but the last are pooled. */
const WIDTHS = [9, 5, 3]
const POOL = 2
/** Bases of which the convolutions and pools leave one position. */
const LEAST_BASES = 28

const CLASSES = 2
const units = ({ values }: { values: number }) => (values === 0 ? CLASSES : values)

/** Returns DeepMotif: three convolutions, highway layers, one dense layer. */
export function deepMotif(options: DeepMotifOptions = DEEPMOTIF): Architecture {
  return architectureOf('deepmotif', options, (net, bases) => {
    let x = motifs(net, bases, options)
    for (let i = 0; i < options.highways; i++) {
      x = highway(net, `highways.${i}`, x)
    }
    return dense(net, 'out', x, { units: units(options) })
  })
}

/** Returns one of the three networks of the Deep Motif Dashboard. */
export function deepMotifDashboard(options: DashboardOptions = DASHBOARD): Architecture {
  return architectureOf('deepmotif-dashboard', options, (net, bases) => {
    const x = options.shape === 'cnn' ? motifs(net, bases, options) : reading(net, bases, options)
    return dense(net, 'out', x, { units: units(options) })
  })
}

function architectureOf(
  name: string,
  options: DeepMotifOptions | DashboardOptions,
  build: Architecture['build'],
): Architecture {
  return {
    name,
    options: { ...options },
    windowLength: undefined,
    output: options.values === 0 ? 'classes' : 'values',
    donorOffset: 0,
    channels: BASE_CHANNELS,
    build,
  }
}

/**
 * The largest answers of three convolutions over all positions.
 * Shape: bases [N, 4, 1, L] one-hot A, C, G, T -> [N, filters]. Throws: InputDataError for windows that are too short.
 * Source: Lanchantin et al., Pacific Symposium on Biocomputing 22:254, 2017, and github.com/QData/DeepMotif.
 */
function motifs(net: Network, bases: Value, { filters, dropout }: Omit<DeepMotifOptions, 'highways'>): Value {
  const length = fixed(bases.shape[3])
  if (length < LEAST_BASES) {
    throw new InputDataError(
      `model deepmotif: expected windows of at least ${LEAST_BASES} bases, found ${length}`,
      'its convolutions and pools leave nothing of shorter ones',
    )
  }
  let x = bases
  for (const [i, width] of WIDTHS.entries()) {
    x = relu(conv1d(net, `conv${i + 1}`, x, { filters, width, padding: 'valid' }))
    if (i < WIDTHS.length - 1) {
      x = maxPool(x, { window: [1, POOL] })
    }
    x = dropoutLayer(net, `dropout${i + 1}`, x, dropout)
  }
  return reduceMax(x, [2, 3])
}

/**
 * The mean over all positions of what an LSTM knows that reads both ways, either bases or the answers of a convolution.
 * Shape: bases [N, 4, 1, L] -> [N, 2 units]. Source: as `motifs`.
 */
function reading(net: Network, bases: Value, options: DashboardOptions): Value {
  const { shape, filters, dropout } = options
  const x = shape === 'rnn' ? bases : relu(conv1d(net, 'conv', bases, { filters, width: WIDTHS[0]! }))
  const [n, channels, , positions] = x.shape
  const steps = transpose(reshape(x, [n!, channels!, positions!]), [2, 0, 1])
  const read = lstmLayer(net, 'lstm', steps, { units: options.units, direction: 'both' })
  return reduceMean(dropoutLayer(net, 'dropout', read, dropout), [0])
}
