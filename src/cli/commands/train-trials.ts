import { UsageError } from '../../core/errors.ts'
import type { PartialConfig, RunConfig } from '../../training/run-config.ts'
import {
  requireTrialsAsked,
  type TrialSettings,
  trialSettings,
} from '../../training/trials/trial-settings.ts'

/** Settings as files and flags give them: those of a run, and the group `trials`. */
export interface GivenSettings {
  layers: PartialConfig[]
  trials: Record<string, unknown>
}

/** Returns settings with those of trials for themselves, the later over the earlier. */
export function withoutTrials(given: readonly Record<string, unknown>[]): GivenSettings {
  const layers: PartialConfig[] = []
  let trials: Record<string, unknown> = {}
  for (const { trials: group = {}, ...layer } of given) {
    layers.push(layer)
    if (!isGroup(group)) {
      throw new UsageError(
        `setting trials: expected a group of settings, found ${JSON.stringify(group)}`,
        'for example --set trials.folds=5',
      )
    }
    const space = joined(trials.space, group.space)
    trials = { ...trials, ...group, ...(space === undefined ? {} : { space }) }
  }
  return { layers, trials }
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Spaces are given a setting at a time; one of a kind is whole. */
function joined(before: unknown, after: unknown): unknown {
  if (!isGroup(before) || !isGroup(after) || after.kind !== undefined) {
    return after ?? before
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return Object.fromEntries([...keys].map(key => [key, joined(before[key], after[key])]))
}

/** Returns the settings of trials; undefined when none were asked for. Throws: UsageError for some that cannot be. */
export function trialsAsked(
  trials: Record<string, unknown>,
  count: number | undefined,
  config: RunConfig,
): TrialSettings | undefined {
  const asked = { ...trials, ...(count === undefined ? {} : { count }) }
  if (Object.keys(asked).length === 0) {
    return undefined
  }
  requireTrialsAsked(asked)
  return trialSettings(asked, config)
}
