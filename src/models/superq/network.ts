import { zeros } from '../../graph/initial.ts'
import { conv2d } from '../../graph/layers/conv2d.ts'
import type { Network } from '../../graph/network.ts'
import { expandAxis } from '../../graph/ops/expand-axis.ts'
import { maxPool } from '../../graph/ops/max-pool.ts'
import { relu } from '../../graph/ops/pointwise.ts'
import { reshape } from '../../graph/ops/reshape.ts'
import { transpose } from '../../graph/ops/transpose.ts'
import { fixed } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'
import type { Architecture } from '../architecture.ts'
import { DEEPSEA_CHANNELS, type RecurrentSizes, recurrentTrunk, requireLength } from '../danq/layers.ts'
import { DANQ } from '../danq/network.ts'
import { flattened, kerasConv, kerasDense } from '../keras-layers.ts'

interface CodeSize {
  /** Numbers of the code. */
  code: number
}

export interface SuperqLinearOptions extends CodeSize {
  filters: number
  /** Kernel width of the convolution. */
  width: number
}

export interface SuperqRecurrentOptions extends CodeSize, RecurrentSizes {}

export interface SuperqMapOptions extends CodeSize {
  filters: number
  /** Kernel width of both convolutions; they are 3 bases high. */
  width: number
  pool: number
}

export const SUPERQ_LINEAR: SuperqLinearOptions = { filters: 320, width: 26, code: 500 }

const { hidden: _, values: __, ...RECURRENT } = DANQ
export const SUPERQ_RECURRENT: SuperqRecurrentOptions = { ...RECURRENT, code: 500 }

export const SUPERQ_MAP: SuperqMapOptions = { filters: 32, width: 9, pool: 4, code: 500 }

/** Returns the code of windows. Shape: bases [N, 4, 1, L] -> [N, code]. */
type Encoder = (net: Network, bases: Value) => Value

/**
 * SuperQ as its report describes it: convolution, dense code, dense bases, no activation anywhere.
 * Shape: bases [N, 4, 1, L] one-hot A, G, C, T -> a number for each [N, 4, 1, L].
 * Source: github.com/aron0093/5MT003.
 */
export const superqAsReported = (options: SuperqLinearOptions = SUPERQ_LINEAR): Architecture => {
  const { filters, width, code } = options
  return autoencoder('superq-as-reported', options, (net, bases) => {
    requireLength('superq-as-reported', bases, width)
    const scanned = kerasConv(net, 'conv', bases, { filters, width, padding: 'valid' })
    return kerasDense(net, 'code', flattened(scanned), code)
  })
}

/** SuperQ with the LSTM of its later code, and with ReLU behind convolution and code, which it lacks. Shape and source: see `superqAsReported`. */
export const superqRepaired = (options: SuperqRecurrentOptions = SUPERQ_RECURRENT): Architecture =>
  autoencoder('superq-repaired', options, (net, bases) =>
    relu(kerasDense(net, 'code', recurrentTrunk(net, 'superq-repaired', bases, options), options.code)),
  )

/**
 * SuperQ over a map of bases and positions, as its report proposes: two convolutions in two dimensions with ReLU, a max pool along the
 * positions, dense code with ReLU, dense bases. Sizes are ours. Shape and source: see `superqAsReported`.
 */
export const superqMap = (options: SuperqMapOptions = SUPERQ_MAP): Architecture => {
  const { filters, width, pool, code } = options
  const [before, after] = [Math.floor((width - 1) / 2), Math.ceil((width - 1) / 2)]
  const convolved = (net: Network, name: string, x: Value) =>
    relu(
      conv2d(net, name, x, { filters, kernel: [3, width], pads: [1, before, 1, after], biasInitial: zeros }),
    )
  return autoencoder('superq-2d', options, (net, bases) => {
    requireLength('superq-2d', bases, pool)
    const map = convolved(net, 'conv2', convolved(net, 'conv1', transpose(bases, [0, 2, 1, 3])))
    return relu(kerasDense(net, 'code', flattenedMap(maxPool(map, { window: [1, pool] })), code))
  })
}

/** Shape: [N, C, H, W] -> [N, C H W]. */
function flattenedMap(x: Value): Value {
  const [n, channels, height, width] = x.shape
  return reshape(x, [n!, fixed(channels) * fixed(height) * fixed(width)])
}

/** Returns the network of an encoder: a dense layer makes the bases of its code. */
function autoencoder(name: string, options: CodeSize, encode: Encoder): Architecture {
  return {
    name,
    options: { ...options },
    windowLength: undefined,
    output: 'bases',
    donorOffset: 0,
    channels: DEEPSEA_CHANNELS,
    encoder: { columns: Array.from({ length: options.code }, (_, i) => `code${i + 1}`), build: encode },
    build(net, bases) {
      const [n, channels, , positions] = bases.shape
      const [count, length] = [fixed(channels), fixed(positions)]
      const perBase = kerasDense(net, 'bases', encode(net, bases), length * count)
      return expandAxis(transpose(reshape(perBase, [n!, length, count]), [0, 2, 1]), 2)
    },
  }
}
