import fc from 'fast-check'
import type { JunctionEvidence } from '../../src/genome/junction.ts'
import { RowPlace } from '../../src/io/text-lines.ts'

const unknownOr = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const count = unknownOr(fc.nat(1_000_000))
const dinucleotide = fc.string({ unit: fc.constantFrom('A', 'C', 'G', 'T', 'N'), minLength: 2, maxLength: 2 })

export const canonicalOrNot = fc.oneof(
  fc.constantFrom('GT-AG', 'GC-AG', 'AT-AC', 'CT-AC', 'CT-GC', 'GT-AT'),
  fc.tuple(dinucleotide, dinucleotide).map(([donor, acceptor]) => `${donor}-${acceptor}`),
)

/** Any evidence the types allow; starts from 1, as an intron has an exon before it. */
export const evidence: fc.Arbitrary<JunctionEvidence> = fc
  .record({
    contig: fc.constantFrom('chr1', '22', 'HLA-A*01:01', 'track', 'contig'),
    start: fc.integer({ min: 1, max: 200_000_000 }),
    length: fc.integer({ min: 1, max: 500_000 }),
    strand: fc.constantFrom('+' as const, '-' as const, '.' as const),
    strandSource: fc.constantFrom('XS' as const, 'ts', 'library', 'motif', 'table', 'both', '.'),
    motif: unknownOr(canonicalOrNot),
    fragments: count,
    reads: count,
    unique: count,
    multi: count,
    maxAnchor: count,
    leftAnchor: unknownOr(fc.integer({ min: 1, max: 300 })),
    rightAnchor: unknownOr(fc.integer({ min: 1, max: 300 })),
    distinctStarts: count,
    annotated: unknownOr(fc.boolean()),
  })
  .map(({ length, ...row }) => ({ ...row, end: row.start + length }))

/** Returns a junction of which nothing is known but where it is. */
export function bareJunction(over: Partial<JunctionEvidence> = {}): JunctionEvidence {
  return {
    contig: 'chr1',
    start: 100,
    end: 200,
    strand: '+',
    strandSource: 'table',
    motif: undefined,
    fragments: undefined,
    reads: undefined,
    unique: undefined,
    multi: undefined,
    maxAnchor: undefined,
    leftAnchor: undefined,
    rightAnchor: undefined,
    distinctStarts: undefined,
    annotated: undefined,
    ...over,
  }
}

/** Returns a place for messages, `t:1`. */
export function somewhere(text = ''): RowPlace {
  const place = new RowPlace('t', 1)
  place.text = text
  return place
}
