import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../../src/core/errors.ts'
import { parseSafetensors } from '../../../src/export/weights/safetensors.ts'
import { floats, safetensorsOf } from './archive-writer.ts'

const F32 = (shape: unknown, start: unknown, end: unknown) => ({
  dtype: 'F32',
  shape,
  data_offsets: [start, end],
})
const FOUR = Buffer.alloc(4)

describe('parseSafetensors', () => {
  it('gives tensors in header order, whatever the order of their bytes', () => {
    const header = {
      __metadata__: { format: 'pt' },
      b: F32([2, 1], 8, 16),
      'a.weight': F32([2], 0, 8),
      s: F32([], 16, 20),
    }
    const tensors = parseSafetensors(
      safetensorsOf(`${JSON.stringify(header)}   `, floats(1, -2.5, 3, 4, 7)),
      'm',
    )
    expect([...tensors.values()]).toEqual([
      { name: 'b', dims: [2, 1], type: 'float32', data: Float32Array.of(3, 4) },
      { name: 'a.weight', dims: [2], type: 'float32', data: Float32Array.of(1, -2.5) },
      { name: 's', dims: [], type: 'float32', data: Float32Array.of(7) },
    ])
  })

  it.each([
    ['F64', '9a9999999999b93f', Math.fround(0.1), undefined],
    ['F16', '0100', 2 ** -24, undefined],
    ['F16', '00c2', -3, undefined],
    ['F16', '007c', Number.POSITIVE_INFINITY, undefined],
    ['F16', '017e', Number.NaN, undefined],
    ['BF16', '40c0', -3, undefined],
    ['I64', 'ffffffffffffffff', -1, -1],
    ['I64', '0100000100000000', 2 ** 24, 2 ** 24 + 1],
    ['U64', 'ffffffff00000000', 2 ** 32, 2 ** 32 - 1],
    ['I32', 'feffffff', -2, -2],
    ['U32', 'feffffff', 2 ** 32, 2 ** 32 - 2],
    ['I16', 'fdff', -3, -3],
    ['U16', 'fdff', 65533, 65533],
    ['I8', 'fc', -4, -4],
    ['U8', 'fc', 252, 252],
    ['BOOL', '01', 1, 1],
  ])('reads %s %s as %d', (dtype, hex, value, exact) => {
    const data = Buffer.from(hex, 'hex')
    const header = { x: { dtype, shape: [1], data_offsets: [0, data.length] } }
    const tensor = parseSafetensors(safetensorsOf(header, data), 'm').get('x')!
    expect(tensor.data).toEqual(Float32Array.of(value))
    expect(tensor.integers).toEqual(exact === undefined ? undefined : Float64Array.of(exact))
  })

  it('gives a tensor without values, and a file without tensors', () => {
    expect(parseSafetensors(safetensorsOf({ e: F32([0, 3], 0, 0) }, FOUR.subarray(4)), 'm').get('e')).toEqual(
      {
        name: 'e',
        dims: [0, 3],
        type: 'float32',
        data: new Float32Array(0),
      },
    )
    expect(parseSafetensors(safetensorsOf({}, Buffer.alloc(0)), 'm').size).toBe(0)
  })

  it('gives back what was written', () => {
    const shapes = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }), { maxLength: 5 })
    fc.assert(
      fc.property(shapes, fc.infiniteStream(fc.float({ noNaN: true })), (dims, numbers) => {
        const header: Record<string, unknown> = {}
        const expected: number[][] = []
        let at = 0
        for (const [index, shape] of dims.entries()) {
          const count = shape.reduce((product, size) => product * size, 1)
          header[`t${index}`] = F32(shape, at, at + 4 * count)
          at += 4 * count
          expected.push(Array.from({ length: count }, () => numbers.next().value))
        }
        const tensors = parseSafetensors(safetensorsOf(header, floats(...expected.flat())), 'm')
        expect([...tensors.values()].map(tensor => tensor.dims)).toEqual(dims)
        expect([...tensors.values()].map(tensor => [...tensor.data])).toEqual(expected)
      }),
    )
  })
})

describe('malformed safetensors', () => {
  it.each([
    ['too short', Buffer.alloc(5), 'm: expected a header length of 8 bytes, found 5 bytes in all'],
    [
      'header past the end',
      safetensorsOf({}, FOUR, 7),
      'm: expected a header length of at most the 6 bytes that follow, found 7',
    ],
    [
      'huge header',
      safetensorsOf({}, FOUR, 2 ** 60),
      'at most the 6 bytes that follow, found 1152921504606846976',
    ],
    ['no JSON', safetensorsOf('{"a":', FOUR), 'm: bytes 8 to 13: expected a header of JSON in UTF-8, found'],
    ['no UTF-8', safetensorsOf('{"a":1}', FOUR).fill(0xff, 10, 11), 'expected a header of JSON in UTF-8'],
    ['JSON but no object', safetensorsOf('[1]', FOUR), 'expected a header that is a JSON object, found [1]'],
    [
      'bad metadata',
      safetensorsOf({ __metadata__: { a: 1 } }, FOUR),
      'm: __metadata__: expected an object of texts, found {"a":1}',
    ],
    [
      'entry no object',
      safetensorsOf({ a: 1 }, FOUR),
      'm: tensor "a": expected an object with dtype, shape and data_offsets, found 1',
    ],
    [
      'unknown dtype',
      safetensorsOf({ a: { ...F32([1], 0, 4), dtype: 'F8_E4M3' } }, FOUR),
      'tensor "a": expected a dtype of F64, F32',
    ],
    ['no dtype', safetensorsOf({ a: { shape: [1], data_offsets: [0, 4] } }, FOUR), 'found nothing'],
    [
      'unknown field',
      safetensorsOf({ a: { ...F32([1], 0, 4), stride: 1 } }, FOUR),
      'expected dtype, shape and data_offsets only, found "stride"',
    ],
    [
      'negative dimension',
      safetensorsOf({ a: F32([-1], 0, 4) }, FOUR),
      'expected a shape of whole numbers from 0 on with a countable product, found [-1]',
    ],
    ['fractional dimension', safetensorsOf({ a: F32([0.5], 0, 4) }, FOUR), 'found [0.5]'],
    ['dimension of text', safetensorsOf({ a: F32(['1'], 0, 4) }, FOUR), 'found ["1"]'],
    ['shape no list', safetensorsOf({ a: F32(1, 0, 4) }, FOUR), 'countable product, found 1'],
    ['uncountable shape', safetensorsOf({ a: F32([2 ** 40, 2 ** 40, 0], 0, 0) }, FOUR), 'countable product'],
    [
      'offsets reversed',
      safetensorsOf({ a: F32([1], 4, 0) }, FOUR),
      'expected data_offsets of two whole numbers, first <= second, found [4,0]',
    ],
    ['offsets negative', safetensorsOf({ a: F32([1], -4, 0) }, FOUR), 'found [-4,0]'],
    ['one offset', safetensorsOf({ a: { ...F32([1], 0, 4), data_offsets: [0] } }, FOUR), 'found [0]'],
    [
      'too few bytes',
      safetensorsOf({ a: F32([2], 0, 4) }, FOUR),
      'm: tensor "a": expected 8 bytes for F32 [2], found 4 (data_offsets [0,4])',
    ],
    [
      'past the end',
      safetensorsOf({ a: F32([2], 0, 8) }, FOUR),
      'tensor "a": expected data_offsets within the 4 bytes after the header, found [0,8]',
    ],
    [
      'hole at the start',
      safetensorsOf({ a: F32([1], 4, 8) }, Buffer.alloc(8)),
      'expected data_offsets to begin at 0, where the tensor before ends, found 4: a hole',
    ],
    [
      'hole at the end',
      safetensorsOf({ a: F32([1], 0, 4) }, Buffer.alloc(9)),
      'm: expected 4 bytes after the header, all of tensors, found 9',
    ],
    [
      'overlap',
      safetensorsOf({ a: F32([2], 0, 8), b: F32([1], 4, 8) }, Buffer.alloc(8)),
      'tensor "b": expected data_offsets to begin at 8, where the tensor before ends, found 4: bytes',
    ],
    [
      'a name twice',
      safetensorsOf(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061" :{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}',
        FOUR,
      ),
      'm: expected every name once in the header, found "a" twice',
    ],
    [
      'a field twice',
      safetensorsOf('{"a":{"dtype":"F32","shape":[1],"shape":[1,1],"data_offsets":[0,4]}}', FOUR),
      'found "shape" twice',
    ],
    [
      'deep nesting',
      safetensorsOf(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, FOUR),
      'm: expected a header nested at most 4 deep, found more',
    ],
  ])('is refused: %s', (_, bytes, message) => {
    const read = () => parseSafetensors(bytes, 'm')
    expect(read).toThrow(InputDataError)
    expect(read).toThrow(message)
  })

  it('never fails otherwise than by an InputDataError, whatever bytes are changed', () => {
    const good = safetensorsOf(
      { __metadata__: { n: 'x' }, a: F32([2], 0, 8), b: F32([1], 8, 12) },
      floats(1, 2, 3),
    )
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), changes => {
        const bytes = Buffer.from(good)
        for (const [at, value] of changes) {
          bytes[at] = value
        }
        try {
          parseSafetensors(bytes, 'm')
        } catch (error) {
          expect(error).toBeInstanceOf(InputDataError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('reads a header with a name of megabytes', () => {
    const name = 'x"'.repeat(1_000_000)
    expect(parseSafetensors(safetensorsOf({ [name]: F32([1], 0, 4) }, FOUR), 'm').has(name)).toBe(true)
  })
})
