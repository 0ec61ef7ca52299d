import type { Network } from '../../graph/network.ts'
import { relu } from '../../graph/ops/pointwise.ts'
import type { Value } from '../../graph/value.ts'
import type { Architecture } from '../architecture.ts'
import { kerasDense } from '../keras-layers.ts'
import { oneLogit } from '../one-logit.ts'
import { DEEPSEA_CHANNELS, type RecurrentSizes, recurrentTrunk } from './layers.ts'
import { type Motif, motifKernels } from './motif-kernels.ts'

export interface DanqOptions extends RecurrentSizes {
  /** Units of the hidden dense layer. */
  hidden: number
  /** Labels independent of each other; 0: two classes. */
  values: number
}

/** As published: 919 labels of chromatin. */
export const DANQ: DanqOptions = {
  filters: 320,
  width: 26,
  pool: 13,
  units: 320,
  hidden: 925,
  convRelu: true,
  convDropout: 0.2,
  lstmDropout: 0.5,
  values: 919,
}

export interface DanqJasparOptions extends DanqOptions {
  /** Probabilities of A, C, G and T at each position of a motif, one motif for each of the first kernels. */
  motifs: readonly Motif[]
}

export const DANQ_JASPAR: DanqJasparOptions = {
  ...DANQ,
  filters: 1024,
  width: 30,
  pool: 15,
  units: 512,
  motifs: [],
}

/**
 * DanQ: motifs of a convolution, read both ways by an LSTM: what does this sequence bind, and is it open?
 * Shape: bases [N, 4, 1, L] one-hot A, G, C, T, unknown ones zeros -> logits of labels [N, values]; with `values` 0 of classes [N, 2].
 * Source: Quang and Xie, Nucleic Acids Research 44:e107, 2016, and its published code.
 */
export const danq = (options: DanqOptions = DANQ): Architecture => danqNetwork('danq', options, [])

/** DanQ with more and longer kernels, some of which begin as known motifs. Shape and source: see `danq`. */
export const danqJaspar = (options: DanqJasparOptions = DANQ_JASPAR): Architecture =>
  danqNetwork('danq-jaspar', options, options.motifs)

function danqNetwork(name: string, options: DanqOptions, motifs: readonly Motif[]): Architecture {
  const { values, hidden } = options
  const initials = motifs.length === 0 ? undefined : motifKernels(motifs, DEEPSEA_CHANNELS)
  return {
    name,
    options: { ...options },
    windowLength: undefined,
    output: values === 0 ? 'classes' : 'values',
    donorOffset: 0,
    channels: DEEPSEA_CHANNELS,
    build(net: Network, bases: Value) {
      const found = recurrentTrunk(net, name, bases, options, initials)
      const x = relu(kerasDense(net, 'hidden', found, hidden))
      return values === 0 ? oneLogit(kerasDense(net, 'out', x, 1)) : kerasDense(net, 'out', x, values)
    },
  }
}
