import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countShared, strandlessKey } from '../../src/curation/window-duplicates.ts'
import { encodeText, reverseComplement } from '../../src/genome/sequence.ts'

const anyWindow = fc.uint8Array({ max: 4, minLength: 1, maxLength: 200 })

describe('the key of a window', () => {
  it('is that of its reverse complement', () => {
    fc.assert(
      fc.property(anyWindow, codes => {
        expect(strandlessKey(reverseComplement(codes))).toBe(strandlessKey(codes))
      }),
    )
  })

  it('changes with every base', () => {
    fc.assert(
      fc.property(anyWindow, fc.nat(), fc.integer({ min: 1, max: 4 }), (codes, at, step) => {
        const changed = codes.slice()
        changed[at % codes.length] = (changed[at % codes.length]! + step) % 5
        fc.pre(changed.join() !== reverseComplement(codes).join())
        expect(strandlessKey(changed)).not.toBe(strandlessKey(codes))
      }),
    )
  })

  it('tells all windows of six bases apart but for the strand', () => {
    const keys = new Set<number>()
    for (let i = 0; i < 4 ** 6; i++) {
      keys.add(strandlessKey(Uint8Array.from({ length: 6 }, (_, j) => (i >> (2 * j)) & 3)))
    }
    // 64 of the 4,096 are their own reverse complement.
    expect(keys.size).toBe((4096 - 64) / 2 + 64)
  })
})

describe('shared windows', () => {
  it('are counted by row', () => {
    const keys = Float64Array.from(['ACG', 'AAA', 'CGT', 'TTT', 'ACA', 'ACG'], text =>
      strandlessKey(encodeText(text)),
    )
    expect(countShared(keys, Uint32Array.of(2, 3, 5), Uint32Array.of(0, 4))).toBe(2)
    expect(countShared(keys, Uint32Array.of(2, 3), Uint32Array.of())).toBe(0)
  })
})
