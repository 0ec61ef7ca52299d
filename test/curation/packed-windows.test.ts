import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../src/core/errors.ts'
import { seededRandom } from '../../src/core/random.ts'
import { PackedWindowWriter } from '../../src/curation/packed-window-writer.ts'
import { packedBytes, packWindow, unpackWindow } from '../../src/curation/packed-windows.ts'
import { openSink } from '../../src/io/sink.ts'
import { folderOf } from './dataset-folder.ts'

const anyCodes = fc.uint8Array({ max: 4, minLength: 0, maxLength: 300 })

function packed(codes: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(packedBytes(codes.length))
  packWindow(Uint8Array.from(codes), 0, codes.length, out, 0)
  return out
}

describe('a packed window', () => {
  it.each([
    [[], []],
    [[0], [0 + 5 * 4 + 25 * 4]],
    [[3, 1], [3 + 5 * 1 + 25 * 4]],
    [[1, 2, 3], [1 + 5 * 2 + 25 * 3]],
    [[4, 4, 4], [124]],
    [
      [0, 0, 0, 2],
      [0, 2 + 5 * 4 + 25 * 4],
    ],
  ])('of the codes %j is the bytes %j', (codes, bytes) => {
    expect([...packed(codes)]).toEqual(bytes)
  })

  it('unpacks to what it was made from, whatever the length and the places', () => {
    fc.assert(
      fc.property(anyCodes, fc.nat(5), fc.nat(5), (codes, before, after) => {
        const bytes = packedBytes(codes.length)
        const padded = new Uint8Array(before + codes.length + after).fill(2)
        padded.set(codes, before)
        const room = new Uint8Array(after + bytes + before).fill(200)
        packWindow(padded, before, codes.length, room, after)
        expect(room.subarray(after, after + bytes)).toEqual(packed(codes))
        const out = new Uint8Array(padded.length).fill(9)
        unpackWindow(room, after, codes.length, out, before)
        expect(out.subarray(before, before + codes.length)).toEqual(codes)
        const others = [...room.subarray(0, after), ...room.subarray(after + bytes)]
        expect(others.every(byte => byte === 200)).toBe(true)
        expect(out.filter(code => code === 9).length).toBe(before + after)
      }),
    )
  })

  it('takes a third of the bytes, rounded up', () => {
    expect([0, 1, 2, 3, 4, 101, 141, 400, 602, 800].map(packedBytes)).toEqual([
      0, 1, 1, 1, 2, 34, 47, 134, 201, 267,
    ])
  })

  it.each([1, 2, 3])('with a byte that holds no codes is refused, at a length of %i', length => {
    const out = new Uint8Array(length)
    expect(() => unpackWindow(Uint8Array.of(125), 0, length, out, 0)).toThrow(InputDataError)
    expect(() => unpackWindow(Uint8Array.of(255), 0, length, out, 0)).toThrow(
      'below 125 in packed windows, found 255',
    )
  })

  it('is refused room that is too short', () => {
    const [codes, bytes] = [new Uint8Array(6), new Uint8Array(2)]
    expect(() => packWindow(codes, 1, 6, bytes, 0)).toThrow('a window of 6 does not fit at 1 of 6 codes')
    expect(() => packWindow(codes, 0, 6, bytes, 1)).toThrow('2 bytes do not fit at 1 of 2 packed bytes')
    expect(() => unpackWindow(bytes, 0, 6, codes, 1)).toThrow(RangeError)
    expect(() => unpackWindow(bytes, 1, 6, codes, 0)).toThrow(RangeError)
    expect(() => unpackWindow(bytes, -1, 3, codes, 0)).toThrow(RangeError)
  })
})

describe('the writer of packed windows', () => {
  it.each([1, 141, 800, 1_000_000])('appends windows of %i codes one after the other', async length => {
    const random = seededRandom(length)
    const count = length === 1_000_000 ? 2 : 5000
    const path = join(folderOf({}), 'windows.codes')
    const sink = await openSink(path)
    const writer = new PackedWindowWriter(sink, length)
    const pair = new Uint8Array(2 * length)
    const expected = new Uint8Array(count * packedBytes(length))
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < length; j++) {
        pair[length + j] = random.int(5)
      }
      packWindow(pair, length, length, expected, i * packedBytes(length))
      writer.add(pair, length)
      if (i % 1000 === 7) {
        await writer.drain()
      }
    }
    await writer.finish()
    expect(writer.count).toBe(count)
    await sink.close()
    expect(Buffer.compare(readFileSync(path), expected)).toBe(0)
  })
})
