import type { ProviderChoice } from '../../graph/providers.ts'
import { openSession, type Session, type TensorLike } from '../../graph/session.ts'
import type { StepScalar, StepScalars } from '../optimisers.ts'
import {
  type GradientProgram,
  gradientGraph,
  gradientProgram,
  type ProgramSettings,
  type StateLayout,
  updateGraph,
  updateProgram,
} from '../program.ts'
import { PREDICTION, predictionGraph } from './prediction.ts'
import type { Runner, ShardBatch, ShardGradient, TrainingState } from './runner.ts'

export interface OrtOptions {
  provider: ProviderChoice
  /** CPU threads of this runner; 0 = one per core. */
  threads: number
}

/** The mathematics of a step as ONNX graphs that ONNX Runtime runs: one for forward and backward pass, one for the optimiser. */
export class OrtRunner implements Runner {
  readonly description: string
  readonly #settings: ProgramSettings
  readonly #layout: StateLayout
  readonly #program: GradientProgram
  readonly #options: OrtOptions
  readonly #gradient: Session
  readonly #update: Session
  readonly #scalars: readonly StepScalar[]
  /** The network for scoring, with the parameters it was made of. */
  #scoring: { session: Session; parameters: Float32Array } | undefined

  private constructor(
    settings: ProgramSettings,
    layout: StateLayout,
    program: GradientProgram,
    options: OrtOptions,
    sessions: { gradient: Session; update: Session; scalars: readonly StepScalar[] },
  ) {
    this.#settings = settings
    this.#layout = layout
    this.#program = program
    this.#options = options
    this.#gradient = sessions.gradient
    this.#update = sessions.update
    this.#scalars = sessions.scalars
    this.description = `ONNX Runtime, provider ${sessions.gradient.provider}`
  }

  /** Throws: MissingResourceError when the provider cannot be used. */
  static async open(settings: ProgramSettings, layout: StateLayout, options: OrtOptions): Promise<OrtRunner> {
    const program = gradientProgram(settings, layout)
    const gradient = await openSession(await gradientGraph(program).toBytes(), options)
    const settled = { ...options, provider: gradient.provider }
    const optimiser = updateProgram(settings, layout)
    const update = await openSession(await updateGraph(optimiser).toBytes(), settled)
    const scalars = Object.keys(optimiser.inputs.scalars) as StepScalar[]
    return new OrtRunner(settings, layout, program, settled, { gradient, update, scalars })
  }

  async gradient(state: TrainingState, batch: ShardBatch): Promise<ShardGradient> {
    const { inputs, masks } = this.#program
    const [count] = inputs.codes.shape as [number]
    const outputs = await this.#gradient.run({
      parameters: vector(state.parameters),
      ...(state.statistics.length > 0 ? { statistics: vector(state.statistics) } : {}),
      codes: { type: 'uint8', dims: inputs.codes.shape as number[], data: batch.codes },
      truth: truthTensor(batch.truth, inputs.truth.shape as number[]),
      weights: { type: 'float32', dims: [count], data: batch.weights },
      ...Object.fromEntries(
        masks.map(({ name, shape }, i) => [
          name,
          { type: 'uint8', dims: shape, data: batch.masks[i]! } as const,
        ]),
      ),
    })
    return {
      loss: numbers(outputs, 'loss')[0]!,
      gradient: numbers(outputs, 'gradient'),
      statistics: state.statistics.length > 0 ? numbers(outputs, 'next_statistics') : state.statistics,
    }
  }

  async update(state: TrainingState, gradient: Float32Array, scalars: StepScalars) {
    const inputs: Record<string, TensorLike> = {
      parameters: vector(state.parameters),
      gradient: vector(gradient),
    }
    for (const [i, slot] of state.slots.entries()) {
      inputs[`slot${i}`] = vector(slot)
    }
    for (const name of this.#scalars) {
      inputs[name] = { type: 'float32', dims: [], data: Float32Array.of(scalars[name]) }
    }
    const outputs = await this.#update.run(inputs)
    return {
      parameters: numbers(outputs, 'next'),
      slots: state.slots.map((_, i) => numbers(outputs, `next_slot${i}`)),
      norm: numbers(outputs, 'norm')[0]!,
    }
  }

  async predict(state: TrainingState, codes: Uint8Array, count: number): Promise<Float32Array> {
    if (this.#scoring?.parameters !== state.parameters) {
      await this.#scoring?.session.close()
      const graph = predictionGraph(this.#settings, this.#layout, state)
      const session = await openSession(await graph.toBytes(), this.#options)
      this.#scoring = { session, parameters: state.parameters }
    }
    const dims = [count, this.#settings.windowLength]
    return numbers(
      await this.#scoring.session.run({ codes: { type: 'uint8', dims, data: codes } }),
      PREDICTION,
    )
  }

  async close(): Promise<void> {
    await this.#gradient.close()
    await this.#update.close()
    await this.#scoring?.session.close()
  }
}

const vector = (data: Float32Array): TensorLike => ({ type: 'float32', dims: [data.length], data })

function truthTensor(data: Uint8Array | Float32Array, dims: readonly number[]): TensorLike {
  return data instanceof Uint8Array ? { type: 'uint8', dims, data } : { type: 'float32', dims, data }
}

function numbers(outputs: Record<string, TensorLike>, name: string): Float32Array {
  return outputs[name]!.data as Float32Array
}
