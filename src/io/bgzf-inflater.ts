import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { builtWorkerUrl } from '../core/built-worker.ts'
import { type PlainError, revivedError } from '../core/plain-error.ts'
import { type CompressedBlocks, inflateBlocks } from './bgzf-inflate.ts'

export interface InflateRequest {
  id: number
  blocks: CompressedBlocks
}

export type InflateAnswer =
  | { id: number; inflated: Uint8Array<ArrayBuffer>; error?: undefined }
  | { id: number; error: PlainError; inflated?: undefined }

interface Waiting {
  resolve(inflated: Uint8Array<ArrayBuffer>): void
  reject(error: Error): void
}

/** Compressed bytes inflated on the calling thread before a worker is worth its start: 60 ms of processor time, 20 MB. */
const WORKER_FROM_BYTES = 32 << 20
/** Windows on their way while a worker inflates: one being inflated, one waiting. */
const WORKER_DEPTH = 2

/**
 * Inflates BGZF blocks, from some megabytes on in a thread of its own: inflating takes half the time of reading a BAM,
 * so the other half runs beside it. With a single core, and when run from TypeScript source, it stays on this thread.
 */
export class BgzfInflater {
  private worker: Worker | undefined
  private failure: Error | undefined
  private readonly waiting = new Map<number, Waiting>()
  private nextId = 0
  private bytesSeen = 0

  /** How many calls should be under way at once. */
  get depth(): number {
    return this.worker ? WORKER_DEPTH : 1
  }

  /**
   * Returns the content of the blocks; their bytes are handed over.
   * Throws: InputDataError naming the block that is damaged.
   */
  inflate(blocks: CompressedBlocks): Promise<Uint8Array<ArrayBuffer>> {
    this.bytesSeen += blocks.bytes.length
    if (!this.worker && this.bytesSeen > WORKER_FROM_BYTES && mayUseWorker()) {
      this.start()
    }
    if (!this.worker) {
      return inflateBlocks(blocks)
    }
    if (this.failure) {
      return Promise.reject(this.failure)
    }
    const request: InflateRequest = { id: this.nextId++, blocks }
    return new Promise((resolve, reject) => {
      this.waiting.set(request.id, { resolve, reject })
      this.worker!.postMessage(request, [blocks.bytes.buffer])
    })
  }

  async close(): Promise<void> {
    await this.worker?.terminate()
  }

  private start(): void {
    this.worker = new Worker(builtWorkerUrl('bgzf-worker', import.meta.url))
    // An abandoned reader must not keep the process alive.
    this.worker.unref()
    this.worker.on('message', (answer: InflateAnswer) => this.settle(answer))
    this.worker.on('error', error => this.fail(error as Error))
    this.worker.on('exit', () => this.fail(new Error('the inflating thread has ended')))
  }

  private settle(answer: InflateAnswer): void {
    const waiting = this.waiting.get(answer.id)
    this.waiting.delete(answer.id)
    if (answer.error) {
      waiting?.reject(revivedError(answer.error))
    } else {
      waiting?.resolve(answer.inflated)
    }
  }

  private fail(error: Error): void {
    this.failure ??= error
    for (const { reject } of this.waiting.values()) {
      reject(this.failure)
    }
    this.waiting.clear()
  }
}

function mayUseWorker(): boolean {
  return availableParallelism() > 1 && !import.meta.url.endsWith('.ts')
}
