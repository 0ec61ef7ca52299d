/** The thread that makes batches: it hosts a batch maker and answers batch-source. */
import { workerData } from 'node:worker_threads'
import { answerRequests } from '../../core/threads/answer-requests.ts'
import { type Batch, BatchMaker, type BatchRequest, type BatchSpec } from './batch-maker.ts'

await answerRequests<BatchRequest, Batch, undefined>(async () => {
  const maker = await BatchMaker.open(workerData as BatchSpec)
  return {
    greeting: undefined,
    answer: request => maker.make(request),
    transfer: ({ codes, labels, weights, indices, targets }) =>
      [codes, labels, weights, indices, targets].flatMap(array =>
        array === undefined ? [] : [array.buffer],
      ),
    close: () => maker.close(),
  }
})
