import { aCount, aCountOrNone, aPositive, aShare, oneOf } from '../model-options.ts'
import { type NetworkEntry, network } from '../network-entry.ts'
import { DEEPBIND, type DeepBindOptions, deepBind, POOLINGS } from './network.ts'

/** DeepBind as the registry lists it. */
export const DEEPBIND_ENTRIES: readonly NetworkEntry[] = [
  network<DeepBindOptions>({
    name: 'deepbind',
    title: 'DeepBind: motif detectors over both strands, the better strand',
    source: 'Alipanahi et al., Nature Biotechnology 33:831, 2015',
    input: 'bases of any length, e.g. 101 around a ChIP-seq peak',
    windowLength: 101,
    output: 'classes',
    defaults: DEEPBIND,
    rules: {
      detectors: aCount,
      motifLength: aCount,
      pooling: oneOf(...POOLINGS),
      hidden: aCountOrNone,
      dropout: aShare,
      values: aCountOrNone,
      motifScale: aPositive,
      denseScale: aPositive,
    },
    build: deepBind,
  }),
]
