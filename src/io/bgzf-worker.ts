/** The thread that inflates BGZF blocks beside the one that decodes records; see bgzf-inflater. */
import { parentPort } from 'node:worker_threads'
import { plainError } from '../core/plain-error.ts'
import { inflateBlocks } from './bgzf-inflate.ts'
import type { InflateAnswer, InflateRequest } from './bgzf-inflater.ts'

if (parentPort === null) {
  throw new Error('bgzf-worker runs as a worker thread, started by bgzf-inflater')
}
const port = parentPort

port.on('message', async ({ id, blocks }: InflateRequest) => {
  try {
    const inflated = await inflateBlocks(blocks)
    const answer: InflateAnswer = { id, inflated }
    port.postMessage(answer, [inflated.buffer])
  } catch (error) {
    const answer: InflateAnswer = { id, error: plainError(error) }
    port.postMessage(answer)
  }
})
