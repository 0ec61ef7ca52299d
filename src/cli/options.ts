import { availableParallelism } from 'node:os'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../core/errors.ts'
import { PROVIDERS, type ProviderChoice } from '../graph/providers.ts'
import {
  DEFAULT_SETTINGS,
  type ExtractSettings,
  PROFILES,
  type Profile,
  profileSettings,
  STRANDNESS,
  type Strandness,
} from '../junctions/settings.ts'
import { TABLE_FORMATS } from '../report/table-formats.ts'

/** The help text of --format. */
export const FORMAT_HELP = `${Object.keys(TABLE_FORMATS).join(', ')}; with -o several, separated by commas`

/** Options every command that reads junctions takes. */
export interface InputOptions {
  ref?: string
  annotation?: string
  region?: string[]
  regions?: string
  profile?: Profile
  excludeFlags?: number
  minMapq?: number
  minIntron?: number
  maxIntron?: number
  minAnchor?: number
  countUnit?: 'fragment' | 'read'
  strandness?: Strandness
}

export interface OutputOptions {
  output?: string
  format?: string
}

export interface TalkOptions {
  quiet?: boolean
  debug?: boolean
  progress: boolean
}

export interface ModelOptions {
  model?: string
  threshold?: number
  provider: ProviderChoice
  threads: number
  batch: number
}

/** Beyond this ONNX Runtime itself fails, or takes seconds to start its threads. */
const MAX_THREADS = 256
const MAX_BATCH = 65_536

/** Adds the options that choose the input and what of it counts. */
export function addInputOptions(command: Command): Command {
  command
    .optionsGroup('Input:')
    .option('--annotation <gff>', 'GFF3 or GTF (plain, gzip or bgzip); fills the column annotated')
    .option(
      '--region <chr:start-end>',
      'only junctions that overlap this region (1-based closed, as in samtools; repeatable); BAM needs an index',
      collect,
    )
    .option('--regions <bed>', 'the same for every row of a BED file')
  return addReadOptions(command, 'What counts:').addOption(
    new Option(
      '--count-unit <unit>',
      `what unique and multi count (default: ${DEFAULT_SETTINGS.countUnit})`,
    ).choices(['fragment', 'read']),
  )
}

/** Adds the options that choose which reads and introns count, under a heading. */
export function addReadOptions(command: Command, heading: string): Command {
  const settings = DEFAULT_SETTINGS
  return command
    .optionsGroup(heading)
    .addOption(
      new Option('--profile <tool>', "another tool's filters, counting and strand rules").choices(PROFILES),
    )
    .option(
      '--exclude-flags <bits>',
      `drop records with any of these flag bits (default: 0x${settings.excludeFlags.toString(16).toUpperCase()})`,
      flagBits,
    )
    .option(
      '--min-mapq <n>',
      `smallest mapping quality; 255 always passes (default: ${settings.minMapq})`,
      count,
    )
    .option('--min-intron <bases>', `shortest intron (default: ${settings.minIntron})`, count)
    .option('--max-intron <bases>', `longest intron (default: ${settings.maxIntron})`, count)
    .option(
      '--min-anchor <bases>',
      `aligned bases on both sides in the same read (default: ${settings.minAnchor})`,
      count,
    )
    .addOption(
      new Option(
        '--strandness <type>',
        `library type for reads without XS or ts (default: ${settings.strandness})`,
      ).choices(STRANDNESS),
    )
}

/** Adds the options that choose where results go. */
export function addOutputOptions(command: Command, formats: string): Command {
  return command
    .optionsGroup('Output:')
    .option('-o, --output <prefix>', 'write files that start with this instead of standard output')
    .option('--format <list>', formats)
}

export function addTalkOptions(command: Command): Command {
  return command
    .optionsGroup('Messages (standard error):')
    .option('-q, --quiet', 'only warnings and errors')
    .option('--debug', 'more messages, and a stack trace with an error')
    .option('--no-progress', 'no progress line on terminals')
}

export function addModelOptions(command: Command): Command {
  return command
    .optionsGroup('Model:')
    .option('--model <bundle.onnx>', 'the model to score with (default: the one that comes with the tool)')
    .option('--threshold <p>', "score from which a junction passes (default: the model's own)", probability)
    .addOption(
      new Option('--provider <name>', 'what runs the model; auto = cuda if it loads, else cpu')
        .choices(['auto', ...PROVIDERS])
        .default('auto'),
    )
    .option(
      '-t, --threads <n>',
      'CPU threads for the model',
      upTo(MAX_THREADS),
      Math.min(4, availableParallelism()),
    )
    .option('--batch <n>', 'windows per model run', upTo(MAX_BATCH), 256)
}

/** Returns the extraction settings: the profile's or the defaults, with the flags given on top. */
export function extractSettings(options: InputOptions): ExtractSettings {
  if (options.profile === 'star' && options.ref === undefined) {
    throw new UsageError('--profile star: expected --ref genome.fa: its filters and strands go by the motif')
  }
  const base = options.profile ? profileSettings(options.profile, options.strandness) : DEFAULT_SETTINGS
  const settings = {
    ...base,
    excludeFlags: options.excludeFlags ?? base.excludeFlags,
    minMapq: options.minMapq ?? base.minMapq,
    minIntron: options.minIntron ?? base.minIntron,
    maxIntron: options.maxIntron ?? base.maxIntron,
    minAnchor: options.minAnchor ?? base.minAnchor,
    minAnchorAnnotated: options.minAnchor ?? base.minAnchorAnnotated,
    countUnit: options.countUnit ?? base.countUnit,
    strandness: options.strandness ?? base.strandness,
  }
  if (settings.minIntron > settings.maxIntron) {
    throw new UsageError(
      `expected a shortest intron below the longest, found --min-intron ${settings.minIntron} and --max-intron ${settings.maxIntron}`,
    )
  }
  return settings
}

function collect(value: string, earlier: string[] | undefined): string[] {
  return [...(earlier ?? []), value]
}

/** Parses a whole number of 0 or more. */
export function count(text: string): number {
  const value = Number(text.replaceAll(',', ''))
  if (!/^\d[\d,]*$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('expected a whole number of 0 or more.')
  }
  return value
}

/** Returns a parser of whole numbers from 1 to `most`. */
function upTo(most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < 1 || value > most) {
      throw new InvalidArgumentError(`expected a whole number from 1 to ${most}.`)
    }
    return value
  }
}

function flagBits(text: string): number {
  const value = Number(text)
  if (!/^(0x[\da-f]+|\d+)$/i.test(text) || value > 0xffff) {
    throw new InvalidArgumentError('expected SAM flag bits, such as 0xB04 or 2820.')
  }
  return value
}

export function probability(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('expected a number from 0 to 1.')
  }
  return value
}
