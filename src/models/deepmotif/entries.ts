import { aCount, aCountOrNone, aShare, oneOf } from '../model-options.ts'
import { type NetworkEntry, network } from '../network-entry.ts'
import {
  DASHBOARD,
  type DashboardOptions,
  DEEPMOTIF,
  type DeepMotifOptions,
  deepMotif,
  deepMotifDashboard,
  SHAPES,
} from './network.ts'

const INPUT = 'bases of any length, e.g. 101 around a ChIP-seq peak'
const SHARED_RULES = { filters: aCount, dropout: aShare, values: aCountOrNone }

/** DeepMotif and the networks of its dashboard, as the registry lists them. */
export const DEEPMOTIF_ENTRIES: readonly NetworkEntry[] = [
  network<DeepMotifOptions>({
    name: 'deepmotif',
    title: 'DeepMotif: three convolutions, two highway layers',
    source: 'Lanchantin et al., ICLR workshop 2016; its sizes are those of deepmotif-dashboard',
    input: INPUT,
    windowLength: 101,
    output: 'classes',
    defaults: DEEPMOTIF,
    rules: { ...SHARED_RULES, highways: aCountOrNone },
    build: deepMotif,
  }),
  network<DashboardOptions>({
    name: 'deepmotif-dashboard',
    title: 'Deep Motif Dashboard: three convolutions, an LSTM both ways, or one of each',
    source: 'Lanchantin et al., Pacific Symposium on Biocomputing 22:254, 2017',
    input: INPUT,
    windowLength: 101,
    output: 'classes',
    defaults: DASHBOARD,
    rules: { ...SHARED_RULES, shape: oneOf(...SHAPES), units: aCount },
    build: deepMotifDashboard,
  }),
]
