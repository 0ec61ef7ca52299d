import { describe, expect, it } from 'vitest'
import { InputDataError } from '../../../src/core/errors.ts'
import { SupportPool, supportOf } from '../../../src/curation/labels/support-pool.ts'
import type { JunctionEvidence } from '../../../src/genome/junction.ts'

const counts = (known: Partial<JunctionEvidence>) =>
  ({ contig: 'c1', start: 99, end: 200, strand: '+', ...known }) as JunctionEvidence

describe('support', () => {
  const all = { fragments: 3, reads: 5, unique: 2 }
  it.each([
    ['fragments', all, { count: 3, counted: 'fragments' }],
    ['reads', all, { count: 5, counted: 'reads' }],
    ['unique', all, { count: 2, counted: 'unique' }],
    ['fragments', { reads: 5 }, { count: 5, counted: 'reads' }],
    ['reads', { fragments: 3, unique: 2 }, { count: 3, counted: 'fragments' }],
    ['fragments', { fragments: 0, reads: 5 }, { count: 0, counted: 'fragments' }],
  ] as const)('of %s is taken from what is known', (measure, known, expected) => {
    expect(supportOf(counts(known), measure, 'a.bed')).toEqual(expected)
  })

  it('of unique reads is never guessed', () => {
    const error = (() => {
      try {
        supportOf(counts({ reads: 5 }), 'unique', 'a.bed')
      } catch (caught) {
        return caught
      }
    })() as InputDataError
    expect(error).toBeInstanceOf(InputDataError)
    expect(error.message).toBe('a.bed: expected a count of unique for c1:100-200, found only reads')
    expect(error.hint).toBe('count reads instead: --support reads')
  })

  it('of a row without any count is an error', () => {
    expect(() => supportOf(counts({}), 'fragments', 'a.bed')).toThrow(
      'a.bed: expected a count of fragments or reads for c1:100-200, found none',
    )
  })
})

describe('a support pool', () => {
  it('adds up rows of one input and of several, by place and strand', () => {
    const pool = new SupportPool(2)
    pool.add(0, 1, 100, 200, '+', 2)
    pool.add(0, 1, 100, 200, '+', 3)
    pool.add(1, 1, 100, 200, '+', 7)
    pool.add(1, 1, 100, 200, '-', 1)
    pool.add(1, 0, 100, 200, '.', 4)
    expect(pool.size).toBe(3)
    const id = pool.find(1, 100, 200, '+')
    expect([pool.support(id), pool.supportBy(0, id), pool.supportBy(1, id)]).toEqual([12, 5, 7])
    expect(pool.supportAt(1, 100, 200, '-')).toBe(1)
    expect(pool.supportAt(1, 100, 201, '-')).toBe(0)
    expect(pool.find(2, 100, 200, '+')).toBe(-1)
    expect(pool.byContig(3)).toEqual([[2], [0, 1], []])
    expect(pool.intron(2)).toEqual({ start: 100, end: 200, strand: '.' })
    expect(pool.contig(2)).toBe(0)
  })

  it('holds counts up to 2^31 - 1, and names input and junction of what is more', () => {
    const most = 2 ** 31 - 1
    const pool = new SupportPool(2, { inputs: ['a.bed', 'b.bam'], contigs: ['chr1', 'chr2'] })
    pool.add(0, 1, 100, 200, '+', most - 1)
    pool.add(1, 1, 100, 200, '+', 1)
    expect(pool.supportAt(1, 100, 200, '+')).toBe(most)
    const failure = (add: () => void) => {
      expect(add).toThrow(InputDataError)
      return expect(add)
    }
    failure(() => pool.add(1, 1, 100, 200, '+', 1)).toThrow(
      'b.bam: expected a support of at most 2147483647 for chr2:101-200, found 1 on top of 2147483647',
    )
    failure(() => pool.add(0, 0, 5, 90, '-', most + 1)).toThrow(
      'a.bed: expected a support of at most 2147483647 for chr1:6-90, found 2147483648',
    )
    failure(() => new SupportPool(1).add(0, 0, 5, 90, '-', 2 ** 40)).toThrow('input 1: expected')
    expect(pool.supportAt(1, 100, 200, '+')).toBe(most)
  })

  it('holds more junctions than it begins with, of an input that comes late as well', () => {
    const pool = new SupportPool(2)
    for (let i = 0; i < 5000; i++) {
      pool.add(i < 4000 ? 0 : 1, 0, i, i + 100, '+', i)
    }
    expect(pool.supportBy(0, 4500)).toBe(0)
    expect(pool.supportBy(1, 4500)).toBe(4500)
    expect(pool.supportBy(1, 10)).toBe(0)
    expect(pool.support(3999)).toBe(3999)
  })
})
