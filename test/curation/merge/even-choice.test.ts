import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evenly, leaveOutBeyond } from '../../../src/curation/merge/even-choice.ts'
import { leaveOutOrphans } from '../../../src/curation/merge/families.ts'
import { inputFolder, junctionRows, opened, siteRows, type TableRow } from './made-inputs.ts'

describe('numbers evenly spread', () => {
  it('are as many as wanted, different, and no two gaps differ by more than one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(500), (count, some) => {
        const wanted = Math.min(count, some)
        const chosen = evenly(count, wanted)
        expect(chosen.length).toBe(wanted)
        const gaps = chosen.map((number, i) => (chosen[i + 1] ?? count + chosen[0]!) - number)
        expect(Math.max(...gaps, 0) - Math.min(...gaps, count)).toBeLessThan(wanted === 0 ? 1 : 2)
        expect(gaps.every(gap => gap > 0)).toBe(true)
      }),
    )
  })
})

/** Rows of windows with what was made of them: a window, its decoys, then at the end its positive with the N of one. */
function familyRows(decoys: readonly number[]): TableRow[] {
  const plain = siteRows(4, 3 * decoys.length, 'donor').filter(row => row.class === 'positive')
  const made = siteRows(5, 50, 'donor')
  const rows = decoys.flatMap((count, i) => [
    { ...plain[i]!, gene: `window-${i}` },
    ...made
      .slice(10 * i, 10 * i + count)
      .map(row => ({ ...row, class: 'negative-near-miss', gene: `window-${i}` })),
  ])
  return [
    ...rows,
    ...decoys.map((_, i) => ({
      ...plain[i]!,
      sequence: `${String(plain[i]!.sequence).slice(0, -9)}${'N'.repeat(9)}`,
      class: 'positive-trimmed',
      gene: `window-${i}`,
    })),
  ]
}

const SITE = { window: { length: 141, site: 61 } }

describe('a limit', () => {
  it.each([
    [0, 0],
    [1, 1],
    [4, 4],
    [10, 10],
    [11, 10],
  ])('of %i rows leaves %i of ten', async (limit, left) => {
    const [input] = await opened(inputFolder('j', junctionRows(1, 10)))
    leaveOutBeyond(input!, limit)
    expect(input!.rowsIn().length).toBe(left)
    expect(input!.leftOut.count('over-limit')).toBe(10 - left)
    await input!.dataset.close()
  })

  it.each([
    [11, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    // Families of 4, 2 and 5 rows.
    [10, [0, 1, 2, 3, 8, 9]],
    [6, [0, 1, 2, 8]],
    [3, []],
  ])('of %i rows keeps what was made of a window with it', async (limit, expected) => {
    const [input] = await opened(inputFolder('s', familyRows([2, 0, 3]), SITE))
    leaveOutBeyond(input!, limit)
    expect([...input!.rowsIn()]).toEqual(expected)
    await input!.dataset.close()
  })
})

describe('what was made of a window', () => {
  it('goes with it, for the same reason', async () => {
    const [input] = await opened(inputFolder('s', familyRows([2, 0, 3]), SITE))
    input!.leaveOut(0, 'repeated')
    leaveOutOrphans(input!)
    expect([...input!.rowsIn()]).toEqual([3, 4, 5, 6, 7, 9, 10])
    expect(input!.leftOut.asRecord()).toEqual({
      repeated: { positive: 1, 'negative-near-miss': 2, 'positive-trimmed': 1 },
    })
    await input!.dataset.close()
  })

  it('stays while one of several windows with the same bases is in', async () => {
    const rows = familyRows([2, 0, 3])
    const [input] = await opened(inputFolder('s', [rows[0]!, ...rows], SITE))
    input!.leaveOut(1, 'repeated')
    leaveOutOrphans(input!)
    expect(input!.rowsIn().length).toBe(11)
    input!.leaveOut(0, 'like-test')
    leaveOutOrphans(input!)
    expect(input!.leftOut.asRecord()).toEqual({
      'like-test': { positive: 1, 'negative-near-miss': 2, 'positive-trimmed': 1 },
      repeated: { positive: 1 },
    })
    await input!.dataset.close()
  })

  it('is nothing where a table has no such rows, though it may have genes', async () => {
    const rows = siteRows(4, 6, 'donor').map(row => ({ ...row, gene: 'g' }))
    const [input] = await opened(inputFolder('s', rows, SITE))
    input!.leaveOut(0, 'repeated')
    leaveOutOrphans(input!)
    expect(input!.families).toBeUndefined()
    expect(input!.rowsIn().length).toBe(5)
    await input!.dataset.close()
  })
})
