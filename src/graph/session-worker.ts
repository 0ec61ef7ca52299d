/**
 * The thread that scores: it hosts an in-process session and answers session-client. A thread of its own because ONNX Runtime
 * blocks its caller while it computes, and reading alignments should go on meanwhile.
 */
import { workerData } from 'node:worker_threads'
import { answerRequests } from '../core/threads/answer-requests.ts'
import {
  type ScoreRequest,
  type SessionGreeting,
  startScoringSession,
  type WorkerStart,
} from './session-client.ts'

await answerRequests<ScoreRequest, Float32Array<ArrayBuffer>, SessionGreeting>(async log => {
  const { options } = workerData as WorkerStart
  const session = await startScoringSession({ ...options, log, inProcess: true })
  return {
    greeting: { provider: session.provider, columns: session.columns },
    // A copy of a few numbers per window: the runtime's own output memory cannot be moved between threads.
    answer: async ({ codes, count }) => Float32Array.from(await session.score(codes, count)),
    transfer: scores => [scores.buffer],
    close: () => session.close(),
  }
})
