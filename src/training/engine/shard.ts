import { derivedSeed } from '../../core/derived-seed.ts'
import type { Log } from '../../core/log.ts'
import { seededRandom } from '../../core/random.ts'
import type { MaskSpec } from '../../graph/network.ts'
import { sizeOf } from '../../graph/shape.ts'
import { DROPOUT_STREAM } from '../data/seeds.ts'
import type { StepScalars } from '../optimisers.ts'
import { gradientProgram, stateLayout } from '../program.ts'
import { OrtRunner } from './ort-runner.ts'
import { type Runner, type ShardBatch, scoringParameters, type TrainingState } from './runner.ts'
import { type EngineSettings, programSettings } from './settings.ts'
import { TensorFlowRunner } from './tensorflow-runner.ts'

/** Memory that all shards see: each writes its own gradient, followed by its running statistics, and reads the others'. */
export type SharedGradients = readonly SharedArrayBuffer[]

/** One shard of a training run. All shards hold the same state and make the same updates, so nothing else is exchanged. */
export class Shard {
  readonly #runner: Runner
  readonly #settings: EngineSettings
  readonly #index: number
  readonly #gradients: readonly Float32Array[]
  readonly #masks: readonly MaskSpec[]
  #state: TrainingState

  private constructor(
    runner: Runner,
    settings: EngineSettings,
    index: number,
    shared: SharedGradients,
    masks: readonly MaskSpec[],
    state: TrainingState,
  ) {
    this.#runner = runner
    this.#settings = settings
    this.#index = index
    this.#gradients = shared.map(buffer => new Float32Array(buffer))
    this.#masks = masks
    this.#state = state
  }

  /** Throws: MissingResourceError when the engine's runtime or provider cannot be used. */
  static async open(
    settings: EngineSettings,
    index: number,
    shared: SharedGradients,
    state: TrainingState,
    log: Log,
  ): Promise<Shard> {
    const program = programSettings(settings)
    const layout = stateLayout(program.architecture, program.windowLength)
    const runner =
      settings.engine === 'ort'
        ? await OrtRunner.open(program, layout, settings)
        : await TensorFlowRunner.open(program, layout, log)
    return new Shard(runner, settings, index, shared, gradientProgram(program, layout).masks, state)
  }

  get description(): string {
    return this.#runner.description
  }

  /** Computes this shard's gradient, leaves it where the others can read it, and returns the loss. */
  async gradient(batch: Omit<ShardBatch, 'masks'>, step: number): Promise<number> {
    const masks = this.#masks.map((mask, i) => this.#drawMask(mask, step, i))
    const { loss, gradient, statistics } = await this.#runner.gradient(this.#state, { ...batch, masks })
    const own = this.#gradients[this.#index]!
    own.set(gradient)
    own.set(statistics, gradient.length)
    return loss
  }

  /** Moves the state by the mean of all shards' gradients; returns the norm of that mean. */
  async update(scalars: StepScalars, step: number): Promise<number> {
    const mean = meanOf(this.#gradients)
    const size = this.#state.parameters.length
    const { parameters, slots, norm } = await this.#runner.update(
      this.#state,
      mean.subarray(0, size),
      scalars,
    )
    const average =
      this.#state.average && movedAverage(this.#state.average, parameters, this.#settings.averaging, step)
    this.#state = { parameters, slots, statistics: mean.slice(size), average }
    return norm
  }

  predict(codes: Uint8Array, count: number): Promise<Float32Array> {
    return this.#runner.predict({ ...this.#state, parameters: scoringParameters(this.#state) }, codes, count)
  }

  get state(): TrainingState {
    return this.#state
  }

  close(): Promise<void> {
    return this.#runner.close()
  }

  /** Each mask is a stream of its own, named by seed, step, shard and place: a resumed run draws the same. */
  #drawMask({ shape, keep }: MaskSpec, step: number, place: number): Uint8Array {
    const random = seededRandom(derivedSeed(this.#settings.seed, DROPOUT_STREAM, step, this.#index, place))
    const mask = new Uint8Array(sizeOf(shape))
    for (let i = 0; i < mask.length; i++) {
      mask[i] = random.float() < keep ? 1 : 0
    }
    return mask
  }
}

/**
 * Returns the running mean of the parameters after a step, counted from 0. It follows them closely at first, and with its full
 * decay once there is something to average.
 */
function movedAverage(
  average: Float32Array,
  parameters: Float32Array,
  decay: number,
  step: number,
): Float32Array {
  const kept = Math.min(decay, (1 + step) / (10 + step))
  return average.map((value, i) => kept * value + (1 - kept) * parameters[i]!)
}

/** Returns the mean, added up in the order of the shards, so that it is the same in each of them. */
function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const sum = vectors[0]!.slice()
  for (const vector of vectors.slice(1)) {
    for (let i = 0; i < sum.length; i++) {
      sum[i]! += vector[i]!
    }
  }
  if (vectors.length > 1) {
    for (let i = 0; i < sum.length; i++) {
      sum[i]! /= vectors.length
    }
  }
  return sum
}
