import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { gradients } from '../../../src/graph/gradient.ts'
import { lowerToOnnx } from '../../../src/graph/onnx-lowering.ts'
import { concat } from '../../../src/graph/ops/concat.ts'
import { input } from '../../../src/graph/ops/leaves.ts'
import { type Direction, linearRecurrence } from '../../../src/graph/ops/linear-recurrence.ts'
import { lstm } from '../../../src/graph/ops/lstm.ts'
import { reduceSum } from '../../../src/graph/ops/reduce.ts'
import { openSession } from '../../../src/graph/session.ts'
import { inOrder } from '../../../src/graph/value.ts'
import { checkOp, draw, feed, type Operand, uniform } from '../../support/op-check.ts'

const random = seededRandom(14)
const directions: Direction[] = ['forward', 'reverse']

describe('a linear recurrence: result and gradients', () => {
  it.each(
    directions.flatMap(direction => [[1], [5], [4, 3], [3, 2, 2]].map(shape => [direction, shape] as const)),
  )('%s, [%s]', async (direction, shape) => {
    await checkOp({
      operands: { keep: uniform(random, ...shape), added: uniform(random, ...shape) },
      build: ({ keep, added }) => linearRecurrence(keep, added, direction),
    })
  })
})

/** Returns operands of an LSTM, with weights that leave no gate all open or shut. */
function layer(steps: number, batch: number, size: number, units: number) {
  const some = (...shape: number[]): Operand => draw(shape, () => 1.6 * random.float() - 0.8)
  return {
    x: some(steps, batch, size),
    w: some(4 * units, size),
    r: some(4 * units, units),
    b: some(4 * units),
  }
}

describe('an LSTM: result and gradients', () => {
  it.each(
    directions.flatMap(direction =>
      [
        [1, 1, 1, 1],
        [1, 2, 3, 2],
        [2, 1, 2, 3],
        [5, 3, 2, 3],
        [7, 2, 4, 1],
      ].map(sizes => [direction, sizes] as const),
    ),
  )('%s, T, N, I, H = %s', async (direction, [steps, batch, size, units]) => {
    await checkOp({
      operands: layer(steps!, batch!, size!, units!),
      build: ({ x, w, r, b }) => lstm(x, w, r, b, direction),
    })
  })

  it('both ways, and one on top of the other', async () => {
    const { x, w, r, b } = layer(4, 2, 3, 2)
    const back = layer(4, 2, 3, 2)
    const top = layer(4, 2, 4, 2)
    await checkOp({
      operands: { x, w, r, b, w2: back.w, r2: back.r, b2: back.b, w3: top.w, r3: top.r, b3: top.b },
      build: v =>
        lstm(
          concat([lstm(v.x, v.w, v.r, v.b, 'forward'), lstm(v.x, v.w2, v.r2, v.b2, 'reverse')], 2),
          v.w3,
          v.r3,
          v.b3,
          'forward',
        ),
    })
  })
})

describe('an LSTM of 401 steps and 64 units, both ways', () => {
  it('is built, opened and trained on in seconds, by a graph of the size of a short one', async () => {
    const build = (steps: number) => {
      const operands = layer(steps, 8, 16, 64)
      const values = Object.fromEntries(
        Object.entries(operands).map(([name, { shape }]) => [name, input(name, 'float32', shape)]),
      ) as Record<keyof typeof operands, ReturnType<typeof input>>
      const { x, w, r, b } = values
      const y = concat(
        directions.map(direction => lstm(x, w, r, b, direction)),
        2,
      )
      const loss = reduceSum(y, [0, 1, 2])
      const [dw, dr, db] = gradients(loss, [w, r, b]) as [typeof w, typeof w, typeof w]
      return { operands, outputs: { loss, dw, dr, db } }
    }
    const nodes = (steps: number) => inOrder(Object.values(build(steps).outputs)).length
    expect(nodes(401)).toBe(nodes(3))

    const start = performance.now()
    const { operands, outputs } = build(401)
    const bytes = await lowerToOnnx('long', outputs).toBytes()
    expect(bytes.length).toBeLessThan(30_000)
    const session = await openSession(bytes, { provider: 'cpu', threads: 1 })
    const found = await session.run(
      Object.fromEntries(Object.entries(operands).map(([name, operand]) => [name, feed(operand)])),
    )
    await session.close()
    expect(found.dr!.dims).toEqual([256, 64])
    expect([...found.dr!.data].every(slope => Number.isFinite(slope))).toBe(true)
    expect((performance.now() - start) / 1000).toBeLessThan(10)
  })
})
