import { describe, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { add, multiply } from '../../../src/graph/ops/arithmetic.ts'
import { attentionPool } from '../../../src/graph/ops/attention-pool.ts'
import { batchNorm, batchNormOverBatch } from '../../../src/graph/ops/batch-norm.ts'
import { layerNorm } from '../../../src/graph/ops/layer-norm.ts'
import { reshape } from '../../../src/graph/ops/reshape.ts'
import { checkOp, positive, uniform } from '../../support/op-check.ts'

const random = seededRandom(13)

describe('batch norm: result and gradients', () => {
  const shapes = [
    [4, 3],
    [2, 3, 7],
    [3, 2, 1, 5],
    [2, 1, 3, 3],
  ]
  it.each(shapes.map(shape => [shape]))('with given statistics, [%s]', async shape => {
    const size = shape[1]!
    await checkOp({
      operands: {
        x: uniform(random, ...shape),
        scale: uniform(random, size),
        bias: uniform(random, size),
        mean: uniform(random, size),
        variance: positive(random, size),
      },
      build: ({ x, ...vectors }) => batchNorm(x, vectors, 1e-3),
      wrt: ['x', 'scale', 'bias'],
    })
  })

  it.each(shapes.map(shape => [shape]))("with the batch's own statistics, [%s]", async shape => {
    const size = shape[1]!
    await checkOp({
      operands: { x: uniform(random, ...shape), scale: uniform(random, size), bias: uniform(random, size) },
      build: ({ x, scale, bias }) => batchNormOverBatch(x, { scale, bias }, 1e-3).y,
    })
  })

  it('the statistics themselves can be differentiated, too', async () => {
    await checkOp({
      operands: { x: uniform(random, 3, 2, 5), scale: uniform(random, 2), bias: uniform(random, 2) },
      build: ({ x, scale, bias }) => {
        const { y, mean, variance } = batchNormOverBatch(x, { scale, bias }, 1e-3)
        return add(y, reshape(multiply(mean, variance), [2, 1]))
      },
    })
  })
})

describe('layer norm: result and gradients', () => {
  it.each([
    [[3, 5], 1],
    [[2, 3, 7], 1],
    [[2, 3, 5], 2],
    [[4, 3], 2],
    [[1, 2, 1, 9], 1],
  ] as const)('[%s] over the last %s axes', async (shape, axes) => {
    const tail = shape.slice(-axes)
    await checkOp({
      operands: {
        x: uniform(random, ...shape),
        scale: uniform(random, ...tail),
        bias: uniform(random, ...tail),
      },
      build: ({ x, scale, bias }) => layerNorm(x, scale, bias, 1e-3),
    })
  })
})

describe('attention pooling: result and gradients', () => {
  it.each([[[2, 7]], [[2, 1, 7]]])('with scores [%s]', async shape => {
    await checkOp({
      operands: { x: uniform(random, 2, 3, 7), scores: uniform(random, ...shape) },
      build: ({ x, scores }) => attentionPool(x, scores),
    })
  })
})
