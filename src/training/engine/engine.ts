import { joinFloats } from '../../core/join-floats.ts'
import { type Log, silentLog } from '../../core/log.ts'
import { AskedThread, threadUrl } from '../../core/threads/asked-thread.ts'
import type { StepScalars } from '../optimisers.ts'
import { stateLayout } from '../program.ts'
import type { ShardAnswer, ShardAnswers, ShardGreeting, ShardRequest, ShardStart } from './messages.ts'
import type { ShardBatch, TrainingState } from './runner.ts'
import { type EngineSettings, programSettings } from './settings.ts'

/** A batch as an engine takes it, of all shards together. */
export type EngineBatch = Omit<ShardBatch, 'masks'>

/** What runs the steps of a training run. */
export interface Engine {
  /** What it runs on, for the log. */
  readonly description: string
  /**
   * Moves the state by one step and returns the batch's loss and the Euclidean norm of its gradient. A loss that is
   * not finite leaves the state as it was; `norm` is then NaN.
   */
  step(batch: EngineBatch, step: number, scalars: StepScalars): Promise<{ loss: number; norm: number }>
  /** Returns the scores of windows under the state reached. Shape: codes [count, window length] -> [count, columns]. */
  predict(codes: Uint8Array, count: number): Promise<Float32Array>
  /** Returns the state reached. */
  state(): Promise<TrainingState>
  close(): Promise<void>
}

/**
 * Returns an engine that starts from a state, in worker threads, one for each shard.
 * Throws: MissingResourceError when its runtime or provider cannot be used; RangeError when the batch cannot be cut evenly.
 */
export async function startEngine(
  settings: EngineSettings,
  state: TrainingState,
  log: Log = silentLog,
): Promise<Engine> {
  const { shards, batchSize } = settings
  if (batchSize % shards !== 0) {
    throw new RangeError(`expected a batch that ${shards} shards divide, found ${batchSize}`)
  }
  const program = programSettings(settings)
  const layout = stateLayout(program.architecture, program.windowLength)
  const bytes = 4 * (layout.parameters.size + layout.statistics.size)
  const shared = Array.from({ length: shards }, () => new SharedArrayBuffer(bytes))
  const starting = shared.map((_, index) => ShardThread.start({ settings, index, shared, state }, log))
  const started = await Promise.allSettled(starting)
  const threads = started.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  const failure = started.find(result => result.status === 'rejected')
  if (failure) {
    await Promise.all(threads.map(thread => thread.close()))
    throw failure.reason
  }
  return new ShardedEngine(threads)
}

class ShardedEngine implements Engine {
  readonly description: string
  readonly #threads: readonly ShardThread[]

  constructor(threads: readonly ShardThread[]) {
    this.#threads = threads
    const [first] = threads
    this.description = first!.description + (threads.length > 1 ? `, ${threads.length} shards` : '')
  }

  async step(batch: EngineBatch, step: number, scalars: StepScalars) {
    const parts = cut(batch, this.#threads.length)
    const losses = await Promise.all(
      this.#threads.map((thread, i) => thread.ask({ kind: 'gradient', batch: parts[i]!, step })),
    )
    const loss = losses.reduce((sum, part) => sum + part, 0) / losses.length
    if (!Number.isFinite(loss)) {
      return { loss, norm: Number.NaN }
    }
    const norms = await Promise.all(
      this.#threads.map(thread => thread.ask({ kind: 'update', scalars, step })),
    )
    return { loss, norm: norms[0]! }
  }

  async predict(codes: Uint8Array, count: number): Promise<Float32Array> {
    // Halves, each on its own thread, joined again in order.
    const length = codes.length / count
    const size = Math.ceil(count / this.#threads.length)
    const parts = await Promise.all(
      this.#threads.map((thread, i) => {
        const from = Math.min(i * size, count)
        const to = Math.min(from + size, count)
        const part = codes.slice(from * length, to * length)
        return to === from
          ? new Float32Array(0)
          : thread.ask({ kind: 'predict', codes: part, count: to - from })
      }),
    )
    return joinFloats(parts)
  }

  state(): Promise<TrainingState> {
    return this.#threads[0]!.ask({ kind: 'state' })
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(thread => thread.close()))
  }
}

function cut({ codes, truth, weights }: EngineBatch, parts: number): EngineBatch[] {
  const part = <T extends Uint8Array | Float32Array>(all: T, i: number): T => {
    const size = all.length / parts
    return all.slice(i * size, (i + 1) * size) as T
  }
  return Array.from({ length: parts }, (_, i) => ({
    codes: part(codes, i),
    truth: part(truth, i),
    weights: part(weights, i),
  }))
}

/** One shard's thread. */
class ShardThread {
  readonly description: string
  readonly #thread: AskedThread<ShardRequest, ShardAnswer, ShardGreeting>

  private constructor(
    thread: AskedThread<ShardRequest, ShardAnswer, ShardGreeting>,
    { description }: ShardGreeting,
  ) {
    this.#thread = thread
    this.description = description
  }

  static async start(start: ShardStart, log: Log): Promise<ShardThread> {
    const { thread, greeting } = await AskedThread.start<ShardRequest, ShardAnswer, ShardGreeting>({
      url: threadUrl(import.meta.url, './shard-worker.js'),
      data: start,
      name: 'the training thread',
      log,
    })
    return new ShardThread(thread, greeting)
  }

  ask<R extends ShardRequest>(request: R): Promise<ShardAnswers[R['kind']]> {
    return this.#thread.ask(request) as Promise<ShardAnswers[R['kind']]>
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}
