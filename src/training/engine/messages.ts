import type { StepScalars } from '../optimisers.ts'
import type { ShardBatch, TrainingState } from './runner.ts'
import type { EngineSettings } from './settings.ts'
import type { SharedGradients } from './shard.ts'

/** What a shard's thread is started with. */
export interface ShardStart {
  settings: EngineSettings
  index: number
  shared: SharedGradients
  state: TrainingState
}

/** What a shard's thread is asked. */
export type ShardRequest =
  | { kind: 'gradient'; batch: Omit<ShardBatch, 'masks'>; step: number }
  | { kind: 'update'; scalars: StepScalars; step: number }
  | { kind: 'predict'; codes: Uint8Array; count: number }
  | { kind: 'state' }

/** The answers: a loss, a norm, scores, a state. */
export interface ShardAnswers {
  gradient: number
  update: number
  predict: Float32Array
  state: TrainingState
}

export type ShardAnswer = ShardAnswers[keyof ShardAnswers]

/** What a thread says once it can be asked. */
export interface ShardGreeting {
  /** What it runs on. */
  description: string
}
