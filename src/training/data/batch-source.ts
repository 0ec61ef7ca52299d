import { UsageError } from '../../core/errors.ts'
import { AskedThread, threadUrl } from '../../core/threads/asked-thread.ts'
import type { Dataset } from '../../curation/dataset.ts'
import { outerFlank } from '../../curation/dataset-description.ts'
import {
  type Batch,
  BatchMaker,
  type BatchRequest,
  type BatchSpec,
  samplerOf,
  type TrainingBatches,
} from './batch-maker.ts'

/** Batches of a dataset. */
export interface BatchSource {
  readonly batchSize: number
  /** Whole batches of an epoch; 0 in a source for evaluation only. */
  readonly batchesPerEpoch: number
  /**
   * Yields training batches without end, epoch after epoch, from the given place on. The same place gives the same
   * batches, whatever came before it. The next ones are being made while the caller works on one.
   */
  train(from?: { epoch: number; batch: number }): AsyncGenerator<Batch>
  /** Yields the examples of these numbers in order, unmasked; the last batch is what is left. */
  inOrder(indices: Uint32Array): AsyncGenerator<Batch>
  /** Ends the thread and closes its files, after the batches asked for. */
  close(): Promise<void>
}

export interface BatchSourceOptions {
  dataset: Pick<
    Dataset,
    'window' | 'windows' | 'labels' | 'classes' | 'classNames' | 'weights' | 'targets' | 'siteLabels'
  >
  /** In place of the dataset's. Shape: [examples, 3], from 0 to 1 or `UNKNOWN_LABEL`. */
  taughtLabels?: Float32Array | undefined
  batchSize: number
  /** Absent in a source for evaluation only. */
  train?: TrainingBatches
  /** Batches being made or waiting while the caller works. */
  prefetch?: number
  /** True makes batches on the calling thread. For libraries and tests: the batches are the same. */
  inProcess?: boolean
  /** Where the compiled batch-worker is, when a bundler has moved it. */
  workerUrl?: URL
}

const DEFAULT_PREFETCH = 3

/**
 * Returns the batches of a dataset, made in a worker thread unless `inProcess` is set, so that reading never delays a
 * training step. To be closed before the dataset.
 * Memory: the labels and weights once more in the thread, and `prefetch` batches; windows in memory are shared.
 * Throws: UsageError or InputDataError for settings the dataset cannot fulfil; MissingResourceError when the thread's
 * file is absent.
 */
export async function startBatchSource(options: BatchSourceOptions): Promise<BatchSource> {
  const { prefetch = DEFAULT_PREFETCH, batchSize } = options
  const spec = specOf(options)
  // Made here for its checks; the one that draws is made from the same spec where the batches are.
  const batchesPerEpoch = samplerOf(spec)?.batchesPerEpoch ?? 0
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new UsageError(`expected a batch size of at least 1, found ${batchSize}`)
  }
  if (!Number.isInteger(prefetch) || prefetch < 1) {
    throw new UsageError(`expected to prefetch at least 1 batch, found ${prefetch}`)
  }
  const maker = options.inProcess ? await BatchMaker.open(spec) : await startWorker(spec, options.workerUrl)
  return {
    batchSize,
    batchesPerEpoch,
    train(from = { epoch: 0, batch: 0 }) {
      return prefetched(trainingRequests(from, batchesPerEpoch), maker, prefetch)
    },
    inOrder: indices => prefetched(orderedRequests(indices, batchSize), maker, prefetch),
    close: () => maker.close(),
  }
}

function specOf({ dataset, taughtLabels, batchSize, train }: BatchSourceOptions): BatchSpec {
  const { window, windows, labels, classes, classNames, weights, targets } = dataset
  return {
    windows: windows.handle(),
    labels,
    classes,
    classNames,
    weights,
    targets,
    siteLabels: taughtLabels ?? dataset.siteLabels,
    outerFlank: outerFlank(window),
    batchSize,
    train,
  }
}

function* trainingRequests(
  from: { epoch: number; batch: number },
  batchesPerEpoch: number,
): Generator<BatchRequest> {
  if (batchesPerEpoch === 0) {
    throw new RangeError('expected a source with training examples, found one for evaluation only')
  }
  // A place saved after the last batch of an epoch is the front of the next.
  let epoch = from.epoch + Math.floor(from.batch / batchesPerEpoch)
  let batch = from.batch % batchesPerEpoch
  for (; ; epoch++, batch = 0) {
    for (; batch < batchesPerEpoch; batch++) {
      yield { epoch, batch }
    }
  }
}

function* orderedRequests(indices: Uint32Array, batchSize: number): Generator<BatchRequest> {
  for (let from = 0, batch = 0; from < indices.length; from += batchSize, batch++) {
    yield { indices: indices.slice(from, from + batchSize), batch }
  }
}

interface Maker {
  make(request: BatchRequest): Promise<Batch>
  close(): Promise<void>
}

/** Yields the batches of the requests in order, with up to `depth` of them asked for before they are needed. */
async function* prefetched(
  requests: Iterator<BatchRequest>,
  maker: Maker,
  depth: number,
): AsyncGenerator<Batch> {
  const asked: Promise<Batch>[] = []
  const askUpTo = (count: number) => {
    while (asked.length < count) {
      const { done, value } = requests.next()
      if (done) {
        return
      }
      const batch = maker.make(value)
      // A failure is thrown when the batch's turn comes; one that is never taken is of no interest.
      batch.catch(() => undefined)
      asked.push(batch)
    }
  }
  for (askUpTo(depth); asked.length > 0; ) {
    const batch = await asked.shift()!
    askUpTo(depth)
    yield batch
  }
}

async function startWorker(
  spec: BatchSpec,
  url = threadUrl(import.meta.url, './batch-worker.js'),
): Promise<Maker> {
  const name = 'the thread that makes batches'
  const { thread } = await AskedThread.start<BatchRequest, Batch, undefined>({ url, data: spec, name })
  return { make: request => thread.ask(request), close: () => thread.close() }
}
