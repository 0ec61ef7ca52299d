import { hash } from 'node:crypto'
import { WINDOW_LENGTH } from '../junctions/window.ts'

/** What the queue needs from a scoring session; see graph/session-client. */
export interface WindowScorer {
  columns: readonly string[]
  /** Shape: codes [count, 800] -> probabilities [count, columns], row-major. The codes are handed over. */
  score(codes: Uint8Array, count: number): Promise<Float32Array>
}

/** Batches on their way to the scorer before the caller must wait: one being run, one ready, one being returned. */
const MAX_IN_FLIGHT = 3

/**
 * Collects windows into batches for a scoring session, scoring identical windows once.
 * Windows are told apart by the SHA-1 of their codes; 10^8 different windows collide with a chance of about 10^-32.
 */
export class WindowQueue {
  private readonly scorer: WindowScorer
  private readonly batchSize: number
  private readonly numberOf = new Map<string, number>()
  private readonly inFlight = new Set<Promise<void>>()
  private batch: Uint8Array<ArrayBuffer>
  private batchCount = 0
  private batchFirst = 0
  private results: Float32Array
  private failure: unknown
  /** Windows handed in, and distinct ones among them. */
  requested = 0

  constructor(scorer: WindowScorer, batchSize: number) {
    this.scorer = scorer
    this.batchSize = batchSize
    this.batch = new Uint8Array(batchSize * WINDOW_LENGTH)
    this.results = new Float32Array(1024 * scorer.columns.length)
  }

  /** Number of distinct windows. */
  get distinct(): number {
    return this.numberOf.size
  }

  /** Returns the window's number. The codes are copied. Call `room` between additions. */
  add(window: Uint8Array): number {
    this.requested++
    const key = hash('sha1', window, 'base64')
    const known = this.numberOf.get(key)
    if (known !== undefined) {
      return known
    }
    const number = this.numberOf.size
    this.numberOf.set(key, number)
    this.batch.set(window, this.batchCount * WINDOW_LENGTH)
    this.batchCount++
    if (this.batchCount === this.batchSize) {
      this.dispatch()
    }
    return number
  }

  /** Waits until another batch may be sent; keeps memory bounded when the scorer is slower than the reader. */
  async room(): Promise<void> {
    while (this.inFlight.size >= MAX_IN_FLIGHT) {
      await Promise.race(this.inFlight)
    }
    this.rethrow()
  }

  /** Scores what is left and waits for all results. */
  async finish(): Promise<void> {
    if (this.batchCount > 0) {
      this.dispatch()
    }
    await Promise.all(this.inFlight)
    this.rethrow()
  }

  /** Returns one probability of a window; valid after `finish`. */
  result(number: number, column: number): number {
    return this.results[number * this.scorer.columns.length + column]!
  }

  private dispatch(): void {
    const { batch, batchCount: count, batchFirst: first } = this
    const codes = count === this.batchSize ? batch : batch.slice(0, count * WINDOW_LENGTH)
    this.batch = new Uint8Array(this.batchSize * WINDOW_LENGTH)
    this.batchCount = 0
    this.batchFirst = first + count
    const task = this.scorer
      .score(codes, count)
      .then(
        probabilities => this.store(first, probabilities),
        error => {
          this.failure ??= error
        },
      )
      .finally(() => this.inFlight.delete(task))
    this.inFlight.add(task)
  }

  private store(first: number, probabilities: Float32Array): void {
    const at = first * this.scorer.columns.length
    const needed = at + probabilities.length
    if (needed > this.results.length) {
      const larger = new Float32Array(Math.max(needed, this.results.length * 2))
      larger.set(this.results)
      this.results = larger
    }
    this.results.set(probabilities, at)
  }

  private rethrow(): void {
    if (this.failure !== undefined) {
      throw this.failure
    }
  }
}
