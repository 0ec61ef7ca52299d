import type { Log } from '../../core/log.ts'
import { runWithTensorFlow } from '../../graph/run-tensorflow.ts'
import type { Tensor, TensorFlow, Value } from '../../graph/value.ts'
import type { StepScalar, StepScalars } from '../optimisers.ts'
import {
  type GradientProgram,
  gradientProgram,
  type ProgramSettings,
  type StateLayout,
  type UpdateProgram,
  updateProgram,
} from '../program.ts'
import { loadTensorFlow } from './load-tensorflow.ts'
import { predictionProgram } from './prediction.ts'
import type { Runner, ShardBatch, ShardGradient, TrainingState } from './runner.ts'

/** The mathematics of a step through TensorFlow.js: the network's forward pass is run op by op and differentiated by TensorFlow.js itself. */
export class TensorFlowRunner implements Runner {
  readonly description: string
  readonly #tf: TensorFlow
  readonly #settings: ProgramSettings
  readonly #layout: StateLayout
  readonly #program: GradientProgram
  readonly #optimiser: UpdateProgram

  private constructor(tf: TensorFlow, description: string, settings: ProgramSettings, layout: StateLayout) {
    this.#tf = tf
    this.description = description
    this.#settings = settings
    this.#layout = layout
    this.#program = gradientProgram(settings, layout)
    this.#optimiser = updateProgram(settings, layout)
  }

  /** Throws: MissingResourceError when no TensorFlow.js package is installed or none can be loaded. */
  static async open(settings: ProgramSettings, layout: StateLayout, log: Log): Promise<TensorFlowRunner> {
    const { tf, description } = await loadTensorFlow(log)
    return new TensorFlowRunner(tf, description, settings, layout)
  }

  async gradient(state: TrainingState, batch: ShardBatch): Promise<ShardGradient> {
    const tf = this.#tf
    const { inputs, outputs, masks } = this.#program
    const results = tf.tidy(() => {
      const given = new Map<Value, Tensor>([
        [inputs.statistics, tf.tensor1d(state.statistics)],
        [inputs.codes, tf.tensor(batch.codes, inputs.codes.shape as number[], 'int32')],
        [inputs.truth, tf.tensor(batch.truth, inputs.truth.shape as number[], truthType(batch.truth))],
        [inputs.weights, tf.tensor1d(batch.weights)],
        ...masks.map(({ input, shape }, i): [Value, Tensor] => [
          input,
          tf.tensor(batch.masks[i]!, [...shape], 'int32'),
        ]),
      ])
      // The statistics come out of the same pass; they are kept from the tape's function by hand.
      let statistics: Tensor | undefined
      const loss = (parameters: Tensor) => {
        given.set(inputs.parameters, parameters)
        const wanted = outputs.statistics ? [outputs.loss, outputs.statistics] : [outputs.loss]
        const [value, moved] = runWithTensorFlow(tf, wanted, given)
        statistics = moved && tf.keep(moved)
        return value as ReturnType<TensorFlow['scalar']>
      }
      const { value, grad } = tf.valueAndGrad(loss)(tf.tensor1d(state.parameters))
      return { value, grad, ...(statistics ? { statistics } : {}) }
    })
    const read = async (tensor: Tensor) => (await tensor.data()) as Float32Array
    const answer = {
      loss: (await read(results.value))[0]!,
      gradient: await read(results.grad),
      statistics: results.statistics ? await read(results.statistics) : state.statistics,
    }
    tf.dispose(results)
    return answer
  }

  async update(state: TrainingState, gradient: Float32Array, scalars: StepScalars) {
    const tf = this.#tf
    const { inputs, outputs } = this.#optimiser
    const results = tf.tidy(() => {
      const given = new Map<Value, Tensor>([
        [inputs.parameters, tf.tensor1d(state.parameters)],
        [inputs.gradient, tf.tensor1d(gradient)],
        ...inputs.slots.map((slot, i): [Value, Tensor] => [slot, tf.tensor1d(state.slots[i]!)]),
        ...Object.entries(inputs.scalars).map(([name, value]): [Value, Tensor] => [
          value,
          tf.scalar(scalars[name as StepScalar]),
        ]),
      ])
      return runWithTensorFlow(tf, [outputs.parameters, outputs.norm, ...outputs.slots], given)
    })
    const [parameters, norm, ...slots] = (await Promise.all(
      results.map(tensor => tensor.data()),
    )) as Float32Array[]
    tf.dispose(results)
    return { parameters: parameters!, norm: norm![0]!, slots }
  }

  async predict(state: TrainingState, codes: Uint8Array, count: number): Promise<Float32Array> {
    const tf = this.#tf
    const { codes: input, scores } = predictionProgram(this.#settings, this.#layout, state, count)
    const result = tf.tidy(() => {
      const given = new Map<Value, Tensor>([[input, tf.tensor(codes, input.shape as number[], 'int32')]])
      return runWithTensorFlow(tf, [scores.value], given)[0]!
    })
    const found = (await result.data()) as Float32Array
    tf.dispose(result)
    return found
  }

  async close(): Promise<void> {}
}

const truthType = (truth: Uint8Array | Float32Array) => (truth instanceof Uint8Array ? 'int32' : 'float32')
