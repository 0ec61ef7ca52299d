import type { StepScalars } from '../optimisers.ts'

/** The numbers that training moves. Shape: flat vectors, in the order of the run's layout. */
export interface TrainingState {
  parameters: Float32Array
  /** Running statistics of batch normalisations. */
  statistics: Float32Array
  /** The optimiser's moments. */
  slots: Float32Array[]
  /** Running mean of the parameters, which then is what scores; absent where a run keeps none. */
  average?: Float32Array | undefined
}

/** Returns the parameters that score. */
export const scoringParameters = ({ parameters, average }: TrainingState): Float32Array =>
  average ?? parameters

/** Examples of one shard, ready for the network. */
export interface ShardBatch {
  /** Shape: [N, window length]. */
  codes: Uint8Array
  /** Class numbers [N, positions], or numbers [N, outputs]. */
  truth: Uint8Array | Float32Array
  /** Shape: [N]. */
  weights: Float32Array
  /** Masks of the network's dropouts, in its order, of zeros and ones. */
  masks: Uint8Array[]
}

/** What a shard's forward and backward pass gave. */
export interface ShardGradient {
  loss: number
  gradient: Float32Array
  /** Running statistics after the batch; those before it where the network has none. */
  statistics: Float32Array
}

/** What an engine does with a state: the mathematics of a step, on one thread. */
export interface Runner {
  /** What it runs on, for the log. */
  readonly description: string
  gradient(state: TrainingState, batch: ShardBatch): Promise<ShardGradient>
  /** Returns the state after the optimiser's step, and the Euclidean norm of the gradient before clipping. */
  update(
    state: TrainingState,
    gradient: Float32Array,
    scalars: StepScalars,
  ): Promise<{ parameters: Float32Array; slots: Float32Array[]; norm: number }>
  /** Returns the probabilities (or values) of windows under a state. Shape: codes [count, window length] -> [count, columns]. */
  predict(state: TrainingState, codes: Uint8Array, count: number): Promise<Float32Array>
  close(): Promise<void>
}
