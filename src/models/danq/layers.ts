import { UsageError } from '../../core/errors.ts'
import { conv1d } from '../../graph/layers/conv.ts'
import { dropoutLayer } from '../../graph/layers/dropout.ts'
import { lstmLayer } from '../../graph/layers/lstm.ts'
import type { Initializer, Network } from '../../graph/network.ts'
import { maxPool } from '../../graph/ops/max-pool.ts'
import { relu } from '../../graph/ops/pointwise.ts'
import { reshape } from '../../graph/ops/reshape.ts'
import { transpose } from '../../graph/ops/transpose.ts'
import { fixed } from '../../graph/shape.ts'
import type { Value } from '../../graph/value.ts'
import { kerasConv } from '../keras-layers.ts'

/** A, G, C, T: the order of the DeepSEA files. */
export const DEEPSEA_CHANNELS = [0, 2, 1, 3] as const

/** Sizes of the layers that find motifs and read them both ways. */
export interface RecurrentSizes {
  filters: number
  /** Kernel width of the convolution. */
  width: number
  pool: number
  /** Units of each direction of the LSTM. */
  units: number
  /** Whether the convolution is followed by a ReLU. */
  convRelu: boolean
  /** Chance of an element to be dropped while training, behind the pool and behind the LSTM. */
  convDropout: number
  lstmDropout: number
}

/** How kernels begin, where not as Keras draws them. */
export interface KernelInitials {
  initial: Initializer
  biasInitial: Initializer
}

/**
 * The motif scan and the LSTM of DanQ: convolution without padding, ReLU, max pool, dropout, LSTM both ways, dropout; of each pooled
 * position the numbers of both directions side by side.
 * Shape: bases [N, 4, 1, L] -> [N, floor((L - width + 1) / pool) 2 units].
 * Throws: UsageError for windows of fewer bases than a kernel and a pool need.
 */
export function recurrentTrunk(
  net: Network,
  model: string,
  bases: Value,
  sizes: RecurrentSizes,
  initials?: KernelInitials,
): Value {
  const { filters, width, pool, units, convRelu, convDropout, lstmDropout } = sizes
  requireLength(model, bases, width + pool - 1)
  const scan = { filters, width, padding: 'valid' } as const
  const scanned = initials
    ? conv1d(net, 'conv', bases, { ...scan, ...initials })
    : kerasConv(net, 'conv', bases, scan)
  const pooled = maxPool(convRelu ? relu(scanned) : scanned, { window: [1, pool] })
  const kept = dropoutLayer(net, 'conv_dropout', pooled, convDropout)
  const [n, channels, , positions] = kept.shape
  const steps = transpose(reshape(kept, [n!, channels!, positions!]), [2, 0, 1])
  const read = transpose(lstmLayer(net, 'lstm', steps, { units, direction: 'both' }), [1, 0, 2])
  const flat = reshape(read, [n!, fixed(positions) * 2 * units])
  return dropoutLayer(net, 'lstm_dropout', flat, lstmDropout)
}

/** Throws: UsageError for windows of fewer bases. */
export function requireLength(model: string, bases: Value, least: number): void {
  const length = fixed(bases.shape[3])
  if (length < least) {
    throw new UsageError(
      `model ${model}: expected windows of at least ${least} bases, found ${length}`,
      'set options.width and options.pool smaller, or give longer windows',
    )
  }
}
