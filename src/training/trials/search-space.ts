import { UsageError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import type { PartialConfig, RunConfig } from '../run-config.ts'
import { isFiniteNumber, isObject, oneOf, record, requireKnown, wrong } from '../setting-checks.ts'

/** Where a setting of a trial comes from. */
export type Distribution =
  | { kind: 'uniform'; least: number; most: number }
  /** Its logarithm is uniform. */
  | { kind: 'log-uniform'; least: number; most: number }
  /** least + (most - least) sqrt(u): denser towards the upper end. */
  | { kind: 'root-uniform'; least: number; most: number }
  /** Each as likely as the others; a value may be named twice. */
  | { kind: 'choice'; values: readonly unknown[] }

/** Of settings by their paths, e.g. `optimiser.momentum` or `options.hidden`. */
export type SearchSpace = Readonly<Record<string, Distribution>>

/** Values of settings by their paths. */
export type DrawnSettings = Readonly<Record<string, unknown>>

/** Returns values of all settings of a space, drawn in the order of their paths. */
export function drawSettings(space: SearchSpace, random: Random): DrawnSettings {
  // By name, so that the same space in another order draws the same.
  const paths = Object.keys(space).sort()
  return Object.fromEntries(paths.map(path => [path, draw(space[path]!, random)]))
}

function draw(distribution: Distribution, random: Random): unknown {
  if (distribution.kind === 'choice') {
    return distribution.values[random.int(distribution.values.length)]
  }
  const { kind, least, most } = distribution
  const u = random.float()
  switch (kind) {
    case 'uniform':
      return least + (most - least) * u
    case 'root-uniform':
      return least + (most - least) * Math.sqrt(u)
    case 'log-uniform':
      return Math.exp(Math.log(least) + (Math.log(most) - Math.log(least)) * u)
  }
}

/** Returns values by their paths as a layer of a configuration. */
export function layerOf(drawn: DrawnSettings): PartialConfig {
  const layer: Record<string, unknown> = {}
  for (const [path, value] of Object.entries(drawn)) {
    const keys = path.split('.')
    const last = keys.pop()!
    let group = layer
    for (const key of keys) {
      group[key] ??= {}
      group = group[key] as Record<string, unknown>
    }
    group[last] = value
  }
  return layer as PartialConfig
}

/**
 * DeepBind. Of its two ranges of weight decay, for the detectors (1e-15 to 1e-3) and for the dense layers, this is the narrower: there is one
 * decay for all tensors, from the first step on. Dropout has 0 twice, as published.
 * Source: Alipanahi et al., Nature Biotechnology 33:831, 2015, and its software supplement.
 */
const DEEPBIND: SearchSpace = {
  learningRate: { kind: 'log-uniform', least: 5e-4, most: 5e-2 },
  'optimiser.momentum': { kind: 'root-uniform', least: 0.95, most: 0.99 },
  'optimiser.weightDecay': { kind: 'log-uniform', least: 1e-10, most: 1e-3 },
  'options.motifScale': { kind: 'log-uniform', least: 1e-7, most: 1e-3 },
  'options.denseScale': { kind: 'log-uniform', least: 1e-5, most: 1e-2 },
  'options.dropout': { kind: 'choice', values: [0, 0, 0.25, 0.5] },
  'options.hidden': { kind: 'choice', values: [0, 32] },
}

/** How far above and below its rate a network is tried of which no space was published. */
const RATE_FACTOR = 10

/**
 * Returns the space a network's settings are drawn from: the published one, else rates around that of the configuration, and dropouts where it
 * has any. `defaults` are the network's options.
 */
export function searchSpaceOf(
  { model, learningRate }: Pick<RunConfig, 'model' | 'learningRate'>,
  defaults: Readonly<Record<string, unknown>>,
): SearchSpace {
  if (model === 'deepbind') {
    return DEEPBIND
  }
  const [least, most] = [learningRate / RATE_FACTOR, learningRate * RATE_FACTOR]
  return {
    learningRate: { kind: 'log-uniform', least, most },
    ...('dropout' in defaults
      ? { 'options.dropout': { kind: 'choice', values: [0, 0.25, 0.5] } as const }
      : {}),
  }
}

const KINDS = ['uniform', 'log-uniform', 'root-uniform', 'choice'] as const

/** Returns a space that a user gave. Throws: UsageError naming the setting, what was expected and what was found. */
export function searchSpace(value: unknown): SearchSpace {
  const space = Object.fromEntries(leaves('', record('trials.space', value)))
  if (Object.keys(space).length === 0) {
    throw new UsageError('setting trials.space: expected at least one setting to draw, found none')
  }
  return space
}

/** Paths may be given whole, or as groups of settings. */
function leaves(prefix: string, group: Record<string, unknown>): [string, Distribution][] {
  return Object.entries(group).flatMap(([key, value]): [string, Distribution][] =>
    isObject(value) && value.kind === undefined
      ? leaves(`${prefix}${key}.`, value)
      : [[`${prefix}${key}`, distribution(`trials.space.${prefix}${key}`, value)]],
  )
}

function distribution(name: string, value: unknown): Distribution {
  // A list is short for a choice.
  const given = Array.isArray(value) ? { kind: 'choice', values: value } : record(name, value)
  const kind = oneOf(`${name}.kind`, (given as Record<string, unknown>).kind, KINDS)
  if (kind === 'choice') {
    requireKnown(name, given, ['kind', 'values'])
    const { values } = given as { values?: unknown }
    if (!Array.isArray(values) || values.length === 0) {
      throw wrong(`${name}.values`, 'a list of values', values)
    }
    return { kind, values }
  }
  requireKnown(name, given, ['kind', 'least', 'most'])
  const { least, most } = given as Record<string, unknown>
  if (!isFiniteNumber(least) || !isFiniteNumber(most) || least >= most) {
    throw wrong(name, 'least and most, two numbers of which the second is larger', value)
  }
  if (kind === 'log-uniform' && least <= 0) {
    throw wrong(`${name}.least`, 'a number above 0', least)
  }
  return { kind, least, most }
}
