/** Every model there is, by name. A name and options in JSON are enough to build a network again, in any thread. */
import { UsageError } from '../core/errors.ts'
import { sizeOf } from '../graph/shape.ts'
import { type Architecture, tensorsOf } from './architecture.ts'
import { ASP_SVM_ENTRY } from './asp-svm/entry.ts'
import {
  BASELINES,
  type BaselineName,
  type BaselineOptions,
  baseline,
  baselineDefaults,
} from './baselines.ts'
import { DANQ_ENTRIES } from './danq/entries.ts'
import { DASSI_ENTRIES } from './dassi/entries.ts'
import { DEEPBIND_ENTRIES } from './deepbind/entries.ts'
import { DEEPMOTIF_ENTRIES } from './deepmotif/entries.ts'
import { GENETIC_ARCHITECT_ENTRIES } from './genetic-architect/entries.ts'
import {
  aCount,
  aCountOrNone,
  aPositive,
  aReplacedShare,
  aShare,
  counts,
  type OptionRules,
  oneOf,
} from './model-options.ts'
import { type EntryFacts, type NetworkEntry, network } from './network-entry.ts'
import { ACCEPTOR_SPAN, DONOR_SPAN, PWM_BASES, PWM_WINDOW_LENGTH } from './pwm.ts'
import { RANDOM_FOREST_ENTRY } from './random-forest.ts'
import { SITE_PAIR, type SitePairOptions, sitePair, sitePairMisfit } from './site-pair.ts'
import { SPLAM, type SplamOptions, splam } from './splam.ts'
import { SPLICE2DEEP_ENTRIES } from './splice2deep/entries.ts'
import {
  openSpliceAi,
  type SpliceAiContext,
  type SpliceAiOptions,
  spliceAi,
  spliceAiNetwork,
} from './spliceai.ts'
import { SUPERQ_ENTRIES } from './superq/entries.ts'
import { YEAST_BASELINE_ENTRY, YEAST_ENTRIES } from './yeast/entries.ts'

/** A model that is no network and has a trainer of its own. */
export interface OwnTrainerEntry extends EntryFacts {
  readonly kind: 'own-trainer'
  /** Absent where the data decide how many there are. */
  readonly parameters?: number
  /** How it is run instead, where windows do not hold what it reads. */
  readonly elsewhere?: string
}

export type { NetworkEntry }

export type ModelEntry = NetworkEntry | OwnTrainerEntry

const ACTIVATION = oneOf('leaky-relu', 'relu')

/** Each group of units has a width and a dilation. */
function unequalLists({ widths, dilations }: { widths: readonly number[]; dilations: readonly number[] }) {
  return widths.length === dilations.length
    ? undefined
    : `options widths and dilations: expected lists of one length, found ${widths.length} and ${dilations.length}`
}

const SPLAM_ENTRY = network<SplamOptions>({
  name: 'splam',
  title: 'Splam: grouped dilated residual units over donor and acceptor together',
  source: 'Chao et al., Genome Biology 25:243, 2024',
  input: '400 bases around the donor and 400 around the acceptor',
  windowLength: 800,
  output: 'positions',
  defaults: SPLAM,
  rules: {
    channels: aCount,
    groups: aCount,
    widths: counts,
    dilations: counts,
    unitsPerGroup: aCount,
    activation: ACTIVATION,
  },
  misfit: options =>
    options.channels % options.groups === 0
      ? unequalLists(options)
      : `options channels and groups: expected a multiple of ${options.groups} channels, found ${options.channels}`,
  build: splam,
})

const SITE_PAIR_ENTRY = network<SitePairOptions>({
  name: 'site-pair',
  title: 'one trunk for both sites, a head for each and one for the pair',
  source: 'own; docs/model-card.md',
  input: '400 bases around the donor and 400 around the acceptor',
  windowLength: 800,
  output: 'pair',
  defaults: SITE_PAIR,
  rules: {
    channels: aCount,
    stemWidth: aCount,
    width: aCount,
    dilations: counts,
    reach: aCount,
    centre: aCount,
    evidence: {
      expected: 'a whole number from 2 on',
      accepts: value => aCount.accepts(value) && (value as number) > 1,
    },
    bin: aCount,
    contextChannels: aCount,
    contextDilations: counts,
    hidden: aCount,
    dropout: aShare,
  },
  misfit: sitePairMisfit,
  build: sitePair,
})

function spliceAiEntry(family: SpliceAiFamily, size: string, context: SpliceAiContext): NetworkEntry {
  const name = `${family.name}-${size}`
  return network<SpliceAiOptions>({
    name,
    title: `${family.title}, ${context} bases of context`,
    source: family.source,
    input: `any length; the ${context / 2} bases on either side of a position change its result`,
    // As published: 5,000 positions in each example.
    windowLength: 5000,
    output: 'positions',
    defaults: family.options(context),
    rules: {
      channels: aCount,
      widths: counts,
      dilations: counts,
      unitsPerBlock: aCount,
      activation: ACTIVATION,
      epsilon: aPositive,
      momentum: aReplacedShare,
      initial: oneOf('keras', 'pytorch'),
    },
    misfit: unequalLists,
    build: options => spliceAiNetwork(name, options),
  })
}

interface SpliceAiFamily {
  name: string
  title: string
  source: string
  options(context: SpliceAiContext): SpliceAiOptions
}

const SPLICEAI: readonly SpliceAiFamily[] = [
  {
    name: 'spliceai',
    title: 'SpliceAI (ReLU)',
    source: 'Jaganathan et al., Cell 176:535, 2019',
    options: spliceAi,
  },
  {
    name: 'openspliceai',
    title: 'OpenSpliceAI (leaky ReLU)',
    source: 'Chao et al., OpenSpliceAI, 2025',
    options: openSpliceAi,
  },
]

const CONTEXTS: readonly (readonly [string, SpliceAiContext])[] = [
  ['80', 80],
  ['400', 400],
  ['2k', 2000],
  ['10k', 10000],
]

const BASELINE_TITLES: Readonly<Record<BaselineName, string>> = {
  cnn: 'baseline: convolution',
  'cnn-emb': 'baseline: embedding, convolution',
  hybrid: 'baseline: convolution, LSTM',
  lstm: 'baseline: LSTM',
  'lstm-emb': 'baseline: embedding, LSTM',
}

const BASELINE_RULES: Required<OptionRules<BaselineOptions>> = {
  width: aCount,
  filters: aCount,
  kernel: aCount,
  pool: aCount,
  units: aCount,
  hidden: aCount,
  dropout: aShare,
  values: aCountOrNone,
}

function baselineEntry(name: BaselineName): NetworkEntry {
  return network<Partial<BaselineOptions>>({
    name,
    title: BASELINE_TITLES[name],
    source: 'Moosa et al. (DASSI), BioData Mining 14:15, 2021; sizes are ours',
    input: 'bases around one site',
    windowLength: 141,
    output: 'classes',
    defaults: baselineDefaults(name),
    rules: BASELINE_RULES,
    build: options => baseline(name, options),
  })
}

const PWM_ENTRY: OwnTrainerEntry = {
  kind: 'own-trainer',
  name: 'pwm',
  title: 'weight matrices of both sites joined by a logistic fit',
  source: 'own; matrices as in Staden, Nucleic Acids Research 12:505, 1984',
  input: '9 bases of the donor and 23 of the acceptor, in windows of 800',
  windowLength: PWM_WINDOW_LENGTH,
  // The matrices, and two, two and three numbers of the logistic fits.
  parameters:
    (DONOR_SPAN.end - DONOR_SPAN.start + ACCEPTOR_SPAN.end - ACCEPTOR_SPAN.start) * PWM_BASES + 2 + 2 + 3,
}

export const MODELS: readonly ModelEntry[] = [
  PWM_ENTRY,
  SPLAM_ENTRY,
  SITE_PAIR_ENTRY,
  ...SPLICEAI.flatMap(family => CONTEXTS.map(([size, context]) => spliceAiEntry(family, size, context))),
  ...BASELINES.map(baselineEntry),
  ...DASSI_ENTRIES,
  ASP_SVM_ENTRY,
  ...SPLICE2DEEP_ENTRIES,
  YEAST_BASELINE_ENTRY,
  ...YEAST_ENTRIES,
  ...DANQ_ENTRIES,
  ...SUPERQ_ENTRIES,
  RANDOM_FOREST_ENTRY,
  ...DEEPBIND_ENTRIES,
  ...DEEPMOTIF_ENTRIES,
  ...GENETIC_ARCHITECT_ENTRIES,
]

/** Returns the entry of a network. Throws: UsageError, with the names there are, for any other name. */
export function networkEntry(name: string): NetworkEntry {
  const entry = MODELS.find(entry => entry.name === name)
  if (entry?.kind === 'network') {
    return entry
  }
  const names = MODELS.filter(({ kind }) => kind === 'network').map(({ name }) => name)
  throw new UsageError(
    `model: expected a network among ${names.join(', ')}, found ${name}`,
    entry === undefined
      ? '`splice-score models` tells more about each'
      : (entry.elsewhere ??
          `${name} is no network; \`splice-score train --model ${name}\` has a trainer of its own for it`),
  )
}

/**
 * Returns a network with its options settled; its name and options give the same network again.
 * Throws: UsageError for an unknown name, an unknown option or a value that the option cannot have.
 */
export function architecture(name: string, options: Readonly<Record<string, unknown>> = {}): Architecture {
  return networkEntry(name).create(options)
}

/** Numbers that a model owns. */
export interface ModelSize {
  /** Trained. */
  parameters: number
  /** Running means and variances. */
  statistics: number
}

/** Returns the size of a network for windows of a length. */
export function networkSize(network: Architecture, windowLength: number): ModelSize {
  const { parameters, statistics } = tensorsOf(network, windowLength)
  const total = (tensors: typeof parameters) => tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  return { parameters: total(parameters), statistics: total(statistics) }
}

/** Returns the size of a model with its default options and window; undefined where the data decide it. */
export function modelSize(entry: ModelEntry): ModelSize | undefined {
  if (entry.kind === 'network') {
    return networkSize(entry.create({}), entry.windowLength)
  }
  return entry.parameters === undefined ? undefined : { parameters: entry.parameters, statistics: 0 }
}
