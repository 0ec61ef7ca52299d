import { aCount, aCountOrNone, aShare, type OptionRule, type OptionRules } from '../model-options.ts'
import { type NetworkEntry, network } from '../network-entry.ts'
import type { RecurrentSizes } from './layers.ts'
import { isMotif } from './motif-kernels.ts'
import { DANQ, DANQ_JASPAR, type DanqJasparOptions, type DanqOptions, danq, danqJaspar } from './network.ts'

const SOURCE = 'Quang and Xie (DanQ), Nucleic Acids Research 44:e107, 2016'
const INPUT = 'a sequence of one length'
const WINDOW_LENGTH = 1000

const trueOrFalse: OptionRule = { expected: 'true or false', accepts: value => typeof value === 'boolean' }

/** Of networks with the motif scan and the LSTM of DanQ. */
export const RECURRENT_RULES: OptionRules<RecurrentSizes> = {
  filters: aCount,
  width: aCount,
  pool: aCount,
  units: aCount,
  convRelu: trueOrFalse,
  convDropout: aShare,
  lstmDropout: aShare,
}

const RULES: OptionRules<DanqOptions> = { ...RECURRENT_RULES, hidden: aCount, values: aCountOrNone }

/** For tables of some ten thousand windows of about 100 bases in two classes. */
const REDUCED = { filters: 64, width: 15, pool: 5, units: 32, hidden: 64, values: 0 }

const someMotifs: OptionRule = {
  expected: 'a list of motifs, each a list of [A, C, G, T] probabilities by position',
  accepts: value => Array.isArray(value) && value.every(isMotif),
}

/** DanQ and its larger version, as the registry lists them. */
export const DANQ_ENTRIES: readonly NetworkEntry[] = [
  network<DanqOptions>({
    name: 'danq',
    title: 'DanQ: convolution, LSTM both ways, 919 labels of chromatin',
    source: SOURCE,
    input: INPUT,
    windowLength: WINDOW_LENGTH,
    output: 'values',
    defaults: DANQ,
    presets: { reduced: REDUCED },
    rules: RULES,
    build: danq,
  }),
  network<DanqJasparOptions>({
    name: 'danq-jaspar',
    title: 'DanQ-JASPAR: DanQ with 1,024 kernels, which may begin as motifs',
    source: SOURCE,
    input: INPUT,
    windowLength: WINDOW_LENGTH,
    output: 'values',
    defaults: DANQ_JASPAR,
    presets: { reduced: { ...REDUCED, filters: 128, width: 20 } },
    rules: { ...RULES, motifs: someMotifs },
    misfit: ({ motifs, filters }) =>
      motifs.length <= filters
        ? undefined
        : `options motifs and filters: expected a kernel for each of the ${motifs.length} motifs, found ${filters}`,
    build: danqJaspar,
  }),
]
