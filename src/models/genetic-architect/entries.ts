import { aCount, aCountOrNone, aShare, type OptionRule } from '../model-options.ts'
import { type NetworkEntry, network } from '../network-entry.ts'
import { ATTENTION_NET, type AttentionNetOptions, attentionNet } from './attention-net.ts'
import { PROMOTER_NET, type PromoterNetOptions, promoterNet } from './promoter-net.ts'

const SOURCE = 'Deming et al. (Genetic Architect), arXiv:1605.07156, 2016'

const TRUE_OR_FALSE: OptionRule = {
  expected: 'true or false',
  accepts: value => typeof value === 'boolean',
}

const SHARED_RULES = {
  filters: aCount,
  width: aCount,
  bias: TRUE_OR_FALSE,
  convolutions: aCount,
  blocks: aCountOrNone,
  hidden: aCount,
  hiddenLayers: aCountOrNone,
  dropout: aShare,
}

/** The networks of the Genetic Architect, as the registry lists them. */
export const GENETIC_ARCHITECT_ENTRIES: readonly NetworkEntry[] = [
  network<AttentionNetOptions>({
    name: 'attention-net',
    title: 'AttentionNet: residual convolutions, a weight for each position',
    source: SOURCE,
    input: '101 bases as published; any length',
    windowLength: 101,
    output: 'classes',
    defaults: ATTENTION_NET,
    rules: { ...SHARED_RULES, values: aCountOrNone },
    build: attentionNet,
  }),
  network<PromoterNetOptions>({
    name: 'promoter-net',
    title: 'PromoterNet: residual convolutions, LSTM, a weight for each step',
    source: SOURCE,
    input: '2,000 bases around a transcription start as published; any length',
    windowLength: 2000,
    output: 'values',
    defaults: PROMOTER_NET,
    rules: { ...SHARED_RULES, pool: aCount, units: aCount, values: aCount, standardise: TRUE_OR_FALSE },
    build: promoterNet,
  }),
]
