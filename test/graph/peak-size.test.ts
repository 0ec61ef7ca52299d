import { describe, expect, it } from 'vitest'
import { add, multiply } from '../../src/graph/ops/arithmetic.ts'
import { input } from '../../src/graph/ops/leaves.ts'
import { relu } from '../../src/graph/ops/pointwise.ts'
import { reduceSum } from '../../src/graph/ops/reduce.ts'
import { reshape } from '../../src/graph/ops/reshape.ts'
import { peakSize } from '../../src/graph/peak-size.ts'

describe('the peak of intermediate results', () => {
  const x = input('x', 'float32', [10, 10])
  const bytes = 400

  it('of a chain is an operand and its result', () => {
    let y = x
    for (let i = 0; i < 50; i++) {
      y = relu(y)
    }
    expect(peakSize([y])).toBe(2 * bytes)
  })

  it('counts what waits for a later use', () => {
    const early = relu(x)
    const late = relu(relu(relu(early)))
    expect(peakSize([add(late, early)])).toBe(3 * bytes)
  })

  it('counts outputs to the end, and each once', () => {
    const first = multiply(x, x)
    const second = relu(first)
    expect(peakSize([first, first, relu(second)])).toBe(3 * bytes)
    expect(peakSize([relu(second)])).toBe(2 * bytes)
    expect(peakSize([reduceSum(second, [0, 1])])).toBe(2 * bytes)
  })

  it('takes another shape of the same numbers for the same memory', () => {
    expect(peakSize([reshape(relu(reshape(x, [100])), [5, 20])])).toBe(2 * bytes)
  })

  it('knows bytes from floats', () => {
    expect(peakSize([input('codes', 'uint8', [100])])).toBe(100)
  })
})
