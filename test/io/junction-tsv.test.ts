import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JunctionEvidence } from '../../src/genome/junction.ts'
import {
  EVIDENCE_COLUMNS,
  formatEvidenceTsv,
  junctionTsvHeader,
  junctionTsvParser,
} from '../../src/io/junction-tsv.ts'
import { bareJunction, evidence, somewhere } from './junction-arbitrary.ts'

function read(line: string, header: string = EVIDENCE_COLUMNS.join('\t')): JunctionEvidence {
  return junctionTsvParser(header.split('\t'), somewhere(header))(line.split('\t'), somewhere(line))
}

describe('the junction TSV', () => {
  it('has these columns, scored or not', () => {
    const plain =
      'contig start end strand strand_source motif fragments reads unique multi max_anchor distinct_starts annotated'
    expect(junctionTsvHeader(false)).toBe(plain.replaceAll(' ', '\t'))
    expect(junctionTsvHeader(true)).toBe(
      `${plain} donor_score acceptor_score score call status`.replaceAll(' ', '\t'),
    )
  })

  it('writes what is known and dots for the rest', () => {
    expect(formatEvidenceTsv(bareJunction())).toBe('chr1\t100\t200\t+\ttable\t.\t.\t.\t.\t.\t.\t.\t.')
    const known = bareJunction({ motif: 'GT-AG', fragments: 0, reads: 2, annotated: false, maxAnchor: 30 })
    expect(formatEvidenceTsv(known)).toBe('chr1\t100\t200\t+\ttable\tGT-AG\t0\t2\t.\t.\t30\t.\t0')
  })

  it('comes back as written, all but the sided anchors', () => {
    fc.assert(
      fc.property(evidence, row => {
        const line = formatEvidenceTsv(row)
        const back = read(line)
        expect(back).toEqual({ ...row, leftAnchor: undefined, rightAnchor: undefined })
        expect(formatEvidenceTsv(back)).toBe(line)
      }),
    )
  })

  it('reads scored rows, columns in any order and rows without the optional ones', () => {
    const scored = `${formatEvidenceTsv(bareJunction())}\t0.1\t0.2\t0.1\tpass\tscored`
    expect(read(scored, junctionTsvHeader(true))).toEqual(bareJunction())
    expect(read('x\t-\t9\tchr1\t5', 'note\tstrand\tend\tcontig\tstart')).toEqual(
      bareJunction({ start: 5, end: 9, strand: '-' }),
    )
  })

  const wrong: [string, string][] = [
    ['chr1\t1\t2\t+', 'expected 13 tab-separated columns as in the header, found 4'],
    ['chr1\t5\t5\t+\t.\t.\t.\t.\t.\t.\t.\t.\t.', 'found start 5 and end 5'],
    ['chr1\t-1\t5\t+\t.\t.\t.\t.\t.\t.\t.\t.\t.', 'expected a whole number as start, found "-1"'],
    ['chr1\t1\t5\tx\t.\t.\t.\t.\t.\t.\t.\t.\t.', 'expected + - . or ? as strand, found "x"'],
    ['chr1\t1\t5\t+\tguess\t.\t.\t.\t.\t.\t.\t.\t.', 'as strand source, found "guess"'],
    ['chr1\t1\t5\t+\t.\t.\tmany\t.\t.\t.\t.\t.\t.', 'expected a whole number as fragments, found "many"'],
    ['chr1\t1\t5\t+\t.\t.\t.\t.\t.\t.\t.\t.\tyes', 'expected 1, 0 or . as annotated, found "yes"'],
  ]
  it.each(wrong)('refuses %j', (line, message) => {
    expect(() => read(line)).toThrow(message)
  })

  it('refuses a header without a strand', () => {
    expect(() => read('', 'contig\tstart\tend')).toThrow('expected a column named strand in the header')
  })
})
