import { type Transferable, Worker } from 'node:worker_threads'
import { InputDataError, MissingResourceError } from '../core/errors.ts'
import { type Log, silentLog } from '../core/log.ts'
import { readOnnxMetadata } from './onnx-writer.ts'
import { type PlainError, revivedError } from './plain-error.ts'
import type { Provider, ProviderChoice } from './providers.ts'
import { openSession } from './session.ts'

/** The one input of a scoring model: base codes. Shape: uint8 [N, window length]. */
export const SCORING_INPUT = 'codes'
/** The one output of a scoring model. Shape: float32 [N, columns]. */
export const SCORING_OUTPUT = 'probabilities'
/** The metadata entry that names the output's columns, a JSON list. */
export const COLUMNS_KEY = 'columns'

/** Batches a worker holds at most; later calls wait their turn on this side. */
const MAX_IN_FLIGHT = 4

/** A scoring model that is ready. */
export interface ScoringSession {
  /** The provider in use. */
  readonly provider: Provider
  /** Names of the output's columns. */
  readonly columns: readonly string[]
  /**
   * Returns the probabilities of `count` windows laid end to end.
   * Shape: codes [count, windowLength], result [count, columns] row-major.
   * Memory: the codes' buffer moves to the worker without a copy, so it is empty afterwards; an array that is only
   * part of a buffer is copied. A few batches are in flight at most: awaiting the results is what keeps memory flat.
   * Throws: RangeError when the codes are not `count` windows; the worker's error when it has died.
   */
  score(codes: Uint8Array<ArrayBuffer>, count: number): Promise<Float32Array>
  /** Waits for the batches in flight, then frees the model. Batches still waiting their turn are refused. */
  close(): Promise<void>
}

export interface ScoringOptions {
  /** Bytes of the .onnx file. */
  model: Uint8Array
  provider: ProviderChoice
  /** CPU threads of one run; 0 = one per core. */
  threads: number
  /** Codes per window. */
  windowLength: number
  /** True runs the model on the calling thread, which blocks while it computes. For libraries and tests. */
  inProcess?: boolean
  /** Where the compiled session-worker is, when a bundler has moved it. */
  workerUrl?: URL
  log?: Log
}

/**
 * Returns a session that scores windows, in a worker thread unless `inProcess` is set.
 * Throws: InputDataError when the bytes are no scoring model, MissingResourceError when the provider cannot be used.
 */
export function startScoringSession(options: ScoringOptions): Promise<ScoringSession> {
  return options.inProcess ? startInProcess(options) : startWorker(options)
}

async function startInProcess(options: ScoringOptions): Promise<ScoringSession> {
  const columns = columnNames(await readOnnxMetadata(options.model))
  const session = await openSession(options.model, options)
  return {
    provider: session.provider,
    columns,
    async score(codes, count) {
      checkCodes(codes, count, options.windowLength)
      if (count === 0) {
        return new Float32Array(0)
      }
      const dims = [count, options.windowLength]
      const outputs = await session.run({ [SCORING_INPUT]: { type: 'uint8', dims, data: codes } })
      const found = outputs[SCORING_OUTPUT]
      if (found?.type !== 'float32' || found.dims.join() !== `${count},${columns.length}`) {
        throw new InputDataError(
          `the model's output: expected ${SCORING_OUTPUT} float32 [${count}, ${columns.length}], ` +
            `found ${found ? `${found.type} [${found.dims.join(', ')}]` : `only ${Object.keys(outputs)}`}`,
        )
      }
      return found.data
    },
    close: () => session.close(),
  }
}

/** Returns the column names of a scoring model's metadata. */
export function columnNames(metadata: ReadonlyMap<string, string>): string[] {
  const text = metadata.get(COLUMNS_KEY)
  const hint = 'use a model made by splice-score (a bundle), not a bare ONNX file'
  if (text === undefined) {
    throw new InputDataError(`model: expected the metadata entry ${COLUMNS_KEY}, found none`, hint)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new InputDataError(
      `model: metadata entry ${COLUMNS_KEY}: expected JSON, found ${text}`,
      hint,
      error,
    )
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every(name => typeof name === 'string')) {
    throw new InputDataError(
      `model: metadata entry ${COLUMNS_KEY}: expected a list of names, found ${text}`,
      hint,
    )
  }
  return value
}

function checkCodes(codes: Uint8Array, count: number, windowLength: number): void {
  if (codes.length !== count * windowLength) {
    throw new RangeError(
      `expected ${count} windows of ${windowLength} codes (${count * windowLength} in all), found ${codes.length} codes`,
    )
  }
}

/** What the worker is started with. */
export interface WorkerStart {
  options: Pick<ScoringOptions, 'model' | 'provider' | 'threads' | 'windowLength'>
}

export type ToWorker =
  | { kind: 'score'; id: number; codes: Uint8Array<ArrayBuffer>; count: number }
  | { kind: 'close' }

export type FromWorker =
  | { kind: 'ready'; provider: Provider; columns: readonly string[] }
  | { kind: 'scores'; id: number; scores: Float32Array<ArrayBuffer> }
  | { kind: 'failed'; id: number | undefined; error: PlainError }
  | { kind: 'log'; level: keyof Log; message: string }

/**
 * The built worker. Node cannot start a thread from TypeScript source, so when this file itself runs as .ts (vitest
 * transforms it in memory) the worker is the compiled one in dist/; the installed package only ever has .js.
 */
function builtWorkerUrl(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('../../dist/graph/session-worker.js', import.meta.url)
    : new URL('./session-worker.js', import.meta.url)
}

async function startWorker(options: ScoringOptions): Promise<ScoringSession> {
  const { model, provider, threads, windowLength, log } = options
  const start: WorkerStart = { options: { model, provider, threads, windowLength } }
  const worker = new Worker(options.workerUrl ?? builtWorkerUrl(), {
    workerData: start,
  })
  const client = new WorkerClient(worker, windowLength, log ?? silentLog)
  await client.ready
  return client
}

interface Waiting {
  resolve(scores: Float32Array): void
  reject(error: Error): void
}

class WorkerClient implements ScoringSession {
  provider: Provider = 'cpu'
  columns: readonly string[] = []
  readonly ready: Promise<void>
  readonly #worker: Worker
  readonly #windowLength: number
  readonly #inFlight = new Map<number, Waiting>()
  readonly #queued: { send: Extract<ToWorker, { kind: 'score' }>; waiting: Waiting }[] = []
  readonly #exited: Promise<void>
  #settleReady: { resolve(): void; reject(error: Error): void } | undefined
  #nextId = 0
  /** Why no more batches are taken. */
  #ended: Error | undefined

  constructor(worker: Worker, windowLength: number, log: Log) {
    this.#worker = worker
    this.#windowLength = windowLength
    this.ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject }
    })
    this.#exited = new Promise(resolve => {
      worker.once('exit', code => {
        this.#fail(new Error(`the scoring thread ended early with code ${code}`))
        resolve()
      })
    })
    worker.on('error', error => this.#fail(workerError(error)))
    worker.on('message', (message: FromWorker) => this.#receive(message, log))
  }

  async score(codes: Uint8Array<ArrayBuffer>, count: number): Promise<Float32Array> {
    checkCodes(codes, count, this.#windowLength)
    if (this.#ended) {
      throw this.#ended
    }
    if (count === 0) {
      return new Float32Array(0)
    }
    return new Promise((resolve, reject) => {
      const send = { kind: 'score', id: this.#nextId++, codes, count } as const
      this.#queued.push({ send, waiting: { resolve, reject } })
      this.#pump()
    })
  }

  async close(): Promise<void> {
    this.#ended ??= new Error('the scoring session is closed')
    for (const { waiting } of this.#queued.splice(0)) {
      waiting.reject(this.#ended)
    }
    // Never terminate(): it would pull the thread from under a running native call.
    this.#worker.postMessage({ kind: 'close' } satisfies ToWorker)
    await this.#exited
  }

  #pump(): void {
    while (this.#inFlight.size < MAX_IN_FLIGHT && this.#queued.length > 0) {
      const { send, waiting } = this.#queued.shift()!
      this.#inFlight.set(send.id, waiting)
      const whole = send.codes.byteLength === send.codes.buffer.byteLength
      const codes = whole ? send.codes : send.codes.slice()
      const transfer: Transferable[] = [codes.buffer]
      this.#worker.postMessage({ ...send, codes } satisfies ToWorker, transfer)
    }
  }

  #receive(message: FromWorker, log: Log): void {
    switch (message.kind) {
      case 'log':
        log[message.level](message.message)
        break
      case 'ready':
        this.provider = message.provider
        this.columns = message.columns
        this.#settleReady?.resolve()
        break
      case 'scores':
        this.#take(message.id)?.resolve(message.scores)
        this.#pump()
        break
      case 'failed':
        if (message.id === undefined) {
          this.#fail(revivedError(message.error))
        } else {
          this.#take(message.id)?.reject(revivedError(message.error))
          this.#pump()
        }
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#inFlight.get(id)
    this.#inFlight.delete(id)
    return waiting
  }

  /** Rejects everything that waits; nothing will answer any more. */
  #fail(error: Error): void {
    this.#ended ??= error
    this.#settleReady?.reject(error)
    for (const waiting of [...this.#inFlight.values(), ...this.#queued.splice(0).map(item => item.waiting)]) {
      waiting.reject(error)
    }
    this.#inFlight.clear()
  }
}

function workerError(error: Error & { code?: string }): Error {
  return error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND'
    ? new MissingResourceError(
        `the scoring thread could not be started: ${error.message}`,
        'run `npm run build` first when working from a checkout; else reinstall splice-score',
        error,
      )
    : error
}
