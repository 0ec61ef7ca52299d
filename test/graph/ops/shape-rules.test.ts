import { describe, expect, it } from 'vitest'
import { add, multiply } from '../../../src/graph/ops/arithmetic.ts'
import { attentionPool } from '../../../src/graph/ops/attention-pool.ts'
import { averagePool } from '../../../src/graph/ops/average-pool.ts'
import { batchNorm } from '../../../src/graph/ops/batch-norm.ts'
import { concat } from '../../../src/graph/ops/concat.ts'
import { cast, equal, greater, where } from '../../../src/graph/ops/condition.ts'
import { convolution } from '../../../src/graph/ops/convolution.ts'
import { dropAxis } from '../../../src/graph/ops/drop-axis.ts'
import { dropout } from '../../../src/graph/ops/dropout.ts'
import { expandAxis } from '../../../src/graph/ops/expand-axis.ts'
import { gather } from '../../../src/graph/ops/gather.ts'
import { layerNorm } from '../../../src/graph/ops/layer-norm.ts'
import { constant, input } from '../../../src/graph/ops/leaves.ts'
import { linearRecurrence } from '../../../src/graph/ops/linear-recurrence.ts'
import { lstm } from '../../../src/graph/ops/lstm.ts'
import { matmul } from '../../../src/graph/ops/matmul.ts'
import { maxPool } from '../../../src/graph/ops/max-pool.ts'
import { oneHot } from '../../../src/graph/ops/one-hot.ts'
import { relu } from '../../../src/graph/ops/pointwise.ts'
import { reduceMean, reduceSum } from '../../../src/graph/ops/reduce.ts'
import { reshape } from '../../../src/graph/ops/reshape.ts'
import { reverse } from '../../../src/graph/ops/reverse.ts'
import { crop, pad, slice } from '../../../src/graph/ops/slice.ts'
import { logSoftmax, softmax } from '../../../src/graph/ops/softmax.ts'
import { transpose } from '../../../src/graph/ops/transpose.ts'
import { type Shape, ShapeError } from '../../../src/graph/shape.ts'
import type { Value } from '../../../src/graph/value.ts'

const x = (...shape: Shape) => input('x', 'float32', shape)
const vectors = (size: number) => ({ scale: x(size), bias: x(size), mean: x(size), variance: x(size) })

describe('operands that do not fit are refused with their shapes and the name of the op', () => {
  it.each<[string, string, () => Value]>([
    ['add', '[2, 3] and [2]', () => add(x(2, 3), x(2))],
    ['multiply', '[N, 3] and [M, 3]', () => multiply(x('N', 3), x('M', 3))],
    ['greater', '[2, 3] and [3, 2]', () => greater(x(2, 3), x(3, 2))],
    ['equal', '[4] and [5]', () => equal(x(4), x(5))],
    ['where', '[2] and [3]', () => where(greater(x(2), x(2)), x(3), x(1))],
    ['matmul', '[2, 3] and [2, 3]', () => matmul(x(2, 3), x(2, 3))],
    ['matmul', '[3] and [3, 2]', () => matmul(x(3), x(3, 2))],
    ['matmul', '[2, 4, 3] and [5, 3, 4]', () => matmul(x(2, 4, 3), x(5, 3, 4))],
    ['convolution', '[2, 3, 7] and [2, 3, 1, 3]', () => convolution(x(2, 3, 7), x(2, 3, 1, 3))],
    ['convolution', '[2, 4, 1, 7] and [2, 3, 1, 3]', () => convolution(x(2, 4, 1, 7), x(2, 3, 1, 3))],
    [
      'convolution',
      '[2, 4, 1, 7] and [3, 2, 1, 3]',
      () => convolution(x(2, 4, 1, 7), x(3, 2, 1, 3), undefined, { groups: 2 }),
    ],
    [
      'convolution',
      '[2, 4, 1, 7] and [2, 4, 1, 3] and [3]',
      () => convolution(x(2, 4, 1, 7), x(2, 4, 1, 3), x(3)),
    ],
    [
      'convolution',
      '[2, 4, 1, 7] and [2, 4, 1, 5]',
      () => convolution(x(2, 4, 1, 7), x(2, 4, 1, 5), undefined, { dilations: [1, 2] }),
    ],
    ['maxPool', '[2, 3, 9] and [1, 3]', () => maxPool(x(2, 3, 9), { window: [1, 3] })],
    ['maxPool', '[2, 3, 1, 9] and [2, 3]', () => maxPool(x(2, 3, 1, 9), { window: [2, 3] })],
    ['averagePool', '[2, 3, 1, 2] and [1, 3]', () => averagePool(x(2, 3, 1, 2), { window: [1, 3] })],
    ['batchNorm', '[2, 3, 5] and [4] and [4] and [4] and [4]', () => batchNorm(x(2, 3, 5), vectors(4), 1e-5)],
    ['batchNorm', '[3] and [3] and [3] and [3] and [3]', () => batchNorm(x(3), vectors(3), 1e-5)],
    ['layerNorm', '[2, 3, 5] and [3] and [3]', () => layerNorm(x(2, 3, 5), x(3), x(3), 1e-5)],
    ['layerNorm', '[2, 3, 5] and [5] and [3, 5]', () => layerNorm(x(2, 3, 5), x(5), x(3, 5), 1e-5)],
    ['layerNorm', '[5] and [] and []', () => layerNorm(x(5), x(), x(), 1e-5)],
    ['concat', '[2, 3] and [3, 3]', () => concat([x(2, 3), x(3, 3)], 1)],
    ['concat', '[2, 3] and [2]', () => concat([x(2, 3), x(2)], 1)],
    ['reshape', '[2, 3] and [7]', () => reshape(x(2, 3), [7])],
    ['reshape', '[N, 3] and [3, L]', () => reshape(x('N', 3), [3, 'L'])],
    ['expandAxis', '[2, 3]', () => expandAxis(x(2, 3), -1)],
    ['dropAxis', '[2, 3]', () => dropAxis(x(2, 3), 0)],
    ['transpose', '[2, 3]', () => transpose(x(2, 3), [0, 0])],
    ['reverse', '[2, 3]', () => reverse(x(2, 3), 2)],
    ['slice', '[2, 3]', () => slice(x(2, 3), 1, 1, 5)],
    ['slice', '[2, 3]', () => slice(x(2, 3), 1, 2, 2)],
    ['slice', '[2, L]', () => crop(x(2, 'L'), { axis: 1, start: -1, fromEnd: 0 })],
    ['pad', '[2, 3]', () => pad(x(2, 3), { axis: -3, before: 1, after: 0 })],
    ['reduceSum', '[2, 3]', () => reduceSum(x(2, 3), [2])],
    ['reduceMean', '[2, 3]', () => reduceMean(x(2, 3), [1, -1])],
    ['softmax', '[2, 3]', () => softmax(x(2, 3), 0.5)],
    ['logSoftmax', '[]', () => logSoftmax(x(), 0)],
    ['oneHot', '[2, 3, 4]', () => oneHot(input('codes', 'uint8', [2, 3, 4]), [0, 1])],
    ['gather', '[5] and [2]', () => gather(x(5), input('rows', 'int32', [2]))],
    ['dropout', '[2, 3] and [3]', () => dropout(x(2, 3), input('mask', 'uint8', [3]), 0.5)],
    ['attentionPool', '[2, 3, 7] and [2, 3]', () => attentionPool(x(2, 3, 7), x(2, 3))],
    ['attentionPool', '[2, 7] and [2, 7]', () => attentionPool(x(2, 7), x(2, 7))],
    ['linearRecurrence', '[5, 2] and [5]', () => linearRecurrence(x(5, 2), x(5), 'forward')],
    [
      'lstm',
      '[5, 2, 3] and [8, 4] and [8, 2] and [8]',
      () => lstm(x(5, 2, 3), x(8, 4), x(8, 2), x(8), 'forward'),
    ],
    [
      'lstm',
      '[5, 2, 3] and [8, 3] and [8, 3] and [8]',
      () => lstm(x(5, 2, 3), x(8, 3), x(8, 3), x(8), 'reverse'),
    ],
    ['lstm', '[5, 3] and [8, 3] and [8, 2] and [8]', () => lstm(x(5, 3), x(8, 3), x(8, 2), x(8), 'forward')],
  ])('%s: %s', (name, shapes, build) => {
    expect(build).toThrow(ShapeError)
    expect(build).toThrow(new RegExp(`^${name}: expected .*, found ${shapes.replace(/[[\]]/g, '\\$&')}$`))
  })
})

describe('operands of another element type are refused', () => {
  const codes = input('codes', 'uint8', [2, 3])
  it.each<[string, () => Value]>([
    ['add: expected a float32 operand, found uint8 [2, 3]', () => add(x(2, 3), codes)],
    ['relu: expected a float32 operand, found uint8 [2, 3]', () => relu(codes)],
    ['concat: expected a float32 operand, found uint8 [2, 3]', () => concat([x(2, 3), codes], 0)],
    ['greater: expected a float32 operand, found uint8 [2, 3]', () => greater(x(2, 3), codes)],
    ['where: expected a bool operand, found uint8 [2, 3]', () => where(codes, x(2, 3), x(2, 3))],
    ['gather: expected int32 or uint8 indices, found float32 [2]', () => gather(x(2, 3), x(2))],
    ['oneHot: expected a uint8 operand, found float32 [2, 3]', () => oneHot(x(2, 3), [0])],
    ['dropout: expected a uint8 operand, found float32 [2, 3]', () => dropout(x(2, 3), x(2, 3), 0.5)],
    [
      'batchNorm: expected a float32 operand',
      () => batchNorm(x(1, 2), { ...vectors(2), mean: cast(x(2), 'int32') }, 0),
    ],
  ])('%s', (message, build) => {
    expect(build).toThrow(TypeError)
    expect(build).toThrow(message)
  })
})

describe('options that make no sense are refused', () => {
  it.each<[string, () => Value]>([
    ['concat: expected operands, found none', () => concat([], 0)],
    ['dropout: expected a rate from 0 to below 1, found 1', () => dropout(x(2), input('m', 'uint8', [2]), 1)],
    ['constant: expected 6 numbers for [2,3], found 5', () => constant([1, 2, 3, 4, 5], [2, 3])],
    [
      'convolution: expected whole numbers, found strides 0,1',
      () => convolution(x(1, 1, 4, 4), x(1, 1, 1, 1), undefined, { strides: [0, 1] }),
    ],
    ['pads -1,0,0,0', () => convolution(x(1, 1, 4, 4), x(1, 1, 1, 1), undefined, { pads: [-1, 0, 0, 0] })],
  ])('%s', (message, build) => {
    expect(build).toThrow(RangeError)
    expect(build).toThrow(message)
  })
})
