import { expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { highway } from '../../../src/graph/layers/highway.ts'
import { Network } from '../../../src/graph/network.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { checkOp, distinct, type OpCase } from '../../support/op-check.ts'
import { runOnnx } from '../../support/run-onnx.ts'

const NAMES = ['transform.weight', 'transform.bias', 'gate.weight', 'gate.bias']

it('puts a dense layer in the place of its input as far as the gate says', async () => {
  const tensors: Record<string, number[]> = {
    'h.transform.weight': [1, 0, 0, -1],
    'h.transform.bias': [0, 0],
    'h.gate.weight': [0, 0, 0, 0],
    'h.gate.bias': [0, 100],
  }
  const net = new Network('inference', ({ name, shape }) => constant(tensors[name]!, shape))
  const y = highway(net, 'h', input('x', 'float32', ['N', 2]))
  const x = { type: 'float32', dims: [1, 2], data: Float32Array.of(-4, 3) } as const
  // Half of -4 and half of relu(-4); all of relu(-3).
  expect([...((await runOnnx({ y }, { x })).y!.data as Float32Array)]).toEqual([-2, 0])
  expect(net.parameters.map(({ name }) => name).sort()).toEqual(Object.keys(tensors).sort())
})

it('begins by passing its input on', () => {
  const net = new Network('inference', ({ name, shape }) => input(name, 'float32', shape))
  highway(net, 'h', input('x', 'float32', ['N', 3]))
  const { shape, initial } = net.parameters.find(({ name }) => name === 'h.gate.bias')!
  expect([...initial(shape, seededRandom(1))]).toEqual([-2, -2, -2])
})

it('has the gradient that differences give, in both engines', async () => {
  const random = seededRandom(6)
  const shapes = {
    x: [2, 3],
    'transform.weight': [3, 3],
    'transform.bias': [3],
    'gate.weight': [3, 3],
    'gate.bias': [3],
  }
  const opCase: OpCase = {
    operands: Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name.replace('.', '_'), distinct(random, ...shape)]),
    ),
    build(values) {
      const net = new Network('inference', ({ name }) => values[name.slice(2).replace('.', '_')]!)
      return highway(net, 'h', values.x!)
    },
  }
  expect(NAMES.every(name => name in shapes)).toBe(true)
  await checkOp(opCase)
})
