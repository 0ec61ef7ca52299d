import { aCount, aShare, type OptionRules, oneOf } from '../model-options.ts'
import { type NetworkEntry, network } from '../network-entry.ts'
import {
  PARTS,
  SPLICE2DEEP,
  type Splice2DeepOptions,
  type Splice2DeepPart,
  splice2Deep,
  splice2DeepMisfit,
  splice2DeepPart,
} from './network.ts'

const SOURCE = 'Albaradei et al. (Splice2Deep), Gene X 5:100035, 2020'

const RULES: Required<OptionRules<Splice2DeepOptions>> = {
  windowLength: aCount,
  filters: aCount,
  dropout: aShare,
  encoding: oneOf('weighted', 'plain'),
}

/** What each reads, in words. */
const INPUTS: Readonly<Record<Splice2DeepPart, string>> = {
  global: '602 bases around one site',
  up: '602 bases around one site, of which the 300 before its dinucleotide',
  down: '602 bases around one site, of which the 300 behind its dinucleotide',
}

const TITLES: Readonly<Record<Splice2DeepPart, string>> = {
  global: 'Splice2Deep, global: eight convolutions side by side',
  up: 'Splice2Deep, upstream: the same over trinucleotides',
  down: 'Splice2Deep, downstream: the same over bases',
}

const { encoding, ...PLAIN } = SPLICE2DEEP

function partEntry(part: Splice2DeepPart): NetworkEntry {
  return network<Partial<Splice2DeepOptions>>({
    name: `splice2deep-${part}`,
    title: TITLES[part],
    source: part === 'global' ? SOURCE : `${SOURCE}; layers are ours`,
    input: INPUTS[part],
    windowLength: SPLICE2DEEP.windowLength,
    output: 'classes',
    // Trinucleotides have no weights to choose.
    defaults: part === 'up' ? PLAIN : { ...PLAIN, encoding },
    rules: RULES,
    misfit: options => splice2DeepMisfit({ ...SPLICE2DEEP, ...options }),
    build: options => splice2DeepPart(part, options),
  })
}

/** The networks of Splice2Deep, as the registry lists them: each by itself, and all with the combiner. */
export const SPLICE2DEEP_ENTRIES: readonly NetworkEntry[] = [
  ...PARTS.map(partEntry),
  network<Splice2DeepOptions>({
    name: 'splice2deep',
    title: 'Splice2Deep: the global, up- and downstream networks and the combiner as one',
    source: `${SOURCE}; layers of two are ours`,
    input: INPUTS.global,
    windowLength: SPLICE2DEEP.windowLength,
    output: 'classes',
    defaults: SPLICE2DEEP,
    rules: RULES,
    misfit: splice2DeepMisfit,
    build: splice2Deep,
  }),
]
