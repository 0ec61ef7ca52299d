import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutSiteWindow, sitePosition } from '../../../src/curation/site-window.ts'
import { cutWindow, WINDOW_LENGTH } from '../../../src/junctions/window.ts'
import { PARTS, partsOf } from '../../../src/report/dataset/examples.ts'
import { SharedBases } from '../../../src/report/dataset/shared-bases.ts'
import { type MadeRow, madeExamples } from './made-examples.ts'

const JUNCTION = { length: WINDOW_LENGTH, donor: 200, acceptor: 600 }
const SITE = { length: 141, site: 61 }
const CONTIG = 1500
/** Introns end before it, so that no window reaches beyond the contig's end. */
const LAST = CONTIG - 200

/** Returns the places of the contig that a window shows: those whose base reaches it. */
function shownPlaces(row: MadeRow): Set<number> {
  const shown = new Set<number>()
  const intron = { start: row.start!, end: row.end!, strand: row.strand! }
  const contig = new Uint8Array(CONTIG).fill(4)
  const window = new Uint8Array(row.site === undefined ? JUNCTION.length : SITE.length)
  for (let place = 0; place < CONTIG; place++) {
    contig[place] = 0
    if (row.site === undefined) {
      cutWindow(contig, intron, window, 0)
    } else {
      const site = { kind: row.site, position: sitePosition(intron, row.site), strand: intron.strand }
      cutSiteWindow(contig, site, SITE, window, 0)
    }
    if (window.some(code => code !== 4)) {
      shown.add(place)
    }
    contig[place] = 4
  }
  return shown
}

const rowOf = (site: fc.Arbitrary<'donor' | 'acceptor' | undefined>) =>
  fc
    .record({
      start: fc.integer({ min: 1, max: LAST - 30 }),
      length: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 20, max: 700 })),
      strand: fc.constantFrom('+' as const, '-' as const),
      part: fc.constantFrom(...PARTS),
      site,
    })
    .map(({ length, start, site: kind, ...rest }): MadeRow => {
      const end = Math.min(start + length, LAST)
      return {
        ...rest,
        className: 'positive',
        contig: 'chr1',
        start,
        end,
        ...(kind && { site: kind }),
      }
    })

function checkAgainstWindows(rows: readonly MadeRow[], window: typeof JUNCTION | typeof SITE): void {
  const examples = madeExamples(rows, window)
  const shared = SharedBases.of(examples, examples.splits, partsOf(examples))!
  const shown = rows.map(row => shownPlaces(row))
  const ofPart = (part: string) =>
    new Set(rows.flatMap((row, i) => (row.part === part ? [...shown[i]!] : [])))
  for (const queried of PARTS) {
    for (const held of PARTS.filter(part => part !== queried)) {
      const others = ofPart(held)
      expect(shared.between(queried, held)).toEqual({
        windows: rows.filter((row, i) => row.part === queried && [...shown[i]!].some(p => others.has(p)))
          .length,
        bases: [...ofPart(queried)].filter(place => others.has(place)).length,
      })
    }
  }
}

describe('bases shared by parts', () => {
  it('are those that windows of both sites show', () => {
    fc.assert(
      fc.property(fc.array(rowOf(fc.constant(undefined)), { minLength: 2, maxLength: 4 }), rows =>
        checkAgainstWindows(rows, JUNCTION),
      ),
      { numRuns: 25 },
    )
  })

  it('are those that windows of one site show', () => {
    const site = fc.constantFrom('donor' as const, 'acceptor' as const)
    fc.assert(
      fc.property(fc.array(rowOf(site), { minLength: 2, maxLength: 4 }), rows =>
        checkAgainstWindows(rows, SITE),
      ),
      { numRuns: 40 },
    )
  })

  it('are none between contigs', () => {
    const row = { className: 'positive', start: 500, end: 900, strand: '+' } as const
    const examples = madeExamples(
      [
        { ...row, contig: 'chr1', part: 'train' },
        { ...row, contig: 'chr2', part: 'test' },
      ],
      JUNCTION,
    )
    const shared = SharedBases.of(examples, examples.splits, partsOf(examples))!
    expect(shared.between('train', 'test')).toEqual({ windows: 0, bases: 0 })
  })

  it('are not known without places, or without the kind of site', () => {
    const without = madeExamples([{ className: 'positive' }], JUNCTION)
    const kindless = madeExamples([{ className: 'positive', contig: 'c', start: 1, end: 9 }], SITE)
    for (const examples of [without, kindless]) {
      expect(SharedBases.of(examples, examples.splits, partsOf(examples))).toBeUndefined()
    }
  })
})
