import { type Transferable, Worker } from 'node:worker_threads'
import { MissingResourceError } from '../errors.ts'
import { type Log, silentLog } from '../log.ts'
import { type PlainError, revivedError } from './plain-error.ts'

/** What a thread is sent, in turn. */
export type ToThread<Request> = { kind: 'ask'; request: Request } | { kind: 'close' }

/** What a thread sends: a greeting once it is ready, then an answer or a refusal to each request, in the order of the requests. */
export type FromThread<Answer, Greeting> =
  | { kind: 'ready'; greeting: Greeting }
  | { kind: 'answer'; answer: Answer }
  | { kind: 'refused'; error: PlainError }
  | { kind: 'failed'; error: PlainError }
  | { kind: 'log'; level: keyof Log; message: string }

export interface AskedThreadOptions {
  url: URL
  /** Given to the thread as it starts. */
  data: unknown
  /** What the thread is, for messages, e.g. `the scoring thread`. */
  name: string
  log?: Log | undefined
}

interface Waiting<Answer> {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/**
 * A worker thread that answers requests one after another; `answerRequests` is its other side. Errors come back in their own
 * classes; when the thread dies, everything that waits is refused with the reason.
 */
export class AskedThread<Request, Answer, Greeting> {
  readonly #worker: Worker
  readonly #name: string
  readonly #waiting: Waiting<Answer>[] = []
  readonly #exited: Promise<void>
  readonly #ready: Promise<Greeting>
  #settleReady: Waiting<Greeting> | undefined
  /** Why no more requests are taken. */
  #ended: Error | undefined

  private constructor({ url, data, name, log = silentLog }: AskedThreadOptions) {
    this.#name = name
    this.#worker = new Worker(url, { workerData: data })
    this.#ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject }
    })
    this.#exited = new Promise(resolve => {
      this.#worker.once('exit', code => {
        this.#fail(new Error(`${name} ended early with code ${code}`))
        resolve()
      })
    })
    this.#worker.on('error', error => this.#fail(startError(name, error)))
    this.#worker.on('message', (message: FromThread<Answer, Greeting>) => this.#receive(message, log))
  }

  /**
   * Returns a thread that is ready, and its greeting.
   * Throws: what its opening threw; MissingResourceError when its file is absent.
   */
  static async start<Request, Answer, Greeting>(
    options: AskedThreadOptions,
  ): Promise<{ thread: AskedThread<Request, Answer, Greeting>; greeting: Greeting }> {
    const thread = new AskedThread<Request, Answer, Greeting>(options)
    return { thread, greeting: await thread.#ready }
  }

  /** Returns the answer. Buffers in `transfer` move to the thread without a copy. Throws: what answering threw; why the thread has ended. */
  ask(request: Request, transfer: readonly Transferable[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(this.#ended)
        return
      }
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage({ kind: 'ask', request } satisfies ToThread<Request>, transfer)
    })
  }

  /** Why no more requests are taken; undefined while they are. */
  get ended(): Error | undefined {
    return this.#ended
  }

  /** Waits for the answers under way, then ends the thread. Later requests are refused. */
  async close(): Promise<void> {
    this.#ended ??= new Error(`${this.#name} is closed`)
    // Never terminate(): it would pull the thread from under a running native call.
    this.#worker.postMessage({ kind: 'close' } satisfies ToThread<Request>)
    await this.#exited
  }

  #receive(message: FromThread<Answer, Greeting>, log: Log): void {
    switch (message.kind) {
      case 'log':
        log[message.level](message.message)
        break
      case 'ready':
        this.#settleReady?.resolve(message.greeting)
        break
      case 'answer':
        this.#waiting.shift()?.resolve(message.answer)
        break
      case 'refused':
        this.#waiting.shift()?.reject(revivedError(message.error))
        break
      case 'failed':
        this.#fail(revivedError(message.error))
    }
  }

  /** Refuses everything that waits; nothing will answer any more. */
  #fail(error: Error): void {
    this.#ended ??= error
    this.#settleReady?.reject(error)
    for (const waiting of this.#waiting.splice(0)) {
      waiting.reject(error)
    }
  }
}

/**
 * Returns where the compiled file of a thread is, given the address of the module that starts it. Node cannot start a thread from TypeScript
 * source, so a module that itself runs as .ts (vitest transforms it in memory) starts the one in dist/.
 */
export function threadUrl(moduleUrl: string, file: string): URL {
  const module = moduleUrl.endsWith('.ts') ? moduleUrl.replace(/\/src\/(?!.*\/src\/)/, '/dist/') : moduleUrl
  return new URL(file, module)
}

function startError(name: string, error: Error & { code?: string }): Error {
  return error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND'
    ? new MissingResourceError(
        `${name} could not be started: ${error.message}`,
        'run `npm run build` first when working from a checkout; else reinstall splice-score',
        error,
      )
    : error
}
