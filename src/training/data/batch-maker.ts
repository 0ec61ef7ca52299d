import { derivedSeed } from '../../core/derived-seed.ts'
import { UsageError } from '../../core/errors.ts'
import { seededRandom } from '../../core/random.ts'
import { openWindowStore, type WindowStore, type WindowStoreHandle } from '../../curation/window-store.ts'
import { OTHER } from '../../genome/sequence.ts'
import { Sampler, type Sampling } from './sampler.ts'
import { MASK_STREAM } from './seeds.ts'

/** Examples cut and encoded for one step. N is the batch size, or less in the last batch of an evaluation. */
export interface Batch {
  /** Shape: [N, window length], codes 0..4. */
  codes: Uint8Array<ArrayBuffer>
  /** 1 positive, 0 negative; all 0 in a dataset with targets. Shape: [N]. */
  labels: Uint8Array<ArrayBuffer>
  /** Shape: [N]. */
  weights: Float32Array<ArrayBuffer>
  /** Shape: [N, columns]. */
  targets?: Float32Array<ArrayBuffer>
  /** Of donor, acceptor and pair, where windows have both sites: 0 to 1, or `UNKNOWN_LABEL`. Shape: [N, 3]. */
  siteLabels?: Float32Array<ArrayBuffer>
  /** Numbers of the examples in the dataset. Shape: [N]. */
  indices: Uint32Array<ArrayBuffer>
  /** 0 in an evaluation. */
  epoch: number
  /** Number of the batch in its epoch or evaluation, from 0. */
  batch: number
}

/** How training batches are drawn. */
export interface TrainingBatches {
  /** Numbers of the examples to train on. */
  indices: Uint32Array
  seed: number
  sampling?: Sampling
  /** Bases at each end that may be hidden (as N), a random number of them per end and example. */
  maskFlanks?: number
}

/** Everything a batch is made from, as data that can be sent to a thread. */
export interface BatchSpec {
  windows: WindowStoreHandle
  labels: Uint8Array
  classes: Uint8Array
  classNames: readonly string[]
  weights: Float32Array
  targets: { values: Float32Array; columns: number } | undefined
  /** Labels of donor, acceptor and pair for each example, where windows have both sites. */
  siteLabels: Uint8Array | Float32Array | undefined
  /** Bases at each end that masking may reach. */
  outerFlank: number
  batchSize: number
  train: TrainingBatches | undefined
}

/** What to make: a training batch by its place, or a batch of named examples. */
export type BatchRequest = { epoch: number; batch: number } | { indices: Uint32Array; batch: number }

/**
 * Returns the sampler of a spec; undefined when it is for evaluation only.
 * Throws: what `Sampler` throws; UsageError when masking would reach a site.
 */
export function samplerOf(spec: BatchSpec): Sampler | undefined {
  const { train, batchSize } = spec
  if (train === undefined) {
    return undefined
  }
  const { maskFlanks = 0 } = train
  if (!Number.isInteger(maskFlanks) || maskFlanks < 0 || maskFlanks > spec.outerFlank) {
    throw new UsageError(
      `expected to mask at most ${spec.outerFlank} bases at each end, which leaves the sites, found ${maskFlanks}`,
    )
  }
  return new Sampler({
    examples: { ...spec, indices: train.indices, hasTargets: spec.targets !== undefined },
    seed: train.seed,
    batchSize,
    ...(train.sampling && { sampling: train.sampling }),
  })
}

/** Makes batches, each from the request alone. */
export class BatchMaker {
  readonly #spec: BatchSpec
  readonly #windows: WindowStore
  readonly #sampler: Sampler | undefined
  #order: { epoch: number; indices: Uint32Array } | undefined

  private constructor(spec: BatchSpec, windows: WindowStore) {
    this.#spec = spec
    this.#windows = windows
    this.#sampler = samplerOf(spec)
  }

  /** Returns a maker with the windows opened. */
  static async open(spec: BatchSpec): Promise<BatchMaker> {
    const windows = await openWindowStore(spec.windows)
    try {
      return new BatchMaker(spec, windows)
    } catch (error) {
      await windows.close()
      throw error
    }
  }

  /** Returns the batch. Throws: RangeError for a batch or example that does not exist. */
  async make(request: BatchRequest): Promise<Batch> {
    if ('indices' in request) {
      return this.#gather(request.indices.slice(), 0, request.batch)
    }
    const { epoch, batch: number } = request
    const { batchSize } = this.#spec
    const order = this.#orderOf(epoch)
    if (number < 0 || (number + 1) * batchSize > order.length) {
      throw new RangeError(
        `expected a batch below ${order.length / batchSize} of epoch ${epoch}, found ${number}`,
      )
    }
    const batch = await this.#gather(order.slice(number * batchSize, (number + 1) * batchSize), epoch, number)
    this.#mask(batch)
    return batch
  }

  close(): Promise<void> {
    return this.#windows.close()
  }

  #orderOf(epoch: number): Uint32Array {
    if (this.#sampler === undefined) {
      throw new RangeError('expected a source with training examples, found one for evaluation only')
    }
    if (this.#order?.epoch !== epoch) {
      this.#order = { epoch, indices: this.#sampler.epochOrder(epoch) }
    }
    return this.#order.indices
  }

  async #gather(indices: Uint32Array<ArrayBuffer>, epoch: number, number: number): Promise<Batch> {
    const { labels, weights, targets, siteLabels } = this.#spec
    const codes = new Uint8Array(indices.length * this.#windows.length)
    await this.#windows.read(indices, codes)
    const batch: Batch = {
      codes,
      labels: Uint8Array.from(indices, index => labels[index]!),
      weights: Float32Array.from(indices, index => weights[index]!),
      indices,
      epoch,
      batch: number,
    }
    if (siteLabels !== undefined) {
      batch.siteLabels = new Float32Array(3 * indices.length)
      for (const [i, index] of indices.entries()) {
        batch.siteLabels.set(siteLabels.subarray(3 * index, 3 * (index + 1)), 3 * i)
      }
    }
    if (targets !== undefined) {
      const { values, columns } = targets
      batch.targets = new Float32Array(indices.length * columns)
      for (const [i, index] of indices.entries()) {
        batch.targets.set(values.subarray(index * columns, (index + 1) * columns), i * columns)
      }
    }
    return batch
  }

  #mask({ codes, epoch, batch }: Batch): void {
    const { seed, maskFlanks = 0 } = this.#spec.train!
    if (maskFlanks === 0) {
      return
    }
    const random = seededRandom(derivedSeed(seed, MASK_STREAM, epoch, batch))
    const { length } = this.#windows
    for (let start = 0; start < codes.length; start += length) {
      codes.fill(OTHER, start, start + random.int(maskFlanks + 1))
      codes.fill(OTHER, start + length - random.int(maskFlanks + 1), start + length)
    }
  }
}
