import { describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../../src/core/errors.ts'
import { AskedThread, threadUrl } from '../../../src/core/threads/asked-thread.ts'
import { plainError } from '../../../src/core/threads/plain-error.ts'

/** A thread of these words; `send` and `port` are at hand. */
const program = (words: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(
      `import { parentPort as port } from 'node:worker_threads'; const send = m => port.postMessage(m); ${words}`,
    )}`,
  )

const start = (
  words: string,
  log?: { info(m: string): void; warn(m: string): void; debug(m: string): void },
) =>
  AskedThread.start<number, number, string>({ url: program(words), data: undefined, name: 'the thread', log })

const ECHO = `port.on('message', m => m.kind === 'close' ? port.close() : setTimeout(() => send({ kind: 'answer', answer: m.request * 2 }), 5));
  send({ kind: 'ready', greeting: 'hello' })`

describe('a thread that is asked', () => {
  it('greets, answers in order, and hands on what it logs', async () => {
    const lines: string[] = []
    const log = { info: (line: string) => lines.push(line), warn() {}, debug() {} }
    const { thread, greeting } = await start(
      `send({ kind: 'log', level: 'info', message: 'opening' }); ${ECHO}`,
      log,
    )
    expect([greeting, lines]).toEqual(['hello', ['opening']])
    expect(await Promise.all([1, 2, 3].map(n => thread.ask(n)))).toEqual([2, 4, 6])
    await thread.close()
  })

  it('answers what it was asked before it is closed, and nothing after', async () => {
    const { thread } = await start(ECHO)
    const answers = [thread.ask(1), thread.ask(2)]
    const closed = thread.close()
    await expect(thread.ask(3)).rejects.toThrow('the thread is closed')
    // The stand-in answers late and is closed meanwhile; a real one takes its turn.
    await closed
    await Promise.allSettled(answers)
  })

  it('refuses one request in the error’s own class and answers the next', async () => {
    const refusal = JSON.stringify(plainError(new InputDataError('odd', 'be even')))
    const { thread } = await start(`port.on('message', m => m.kind === 'close' ? port.close() :
      send(m.request % 2 ? { kind: 'refused', error: ${refusal} } : { kind: 'answer', answer: 0 })); send({ kind: 'ready' })`)
    const refused = thread.ask(1)
    await expect(refused).rejects.toThrow(InputDataError)
    await expect(refused).rejects.toMatchObject({ message: 'odd', hint: 'be even', exitCode: 3 })
    expect(await thread.ask(2)).toBe(0)
    await thread.close()
  })

  it.each([
    ['throws', "throw new TypeError('lost')", 'lost'],
    ['exits', 'process.exit(7)', 'the thread ended early with code 7'],
  ])('that %s fails all that waits and all that comes', async (_, end, message) => {
    const { thread } = await start(`port.on('message', () => { ${end} }); send({ kind: 'ready' })`)
    for (const result of await Promise.allSettled([thread.ask(1), thread.ask(2)])) {
      expect(result).toMatchObject({ status: 'rejected', reason: { message } })
    }
    await expect(thread.ask(3)).rejects.toThrow(message)
    await thread.close()
  })

  it('that cannot open fails the start, with its reason or what to do', async () => {
    const failure = JSON.stringify(plainError(new MissingResourceError('no model')))
    await expect(start(`send({ kind: 'failed', error: ${failure} })`)).rejects.toThrow('no model')
    const absent = AskedThread.start({
      url: new URL('file:///no/such/worker.js'),
      data: undefined,
      name: 'the thread',
    })
    await expect(absent).rejects.toThrow(MissingResourceError)
  })
})

it('the compiled file of a thread is looked for beside its module, of a source in dist', () => {
  expect(threadUrl('file:///a/src/b/src/core/x.ts', './y-worker.js').href).toBe(
    'file:///a/src/b/dist/core/y-worker.js',
  )
  expect(threadUrl('file:///a/dist/bin/x.js', './y-worker.js').href).toBe('file:///a/dist/bin/y-worker.js')
})
