import { Worker } from 'node:worker_threads'
import { type Log, silentLog } from '../../core/log.ts'
import { revivedError } from '../../graph/plain-error.ts'
import type { StepScalars } from '../optimisers.ts'
import { stateLayout } from '../program.ts'
import type { ShardAnswers, ShardMessage, ShardRequest, ShardStart } from './messages.ts'
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
  const threads = shared.map((_, index) => new ShardThread({ settings, index, shared, state }, log))
  try {
    await Promise.all(threads.map(thread => thread.ready))
  } catch (error) {
    await Promise.all(threads.map(thread => thread.stop()))
    throw error
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
    const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      joined.set(part, at)
      at += part.length
    }
    return joined
  }

  state(): Promise<TrainingState> {
    return this.#threads[0]!.ask({ kind: 'state' })
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(thread => thread.stop()))
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

interface Waiting {
  resolve(value: never): void
  reject(error: Error): void
}

/** One shard's thread, asked one thing after another. */
class ShardThread {
  readonly ready: Promise<void>
  description = ''
  readonly #worker: Worker
  readonly #exited: Promise<void>
  readonly #waiting: Waiting[] = []
  #failure: Error | undefined

  constructor(start: ShardStart, log: Log) {
    this.#worker = new Worker(workerUrl(), { workerData: start })
    this.ready = new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
    this.#exited = new Promise(resolve => {
      this.#worker.once('exit', code => {
        this.#fail(new Error(`the training thread ended early with code ${code}`))
        resolve()
      })
    })
    this.#worker.on('error', error => this.#fail(error))
    this.#worker.on('message', (message: ShardMessage) => this.#receive(message, log))
  }

  ask<R extends ShardRequest>(request: R): Promise<ShardAnswers[R['kind']]> {
    if (this.#failure) {
      return Promise.reject(this.#failure)
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(request)
    })
  }

  /** Lets the thread end what it is computing, then ends it. */
  async stop(): Promise<void> {
    if (!this.#failure) {
      // A thread that fails here has ended all the same.
      await this.ask({ kind: 'close' }).catch(() => this.#worker.terminate())
    }
    await this.#exited
  }

  #receive(message: ShardMessage, log: Log): void {
    switch (message.kind) {
      case 'log':
        log[message.level](message.message)
        break
      case 'ready':
        this.description = message.description
        this.#waiting.shift()?.resolve(undefined as never)
        break
      case 'answer':
        this.#waiting.shift()?.resolve(message.value as never)
        break
      case 'failed':
        this.#waiting.shift()?.reject(revivedError(message.error))
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const waiting of this.#waiting.splice(0)) {
      waiting.reject(error)
    }
  }
}

/** The compiled thread: Node cannot start one from TypeScript, so a test that runs the sources takes the one in dist/. */
function workerUrl(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('../../../dist/training/engine/shard-worker.js', import.meta.url)
    : new URL('./shard-worker.js', import.meta.url)
}
