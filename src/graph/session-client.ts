import { InputDataError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { AskedThread, threadUrl } from '../core/threads/asked-thread.ts'
import { readOnnxMetadata } from './onnx-writer.ts'
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

/** What the worker is asked. Shape: codes [count, windowLength]. */
export interface ScoreRequest {
  codes: Uint8Array<ArrayBuffer>
  count: number
}

/** What the worker says once the model is open. */
export interface SessionGreeting {
  provider: Provider
  columns: readonly string[]
}

async function startWorker(options: ScoringOptions): Promise<ScoringSession> {
  const { model, provider, threads, windowLength, log } = options
  const start: WorkerStart = { options: { model, provider, threads, windowLength } }
  const { thread, greeting } = await AskedThread.start<ScoreRequest, Float32Array, SessionGreeting>({
    url: options.workerUrl ?? threadUrl(import.meta.url, './session-worker.js'),
    data: start,
    name: 'the scoring thread',
    log,
  })
  return new WorkerClient(thread, greeting, windowLength)
}

interface Queued {
  request: ScoreRequest
  resolve(scores: Float32Array): void
  reject(error: Error): void
}

class WorkerClient implements ScoringSession {
  readonly provider: Provider
  readonly columns: readonly string[]
  readonly #thread: AskedThread<ScoreRequest, Float32Array, SessionGreeting>
  readonly #windowLength: number
  readonly #queued: Queued[] = []
  #inFlight = 0
  #closed: Error | undefined

  constructor(
    thread: AskedThread<ScoreRequest, Float32Array, SessionGreeting>,
    { provider, columns }: SessionGreeting,
    windowLength: number,
  ) {
    this.#thread = thread
    this.provider = provider
    this.columns = columns
    this.#windowLength = windowLength
  }

  async score(codes: Uint8Array<ArrayBuffer>, count: number): Promise<Float32Array> {
    checkCodes(codes, count, this.#windowLength)
    const ended = this.#closed ?? this.#thread.ended
    if (ended) {
      throw ended
    }
    if (count === 0) {
      return new Float32Array(0)
    }
    return new Promise((resolve, reject) => {
      this.#queued.push({ request: { codes, count }, resolve, reject })
      this.#pump()
    })
  }

  async close(): Promise<void> {
    this.#closed ??= new Error('the scoring session is closed')
    for (const { reject } of this.#queued.splice(0)) {
      reject(this.#closed)
    }
    await this.#thread.close()
  }

  #pump(): void {
    while (this.#inFlight < MAX_IN_FLIGHT && this.#queued.length > 0) {
      const { request, resolve, reject } = this.#queued.shift()!
      this.#inFlight++
      const whole = request.codes.byteLength === request.codes.buffer.byteLength
      const codes = whole ? request.codes : request.codes.slice()
      this.#thread
        .ask({ ...request, codes }, [codes.buffer])
        .then(resolve, reject)
        .finally(() => {
          this.#inFlight--
          this.#pump()
        })
    }
  }
}
