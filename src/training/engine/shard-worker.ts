/**
 * The thread of one shard. A thread of its own because a step blocks its caller while it computes; with two of them,
 * each with half of the batch, the CPU is used better than by one step on two threads.
 */
import { workerData } from 'node:worker_threads'
import { answerRequests } from '../../core/threads/answer-requests.ts'
import type { ShardAnswer, ShardGreeting, ShardRequest, ShardStart } from './messages.ts'
import { Shard } from './shard.ts'

await answerRequests<ShardRequest, ShardAnswer, ShardGreeting>(async log => {
  const { settings, index, shared, state } = workerData as ShardStart
  const shard = await Shard.open(settings, index, shared, state, log)
  return {
    greeting: { description: shard.description },
    answer: request => answer(shard, request),
    close: () => shard.close(),
  }
})

async function answer(shard: Shard, request: ShardRequest): Promise<ShardAnswer> {
  switch (request.kind) {
    case 'gradient':
      return shard.gradient(request.batch, request.step)
    case 'update':
      return shard.update(request.scalars, request.step)
    case 'predict':
      return shard.predict(request.codes, request.count)
    case 'state':
      return shard.state
  }
}
