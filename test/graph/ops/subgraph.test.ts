import { describe, expect, it } from 'vitest'
import { int, OnnxGraph, subgraph } from '../../../src/graph/onnx-writer.ts'
import { openSession } from '../../../src/graph/session.ts'

/** A loop that sums the rows of `x`, each times `factor`, which the body takes from the graph around it. */
function weightedSum(): { graph: OnnxGraph; body: OnnxGraph } {
  const graph = new OnnxGraph('outer')
  const x = graph.input('x', 'float32', [3, 2])
  const factor = graph.constant('factor', { type: 'float32', dims: [], data: Float32Array.of(10) })
  const start = graph.constant('start', { type: 'float32', dims: [2], data: Float32Array.of(0, 1) })
  const body = new OnnxGraph('body', graph)
  const state = body.input('state', 'float32', [2])
  const row = body.input('row', 'float32', [2])
  const next = body.node('Add', [state, body.node('Mul', [row, factor], 'scaled')], 'next')
  body.output(next, 'float32', [2])
  graph.node('Scan', [start, x], 'sum', { body: subgraph(body), num_scan_inputs: int(1) })
  graph.output('sum', 'float32', [2])
  return { graph, body }
}

describe('a graph that is the body of a node', () => {
  it('runs, and uses values of the graph around it', async () => {
    const session = await openSession(await weightedSum().graph.toBytes(), { provider: 'cpu', threads: 1 })
    const x = { type: 'float32', dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const
    const { sum } = await session.run({ x })
    await session.close()
    expect([...sum!.data]).toEqual([90, 121])
  })

  it('may not use a name of the graph around it again, nor what nobody made', () => {
    const { body } = weightedSum()
    expect(() => body.input('factor', 'float32', [])).toThrow('graph body: the name factor is used twice')
    expect(() => body.node('Relu', ['nothing'], 'y')).toThrow('its input nothing has not been made')
  })

  it('keeps its own values to itself', () => {
    const { graph } = weightedSum()
    expect(() => graph.node('Relu', ['next'], 'y')).toThrow('its input next has not been made')
  })

  it('must make its outputs', async () => {
    const { graph, body } = weightedSum()
    body.output('other', 'float32', [2])
    await expect(graph.toBytes()).rejects.toThrow('graph body: no node makes its output other')
  })
})
