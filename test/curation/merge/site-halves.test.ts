import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { joinSites, placeSite } from '../../../src/curation/merge/site-halves.ts'
import type { SiteKind } from '../../../src/curation/site-window.ts'
import { decodeText } from '../../../src/genome/sequence.ts'
import { inputFolder, opened, siteRows } from './made-inputs.ts'

const windows = fc
  .record({ length: fc.integer({ min: 1, max: 900 }), seed: fc.integer({ min: 0, max: 1e6 }) })
  .chain(({ length, seed }) =>
    fc.record({
      codes: fc.constant(Uint8Array.from({ length }, (_, i) => seededRandom(seed + i).int(4))),
      site: fc.integer({ min: 0, max: length - 1 }),
      kind: fc.constantFrom<SiteKind>('donor', 'acceptor'),
    }),
  )

describe('the window of one site in its half of a junction window', () => {
  it('has every base that fits, as far from the site as before, and N for the rest', () => {
    fc.assert(
      fc.property(windows, ({ codes, site, kind }) => {
        const out = new Uint8Array(800).fill(7)
        placeSite(codes, site, kind, out)
        const [from, to, at] = kind === 'donor' ? [0, 400, 200] : [400, 800, 600]
        for (let i = 0; i < 800; i++) {
          const own = codes[site + i - at]
          expect(out[i]).toBe(i < from || i >= to ? 7 : (own ?? 4))
        }
      }),
    )
  })
})

describe('sites joined two by two', () => {
  it('use every row, the rarer kind again from its start, within their part', async () => {
    const donors = siteRows(1, 7, 'donor').map((row, i) => ({
      ...row,
      split: i < 5 ? 'train' : 'validation',
    }))
    const acceptors = siteRows(2, 3, 'acceptor').map(row => ({ ...row, split: 'train' }))
    const description = { window: { length: 141, site: 61 } }
    const inputs = await opened(
      inputFolder('d', donors, description),
      inputFolder('a', acceptors, description),
    )
    const [train, validation, ...rest] = joinSites(inputs, seededRandom(1))
    expect(rest).toEqual([])
    expect([train!.part, train!.donors, train!.acceptors, train!.pairs.length]).toEqual([0, 5, 3, 5])
    expect(train!.pairs.map(pair => pair.donor!.row).sort()).toEqual([0, 1, 2, 3, 4])
    const used = train!.pairs.map(pair => pair.acceptor!.row)
    expect(used.slice(3)).toEqual(used.slice(0, 2))
    expect(used.slice(0, 3).sort()).toEqual([0, 1, 2])
    expect([validation!.part, validation!.donors, validation!.acceptors]).toEqual([1, 2, 0])
    expect(validation!.pairs.map(pair => pair.acceptor)).toEqual([undefined, undefined])
    const again = joinSites(inputs, seededRandom(1))
    expect(again[0]!.pairs).toEqual(train!.pairs)
    for (const { dataset } of inputs) {
      await dataset.close()
    }
  })
})

describe('letters of a placed site', () => {
  it('stand at the usual places', () => {
    const out = new Uint8Array(800).fill(4)
    placeSite(Uint8Array.of(1, 2, 3, 0), 1, 'donor', out)
    placeSite(Uint8Array.of(1, 0, 2, 3), 3, 'acceptor', out)
    expect(decodeText(out.subarray(198, 204))).toBe('NCGTAN')
    expect(decodeText(out.subarray(596, 602))).toBe('NCAGTN')
  })
})
