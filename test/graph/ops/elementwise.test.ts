import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { gradients } from '../../../src/graph/gradient.ts'
import {
  add,
  divide,
  maximum,
  minimum,
  multiply,
  negate,
  square,
  subtract,
} from '../../../src/graph/ops/arithmetic.ts'
import { cast, equal, greater, where } from '../../../src/graph/ops/condition.ts'
import { dropout } from '../../../src/graph/ops/dropout.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import {
  absolute,
  elu,
  exp,
  leakyRelu,
  log,
  logSigmoid,
  relu,
  sigmoid,
  softplus,
  sqrt,
  tanh,
} from '../../../src/graph/ops/pointwise.ts'
import { reduceSum } from '../../../src/graph/ops/reduce.ts'
import type { Value } from '../../../src/graph/value.ts'
import { checkOp, distinct, draw, feed, indices, positive, uniform } from '../../support/op-check.ts'
import { runOnnx } from '../../support/run-onnx.ts'

const random = seededRandom(11)

describe('elementwise ops of two operands: result and gradients', () => {
  const shapes: [number[], number[]][] = [
    [
      [2, 3],
      [2, 3],
    ],
    [
      [2, 1, 3],
      [4, 1],
    ],
    [[3], [2, 5, 3]],
    [[], [4]],
  ]
  const ops: [string, (a: Value, b: Value) => Value][] = [
    ['add', add],
    ['subtract', subtract],
    ['multiply', multiply],
    ['divide', divide],
    ['maximum', maximum],
    ['minimum', minimum],
  ]
  it.each(ops.flatMap(([name, op]) => shapes.map(([a, b]) => [name, a, b, op] as const)))(
    '%s of [%s] and [%s]',
    async (_name, a, b, op) => {
      const operands = { p: uniform(random, ...a), q: uniform(random, ...b) }
      await checkOp({ operands, build: ({ p, q }) => op(p, q) })
    },
  )

  it('where, broadcasting all three operands', async () => {
    const operands = { c: uniform(random, 2, 1, 3), a: uniform(random, 4, 1), b: uniform(random, 3) }
    await checkOp({
      operands,
      build: ({ a, b, c }) => where(greater(c, constant([0], [])), a, b),
    })
  })

  it('where equal codes say so', async () => {
    const operands = {
      codes: indices(random, 'int32', 2, 2, 5),
      ones: { type: 'int32', shape: [1], data: [1] } as const,
      x: uniform(random, 2, 5),
    }
    await checkOp({
      operands,
      build: ({ codes, ones, x }) => multiply(x, cast(equal(codes, ones), 'float32')),
    })
  })

  it('dropout scales what it keeps', async () => {
    const operands = { x: uniform(random, 3, 7), mask: indices(random, 'uint8', 2, 3, 7) }
    await checkOp({ operands, build: ({ x, mask }) => dropout(x, mask, 0.25) })
    const x = input('x', 'float32', [4])
    const mask = input('mask', 'uint8', [4])
    const { y } = await runOnnx(
      { y: dropout(x, mask, 0.5) },
      {
        x: feed(draw([4], i => i + 1)),
        mask: { type: 'uint8', dims: [4], data: Uint8Array.of(1, 0, 0, 1) },
      },
    )
    expect([...y!.data]).toEqual([2, 0, 0, 8])
  })
})

describe('functions of each element: result and gradient', () => {
  it.each<[string, (x: Value) => Value, typeof uniform]>([
    ['exp', exp, uniform],
    ['log', log, positive],
    ['sqrt', sqrt, positive],
    ['relu', relu, uniform],
    ['leakyRelu 0.1', x => leakyRelu(x, 0.1), uniform],
    ['elu', elu, uniform],
    ['elu 0.7', x => elu(x, 0.7), uniform],
    ['tanh', tanh, uniform],
    ['sigmoid', sigmoid, uniform],
    ['softplus', softplus, uniform],
    ['logSigmoid', logSigmoid, uniform],
    ['absolute', absolute, uniform],
    ['negate', negate, uniform],
    ['square', square, uniform],
    ['a chain that uses a value three times', x => add(multiply(tanh(x), x), exp(x)), uniform],
  ])('%s', async (_name, op, make) => {
    await checkOp({ operands: { x: make(random, 3, 5) }, build: ({ x }) => op(x) })
  })

  it('softplus and logSigmoid neither overflow nor vanish', async () => {
    const x = input('x', 'float32', [2])
    const { up, down } = await runOnnx(
      { up: softplus(x), down: logSigmoid(x) },
      { x: feed(draw([2], i => [-100, 100][i]!)) },
    )
    expect([...up!.data].map(Number)[1]).toBeCloseTo(100, 4)
    expect([...down!.data].map(Number)[0]).toBeCloseTo(-100, 4)
  })
})

/** Returns the gradients of the sum of a value, as ONNX Runtime computes them. */
async function slopesAt(
  build: (a: Value, b: Value) => Value,
  a: readonly number[],
  b: readonly number[] = a,
): Promise<number[][]> {
  const values = [input('a', 'float32', [a.length]), input('b', 'float32', [b.length])] as const
  const [da, db] = gradients(reduceSum(build(...values), [0]), values)
  const found = await runOnnx(
    // Both inputs stay in the graph, used or not.
    { da: add(da!, multiply(values[0], 0)), db: add(db!, multiply(values[1], 0)) },
    { a: feed(draw([a.length], i => a[i]!)), b: feed(draw([b.length], i => b[i]!)) },
  )
  return [found.da!, found.db!].map(({ data }) => Array.from(data as Float32Array))
}

describe('where a function has a kink', () => {
  it.each<[string, (x: Value) => Value, number]>([
    ['relu has gradient 0', relu, 0],
    ['leakyRelu has that of the negative side', x => leakyRelu(x, 0.25), 0.25],
    ['elu has that of the negative side', x => elu(x, 0.5), 0.5],
    ['absolute has gradient -1', absolute, -1],
  ])('%s', async (_name, op, slope) => {
    expect((await slopesAt(op, [0]))[0]).toEqual([slope])
  })

  it('maximum and minimum of equal operands give the gradient to the first', async () => {
    expect(await slopesAt(maximum, [1, 2, 3], [1, 5, 0])).toEqual([
      [1, 0, 1],
      [0, 1, 0],
    ])
    expect(await slopesAt(minimum, [1, 2, 3], [1, 5, 0])).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ])
  })
})

describe('a scalar loss', () => {
  it('has gradient zero where nothing depends on the value', async () => {
    expect((await slopesAt(a => multiply(a, 2), [1, 2]))[1]).toEqual([0, 0])
  })

  it('is what gradients are taken of', () => {
    const x = input('x', 'float32', [2, 3])
    expect(() => gradients(x, [x])).toThrow('gradient: expected a scalar [], found [2, 3]')
  })

  it('sums the gradients of a value used more than once', async () => {
    await checkOp({
      operands: { x: distinct(random, 4, 3) },
      build: ({ x }) => add(multiply(x, reduceSum(x, [0], true)), square(x)),
    })
  })
})
