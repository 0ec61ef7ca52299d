import { describe, expect, it } from 'vitest'
import { InputDataError, MissingResourceError } from '../../src/core/errors.ts'
import { int, OnnxGraph } from '../../src/graph/onnx-writer.ts'
import { openSession, probeProviders, runtimeVersion } from '../../src/graph/session.ts'

const graph = new OnnxGraph('doubler')
const x = graph.input('x', 'float32', ['N', 2])
graph.node('Add', [x, x], 'twice')
graph.node('Cast', [x], 'whole', { to: int(7) })
graph.output('twice', 'float32', ['N', 2])
graph.output('whole', 'int64', ['N', 2])
const model = await graph.toBytes()

const reports = await probeProviders()
const missing = reports.filter(report => !report.available)

describe('a session', () => {
  it('runs a model on the CPU and names its provider', async () => {
    const session = await openSession(model, { provider: 'cpu', threads: 1 })
    expect(session.provider).toBe('cpu')
    const data = Float32Array.of(1, 2, 3, 4)
    const outputs = await session.run({ x: { type: 'float32', dims: [2, 2], data } })
    expect(outputs.twice).toEqual({ type: 'float32', dims: [2, 2], data: Float32Array.of(2, 4, 6, 8) })
    expect(outputs.whole).toEqual({ type: 'int64', dims: [2, 2], data: BigInt64Array.of(1n, 2n, 3n, 4n) })
    await session.close()
  })

  it('with auto takes cuda where it loads, else the CPU, and says why at debug', async () => {
    const lines: string[] = []
    const log = { info() {}, warn() {}, debug: (line: string) => lines.push(line) }
    const session = await openSession(model, { provider: 'auto', threads: 1, log })
    const cuda = reports.find(report => report.name === 'cuda')!
    expect(session.provider).toBe(cuda.available ? 'cuda' : 'cpu')
    if (!cuda.available) {
      expect(lines[0]).toMatch(/^provider cuda not used: ./)
    }
    expect(lines.at(-1)).toBe(`model opened on provider ${session.provider}`)
    await session.close()
  })

  it('says that the model is at fault when the provider works', async () => {
    for (const provider of ['cpu', 'auto'] as const) {
      const opening = openSession(Uint8Array.of(1, 2, 3), { provider, threads: 1 })
      await expect(opening).rejects.toThrow(InputDataError)
      await expect(opening).rejects.toThrow(/the model cannot be opened on provider cpu by ONNX Runtime \d/)
    }
  })

  it.skipIf(missing.length === 0)(
    'says what to install when a provider asked for by name cannot be used (skipped where all can)',
    async () => {
      for (const { name, reason } of missing) {
        const error = await openSession(model, { provider: name, threads: 1 }).catch(caught => caught)
        expect(error).toBeInstanceOf(MissingResourceError)
        expect(error.exitCode).toBe(4)
        expect(error.message).toBe(`provider ${name} cannot be used here: ${reason}`)
        expect(error.hint).toMatch(name === 'cuda' ? /CUDA 12 and cuDNN 9/ : /Vulkan/)
      }
    },
  )
})

describe('the runtime', () => {
  it('has a version', async () => {
    expect(await runtimeVersion()).toMatch(/^\d+\.\d+\.\d+$/)
  })
})

describe('probing the providers', () => {
  it('reports each one, the CPU as available, and a reason for those that are not', () => {
    expect(reports.map(report => report.name)).toEqual(['cpu', 'cuda', 'webgpu'])
    expect(reports[0]).toEqual({ name: 'cpu', available: true })
    for (const report of missing) {
      expect(report.reason).toMatch(/\w+/)
    }
  })
})
