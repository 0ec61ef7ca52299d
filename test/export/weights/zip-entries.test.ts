import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../../src/core/errors.ts'
import { openZip } from '../../../src/export/weights/zip-entries.ts'
import { zipOf } from './archive-writer.ts'

const A = { name: 'a.txt', content: Buffer.from('alpha') }
const B = { name: 'b/ü.txt', content: Buffer.from('beta'.repeat(50)) }
const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString()

describe('openZip', () => {
  it.each([
    ['stored', zipOf([A, B])],
    ['deflated', zipOf([A, { ...B, deflate: true }])],
    ['zip64', zipOf([A, { ...B, deflate: true }], { zip64: true })],
    ['with a comment', zipOf([A, B], { comment: 'made by hand' })],
  ])('reads the files of an archive: %s', (_, bytes) => {
    const zip = openZip(bytes, 'z')
    expect(zip.names).toEqual(['a.txt', 'b/ü.txt'])
    expect(zip.unpackedBytes).toBe(205)
    expect(text(zip.read('a.txt'))).toBe('alpha')
    expect(text(zip.read('b/ü.txt'))).toBe('beta'.repeat(50))
    expect(zip.read('c')).toBeUndefined()
  })

  it.each([
    ['cut off', zipOf([A, B]).subarray(0, -30), 'expected an end record, found none'],
    ['a name twice', zipOf([A, A]), 'expected different names, found two files named "a.txt"'],
    ['encrypted', zipOf([{ ...A, flags: 1 }]), 'expected file "a.txt" in clear, found it encrypted'],
    [
      'other method',
      zipOf([{ ...A, method: 12 }]),
      'expected file "a.txt" stored or deflated, found method 12',
    ],
    [
      'stored with another size',
      zipOf([{ ...A, size: 500 }]),
      'expected file "a.txt" stored in 500 bytes, found 5',
    ],
    [
      'overlapping files',
      zipOf([A, { ...B, start: 1 }]),
      'expected file "b/ü.txt" to begin at byte 35 or later, found 1: it overlaps',
    ],
    [
      'start past the directory',
      zipOf([{ ...A, start: 9999 }]),
      'expected files that end before the directory at byte 40, found 10034',
    ],
    [
      'a bomb',
      zipOf([{ ...A, deflate: true, size: 2 ** 31 }]),
      'expected files of at most 16777216 bytes when unpacked, found 2147483648',
    ],
    [
      'a zip64 bomb',
      zipOf([{ ...A, deflate: true, size: 2 ** 50 }], { zip64: true }),
      'expected a size of "a.txt" that fits',
    ],
  ])('refuses an archive: %s', (_, bytes, message) => {
    const read = () => openZip(bytes, 'z')
    expect(read).toThrow(InputDataError)
    expect(read).toThrow(message)
  })

  it.each([
    ['changed content', zipOf([{ ...A, crc: 1 }]), 'file "a.txt" at byte 0: CRC-32 0x00000001, found 0x'],
    ['more than it claims', zipOf([{ ...B, deflate: true, size: 10 }]), 'to inflate to 10 bytes'],
    ['less than it claims', zipOf([{ ...B, deflate: true, size: 300 }]), '300 bytes, found 200'],
    ['no deflate data', zipOf([{ ...B, method: 8 }]), 'to inflate to 200 bytes, found'],
    [
      'no header',
      zipOf([A]).fill(0, 0, 4),
      'its header to begin with 0x04034b50 at byte 0, found 0x00000000',
    ],
  ])('refuses a file: %s', (_, bytes, message) => {
    const read = () => {
      const zip = openZip(bytes, 'z')
      zip.names.forEach(zip.read)
    }
    expect(read).toThrow(InputDataError)
    expect(read).toThrow(message)
  })
})
