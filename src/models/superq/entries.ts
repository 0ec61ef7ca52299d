import { RECURRENT_RULES } from '../danq/entries.ts'
import { aCount } from '../model-options.ts'
import { type NetworkEntry, network } from '../network-entry.ts'
import {
  SUPERQ_LINEAR,
  SUPERQ_MAP,
  SUPERQ_RECURRENT,
  type SuperqLinearOptions,
  type SuperqMapOptions,
  type SuperqRecurrentOptions,
  superqAsReported,
  superqMap,
  superqRepaired,
} from './network.ts'

const FACTS = { input: 'a sequence of one length', windowLength: 1000, output: 'bases' } as const
const SOURCE = 'SuperQ, github.com/aron0093/5MT003'

/** The autoencoders of SuperQ, as the registry lists them. Reduced: for some ten thousand windows of about 100 bases. */
export const SUPERQ_ENTRIES: readonly NetworkEntry[] = [
  network<SuperqLinearOptions>({
    ...FACTS,
    name: 'superq-as-reported',
    title: 'SuperQ as reported: linear autoencoder of sequences',
    source: SOURCE,
    defaults: SUPERQ_LINEAR,
    presets: { reduced: { filters: 64, width: 15, code: 200 } },
    rules: { filters: aCount, width: aCount, code: aCount },
    build: superqAsReported,
  }),
  network<SuperqRecurrentOptions>({
    ...FACTS,
    name: 'superq-repaired',
    title: 'SuperQ repaired: autoencoder with LSTM, activations and a softmax over bases',
    source: `${SOURCE}; repairs are ours`,
    defaults: SUPERQ_RECURRENT,
    presets: { reduced: { filters: 64, width: 15, pool: 5, units: 64, code: 200 } },
    rules: { ...RECURRENT_RULES, code: aCount },
    build: superqRepaired,
  }),
  network<SuperqMapOptions>({
    ...FACTS,
    name: 'superq-2d',
    title: 'SuperQ over a map of bases and positions: 2-D convolutions',
    source: `${SOURCE}, which proposes it; layers are ours`,
    defaults: SUPERQ_MAP,
    presets: { reduced: { filters: 16, code: 200 } },
    rules: { filters: aCount, width: aCount, pool: aCount, code: aCount },
    build: superqMap,
  }),
]
