import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DatasetWindow, defaultWindow, outerFlank } from '../../src/curation/dataset-description.ts'

describe('the flanks of a window that hold no site', () => {
  it.each([
    // The last exon base stays at the front, the first after the intron at the end.
    [defaultWindow(800), 199],
    [{ length: 800, donor: 300, acceptor: 650 }, 149],
    [{ length: 800, donor: 100, acceptor: 650 }, 99],
    [{ length: 9, donor: 0, acceptor: 4 }, 0],
    [{ length: 9, donor: 4, acceptor: 8 }, 0],
    // AG or GT, whichever the site is, stays.
    [{ length: 141, site: 60 }, 58],
    [{ length: 10, site: 9 }, 0],
    [{ length: 10, site: 0 }, 0],
    [defaultWindow(141), 70],
  ])('are those of %j', (window, flank) => {
    expect(outerFlank(window)).toBe(flank)
  })
})

/** Indices of the bases that a site shows, or that a network marks. */
function siteBases(window: DatasetWindow): number[] {
  if ('donor' in window) {
    const { donor, acceptor } = window
    return [donor - 1, donor, donor + 1, acceptor - 2, acceptor - 1, acceptor]
  }
  return 'site' in window ? [-2, -1, 0, 1].map(offset => window.site + offset) : []
}

const lengths = fc.integer({ min: 6, max: 60 })
const junctionWindows: fc.Arbitrary<DatasetWindow> = lengths.chain(length =>
  fc
    .tuple(fc.integer({ min: 1, max: length - 1 }), fc.integer({ min: 1, max: length - 1 }))
    .filter(([a, b]) => Math.abs(a - b) >= 4)
    .map(([a, b]) => ({ length, donor: Math.min(a, b), acceptor: Math.max(a, b) })),
)
const siteWindows: fc.Arbitrary<DatasetWindow> = lengths.chain(length =>
  fc.integer({ min: 2, max: length - 2 }).map(site => ({ length, site })),
)

it('the flanks never hold a base of a site, and one base more would', () => {
  fc.assert(
    fc.property(fc.oneof(junctionWindows, siteWindows), window => {
      const flank = outerFlank(window)
      const kept = (width: number) =>
        siteBases(window).every(index => index >= width && index < window.length - width)
      expect([kept(flank), kept(flank + 1)]).toEqual([true, false])
    }),
  )
})
