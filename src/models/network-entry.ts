import { UsageError } from '../core/errors.ts'
import type { Architecture, OutputKind } from './architecture.ts'
import { type OptionRules, settledOptions } from './model-options.ts'

/** What the registry says of any model. */
export interface EntryFacts {
  readonly name: string
  /** One line. */
  readonly title: string
  /** The publication it was built from. */
  readonly source: string
  /** What it reads, in words. */
  readonly input: string
  /** Bases of a window, as published or as we chose. */
  readonly windowLength: number
}

/** Options by a name, e.g. of a smaller network for little data. */
export type Presets = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** A network, built of graph ops. */
export interface NetworkEntry extends EntryFacts {
  readonly kind: 'network'
  /** With the default options. */
  readonly output: OutputKind
  /** Options with their defaults, as JSON. */
  readonly defaults: Readonly<Record<string, unknown>>
  readonly presets?: Presets
  /** Returns the network. Throws: UsageError for options it does not have or cannot take. */
  create(options: Readonly<Record<string, unknown>>): Architecture
}

/** A network as a module of networks defines it. */
export interface NetworkDefinition<O extends object> extends EntryFacts {
  output: OutputKind
  defaults: O
  presets?: Readonly<Record<string, Partial<O>>>
  rules: OptionRules<O>
  build(options: O): Architecture
  /** Returns what is wrong with options that each are right by themselves. */
  misfit?(options: O): string | undefined
}

/** Returns the registry's entry of a network. */
export function network<O extends object>(definition: NetworkDefinition<O>): NetworkEntry {
  const { rules, build, misfit, defaults, ...facts } = definition
  return {
    kind: 'network',
    ...facts,
    defaults: { ...defaults } as Record<string, unknown>,
    create(given) {
      const options = settledOptions(facts.name, defaults, rules, given)
      const problem = misfit?.(options)
      if (problem !== undefined) {
        throw new UsageError(`model ${facts.name}: ${problem}`)
      }
      return build(options)
    },
  }
}

/** Returns the options of a preset. Throws: UsageError, with the names there are, for any other name. */
export function presetOptions({ name, presets = {} }: NetworkEntry, preset: string): Record<string, unknown> {
  const found = Object.hasOwn(presets, preset) ? presets[preset] : undefined
  if (found === undefined) {
    const names = Object.keys(presets)
    throw new UsageError(
      `model ${name}: expected ${names.length === 0 ? 'no preset: it has none' : `a preset among ${names.join(', ')}`}, found ${preset}`,
      'options can be set one by one: --set options.NAME=VALUE',
    )
  }
  return { ...found }
}
