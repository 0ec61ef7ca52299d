import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../src/core/errors.ts'
import { int, OnnxGraph } from '../../src/graph/onnx-writer.ts'
import { probeProviders } from '../../src/graph/session.ts'
import { columnNames, type ScoringOptions, startScoringSession } from '../../src/graph/session-client.ts'

const WINDOW = 6

/** Two columns: the sum of a window's codes, and its first code. */
function toyModel(change: (graph: OnnxGraph) => void = () => {}): Promise<Uint8Array> {
  const graph = new OnnxGraph('toy')
  const codes = graph.input('codes', 'uint8', ['N', WINDOW])
  const values = graph.node('Cast', [codes], 'values', { to: int(1) })
  const axis = graph.constant('axis', { type: 'int64', dims: [1], data: [1] })
  const sum = graph.node('ReduceSum', [values, axis], 'total', { keepdims: int(1) })
  const first = graph.constant('first', { type: 'int64', dims: [1], data: [0] })
  graph.node(
    'Concat',
    [sum, graph.node('Gather', [values, first], 'head', { axis: int(1) })],
    'probabilities',
    {
      axis: int(1),
    },
  )
  graph.output('probabilities', 'float32', ['N', 2])
  graph.metadata('columns', '["sum","head"]')
  change(graph)
  return graph.toBytes()
}

const model = await toyModel()
const options: ScoringOptions = { model, provider: 'cpu', threads: 1, windowLength: WINDOW }
const built = existsSync(new URL('../../dist/graph/session-worker.js', import.meta.url))
const cudaMissing = (await probeProviders()).some(({ name, available }) => name === 'cuda' && !available)

const batch = (...windows: number[][]) => Uint8Array.from(windows.flat())

describe.each([
  ['in this process', true, false],
  [`in a worker${built ? '' : ' (skipped: run npm run build first)'}`, false, !built],
] as const)('a scoring session %s', (_, inProcess, skip) => {
  const start = (change: Partial<ScoringOptions> = {}) =>
    startScoringSession({ ...options, inProcess, ...change })

  it.skipIf(skip)('knows provider and columns and scores batches', async () => {
    const session = await start()
    expect(session.provider).toBe('cpu')
    expect(session.columns).toEqual(['sum', 'head'])
    const scores = await session.score(batch([1, 2, 3, 4, 0, 0], [4, 4, 4, 4, 4, 4]), 2)
    expect(scores).toEqual(Float32Array.of(10, 1, 24, 4))
    expect(await session.score(new Uint8Array(0), 0)).toEqual(new Float32Array(0))
    await session.close()
  })

  it.skipIf(skip)('answers many batches at once, each to its own caller', async () => {
    const session = await start()
    const batches = Array.from({ length: 40 }, (_, i) => session.score(new Uint8Array(WINDOW * 3).fill(i), 3))
    for (const [i, scores] of (await Promise.all(batches)).entries()) {
      expect([...scores]).toEqual([6 * i, i, 6 * i, i, 6 * i, i])
    }
    await session.close()
  })

  it.skipIf(skip)('scores a part of a larger array and leaves that array alone', async () => {
    const session = await start()
    const all = batch([1, 1, 1, 1, 1, 1], [2, 2, 2, 2, 2, 2])
    expect([...(await session.score(all.subarray(WINDOW), 1))]).toEqual([12, 2])
    expect(all.length).toBe(2 * WINDOW)
    await session.close()
  })

  it.skipIf(skip)('refuses codes that are not the number of windows told', async () => {
    const session = await start()
    await expect(session.score(new Uint8Array(WINDOW + 1), 1)).rejects.toThrow(
      'expected 1 windows of 6 codes (6 in all), found 7 codes',
    )
    await session.close()
  })

  it.skipIf(skip)('keeps working after a batch that failed', async () => {
    // The graph looks code 9 up in a table of 5.
    const lookup = await toyModel(graph => {
      const table = graph.constant('table', { type: 'float32', dims: [5], data: new Float32Array(5) })
      const index = graph.node('Cast', ['codes'], 'index', { to: int(7) })
      graph.node('Gather', [table, index], 'looked')
      graph.node('ReduceMax', ['looked'], 'most', { keepdims: int(0) })
      graph.node('Add', ['probabilities', 'most'], 'checked')
      graph.output('checked', 'float32', ['N', 2])
    })
    const session = await start({ model: lookup })
    await expect(session.score(new Uint8Array(WINDOW).fill(9), 1)).rejects.toThrow(
      /indices element out of data bounds/,
    )
    expect([...(await session.score(new Uint8Array(WINDOW).fill(1), 1))]).toEqual([6, 1])
    await session.close()
  })

  it.skipIf(skip)('refuses a file that is no model or no scoring model, by its own error class', async () => {
    const junk = start({ model: new TextEncoder().encode('not a model') })
    await expect(junk).rejects.toThrow(InputDataError)
    const bare = start({ model: await toyModel(graph => graph.metadata('columns', '[]')) })
    await expect(bare).rejects.toThrow('metadata entry columns: expected a list of names, found []')
    await expect(bare).rejects.toThrow(InputDataError)
    const wide = await start({ model: await toyModel(graph => graph.metadata('columns', '["only"]')) })
    await expect(wide.score(new Uint8Array(WINDOW), 1)).rejects.toThrow(
      'expected probabilities float32 [1, 1], found float32 [1, 2]',
    )
    await wide.close()
  })

  it.skipIf(skip || !cudaMissing)(
    'passes on why a provider is missing (skipped where cuda works)',
    async () => {
      const error = await start({ provider: 'cuda' }).catch(caught => caught)
      expect(error).toBeInstanceOf(MissingResourceError)
      expect(error.exitCode).toBe(4)
      expect(error.hint).toMatch(/cuDNN/)
    },
  )
})

describe.skipIf(!built)(`the worker${built ? '' : ' (skipped: run npm run build first)'}`, () => {
  it('takes the buffer without a copy', async () => {
    const session = await startScoringSession(options)
    const codes = batch([1, 1, 1, 1, 1, 1])
    const scores = session.score(codes, 1)
    expect(codes.length).toBe(0)
    expect([...(await scores)]).toEqual([6, 1])
    await session.close()
  })

  it('finishes what is in flight when closed, and refuses what waits', async () => {
    const session = await startScoringSession(options)
    const batches = Array.from({ length: 6 }, () => session.score(new Uint8Array(WINDOW).fill(1), 1))
    const settled = Promise.allSettled(batches)
    await session.close()
    const states = (await settled).map(result => result.status)
    expect(states).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'])
    await expect(session.score(new Uint8Array(WINDOW), 1)).rejects.toThrow('the scoring session is closed')
    await session.close()
  })

  it('logs through the caller', async () => {
    const lines: string[] = []
    const log = { info() {}, warn() {}, debug: (line: string) => lines.push(line) }
    const session = await startScoringSession({ ...options, log })
    await session.close()
    expect(lines).toContain('model opened on provider cpu')
  })
})

describe('a worker that dies', () => {
  /** A stand-in thread: it says it is ready, then does this with the third batch. */
  const start = (end: string) => {
    const program = `import { parentPort } from 'node:worker_threads'
      let seen = 0
      parentPort.on('message', () => { if (++seen === 3) { ${end} } })
      parentPort.postMessage({ kind: 'ready', greeting: { provider: 'cpu', columns: ['a'] } })`
    const workerUrl = new URL(`data:text/javascript,${encodeURIComponent(program)}`)
    return startScoringSession({ ...options, workerUrl })
  }

  it.each([
    ['throws', "throw new TypeError('lost')", 'lost'],
    ['exits', 'process.exit(7)', 'the scoring thread ended early with code 7'],
  ])('because it %s fails every batch that waits, and all later ones', async (_, end, message) => {
    const session = await start(end)
    const batches = Array.from({ length: 9 }, () => session.score(new Uint8Array(WINDOW), 1))
    for (const result of await Promise.allSettled(batches)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { message } })
    }
    await expect(session.score(new Uint8Array(WINDOW), 1)).rejects.toThrow(message)
    await session.close()
  })

  it('before it is ready fails the start', async () => {
    const workerUrl = new URL('data:text/javascript,process.exit(1)')
    await expect(startScoringSession({ ...options, workerUrl })).rejects.toThrow('ended early with code 1')
    const absent = startScoringSession({ ...options, workerUrl: new URL('file:///no/such/worker.js') })
    await expect(absent).rejects.toThrow(MissingResourceError)
  })
})

describe('column names', () => {
  it.each([
    [undefined, 'expected the metadata entry columns, found none'],
    ['donor', 'expected JSON, found donor'],
    ['{"a":1}', 'expected a list of names'],
    ['[1]', 'expected a list of names'],
  ])('are not %s', (text, message) => {
    const metadata = new Map(text === undefined ? [] : [['columns', text]])
    expect(() => columnNames(metadata)).toThrow(message)
    expect(() => columnNames(metadata)).toThrow(InputDataError)
  })
})
