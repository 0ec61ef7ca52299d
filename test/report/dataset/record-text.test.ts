import { describe, expect, it } from 'vitest'
import {
  describeDecoyTotals,
  describeLeaks,
  describeObserved,
} from '../../../src/report/dataset/record-text.ts'

const COMPARISON = {
  held: 'test',
  cleaned: ['validation', 'train'],
  sampledOneIn: 5,
  overlapping: 3,
  sameBases: 0,
  alike: 1200,
}
const SENTENCE =
  'test against validation and train: 3 overlapping, 0 with the same bases, 1,200 alike; one k-mer in 5'

describe('the leaks on record', () => {
  it.each<[string, unknown, string[]]>([
    ['a comparison', { comparisons: [COMPARISON] }, [SENTENCE]],
    [
      'a comparison by all k-mers',
      { comparisons: [{ ...COMPARISON, held: 'validation', cleaned: ['train'], sampledOneIn: 1 }] },
      ['validation against train: 3 overlapping, 0 with the same bases, 1,200 alike; every k-mer'],
    ],
    [
      'excluded sequences and groups of genes',
      { comparisons: [], excludedSequences: { sampledOneIn: 12 }, units: 8000 },
      ['compared with the excluded sequences by one k-mer in 12', 'groups of genes kept in one part: 8,000'],
    ],
    [
      'keys nobody knows, as they are',
      { comparisons: [{ ...COMPARISON, later: true }], mine: { deep: ['a'] } },
      [SENTENCE, 'comparisons.1.later: true', 'mine.deep: ["a"]'],
    ],
    [
      'a comparison of another shape, as it is',
      { comparisons: [{ held: 'test', alike: 4 }, 'none'] },
      ['comparisons.1.held: test', 'comparisons.1.alike: 4', 'comparisons.2: none'],
    ],
    ['a list of the user', [{ held: 'test' }], ['1.held: test']],
    ['a text of the user', 'none found', ['none found']],
  ])('are sentences: %s', (_, leaks, lines) => {
    expect(describeLeaks(leaks)).toEqual(['leaks:', ...lines.map(line => `  ${line}`)])
  })

  it('are nothing where there are none', () => {
    expect([describeLeaks(undefined), describeLeaks({})]).toEqual([[], []])
  })
})

describe('what was observed', () => {
  it('is in words, and keys nobody knows as they are', () => {
    expect(
      describeObserved({
        noise: 1208,
        noiseOppositeGene: 17,
        positiveSiteBases: { GT: 4000, GC: 20 },
        rowsRead: 'many',
        mine: { count: 1500, share: -0.5 },
      }),
    ).toEqual([
      'observed:',
      '  junctions with exactly the support of noise: 1,208',
      '  of these inside a gene of the opposite strand alone: 17',
      '  intron bases at the site of positives: GT 4,000, GC 20',
      '  rowsRead: many',
      '  mine.count: 1,500',
      '  mine.share: -0.5',
    ])
    expect(describeObserved({})).toEqual([])
  })
})

describe('the decoys on record', () => {
  it('are asked for and made, by class', () => {
    const totals = {
      random: { asked: 1059, made: 59 },
      nearMiss: { asked: 0, made: 0 },
      mine: { asked: 2, made: 2 },
    }
    expect(describeDecoyTotals(totals)).toEqual([
      'decoys, before rows were left out:',
      '  class            asked for  made',
      '  negative-random      1,059    59',
      '  mine                     2     2',
    ])
    expect(describeDecoyTotals(undefined)).toEqual([])
  })
})
