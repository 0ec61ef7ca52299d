import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/core/random.ts'
import {
  cutExample,
  describedWindow,
  type ExampleLayout,
  shownStretches,
  windowLength,
} from '../../src/curation/example-layout.ts'
import { reverseComplement } from '../../src/genome/sequence.ts'
import { randomCodes } from './made-genome.ts'

const LAYOUTS: ExampleLayout[] = [
  { kind: 'junction' },
  { kind: 'donor', length: 141, site: 61 },
  { kind: 'acceptor', length: 602, site: 300 },
]
const codes = randomCodes(3000, seededRandom(2))

describe('a layout', () => {
  it('is described by its length and sites', () => {
    expect(LAYOUTS.map(describedWindow)).toEqual([
      { length: 800, donor: 200, acceptor: 600 },
      { length: 141, site: 61 },
      { length: 602, site: 300 },
    ])
    expect(LAYOUTS.map(windowLength)).toEqual([800, 141, 602])
  })

  it('shows exactly the bases it says: any other may change without changing the window', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LAYOUTS),
        fc.integer({ min: -100, max: 2900 }),
        fc.integer({ min: 20, max: 700 }),
        fc.constantFrom<'+' | '-'>('+', '-'),
        (layout, from, length, strand) => {
          const start = Math.max(0, from)
          const intron = { start, end: Math.min(3000, start + length), strand }
          const shown = shownStretches(intron, layout)
          const isShown = (at: number) =>
            shown.some((left, i) => i % 2 === 0 && left <= at && at < shown[i + 1]!)
          const window = new Uint8Array(windowLength(layout))
          cutExample(codes, intron, layout, window)
          const others = codes.map((code, at) => (isShown(at) ? code : (code + 1) % 4))
          const same = new Uint8Array(window.length)
          cutExample(others, intron, layout, same)
          expect(same).toEqual(window)
          const changed = codes.map((code, at) => (isShown(at) ? (code + 1) % 4 : code))
          cutExample(changed, intron, layout, same)
          expect(
            [...window.keys()].every(i => (window[i] === 4 ? same[i] === 4 : same[i] !== window[i])),
          ).toBe(true)
        },
      ),
    )
  })

  it('shows the same of a site and of its mirrored twin', () => {
    const mirrored = reverseComplement(codes)
    for (const layout of LAYOUTS) {
      const [window, twin] = [new Uint8Array(windowLength(layout)), new Uint8Array(windowLength(layout))]
      cutExample(codes, { start: 1000, end: 1500, strand: '+' }, layout, window)
      cutExample(mirrored, { start: 1500, end: 2000, strand: '-' }, layout, twin)
      expect(twin).toEqual(window)
    }
  })

  it('says when the bases of a site are not known', () => {
    const unknown = codes.slice()
    unknown[1000] = 4
    const cut = (layout: ExampleLayout) =>
      cutExample(
        unknown,
        { start: 1000, end: 1500, strand: '+' },
        layout,
        new Uint8Array(windowLength(layout)),
      )
    expect(LAYOUTS.map(cut)).toEqual([false, false, true])
  })
})
