import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { describeOnnx, type ElementType, OnnxGraph } from '../../src/graph/onnx-writer.ts'
import { openSession } from '../../src/graph/session.ts'

const three = (graph: OnnxGraph, name = 'three') =>
  graph.constant(name, { type: 'float32', dims: [], data: Float32Array.of(3) })

/** x -> y = 3x, y being used once more inside. */
async function first(output = 'y', width: number | string = 2, more = false): Promise<Uint8Array> {
  const graph = new OnnxGraph('first')
  const x = graph.input('x', 'float32', ['N', width])
  graph.node('Mul', [x, three(graph)], output)
  graph.output(output, 'float32', ['N', width])
  if (more) {
    graph.node('Neg', [output], 'z')
    graph.output('z', 'float32', ['N', width])
  }
  graph.metadata('whose', 'first')
  return graph.toBytes()
}

/** a -> y = -a. */
function second(type: ElementType = 'float32', constant?: string): OnnxGraph {
  const graph = new OnnxGraph('second')
  let a = graph.input('a', type, ['N', 2])
  if (constant !== undefined) {
    a = graph.node('Add', [a, three(graph, constant)], 'sum')
  }
  graph.node('Neg', [a], 'out')
  graph.output('out', type, ['N', 2])
  graph.metadata('whose', 'second')
  return graph
}

describe('two models in one', () => {
  it.each(['y', 'out'])(
    'compute one after the other, whatever the first calls its output: %s',
    async output => {
      const graph = second()
      graph.follow(await first(output))
      const bytes = await graph.toBytes()
      const { inputs, outputs, metadata } = await describeOnnx(bytes)
      expect(inputs).toEqual([{ name: 'x', type: 'float32', dims: ['N', 2] }])
      expect(outputs).toEqual([{ name: 'out', type: 'float32', dims: ['N', 2] }])
      expect([...metadata]).toEqual([['whose', 'second']])
      const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
      const found = await session.run({ x: { type: 'float32', dims: [1, 2], data: Float32Array.of(1, -2) } })
      await session.close()
      expect([...(found.out!.data as Float32Array)]).toEqual([-3, 6])
    },
  )

  it.each([
    [
      'another type',
      () => second('float64'),
      () => first(),
      'expected numbers of type 11 [N,2], found type 1 [N,2]',
    ],
    ['another size', () => second(), () => first('y', 3), 'found type 1 [N,3]'],
    [
      'several outputs',
      () => second(),
      () => first('y', 2, true),
      'expected one output of the first model, found 2',
    ],
    ['a name in both', () => second('float32', 'three'), () => first(), 'found three in both'],
  ])('are refused for %s', async (_, after, before, message) => {
    const graph = after()
    graph.follow(await before())
    const bytes = graph.toBytes()
    await expect(bytes).rejects.toThrow(InputDataError)
    await expect(bytes).rejects.toThrow(message)
  })
})
