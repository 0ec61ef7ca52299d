import { UsageError } from '../../core/errors.ts'
import { architecture } from '../../models/registry.ts'
import type { RunConfig } from '../run-config.ts'
import { integer, record, requireKnown } from '../setting-checks.ts'
import { type SearchSpace, searchSpace, searchSpaceOf } from './search-space.ts'

/** How settings are searched for. */
export interface TrialSettings {
  /** Random settings tried. */
  count: number
  /** Parts of the training examples, each of which validates a run on the others in every trial. */
  folds: number
  /** Runs with the best settings, from different seeds, of which the best is kept. */
  finals: number
  /** Of each run in a trial, and of each of the last runs; undefined: as the epochs of the configuration say, in a trial a fifth of them. */
  steps?: number
  finalSteps?: number
  space: SearchSpace
}

/** As DeepBind was published. */
const DEFAULTS = { count: 30, folds: 3, finals: 6 }

/** DeepBind's steps: those of the last runs are published; how many fewer a trial has is our choice. */
const DEEPBIND_STEPS = { steps: 4000, finalSteps: 20_000 }

const NAMES = ['count', 'folds', 'finals', 'steps', 'finalSteps', 'space'] as const

/**
 * Returns the settings of trials of a run's configuration, with the published ones of its network in the place of those not given.
 * Throws: UsageError naming the setting, what was expected and what was found.
 */
export function trialSettings(value: unknown, config: RunConfig): TrialSettings {
  const given = record('trials', value)
  requireKnown('trials', given, NAMES)
  const published = config.model === 'deepbind' ? DEEPBIND_STEPS : {}
  const { count, folds, finals, steps, finalSteps } = { ...DEFAULTS, ...published, ...given } as Record<
    string,
    unknown
  >
  const { options } = architecture(config.model, config.options)
  return {
    count: integer('trials.count', count, 1),
    folds: integer('trials.folds', folds, 2),
    finals: integer('trials.finals', finals, 1),
    ...(steps === undefined ? {} : { steps: integer('trials.steps', steps, 1) }),
    ...(finalSteps === undefined ? {} : { finalSteps: integer('trials.finalSteps', finalSteps, 1) }),
    space: given.space === undefined ? searchSpaceOf(config, options) : searchSpace(given.space),
  }
}

/** Times that a run counted in steps is judged, at least. */
const CHECKPOINTS = 5
/** Of the epochs of a run, what a trial has. */
const TRIAL_SHARE = 0.2

/** Returns the epochs of a configuration, and their size, that come to a number of steps at most, where an epoch of all examples has so many. */
export function withSteps(config: RunConfig, steps: number, stepsPerEpoch: number): RunConfig {
  const between = Math.max(1, Math.floor(steps / CHECKPOINTS))
  if (stepsPerEpoch > between) {
    const examplesPerEpoch = between * config.batchSize
    return {
      ...config,
      epochs: Math.floor(steps / between),
      sampling: { ...config.sampling, examplesPerEpoch },
    }
  }
  return { ...config, epochs: Math.floor(steps / stepsPerEpoch) }
}

/** Returns the steps of a run in a trial and of a last one, where an epoch has so many. */
export function stepsOf(
  { steps, finalSteps }: TrialSettings,
  { epochs }: RunConfig,
  stepsPerEpoch: number,
): { trial: number; final: number } {
  const final = finalSteps ?? epochs * stepsPerEpoch
  return { trial: steps ?? Math.max(1, Math.round(final * TRIAL_SHARE)), final }
}

/** Throws: UsageError when settings of trials are given to a run without any. */
export function requireTrialsAsked(value: unknown): void {
  if (value !== undefined && record('trials', value).count === undefined) {
    throw new UsageError(
      'setting trials: expected the number of trials, found none',
      'give --trials N, or set trials.count',
    )
  }
}
