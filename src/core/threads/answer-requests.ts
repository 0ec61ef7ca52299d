import { parentPort } from 'node:worker_threads'
import type { Log } from '../log.ts'
import type { FromThread, ToThread } from './asked-thread.ts'
import { plainError } from './plain-error.ts'

/** What a thread does once it is open. */
export interface Answerer<Request, Answer, Greeting> {
  greeting: Greeting
  answer(request: Request): Promise<Answer>
  /** Buffers of an answer that move to the other thread without a copy. */
  transfer?(answer: Answer): readonly ArrayBuffer[]
  close(): Promise<void>
}

/**
 * Opens and then answers, strictly in turn, until the other side closes: the whole program of a thread that an `AskedThread` starts.
 * Throws: Error when it does not run as a worker thread.
 */
export async function answerRequests<Request, Answer, Greeting>(
  open: (log: Log) => Promise<Answerer<Request, Answer, Greeting>>,
): Promise<void> {
  if (parentPort === null) {
    throw new Error('this file is a worker thread, started by the module beside it')
  }
  const port = parentPort
  const send = (message: FromThread<Answer, Greeting>, transfer: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, [...transfer])
  const sendLog = (level: keyof Log) => (message: string) => send({ kind: 'log', level, message })
  const log: Log = { info: sendLog('info'), warn: sendLog('warn'), debug: sendLog('debug') }

  const handle = async (
    answerer: Answerer<Request, Answer, Greeting>,
    message: ToThread<Request>,
  ): Promise<void> => {
    if (message.kind === 'close') {
      await answerer.close()
      port.close()
      return
    }
    try {
      const answer = await answerer.answer(message.request)
      send({ kind: 'answer', answer }, answerer.transfer?.(answer))
    } catch (error) {
      send({ kind: 'refused', error: plainError(error) })
    }
  }

  try {
    const answerer = await open(log)
    let turn = Promise.resolve()
    port.on('message', (message: ToThread<Request>) => {
      turn = turn.then(() => handle(answerer, message))
    })
    send({ kind: 'ready', greeting: answerer.greeting })
  } catch (error) {
    send({ kind: 'failed', error: plainError(error) })
  }
}
