/**
 * The thread that scores: it hosts an in-process session and answers the messages of session-client. A thread of its
 * own because ONNX Runtime blocks its caller while it computes, and reading alignments should go on meanwhile.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { Log } from '../core/log.ts'
import { plainError } from './plain-error.ts'
import {
  type FromWorker,
  type ScoringSession,
  startScoringSession,
  type ToWorker,
  type WorkerStart,
} from './session-client.ts'

if (parentPort === null) {
  throw new Error('session-worker runs as a worker thread, started by session-client')
}
const port = parentPort
const { options } = workerData as WorkerStart

const sendLog = (level: keyof Log) => (message: string) => send({ kind: 'log', level, message })
const log: Log = { info: sendLog('info'), warn: sendLog('warn'), debug: sendLog('debug') }

try {
  const session = await startScoringSession({ ...options, log, inProcess: true })
  // Messages are handled strictly in turn, so `close` comes after every batch sent before it.
  let turn = Promise.resolve()
  port.on('message', (message: ToWorker) => {
    turn = turn.then(() => handle(session, message))
  })
  send({ kind: 'ready', provider: session.provider, columns: session.columns })
} catch (error) {
  send({ kind: 'failed', id: undefined, error: plainError(error) })
}

async function handle(session: ScoringSession, message: ToWorker): Promise<void> {
  if (message.kind === 'close') {
    await session.close()
    port.close()
    return
  }
  try {
    // A copy of a few numbers per window: the runtime's own output memory cannot be moved between threads.
    const scores = Float32Array.from(await session.score(message.codes, message.count))
    send({ kind: 'scores', id: message.id, scores }, [scores.buffer])
  } catch (error) {
    send({ kind: 'failed', id: message.id, error: plainError(error) })
  }
}

function send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}
