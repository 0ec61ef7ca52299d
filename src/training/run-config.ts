import { UsageError } from '../core/errors.ts'
import { PROVIDERS, type ProviderChoice } from '../graph/providers.ts'
import type { Sampling } from './data/sampler.ts'
import { ENGINES, type EngineName } from './engine/settings.ts'
import { LOSSES, type LossSettings } from './losses.ts'
import { type ClipSettings, OPTIMISER_DEFAULTS, type OptimiserSettings } from './optimisers.ts'
import { recipeOf } from './recipes.ts'
import { SCHEDULE_DEFAULTS, type ScheduleSettings } from './schedules.ts'
import { METRICS, type MetricName } from './validation.ts'

/** Everything a training run depends on besides its data. Saved with the run, whole. */
export interface RunConfig {
  model: string
  /** Of the model, over its defaults. */
  options: Record<string, unknown>
  engine: EngineName
  provider: ProviderChoice
  /** Parts of a batch, each on a thread of its own. */
  shards: number
  /** CPU threads of each shard. */
  threads: number
  seed: number
  epochs: number
  batchSize: number
  learningRate: number
  loss: LossSettings
  optimiser: OptimiserSettings
  schedule: ScheduleSettings
  clip: ClipSettings
  /** Share of a running mean of the parameters that each step keeps, e.g. 0.999; the mean is then what scores. 0: none. */
  averaging: number
  sampling: Sampling
  /** Bases at each end of a window that may be hidden as N. */
  maskFlanks: number
  /** Share of the training examples used for validation where the dataset names none. */
  validationFraction: number
  /** The metric whose best epoch is kept. */
  metric: MetricName
  /** Epochs without a better metric after which training ends; 0 trains all epochs. */
  patience: number
  /** Steps between checkpoints within an epoch; 0 writes one at the end of each epoch only. */
  checkpointSteps: number
  /** Fit to the validation examples after training. */
  calibration: 'temperature' | 'isotonic' | 'none'
}

/** A configuration as a file or flags give it: any part of it. */
export type PartialConfig = { [K in keyof RunConfig]?: unknown }

/** What the machine offers, where the configuration leaves it open. */
export interface MachineFacts {
  cores: number
}

/**
 * Returns the configuration of a run: defaults, over them the recipe the model was published with, over that each layer given,
 * the later the stronger.
 * Throws: UsageError naming the setting, what was expected and what was found.
 */
export function resolveConfig(layers: readonly PartialConfig[], machine: MachineFacts): RunConfig {
  const model = text('model', layers.findLast(layer => layer.model !== undefined)?.model)
  const settings = [recipeOf(model), ...layers].reduce(laidOver, DEFAULTS) as Record<keyof RunConfig, unknown>
  for (const key of Object.keys(settings)) {
    if (!(key in DEFAULTS) && key !== 'model') {
      throw new UsageError(
        `setting ${key}: expected one of ${['model', ...Object.keys(DEFAULTS)].join(', ')}`,
        'docs/training.md lists the settings',
      )
    }
  }
  const batchSize = integer('batchSize', settings.batchSize, 1)
  const engine = oneOf('engine', settings.engine, ENGINES)
  const provider = oneOf('provider', settings.provider, [...PROVIDERS, 'auto'] as const)
  const shards =
    settings.shards === 'auto'
      ? shardsFor(engine, provider, batchSize, machine)
      : integer('shards', settings.shards, 1)
  if (batchSize % shards !== 0) {
    throw new UsageError(
      `setting batchSize: expected a multiple of the ${shards} shards, found ${batchSize}`,
      'change batchSize or shards',
    )
  }
  if (engine === 'tfjs' && shards > 1) {
    throw new UsageError(`setting shards: expected 1 with the engine tfjs, found ${shards}`)
  }
  const threads =
    settings.threads === 'auto'
      ? Math.max(1, Math.floor(machine.cores / shards))
      : integer('threads', settings.threads, 0)
  return {
    model,
    options: record('options', settings.options),
    engine,
    provider,
    shards,
    threads,
    seed: integer('seed', settings.seed, 0),
    epochs: integer('epochs', settings.epochs, 1),
    batchSize,
    learningRate: number('learningRate', settings.learningRate, 0),
    loss: lossSettings(settings.loss),
    optimiser: kinded('optimiser', settings.optimiser, OPTIMISER_DEFAULTS),
    schedule: kinded('schedule', settings.schedule, SCHEDULE_DEFAULTS),
    clip: clipSettings(settings.clip),
    averaging: share('averaging', settings.averaging),
    sampling: record('sampling', settings.sampling) as Sampling,
    maskFlanks: integer('maskFlanks', settings.maskFlanks, 0),
    validationFraction: share('validationFraction', settings.validationFraction),
    metric: oneOf('metric', settings.metric, METRICS),
    patience: integer('patience', settings.patience, 0),
    checkpointSteps: integer('checkpointSteps', settings.checkpointSteps, 0),
    calibration: oneOf('calibration', settings.calibration, ['temperature', 'isotonic', 'none'] as const),
  }
}

/** `auto` is settled by the machine. */
const DEFAULTS = {
  options: {},
  engine: 'ort',
  provider: 'cpu',
  shards: 'auto',
  threads: 'auto',
  seed: 1,
  epochs: 10,
  batchSize: 32,
  learningRate: 1e-3,
  loss: 'cross-entropy',
  optimiser: 'adam',
  schedule: 'constant',
  clip: {},
  averaging: 0,
  sampling: {},
  maskFlanks: 0,
  validationFraction: 0.1,
  metric: 'auprc',
  patience: 0,
  checkpointSteps: 200,
  calibration: 'temperature',
}

/** Returns settings with a layer over them; of settings that are objects, those it does not name stay. */
function laidOver(lower: PartialConfig, upper: PartialConfig): PartialConfig {
  const result: Record<string, unknown> = { ...lower }
  for (const [key, value] of Object.entries(upper)) {
    const before = typeof result[key] === 'string' ? { kind: result[key] } : result[key]
    const isOther =
      isObject(value) && value.kind !== undefined && isObject(before) && before.kind !== value.kind
    result[key] = isObject(value) && isObject(before) && !isOther ? { ...before, ...value } : value
  }
  return result
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Two shards beat one step on two threads on the CPU (docs/performance.md); small parts would make batch statistics noisy. */
function shardsFor(
  engine: EngineName,
  provider: ProviderChoice,
  batchSize: number,
  machine: MachineFacts,
): number {
  return engine === 'ort' &&
    provider === 'cpu' &&
    machine.cores >= 2 &&
    batchSize % 2 === 0 &&
    batchSize >= 16
    ? 2
    : 1
}

function wrong(name: string, expected: string, found: unknown): UsageError {
  return new UsageError(`setting ${name}: expected ${expected}, found ${JSON.stringify(found) ?? 'nothing'}`)
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw wrong(name, 'a name', value)
  }
  return value
}

function number(name: string, value: unknown, least: number): number {
  if (typeof value !== 'number' || !(value >= least)) {
    throw wrong(name, `a number of at least ${least}`, value)
  }
  return value
}

function share(name: string, value: unknown): number {
  if (!(typeof value === 'number' && value >= 0 && value < 1)) {
    throw wrong(name, 'a number from 0 to below 1', value)
  }
  return value
}

function integer(name: string, value: unknown, least: number): number {
  if (!Number.isInteger(value) || (value as number) < least) {
    throw wrong(name, `a whole number of at least ${least}`, value)
  }
  return value as number
}

function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  if (!allowed.includes(value as T)) {
    throw wrong(name, `one of ${allowed.join(', ')}`, value)
  }
  return value as T
}

function record(name: string, value: unknown): Record<string, unknown> {
  if (!isObject(value)) {
    throw wrong(name, 'an object', value)
  }
  return value
}

/** Returns settings told apart by their `kind`: given as the kind alone, or with some of its numbers. */
function kinded<K extends string, T extends { kind: K }>(
  name: string,
  value: unknown,
  defaults: Readonly<Record<K, T>>,
): T {
  const given = typeof value === 'string' ? { kind: value } : record(name, value)
  const kind = oneOf(`${name}.kind`, given.kind, Object.keys(defaults) as K[])
  const settings: Record<string, unknown> = { ...defaults[kind] }
  for (const [key, found] of Object.entries(given)) {
    const known = settings[key]
    if (known === undefined) {
      throw new UsageError(
        `setting ${name}.${key}: ${kind} has no such setting; it has ${Object.keys(settings).join(', ')}`,
      )
    }
    const fits =
      typeof known === 'number'
        ? typeof found === 'number' && found >= 0
        : Array.isArray(known)
          ? Array.isArray(found) && found.every(Number.isInteger)
          : typeof found === typeof known
    if (!fits) {
      throw wrong(`${name}.${key}`, `a value like ${JSON.stringify(known)}`, found)
    }
    settings[key] = found
  }
  return settings as unknown as T
}

function lossSettings(value: unknown): LossSettings {
  const given = typeof value === 'string' ? { kind: value } : record('loss', value)
  const kind = oneOf('loss.kind', given.kind, LOSSES)
  const { gamma, classWeights, kind: _, ...rest } = given as Record<string, unknown>
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) {
    throw new UsageError(`setting loss.${unknown}: expected kind, gamma or classWeights`)
  }
  if (gamma !== undefined && kind !== 'focal') {
    throw new UsageError(`setting loss.gamma: only focal has it, found ${kind}`)
  }
  const weighted =
    classWeights === undefined ? {} : { classWeights: weightList('loss.classWeights', classWeights, kind) }
  switch (kind) {
    case 'focal':
      return { kind, gamma: number('loss.gamma', gamma ?? 2, 0), ...weighted }
    case 'mean-squared-error':
      return { kind }
    default:
      return { kind, ...weighted }
  }
}

function weightList(name: string, value: unknown, kind: string): number[] {
  if (
    kind === 'mean-squared-error' ||
    !Array.isArray(value) ||
    !value.every(weight => typeof weight === 'number' && weight >= 0)
  ) {
    throw wrong(name, 'a list of numbers of at least 0, one for each class', value)
  }
  return value
}

function clipSettings(value: unknown): ClipSettings {
  const given = record('clip', value)
  const clip: ClipSettings = {}
  for (const [key, limit] of Object.entries(given)) {
    if (key !== 'norm' && key !== 'value') {
      throw new UsageError(`setting clip.${key}: expected norm or value`)
    }
    clip[key] = number(`clip.${key}`, limit, Number.MIN_VALUE)
  }
  return clip
}
