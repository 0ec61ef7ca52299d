import { describe, expect, it } from 'vitest'
import type { ExampleClass } from '../../src/curation/example-classes.ts'
import { REMOVED } from '../../src/curation/example-rows.ts'
import { LeftOut } from '../../src/curation/left-out.ts'
import { removeContradictions, removeRepeats } from '../../src/curation/same-bases.ts'
import { examplesOf } from './example-list.ts'
import { rowsOf } from './made-rows.ts'

/** Returns two contigs of rows with a class and a key each. */
const contigsOf = (...lists: [ExampleClass, number][][]) =>
  lists.map((list, contig) =>
    rowsOf(
      contig,
      list.map(([className, key], i) => ({ start: 1000 * i, end: 1000 * i + 100, className, key })),
    ),
  )

function outcome(remove: typeof removeRepeats, contigs: ReturnType<typeof contigsOf>) {
  const leftOut = new LeftOut()
  remove(contigs, leftOut)
  return {
    left: examplesOf(contigs).map(row => (row.split === 'removed' ? '-' : row.className)),
    leftOut: leftOut.asRecord(),
  }
}

describe('windows with the same bases', () => {
  const contigs = () =>
    contigsOf(
      [
        ['positive', 1],
        ['negative-1', 2],
        ['unknown', 3],
      ],
      [
        ['negative-random', 1],
        ['positive', 3],
        ['positive-alt', 1],
        ['unknown', 1],
        ['positive', 4],
      ],
    )

  it('that are positive and negative are all removed; unknown ones contradict nothing', () => {
    expect(outcome(removeContradictions, contigs())).toEqual({
      left: ['-', 'negative-1', 'unknown', '-', 'positive', '-', 'unknown', 'positive'],
      leftOut: { 'on-both-lists': { positive: 1, 'positive-alt': 1, 'negative-random': 1 } },
    })
  })

  it('and the same label stay once', () => {
    expect(outcome(removeRepeats, contigs())).toEqual({
      left: ['positive', 'negative-1', 'unknown', 'negative-random', 'positive', '-', 'unknown', 'positive'],
      leftOut: { 'same-bases': { 'positive-alt': 1 } },
    })
  })

  it('of rows that were removed do not count', () => {
    const removed = contigs()
    removed[1]!.splits[0] = REMOVED
    expect(outcome(removeContradictions, removed).leftOut).toEqual({})
    const first = contigsOf([['positive', 1]], [['positive', 1]])
    first[0]!.splits[0] = REMOVED
    expect(outcome(removeRepeats, first).left).toEqual(['-', 'positive'])
  })

  it('that nobody shares are left alone', () => {
    expect(outcome(removeRepeats, contigsOf([['positive', 1]], []))).toEqual({
      left: ['positive'],
      leftOut: {},
    })
  })
})
