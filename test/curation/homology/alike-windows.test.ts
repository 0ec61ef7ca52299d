import { describe, expect, it } from 'vitest'
import { InterruptedError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import type { DatasetWindow } from '../../../src/curation/dataset-description.ts'
import { addWindows, alikeWindows, findAlike } from '../../../src/curation/homology/alike-windows.ts'
import { KmerIndexBuilder } from '../../../src/curation/homology/kmer-index-builder.ts'
import { segmentsOf } from '../../../src/curation/homology/segments.ts'
import { openWindowStore } from '../../../src/curation/window-store.ts'
import { reverseComplement } from '../../../src/genome/sequence.ts'
import { cutWindow, type StrandedIntron } from '../../../src/junctions/window.ts'
import { randomBases, substituted } from './sequences.ts'

const JUNCTION: DatasetWindow = { length: 800, donor: 200, acceptor: 600 }
const SITE: DatasetWindow = { length: 141, site: 61 }

function storeOf(windows: readonly Uint8Array[]) {
  const length = windows[0]!.length
  const codes = new Uint8Array(new SharedArrayBuffer(windows.length * length))
  for (const [i, window] of windows.entries()) {
    codes.set(window, i * length)
  }
  return openWindowStore({ kind: 'memory', count: windows.length, length, codes })
}

function junctionWindow(contig: Uint8Array, start: number, end: number, strand: '+' | '-' = '+') {
  const out = new Uint8Array(800)
  cutWindow(contig, { start, end, strand } satisfies StrandedIntron, out, 0)
  return out
}

const rows = (...numbers: number[]) => Uint32Array.from(numbers)

describe('segments', () => {
  it.each<[DatasetWindow, [number, number][]]>([
    [
      JUNCTION,
      [
        [0, 400],
        [400, 800],
      ],
    ],
    [
      { length: 101, donor: 20, acceptor: 71 },
      [
        [0, 45],
        [45, 101],
      ],
    ],
    [{ length: 50, donor: 0, acceptor: 0 }, [[0, 50]]],
    [SITE, [[0, 141]]],
    [{ length: 602 }, [[0, 602]]],
  ])('of %o are %o', (window, segments) => {
    expect(segmentsOf(window)).toEqual(segments)
  })
})

describe('windows that are alike', () => {
  it('share a site, a strand apart or mutated, and unrelated ones do not', async () => {
    const random = seededRandom(1)
    const contig = randomBases(20_000, random)
    const held = junctionWindow(contig, 3000, 4000)
    const store = await storeOf([
      junctionWindow(contig, 10_000, 11_000),
      held,
      substituted(held, 0.03, random),
      reverseComplement(held),
      junctionWindow(contig, 3000, 6000),
      junctionWindow(contig, 2000, 4000, '-'),
      junctionWindow(contig, 6000, 7000),
      // Its donor's half reaches 80 bases into that of the held window.
      junctionWindow(contig, 3320, 9000),
    ])
    const alike = await alikeWindows({
      store,
      window: JUNCTION,
      held: rows(1),
      queried: rows(0, 2, 3, 4, 5, 6, 7),
      maxIdentity: 0.9,
    })
    expect([...alike]).toEqual([0, 1, 1, 1, 1, 0, 1])
    const exact = { store, window: JUNCTION, held: rows(1), queried: rows(7, 2, 3), maxIdentity: 1 }
    expect([...(await alikeWindows(exact))]).toEqual([0, 0, 1])
  })

  it('are found between site windows of 141 and junction windows of 800, both ways', async () => {
    const random = seededRandom(2)
    const contig = randomBases(20_000, random)
    const junctions = await storeOf([
      junctionWindow(contig, 3000, 4000),
      junctionWindow(contig, 8000, 9000, '-'),
      junctionWindow(contig, 15_000, 16_000),
    ])
    const sites = await storeOf([
      contig.slice(3000 - 61, 3000 + 80),
      reverseComplement(contig.slice(9000 - 80, 9000 + 61)),
      randomBases(141, random),
    ])
    const all = rows(0, 1, 2)
    const ofJunctions = new KmerIndexBuilder()
    await addWindows(ofJunctions, { store: junctions, window: JUNCTION, rows: all })
    const siteRows = { store: sites, window: SITE, rows: all }
    expect([...(await findAlike(ofJunctions.finish(), siteRows, 1))]).toEqual([1, 1, 0])
    const ofSites = new KmerIndexBuilder()
    await addWindows(ofSites, siteRows)
    const junctionRows = { store: junctions, window: JUNCTION, rows: all }
    expect([...(await findAlike(ofSites.finish(), junctionRows, 1))]).toEqual([1, 1, 0])
  })

  it('are found in every batch', async () => {
    const random = seededRandom(3)
    const windows = Array.from({ length: 3000 }, () => randomBases(800, random))
    for (const copy of [0, 1309, 1310, 1311, 2999]) {
      windows[copy] = windows[500]!
    }
    const queried = Uint32Array.from(windows.keys()).filter(row => row !== 500)
    const store = await storeOf(windows)
    const alike = await alikeWindows({
      store,
      window: JUNCTION,
      held: rows(500),
      queried,
      maxIdentity: 0.9,
    })
    expect([...queried.filter((_, i) => alike[i] === 1)]).toEqual([0, 1309, 1310, 1311, 2999])
  })

  it('are none among windows shorter than a k-mer, without windows to compare, and without ones to judge', async () => {
    const store = await storeOf([new Uint8Array(20), new Uint8Array(20)])
    const options = { store, window: { length: 20 }, held: rows(0), queried: rows(1), maxIdentity: 0.9 }
    expect([...(await alikeWindows(options))]).toEqual([0])
    expect([...(await alikeWindows({ ...options, k: 15 }))]).toEqual([1])
    expect([...(await alikeWindows({ ...options, k: 15, held: rows() }))]).toEqual([0])
    expect([...(await alikeWindows({ ...options, k: 15, queried: rows() }))]).toEqual([])
  })

  it('are looked for until the run is stopped, and with an identity that means something', async () => {
    const store = await storeOf([new Uint8Array(20)])
    const options = { store, window: { length: 20 }, held: rows(0), queried: rows(0), maxIdentity: 0.9 }
    await expect(alikeWindows({ ...options, signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError)
    for (const maxIdentity of [0, -1, 1.1, Number.NaN]) {
      await expect(alikeWindows({ ...options, maxIdentity })).rejects.toThrow(
        'expected a largest identity above 0 and up to 1',
      )
    }
  })
})
