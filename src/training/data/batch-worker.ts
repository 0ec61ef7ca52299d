/** The thread that makes batches: it hosts a batch maker and answers the messages of batch-source. */
import { parentPort, workerData } from 'node:worker_threads'
import { plainError } from '../../graph/plain-error.ts'
import { BatchMaker, type BatchSpec } from './batch-maker.ts'
import type { FromBatchWorker, ToBatchWorker } from './batch-source.ts'

if (parentPort === null) {
  throw new Error('batch-worker runs as a worker thread, started by batch-source')
}
const port = parentPort

try {
  const maker = await BatchMaker.open(workerData as BatchSpec)
  // Messages are handled strictly in turn, so that batches come in the order they were asked for.
  let turn = Promise.resolve()
  port.on('message', (message: ToBatchWorker) => {
    turn = turn.then(() => handle(maker, message))
  })
  send({ kind: 'ready' })
} catch (error) {
  send({ kind: 'failed', id: undefined, error: plainError(error) })
}

async function handle(maker: BatchMaker, message: ToBatchWorker): Promise<void> {
  if (message.kind === 'close') {
    await maker.close()
    port.close()
    return
  }
  try {
    const batch = await maker.make(message.request)
    const arrays = [batch.codes, batch.labels, batch.weights, batch.indices, batch.targets]
    send(
      { kind: 'batch', id: message.id, batch },
      arrays.flatMap(array => (array === undefined ? [] : [array.buffer])),
    )
  } catch (error) {
    send({ kind: 'failed', id: message.id, error: plainError(error) })
  }
}

function send(message: FromBatchWorker, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}
