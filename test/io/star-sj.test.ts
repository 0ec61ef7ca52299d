import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intronEnds, motifOfEnds } from '../../src/genome/motif.ts'
import { encodeBytes } from '../../src/genome/sequence.ts'
import { formatStarSj, looksLikeStarSj, parseStarSj } from '../../src/io/star-sj.ts'
import { bareJunction, evidence, somewhere } from './junction-arbitrary.ts'

const read = (line: string) => parseStarSj(line.split('\t'), somewhere(line))

describe('STAR SJ.out.tab', () => {
  it('has 1-based introns, and counts mates once', () => {
    expect(read('chr1\t101\t200\t2\t2\t1\t7\t3\t31')).toEqual(
      bareJunction({
        strand: '-',
        motif: 'GT-AG',
        annotated: true,
        unique: 7,
        multi: 3,
        fragments: 10,
        maxAnchor: 31,
      }),
    )
  })

  const motifs: [number, number, string, string | undefined][] = [
    [1, 1, '+', 'GT-AG'],
    [2, 2, '-', 'GT-AG'],
    [1, 3, '+', 'GC-AG'],
    [2, 4, '-', 'GC-AG'],
    [1, 5, '+', 'AT-AC'],
    [2, 6, '-', 'AT-AC'],
    [0, 0, '.', undefined],
    [0, 1, '.', 'GT-AG'],
    [0, 2, '.', 'CT-AC'],
    [2, 1, '-', 'CT-AC'],
    [1, 0, '+', undefined],
  ]
  it.each(motifs)('of strand %i and motif %i is %s %s', (strandCode, motifCode, strand, motif) => {
    const line = `chr1\t101\t200\t${strandCode}\t${motifCode}\t0\t1\t0\t9`
    const row = read(line)
    expect([row.strand, row.motif, row.strandSource]).toEqual([strand, motif, strand === '.' ? '.' : 'table'])
    expect(formatStarSj(row)).toBe(line)
  })

  it('agrees with the motif of the sequence', () => {
    const sequence = encodeBytes(Buffer.from('AACTGGGGACTT'))
    const ends = intronEnds(sequence, 2, 10)
    const row = bareJunction({ start: 2, end: 10, strand: '-', motif: motifOfEnds(ends, '-') })
    expect(row.motif).toBe('GT-AG')
    expect(formatStarSj(row)).toBe('chr1\t3\t10\t2\t2\t0\t0\t0\t0')
  })

  it('writes 0 for all it cannot say', () => {
    expect(formatStarSj(bareJunction({ strand: '.', motif: 'NN-AG' }))).toBe(
      'chr1\t101\t200\t0\t0\t0\t0\t0\t0',
    )
  })

  it('comes back with what it can hold', () => {
    fc.assert(
      fc.property(evidence, row => {
        const line = formatStarSj(row)
        const back = read(line)
        const { contig, start, end, strand } = row
        expect(back).toMatchObject({
          ...{ contig, start, end, strand },
          unique: row.unique ?? 0,
          multi: row.multi ?? 0,
          fragments: (row.unique ?? 0) + (row.multi ?? 0),
          maxAnchor: row.maxAnchor ?? 0,
          annotated: row.annotated ?? false,
          reads: undefined,
        })
        if (back.motif !== undefined) {
          expect(back.motif).toBe(row.motif)
        }
        expect(formatStarSj(back)).toBe(line)
      }),
    )
  })

  const wrong: [string, string][] = [
    ['chr1\t0\t200\t2\t2\t1\t7\t3\t31', 'expected a first intron base of 1 or more'],
    ['chr1\t201\t200\t2\t2\t1\t7\t3\t31', 'found start 200 and end 200'],
    ['chr1\t101\t200\t3\t2\t1\t7\t3\t31', 'expected 0 to 2 as strand (column 4), found 3'],
    ['chr1\t101\t200\t2\t7\t1\t7\t3\t31', 'expected 0 to 6 as motif (column 5), found 7'],
    ['chr1\t101\t200\t2\t2\t2\t7\t3\t31', 'expected 0 to 1 as annotated (column 6), found 2'],
    ['chr1\t101\t200\t2\t2\t1\t7\t3', "expected the 9 columns of STAR's SJ.out.tab, found 8"],
  ]
  it.each(wrong)('refuses %j', (line, message) => {
    expect(() => read(line)).toThrow(message)
  })

  it('is not mistaken for a BED file of nine columns', () => {
    expect(looksLikeStarSj('chr1\t100\t200\t1\t1\t0\t9\t9\t9'.split('\t'))).toBe(true)
    expect(looksLikeStarSj('chr1\t100\t200\t1\t1\t+\t100\t200\t9'.split('\t'))).toBe(false)
  })

  it('is not mistaken for an intron row of GFF3', () => {
    expect(looksLikeStarSj('chr1\tx\tintron\t100\t200\t12\t+\t.\tID=x'.split('\t'))).toBe(false)
  })
})
