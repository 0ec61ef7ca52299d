import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { gradients } from '../../../src/graph/gradient.ts'
import { multiply } from '../../../src/graph/ops/arithmetic.ts'
import { averagePool } from '../../../src/graph/ops/average-pool.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { maxPool } from '../../../src/graph/ops/max-pool.ts'
import type { PoolOptions } from '../../../src/graph/ops/pool-window.ts'
import { reduceSum } from '../../../src/graph/ops/reduce.ts'
import { checkOp, distinct, draw, feed } from '../../support/op-check.ts'
import { runOnnx } from '../../support/run-onnx.ts'

type Map4 = [number, number, number, number]

async function check(map: Map4, options: PoolOptions, seed: number): Promise<void> {
  const operands = { x: distinct(seededRandom(seed), ...map) }
  await checkOp({ operands, build: ({ x }) => maxPool(x, options), seed })
  for (const countIncludePad of [false, true]) {
    await checkOp({ operands, build: ({ x }) => averagePool(x, { ...options, countIncludePad }), seed })
  }
}

describe('largest and mean of a window: result and gradient', () => {
  it.each<[string, Map4, PoolOptions]>([
    ['end to end', [2, 3, 1, 12], { window: [1, 4] }],
    ['end to end with a remainder', [2, 3, 1, 14], { window: [1, 4] }],
    ['a picture end to end', [2, 2, 5, 7], { window: [2, 3] }],
    ['one position after the other', [2, 2, 1, 9], { window: [1, 3], strides: [1, 1] }],
    ['gaps between windows', [2, 2, 1, 11], { window: [1, 2], strides: [1, 3] }],
    ['the whole map', [2, 3, 1, 9], { window: [1, 9] }],
    ['padding on one side', [2, 2, 1, 9], { window: [1, 3], strides: [1, 2], pads: [0, 2, 0, 0] }],
    ['map shorter than the window', [2, 2, 1, 1], { window: [1, 3], strides: [1, 1], pads: [0, 2, 0, 0] }],
    ['a picture with overlap', [2, 2, 6, 7], { window: [3, 2], strides: [2, 1], pads: [1, 0, 2, 1] }],
    ['one axis end to end, one not', [2, 2, 6, 7], { window: [3, 3], strides: [3, 2], pads: [0, 1, 0, 1] }],
  ])('%s', async (_name, map, options) => {
    await check(map, options, 5)
  })

  it('any geometry', async () => {
    const axis = fc
      .record({
        window: fc.integer({ min: 1, max: 4 }),
        stride: fc.integer({ min: 1, max: 4 }),
        before: fc.nat(3),
        after: fc.nat(3),
        beyond: fc.nat(7),
      })
      .map(({ window, stride, before, after, beyond }) => {
        const pads = [before % window, after % window] as const
        return { window, stride, pads, size: Math.max(window - pads[0] - pads[1], 1) + beyond }
      })
    const pool = fc.record({ rows: axis, columns: axis, seed: fc.nat(1e6) })
    await fc.assert(
      fc.asyncProperty(pool, ({ rows, columns, seed }) =>
        check(
          [2, 2, rows.size, columns.size],
          {
            window: [rows.window, columns.window],
            strides: [rows.stride, columns.stride],
            pads: [rows.pads[0], columns.pads[0], rows.pads[1], columns.pads[1]],
          },
          seed,
        ),
      ),
      { numRuns: 20, seed: 21 },
    )
  })
})

describe('of equal largest values', () => {
  it.each<[string, PoolOptions, number[], number[]]>([
    ['end to end', { window: [1, 3] }, [1, 2, 2, 0, 0, 0], [0, 10, 0, 20, 0, 0]],
    ['with overlap', { window: [1, 3], strides: [1, 2] }, [5, 5, 5, 5, 1, 1], [10, 0, 20, 0, 0, 0]],
    [
      'beside padding, with negative values',
      { window: [1, 2], strides: [1, 2], pads: [0, 1, 0, 1] },
      [-3, -4, -4, -7, -7, -1],
      [10, 20, 0, 30, 0, 40],
    ],
    [
      'beside padding, where the largest is 0',
      { window: [1, 2], strides: [1, 2], pads: [0, 1, 0, 1] },
      [0, -1, 0, 0, 0, 0],
      [10, 0, 20, 30, 0, 40],
    ],
    ['on two rows', { window: [2, 3] }, [4, 7, 7, 7, 7, 1], [0, 10, 0, 0, 0, 0]],
  ])('the first has the gradient: %s', async (_name, options, numbers, expected) => {
    const rows = options.window[0]
    const shape = [1, 1, rows, numbers.length / rows]
    const x = input('x', 'float32', shape)
    const y = maxPool(x, options)
    const size = (y.shape[2] as number) * (y.shape[3] as number)
    const weights = constant(
      Array.from({ length: size }, (_, i) => 10 * (i + 1)),
      [1, 1, y.shape[2] as number, y.shape[3] as number],
    )
    const [dx] = gradients(reduceSum(multiply(y, weights), [0, 1, 2, 3]), [x])
    const found = await runOnnx({ dx: dx! }, { x: feed(draw(shape, i => numbers[i]!)) })
    expect([...found.dx!.data]).toEqual(expected)
  })
})

describe('the options of a pooling', () => {
  const x = input('x', 'float32', ['N', 2, 1, 9])
  it('keep a batch of unknown size, and a length at stride 1', () => {
    expect(maxPool(x, { window: [1, 2] }).shape).toEqual(['N', 2, 1, 4])
    const any = input('any', 'float32', ['N', 2, 1, 'L'])
    expect(averagePool(any, { window: [1, 3], strides: [1, 1] }).shape).toEqual(['N', 2, 1, 'L-2'])
    expect(() => averagePool(any, { window: [1, 3] })).toThrow('a known size of axis 3 for stride 3')
  })

  it('are refused where a window could lie in the padding alone', () => {
    expect(() => maxPool(x, { window: [1, 3], pads: [0, 3, 0, 0] })).toThrow(
      'maxPool: expected padding smaller than the window [1,3], found [0,3,0,0]',
    )
    expect(() => averagePool(x, { window: [1, 0] })).toThrow(
      'averagePool: expected whole numbers from 1 on as window and strides, found [1,0] and [1,0]',
    )
  })
})
