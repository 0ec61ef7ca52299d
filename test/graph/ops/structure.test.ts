import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { gradients } from '../../../src/graph/gradient.ts'
import { multiply } from '../../../src/graph/ops/arithmetic.ts'
import { concat } from '../../../src/graph/ops/concat.ts'
import { dropAxis } from '../../../src/graph/ops/drop-axis.ts'
import { expandAxis } from '../../../src/graph/ops/expand-axis.ts'
import { gather } from '../../../src/graph/ops/gather.ts'
import { filled, input } from '../../../src/graph/ops/leaves.ts'
import { matmul } from '../../../src/graph/ops/matmul.ts'
import { oneHot } from '../../../src/graph/ops/one-hot.ts'
import { reduceMax, reduceMean, reduceSum } from '../../../src/graph/ops/reduce.ts'
import { reshape } from '../../../src/graph/ops/reshape.ts'
import { reverse } from '../../../src/graph/ops/reverse.ts'
import { crop, pad, slice, spread, strided } from '../../../src/graph/ops/slice.ts'
import { logSoftmax, softmax } from '../../../src/graph/ops/softmax.ts'
import { transpose } from '../../../src/graph/ops/transpose.ts'
import type { Value } from '../../../src/graph/value.ts'
import { checkOp, distinct, draw, feed, indices, uniform } from '../../support/op-check.ts'
import { runOnnx } from '../../support/run-onnx.ts'

const random = seededRandom(12)

describe('ops that move elements: result and gradient', () => {
  it.each<[string, number[], (x: Value) => Value]>([
    ['reshape', [2, 3, 5], x => reshape(x, [5, 6])],
    ['reshape to the same shape', [4], x => multiply(reshape(x, [4]), 2)],
    ['expandAxis', [2, 3], x => expandAxis(x, 1)],
    ['expandAxis at the end', [2, 3], x => expandAxis(x, 2)],
    ['dropAxis', [2, 1, 3], x => dropAxis(x, -2)],
    ['transpose', [2, 3, 5], x => transpose(x, [2, 0, 1])],
    ['reverse', [3, 5], x => reverse(x, -1)],
    ['reverse of one element', [3, 1], x => multiply(reverse(x, 1), 2)],
    ['slice', [3, 7], x => slice(x, 1, 2, 5)],
    ['crop', [7, 2], x => crop(x, { axis: 0, start: 1, fromEnd: 3 })],
    ['pad', [2, 3], x => pad(x, { axis: 1, before: 2, after: 1 })],
    ['pad with a negative side', [2, 5], x => pad(x, { axis: 1, before: -2, after: 3 })],
    ['every third element', [2, 11], x => strided(x, 1, 1, 3, 4)],
    ['every second element up to the last', [5, 2], x => strided(x, 0, 0, 2, 3)],
    ['spread', [3, 4], x => spread(x, 0, 3)],
    ['concat with itself', [2, 3], x => concat([x, x], 0)],
    ['concat of nine, in rounds', [2, 3], x => concat(Array(9).fill(x), 1)],
  ])('%s', async (_name, shape, op) => {
    await checkOp({ operands: { x: uniform(random, ...shape) }, build: ({ x }) => op(x) })
  })

  it('concat of unequal sizes', async () => {
    const operands = { a: uniform(random, 2, 1, 3), b: uniform(random, 2, 4, 3), c: uniform(random, 2, 2, 3) }
    await checkOp({ operands, build: ({ a, b, c }) => concat([a, b, c], -2) })
  })
})

describe('reductions and softmax: result and gradient', () => {
  const axes = [[0], [1], [2], [0, 2], [0, 1, 2], [-1]]
  it.each(axes.flatMap(list => [[list, false] as const, [list, true] as const]))(
    'sum, mean and largest over axes %s, kept: %s',
    async (list, keep) => {
      for (const op of [reduceSum, reduceMean, reduceMax]) {
        await checkOp({ operands: { x: distinct(random, 3, 2, 5) }, build: ({ x }) => op(x, list, keep) })
      }
    },
  )

  it('a reduction over no axis is the operand', () => {
    const x = input('x', 'float32', [3])
    expect(reduceSum(x, [])).toBe(x)
  })

  it('the largest of equal elements share the gradient', async () => {
    const x = input('x', 'float32', [4])
    const [dx] = gradients(reduceMax(x, [0]), [x])
    const found = await runOnnx({ dx: dx! }, { x: feed(draw([4], i => [1, 3, 3, 2][i]!)) })
    expect([...found.dx!.data]).toEqual([0, 0.5, 0.5, 0])
  })

  it.each([0, 1, 2, -1])('softmax and its logarithm over axis %s', async axis => {
    for (const op of [softmax, logSoftmax]) {
      await checkOp({ operands: { x: uniform(random, 3, 4, 5) }, build: ({ x }) => op(x, axis) })
    }
  })

  it('the logarithm of a softmax keeps what the softmax loses', async () => {
    const x = input('x', 'float32', [2])
    const { y } = await runOnnx({ y: logSoftmax(x, 0) }, { x: feed(draw([2], i => 200 * i)) })
    expect([...y!.data]).toEqual([-200, 0])
  })
})

describe('matrix product: result and gradients', () => {
  it.each([
    [
      [3, 4],
      [4, 5],
    ],
    [
      [1, 7],
      [7, 1],
    ],
    [
      [2, 3, 4],
      [4, 5],
    ],
    [
      [3, 4],
      [2, 4, 5],
    ],
    [
      [2, 1, 3, 4],
      [3, 4, 2],
    ],
    [
      [1, 3, 4],
      [5, 4, 2],
    ],
  ])('[%s] x [%s]', async (a, b) => {
    await checkOp({
      operands: { a: uniform(random, ...a), b: uniform(random, ...b) },
      build: ({ a, b }) => matmul(a, b),
    })
  })
})

describe('codes', () => {
  it('one-hot is 1 in the channel of the code, and 0 for a code without one', async () => {
    const operands = { codes: indices(random, 'uint8', 5, 2, 9), x: uniform(random, 4, 9) }
    await checkOp({ operands, build: ({ codes, x }) => multiply(oneHot(codes, [0, 3, 1, 2]), x) })
  })

  it.each([
    ['uint8', [7]],
    ['int32', [2, 3]],
    ['int32', []],
    ['uint8', [2, 1, 4]],
  ] as const)('rows of a table by %s indices [%s]', async (type, shape) => {
    const operands = { table: uniform(random, 5, 3), rows: indices(random, type, 5, ...shape) }
    await checkOp({ operands, build: ({ table, rows }) => gather(table, rows) })
  })

  it('the gradient of a row of a table is the sum over its uses', async () => {
    const table = input('table', 'float32', [3, 2])
    const rows = input('rows', 'int32', [4])
    const [dTable] = gradients(reduceSum(multiply(gather(table, rows), filled([4, 2], 1.5)), [0, 1]), [table])
    const found = await runOnnx(
      { dTable: dTable! },
      { rows: { type: 'int32', dims: [4], data: Int32Array.of(2, 0, 2, 2) } },
    )
    expect([...found.dTable!.data]).toEqual([1.5, 1.5, 0, 0, 4.5, 4.5])
  })
})
