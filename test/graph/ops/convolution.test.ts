import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { type ConvolutionOptions, convolution } from '../../../src/graph/ops/convolution.ts'
import { input } from '../../../src/graph/ops/leaves.ts'
import { checkOp, type Operand, uniform } from '../../support/op-check.ts'

interface Layer {
  /** N, C, H, W. */
  map: [number, number, number, number]
  filters: number
  kernel: [number, number]
  options: Required<ConvolutionOptions>
  bias: boolean
  seed: number
}

async function check({ map, filters, kernel, options, bias, seed }: Layer): Promise<void> {
  const random = seededRandom(seed)
  const operands: Record<string, Operand> = {
    x: uniform(random, ...map),
    kernel: uniform(random, filters, map[1] / options.groups, ...kernel),
  }
  if (bias) {
    operands.bias = uniform(random, filters)
  }
  const build = (values: Record<string, ReturnType<typeof input>>) =>
    convolution(values.x!, values.kernel!, values.bias, options)
  await checkOp({ operands, build, seed })
}

const plain = {
  strides: [1, 1],
  dilations: [1, 1],
  pads: [0, 0, 0, 0],
  groups: 1,
} satisfies ConvolutionOptions

describe('convolution: result and gradients', () => {
  it.each<[string, Omit<Layer, 'bias' | 'seed'>]>([
    ['one element', { map: [1, 1, 1, 1], filters: 1, kernel: [1, 1], options: plain }],
    ['valid, odd length', { map: [2, 3, 1, 11], filters: 2, kernel: [1, 4], options: plain }],
    [
      'stride 2 that leaves a last element out',
      { map: [2, 2, 1, 12], filters: 3, kernel: [1, 3], options: { ...plain, strides: [1, 2] } },
    ],
    [
      'stride longer than the kernel',
      { map: [2, 2, 1, 11], filters: 2, kernel: [1, 2], options: { ...plain, strides: [1, 3] } },
    ],
    [
      'dilation with groups, same length',
      {
        map: [2, 4, 1, 13],
        filters: 4,
        kernel: [1, 3],
        options: { ...plain, dilations: [1, 4], groups: 2, pads: [0, 4, 0, 4] },
      },
    ],
    [
      'depthwise, two filters a channel',
      { map: [2, 4, 1, 7], filters: 8, kernel: [1, 3], options: { ...plain, groups: 4, pads: [0, 1, 0, 1] } },
    ],
    [
      'kernel longer than the map',
      { map: [2, 2, 1, 3], filters: 2, kernel: [1, 7], options: { ...plain, pads: [0, 3, 0, 3] } },
    ],
    [
      'padding larger than the kernel, unlike on both sides',
      { map: [1, 2, 1, 4], filters: 2, kernel: [1, 3], options: { ...plain, pads: [0, 5, 0, 1] } },
    ],
    [
      'a stride that steps over the whole map in its padding',
      {
        map: [1, 1, 1, 1],
        filters: 2,
        kernel: [1, 1],
        options: { ...plain, strides: [1, 3], pads: [0, 11, 0, 0] },
      },
    ],
    [
      'a picture, everything at once',
      {
        map: [2, 4, 7, 9],
        filters: 2,
        kernel: [3, 2],
        options: { strides: [2, 3], dilations: [2, 1], pads: [1, 0, 2, 3], groups: 2 },
      },
    ],
    [
      'a picture of few columns, channels alone',
      {
        map: [2, 3, 6, 2],
        filters: 3,
        kernel: [3, 7],
        options: { strides: [2, 1], dilations: [1, 1], pads: [1, 3, 1, 3], groups: 3 },
      },
    ],
    [
      'a picture of one column, dilated kernel, mostly beside it',
      {
        map: [2, 2, 5, 1],
        filters: 4,
        kernel: [5, 5],
        options: { strides: [1, 1], dilations: [2, 2], pads: [4, 4, 4, 4], groups: 1 },
      },
    ],
    ['a kernel of the size of a picture', { map: [2, 3, 4, 5], filters: 4, kernel: [4, 5], options: plain }],
  ])('%s', async (_name, layer) => {
    await check({ ...layer, bias: true, seed: 3 })
    await check({ ...layer, bias: false, seed: 4 })
  })

  it('any geometry', async () => {
    const axis = fc
      .record({
        kernel: fc.integer({ min: 1, max: 4 }),
        stride: fc.integer({ min: 1, max: 3 }),
        dilation: fc.integer({ min: 1, max: 4 }),
        before: fc.integer({ min: 0, max: 6 }),
        after: fc.integer({ min: 0, max: 6 }),
        beyond: fc.integer({ min: 0, max: 6 }),
      })
      .map(({ beyond, ...rest }) => {
        // As long as it must be, at least, for one position of the kernel; often shorter than the kernel itself.
        const least = rest.dilation * (rest.kernel - 1) + 1 - rest.before - rest.after
        return { ...rest, size: Math.max(least, 1) + beyond }
      })
    const flat = fc.constant({ kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, size: 1 })
    const layer = fc
      .record({
        rows: fc.oneof(flat, axis),
        columns: axis,
        batch: fc.integer({ min: 1, max: 2 }),
        groups: fc.constantFrom(1, 2, 4),
        perGroup: fc.integer({ min: 1, max: 2 }),
        filtersPerGroup: fc.integer({ min: 1, max: 2 }),
        bias: fc.boolean(),
        seed: fc.integer({ min: 0, max: 1e6 }),
      })
      .map(
        ({ rows, columns, batch, groups, perGroup, filtersPerGroup, bias, seed }): Layer => ({
          map: [batch, groups * perGroup, rows.size, columns.size],
          filters: groups * filtersPerGroup,
          kernel: [rows.kernel, columns.kernel],
          options: {
            strides: [rows.stride, columns.stride],
            dilations: [rows.dilation, columns.dilation],
            pads: [rows.before, columns.before, rows.after, columns.after],
            groups,
          },
          bias,
          seed,
        }),
      )
    await fc.assert(fc.asyncProperty(layer, check), { numRuns: 40, seed: 20 })
  })
})

describe('the length of a convolution', () => {
  it('may be a name where it only changes by a constant', () => {
    const x = input('x', 'float32', ['N', 4, 1, 'L'])
    const kernel = input('kernel', 'float32', [2, 4, 1, 5])
    expect(convolution(x, kernel).shape).toEqual(['N', 2, 1, 'L-4'])
    expect(convolution(x, kernel, undefined, { pads: [0, 2, 0, 2] }).shape).toEqual(['N', 2, 1, 'L'])
    expect(() => convolution(x, kernel, undefined, { strides: [1, 2] })).toThrow(
      'convolution: expected a known size of axis 3 for stride 2, found [N, 4, 1, L]',
    )
  })
})
