import { describe, expect, it } from 'vitest'
import { defaultWindow, outerFlank } from '../../src/curation/dataset-description.ts'

describe('the flanks of a window that hold no site', () => {
  it.each([
    [defaultWindow(800), 200],
    [{ length: 800, donor: 300, acceptor: 650 }, 150],
    // AG or GT, whichever the site is, stays.
    [{ length: 141, site: 60 }, 58],
    [{ length: 10, site: 9 }, 0],
    [defaultWindow(141), 70],
  ])('are those of %j', (window, flank) => {
    expect(outerFlank(window)).toBe(flank)
  })
})
