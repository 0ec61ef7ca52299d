import type { DatasetWindow } from '../../curation/dataset-description.ts'
import type { ProviderChoice } from '../../graph/providers.ts'
import { architecture } from '../../models/registry.ts'
import type { WindowSites } from '../../models/scores.ts'
import type { LossSettings } from '../losses.ts'
import type { ClipSettings, OptimiserSettings } from '../optimisers.ts'
import type { ProgramSettings } from '../program.ts'
import type { RunConfig } from '../run-config.ts'

export const ENGINES = ['ort', 'tfjs'] as const
export type EngineName = (typeof ENGINES)[number]

/** What an engine is started with, as data: threads build the same program from it. */
export interface EngineSettings {
  engine: EngineName
  provider: ProviderChoice
  /** Parts a batch is cut into, each computed by a thread of its own; their gradients are averaged. */
  shards: number
  /** CPU threads of each shard; 0 = one per core. */
  threads: number
  model: { name: string; options: Readonly<Record<string, unknown>> }
  windowLength: number
  sites: WindowSites
  /** Examples of a whole batch. */
  batchSize: number
  loss: LossSettings
  optimiser: OptimiserSettings
  clip: ClipSettings
  /** Share of the running mean of the parameters that a step keeps; 0 keeps no mean. */
  averaging: number
  /** Of the dropout masks. */
  seed: number
}

/** Returns how an engine is started for a run. */
export function engineSettings(config: RunConfig, window: DatasetWindow): EngineSettings {
  const { model: name, options } = config
  return { ...config, model: { name, options }, windowLength: window.length, sites: window }
}

/** Returns what one shard computes. */
export function programSettings(settings: EngineSettings): ProgramSettings {
  const { model, windowLength, sites, batchSize, shards, loss, optimiser, clip } = settings
  return {
    architecture: architecture(model.name, model.options),
    windowLength,
    sites,
    batch: batchSize / shards,
    loss,
    optimiser,
    clip,
  }
}
