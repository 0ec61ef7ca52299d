import { UsageError } from '../core/errors.ts'
import { PROVIDERS, type ProviderChoice } from '../graph/providers.ts'
import type { Sampling } from './data/sampler.ts'
import type { OperatingPoint } from './decision.ts'
import { ENGINES, type EngineName } from './engine/settings.ts'
import type { LossSettings } from './losses.ts'
import type { ClipSettings, OptimiserSettings } from './optimisers.ts'
import { recipeOf } from './recipes.ts'
import type { ScheduleSettings } from './schedules.ts'
import {
  fraction,
  integer,
  isObject,
  number,
  oneOf,
  positive,
  record,
  share,
  text,
} from './setting-checks.ts'
import {
  clipSettings,
  lossSettings,
  operatingPoint,
  optimiserSettings,
  samplingSettings,
  scheduleSettings,
} from './setting-groups.ts'
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
  /** By how much a metric must be better for patience to begin anew; the best epoch is kept all the same. */
  minDelta: number
  /** Steps between checkpoints within an epoch; 0 writes one at the end of each epoch only. */
  checkpointSteps: number
  /** Fit to the validation examples after training. */
  calibration: (typeof CALIBRATIONS)[number]
  /** Negatives for each positive that calibration and threshold are meant for; 0: as among the validation examples. */
  classRatio: number
  /** Of a label: how much of it is the teachers', where there are any. */
  teacherShare: number
  /** What the default threshold is chosen for. */
  operatingPoint: OperatingPoint
}

const CALIBRATIONS = ['platt', 'temperature', 'isotonic', 'none'] as const

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
  const recipe = recipeOf(model, record('options', layers.reduce(laidOver, {}).options ?? {}))
  const settings = [recipe, ...layers].reduce(laidOver, DEFAULTS) as Record<keyof RunConfig, unknown>
  for (const key of Object.keys(settings)) {
    if (!Object.hasOwn(DEFAULTS, key) && key !== 'model') {
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
  if (engine === 'tfjs' && provider !== 'cpu') {
    throw new UsageError(
      `setting provider: expected none with the engine tfjs, found ${provider}`,
      'TensorFlow.js takes a GPU when @tensorflow/tfjs-node-gpu is installed',
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
    seed: integer('seed', settings.seed, 0, LAST_SEED),
    epochs: integer('epochs', settings.epochs, 1),
    batchSize,
    learningRate: positive('learningRate', settings.learningRate),
    loss: lossSettings(settings.loss),
    optimiser: optimiserSettings(settings.optimiser),
    schedule: scheduleSettings(settings.schedule),
    clip: clipSettings(settings.clip),
    averaging: share('averaging', settings.averaging),
    sampling: samplingSettings(settings.sampling),
    maskFlanks: integer('maskFlanks', settings.maskFlanks, 0),
    validationFraction: share('validationFraction', settings.validationFraction),
    metric: oneOf('metric', settings.metric, METRICS),
    patience: integer('patience', settings.patience, 0),
    minDelta: number('minDelta', settings.minDelta, 0),
    checkpointSteps: integer('checkpointSteps', settings.checkpointSteps, 0),
    calibration: oneOf('calibration', settings.calibration, CALIBRATIONS),
    classRatio: number('classRatio', settings.classRatio, 0),
    operatingPoint: operatingPoint(settings.operatingPoint),
    teacherShare: fraction('teacherShare', settings.teacherShare),
  }
}

/** The generator's state begins with 32 bits. */
const LAST_SEED = 2 ** 32 - 1

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
  minDelta: 0,
  checkpointSteps: 200,
  calibration: 'platt',
  classRatio: 0,
  operatingPoint: { kind: 'sensitivity', value: 0.97 },
  teacherShare: 0.5,
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
