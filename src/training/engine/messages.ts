import type { Log } from '../../core/log.ts'
import type { PlainError } from '../../graph/plain-error.ts'
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

/** What a shard's thread is asked; each is answered once, in order. */
export type ShardRequest =
  | { kind: 'gradient'; batch: Omit<ShardBatch, 'masks'>; step: number }
  | { kind: 'update'; scalars: StepScalars; step: number }
  | { kind: 'predict'; codes: Uint8Array; count: number }
  | { kind: 'state' }
  | { kind: 'close' }

/** The answers: a loss, a norm, scores, a state, nothing. */
export interface ShardAnswers {
  gradient: number
  update: number
  predict: Float32Array
  state: TrainingState
  close: undefined
}

export type ShardMessage =
  | { kind: 'ready'; description: string }
  | { kind: 'answer'; value: ShardAnswers[keyof ShardAnswers] }
  | { kind: 'failed'; error: PlainError }
  | { kind: 'log'; level: keyof Log; message: string }
