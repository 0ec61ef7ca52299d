import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatBed6, parseBed6 } from '../../src/io/bed6.ts'
import { bareJunction, evidence, somewhere } from './junction-arbitrary.ts'

const read = (line: string) => parseBed6(line.split('\t'), somewhere(line))

describe('BED6', () => {
  it('carries the evidence in the name, in the words of igv.js', () => {
    const row = bareJunction({
      motif: 'GT-AG',
      unique: 7,
      multi: 1,
      maxAnchor: 31,
      annotated: true,
      reads: 9,
    })
    expect(formatBed6(row)).toBe(
      'chr1\t100\t200\tmotif=GT/AG;uniquely_mapped=7;multi_mapped=1;maximum_spliced_alignment_overhang=31;annotated_junction=true;reads=9;strand_source=table\t9\t+',
    )
  })

  it('has the best known support as score, or the one given, and a colour among the attributes', () => {
    const score = (over: object, extra = {}) => formatBed6(bareJunction(over), extra).split('\t')[4]
    expect(score({ fragments: 3, reads: 5, unique: 1 })).toBe('3')
    expect(score({ reads: 5, unique: 1 })).toBe('5')
    expect(score({ unique: 1, multi: 2 })).toBe('3')
    expect(score({ multi: 2 })).toBe('2')
    expect(score({})).toBe('0')
    expect(score({ fragments: 3 }, { score: 900 })).toBe('900')
    expect(formatBed6(bareJunction(), { color: '#010203' })).toBe(
      'chr1\t100\t200\tstrand_source=table;color=#010203\t0\t+',
    )
  })

  it('comes back as written, all but the sided anchors', () => {
    const extra = fc.record({ color: fc.constant('#090909'), score: fc.nat(1000) }, { requiredKeys: [] })
    fc.assert(
      fc.property(evidence, extra, (row, options) => {
        const line = formatBed6(row, options)
        const back = read(line)
        expect(back).toEqual({ ...row, leftAnchor: undefined, rightAnchor: undefined })
        expect(formatBed6(back, options)).toBe(line)
      }),
    )
  })

  const foreign: [string, object][] = [
    ['chr1\t100\t200\tJUNC00000001\t12\t+', { reads: 12 }],
    ['chr1\t100\t200\tJUNC00000001\t12\t-\t0.99\t0.01', { strand: '-', reads: 12 }],
    ['chr1\t100\t200\t.\t0.5\t?', { strand: '.', strandSource: '.' }],
    ['chr1\t100\t200\t.\t.\t.', { strand: '.', strandSource: '.' }],
    ['chr1\t100\t200\tmotif=non-canonical;uniquely_mapped=4;other=x\t4\t+', { unique: 4 }],
  ]
  it.each(foreign)('reads %j of other tools', (line, expected) => {
    expect(read(line)).toEqual(bareJunction(expected))
  })

  const wrong: [string, string][] = [
    ['chr1\t100\t200\tx\t1', 'expected a BED row of six columns or more, found 5'],
    ['chr1\t200\t100\tx\t1\t+', 'found start 200 and end 100'],
    ['chr1\t1e2\t200\tx\t1\t+', 'expected a whole number as start (column 2), found "1e2"'],
    ['\t100\t200\tx\t1\t+', 'expected a contig name in column 1'],
    ['chr1\t100\t200\treads=many\t1\t+', 'expected a whole number as reads, found "many"'],
    ['chr1\t100\t200\tannotated_junction=1\t1\t+', 'expected true or false as annotated_junction'],
    ['chr1\t100\t200\tx\t1\tplus', 'expected + - . or ? as strand, found "plus"'],
  ]
  it.each(wrong)('refuses %j', (line, message) => {
    expect(() => read(line)).toThrow(message)
  })
})
