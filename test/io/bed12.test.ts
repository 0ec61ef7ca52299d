import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatBed12, hasBlocks, parseBed12 } from '../../src/io/bed12.ts'
import { bareJunction, evidence, somewhere } from './junction-arbitrary.ts'

const read = (line: string) => parseBed12(line.split('\t'), somewhere(line))

describe('BED12', () => {
  it('is written as regtools does', () => {
    const row = bareJunction({ strand: '-', reads: 12, leftAnchor: 20, rightAnchor: 35 })
    expect(formatBed12(row, 3)).toBe('chr1\t80\t235\tJUNC00000003\t12\t-\t80\t235\t255,0,0\t2\t20,35\t0,120')
  })

  it('fills in unknown anchors, and cuts the left one at the start of the contig', () => {
    const blocks = (over: object) =>
      formatBed12(bareJunction(over), 1)
        .split('\t')
        .slice(1, 3)
        .concat(formatBed12(bareJunction(over), 1).split('\t')[10]!)
    expect(blocks({})).toEqual(['99', '201', '1,1'])
    expect(blocks({ maxAnchor: 9 })).toEqual(['91', '209', '9,9'])
    expect(blocks({ start: 5, maxAnchor: 9 })).toEqual(['0', '209', '5,9'])
  })

  it('writes reads, else fragments, and ? for no strand', () => {
    const columns = (over: object) => formatBed12(bareJunction(over), 1).split('\t')
    expect(columns({ reads: 2, fragments: 1 })[4]).toBe('2')
    expect(columns({ fragments: 1 })[4]).toBe('1')
    expect(columns({ strand: '.' })[5]).toBe('?')
  })

  it('comes back with the intron, strand, reads and anchors it can hold', () => {
    fc.assert(
      fc.property(evidence, fc.nat(99_999_999), (row, index) => {
        const line = formatBed12(row, index)
        const [back, ...more] = read(line)
        expect(more).toEqual([])
        expect(back).toEqual(
          bareJunction({
            contig: row.contig,
            start: row.start,
            end: row.end,
            strand: row.strand,
            strandSource: row.strand === '.' ? '.' : 'table',
            reads: row.reads ?? row.fragments ?? 0,
            leftAnchor: Math.min(row.start, row.leftAnchor ?? row.maxAnchor ?? 1),
            rightAnchor: row.rightAnchor ?? row.maxAnchor ?? 1,
          }),
        )
        expect(formatBed12(back!, index)).toBe(line)
      }),
    )
  })

  const introns: [string, string, string[]][] = [
    ['regtools', 'c\t80\t235\tJUNC1\t12\t+\t80\t235\t255,0,0\t2\t20,35\t0,120', ['100-200']],
    [
      'TopHat, with trailing commas',
      'c\t80\t235\tJUNC1\t12\t+\t80\t235\t255,0,0\t2\t20,35,\t0,120,',
      ['100-200'],
    ],
    ['portcullis, thick = intron', 'c\t80\t235\tj\t1.5\t+\t100\t200\t255,0,0\t2\t20,35\t0,120', ['100-200']],
    ['three blocks', 'c\t0\t100\tt\t0\t-\t0\t100\t0\t3\t10,20,30\t0,30,70', ['10-30', '50-70']],
  ]
  it.each(introns)('of %s gives every gap', (_name, line, expected) => {
    expect(read(line).map(row => `${row.start}-${row.end}`)).toEqual(expected)
  })

  it('takes each gap’s own blocks as anchors, and a whole score as reads', () => {
    expect(read(introns[3]![1])).toMatchObject([
      { leftAnchor: 10, rightAnchor: 20, reads: 0 },
      { leftAnchor: 20, rightAnchor: 30, reads: 0 },
    ])
    expect(read(introns[2]![1])[0]!.reads).toBeUndefined()
  })

  const wrong: [string, string][] = [
    ['c\t0\t100\tt\t0\t-\t0\t100\t0\t1\t100\t0', 'expected two blocks or more around an intron, found one'],
    [
      'c\t0\t100\tt\t0\t-\t0\t100\t0\t3\t10,20\t0,80',
      'expected 3 block sizes and starts (column 10), found 2 and 2',
    ],
    ['c\t0\t100\tt\t0\t-\t0\t100\t0\t2\t10,20\t0,70', 'to its end (100 bases), found 0 to 90'],
    ['c\t0\t100\tt\t0\t-\t0\t100\t0\t2\t10,20\t5,80', 'found 5 to 100'],
    ['c\t0\t100\tt\t0\t-\t0\t100\t0\t2\t80,20\t0,80', 'found start 80 and end 80'],
    ['c\t0\t100\tt\t0\t-\t0\t100\t0\t2\tx\t0,80', 'expected a BED12 row'],
  ]
  it.each(wrong)('refuses %j', (line, message) => {
    expect(() => read(line)).toThrow(message)
  })

  it('is told by its blocks, whatever follows', () => {
    const columns = introns[0]![1].split('\t')
    expect(hasBlocks(columns)).toBe(true)
    expect(hasBlocks([...columns, 'more'])).toBe(true)
    expect(hasBlocks(columns.slice(0, 11))).toBe(false)
  })
})
