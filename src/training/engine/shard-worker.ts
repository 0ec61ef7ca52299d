/**
 * The thread of one shard. A thread of its own because a step blocks its caller while it computes; with two of them,
 * each with half of the batch, the CPU is used better than by one step on two threads.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { Log } from '../../core/log.ts'
import { plainError } from '../../graph/plain-error.ts'
import type { ShardAnswers, ShardMessage, ShardRequest, ShardStart } from './messages.ts'
import { Shard } from './shard.ts'

if (parentPort === null) {
  throw new Error('shard-worker runs as a worker thread, started by the training engine')
}
const port = parentPort
const { settings, index, shared, state } = workerData as ShardStart

const sendLog = (level: keyof Log) => (message: string) => send({ kind: 'log', level, message })
const log: Log = { info: sendLog('info'), warn: sendLog('warn'), debug: sendLog('debug') }

try {
  const shard = await Shard.open(settings, index, shared, state, log)
  // Strictly in turn: an update must not begin before the gradient it is of.
  let turn = Promise.resolve()
  port.on('message', (request: ShardRequest) => {
    turn = turn.then(() => handle(shard, request))
  })
  send({ kind: 'ready', description: shard.description })
} catch (error) {
  send({ kind: 'failed', error: plainError(error) })
}

async function handle(shard: Shard, request: ShardRequest): Promise<void> {
  try {
    send({ kind: 'answer', value: await answer(shard, request) })
    if (request.kind === 'close') {
      port.close()
    }
  } catch (error) {
    send({ kind: 'failed', error: plainError(error) })
  }
}

async function answer(shard: Shard, request: ShardRequest): Promise<ShardAnswers[keyof ShardAnswers]> {
  switch (request.kind) {
    case 'gradient':
      return shard.gradient(request.batch, request.step)
    case 'update':
      return shard.update(request.scalars, request.step)
    case 'predict':
      return shard.predict(request.codes, request.count)
    case 'state':
      return shard.state
    case 'close':
      await shard.close()
      return undefined
  }
}

function send(message: ShardMessage): void {
  port.postMessage(message)
}
