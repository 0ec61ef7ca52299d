import { aCount, aShare, oneOf } from '../model-options.ts'
import { type NetworkEntry, network } from '../network-entry.ts'
import type { OwnTrainerEntry } from '../registry.ts'
import { YEAST_BASELINE_PARAMETERS } from './baseline.ts'
import { YEAST_CNN, YEAST_CNN_VARIANTS, type YeastCnnOptions, yeastCnn } from './cnn.ts'
import { YEAST_HEADS } from './efficiency.ts'
import { YEAST_INPUTS, YEAST_LENGTHS } from './inputs.ts'
import { YEAST_RNN, type YeastRnnOptions, yeastRnn } from './rnn.ts'

const SOURCE = 'github.com/ramyarangan/cs230_project, 2021'
const INPUT =
  "40 bases around each of 5' splice site, branch point and 3' splice site; or 145 of the intron; or 1,615"
const SHARED_RULES = { input: oneOf(...YEAST_INPUTS), head: oneOf(...YEAST_HEADS) }

/** The rule that the networks are compared with. */
export const YEAST_BASELINE_ENTRY: OwnTrainerEntry = {
  kind: 'own-trainer',
  name: 'yeast-baseline',
  title:
    'splicing efficiency of yeast constructs: motif scores and lengths like those of natural introns, or 0',
  source: SOURCE,
  input: "the constructs, with the places of 5' splice site, branch point and 3' splice site",
  windowLength: YEAST_LENGTHS.full,
  parameters: YEAST_BASELINE_PARAMETERS,
  elsewhere:
    'yeast-baseline reads the places of three sites, which windows do not hold: node scripts/yeast-baseline.mjs --introns wildtype-introns.csv.gz --train CONSTRUCTS CONSTRUCTS...',
}

/** The networks of splicing efficiency in yeast, as the registry lists them. */
export const YEAST_ENTRIES: readonly NetworkEntry[] = [
  network<YeastCnnOptions>({
    name: 'yeast-cnn',
    title: 'splicing efficiency of yeast constructs: residual convolutions',
    source: SOURCE,
    input: INPUT,
    windowLength: YEAST_LENGTHS[YEAST_CNN.input],
    output: 'values',
    defaults: YEAST_CNN,
    rules: {
      ...SHARED_RULES,
      variant: oneOf(...YEAST_CNN_VARIANTS),
      activation: oneOf('published', 'relu', 'softmax'),
      channels: aCount,
    },
    build: yeastCnn,
  }),
  network<YeastRnnOptions>({
    name: 'yeast-rnn',
    title: 'splicing efficiency of yeast constructs: convolution, two LSTMs both ways',
    source: SOURCE,
    input: INPUT,
    windowLength: YEAST_LENGTHS[YEAST_RNN.input],
    output: 'values',
    defaults: YEAST_RNN,
    rules: { ...SHARED_RULES, filters: aCount, units: aCount, hidden: aCount, dropout: aShare },
    build: yeastRnn,
  }),
]
