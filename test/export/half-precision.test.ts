import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { bitsOfHalf, halfWeights, nearestHalf } from '../../src/export/half-precision.ts'
import { decodeTensor } from '../../src/export/weights/tensor-file.ts'
import { add } from '../../src/graph/ops/arithmetic.ts'
import { constant, input } from '../../src/graph/ops/leaves.ts'
import { matmul } from '../../src/graph/ops/matmul.ts'
import { runOnnx } from '../support/run-onnx.ts'

/** Returns the number that 16 bits stand for, as the reader of weight files has it. */
function widened(bits: number): number {
  const bytes = new Uint8Array(Uint16Array.of(bits).buffer)
  const layout = { name: 'x', dims: [1], type: 'float16', offset: 0, strides: [1] } as const
  return decodeTensor(bytes, layout).data[0]!
}

describe('the nearest half', () => {
  it.each([
    [0, 0],
    [1, 1],
    [-1.5, -1.5],
    [0.1, 0.0999755859375],
    [65504, 65504],
    // Between 1 and its neighbour 1 + 2^-10: to the even one.
    [1 + 2 ** -11, 1],
    [1 + 3 * 2 ** -11, 1 + 2 ** -9],
    // Just below a power of two.
    [2047.7, 2048],
    [Math.fround(1 - 2 ** -24), 1],
    // Subnormal.
    [2 ** -24, 2 ** -24],
    [2 ** -25, 0],
    [3 * 2 ** -25, 2 ** -23],
    [1e-9, 0],
  ])('of %d is %d', (x, half) => {
    expect(nearestHalf(x)).toBe(half)
    expect(nearestHalf(-x)).toBe(-half)
  })

  it('of a half is itself, whatever its bits', () => {
    const wrong: number[] = []
    for (let bits = 0; bits < 0x7c00; bits++) {
      const half = widened(bits)
      const negative = bits === 0 ? 0 : bits | 0x8000
      if (nearestHalf(half) !== half || bitsOfHalf(half) !== bits || bitsOfHalf(-half) !== negative) {
        wrong.push(bits)
      }
    }
    expect(wrong).toEqual([])
  })

  it('is off by no more than half a step', () => {
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), x => {
        const step = Math.max(Math.abs(x) * 2 ** -11, 2 ** -25)
        expect(Math.abs(nearestHalf(x) - x)).toBeLessThanOrEqual(step)
      }),
    )
  })

  it.each([70000, -1e9, Number.NaN, Number.POSITIVE_INFINITY])('of %d does not exist', x => {
    expect(() => nearestHalf(x)).toThrow(InputDataError)
  })
})

describe('weights as halves', () => {
  it('are rounded, biases are not', async () => {
    const x = input('x', 'float32', [1, 2])
    const plain = add(matmul(x, constant([0.1, 1 / 3, -7.7, 1000.3], [2, 2])), constant([0.1, 0.2], [2]))
    const { y } = await runOnnx(
      { y: halfWeights(plain) },
      { x: { type: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) } },
    )
    const weights = [0.1, 1 / 3, -7.7, 1000.3].map(weight => nearestHalf(Math.fround(weight)))
    expect(Array.from(y!.data as Float32Array)).toEqual([
      Math.fround(weights[0]! + 2 * weights[2]! + Math.fround(0.1)),
      Math.fround(weights[1]! + 2 * weights[3]! + Math.fround(0.2)),
    ])
  })
})
