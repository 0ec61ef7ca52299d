import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Gene } from '../../../src/curation/labels/gene-model.ts'
import { GenePlaces } from '../../../src/curation/labels/gene-places.ts'
import { type Strand, strandRank } from '../../../src/genome/strand.ts'

const geneArbitrary = fc
  .record({
    contig: fc.nat(1),
    strand: fc.constantFrom<Strand>('+', '-', '.'),
    start: fc.nat(60),
    length: fc.integer({ min: 1, max: 40 }),
    isCoding: fc.boolean(),
  })
  .map(({ length, ...gene }): Gene => ({ id: 'g', ...gene, end: gene.start + length, spliced: undefined }))

const isOn = (gene: Gene, contig: number, strand: Strand) =>
  gene.contig === contig && (gene.strand === strand || gene.strand === '.')

it('finds a gene that overlaps, or holds, a stretch whenever there is one', () => {
  fc.assert(
    fc.property(
      fc.array(geneArbitrary, { maxLength: 12 }),
      fc.nat(80),
      fc.integer({ min: 1, max: 30 }),
      fc.nat(1),
      fc.constantFrom<Strand>('+', '-'),
      (list, start, length, contig, strand) => {
        const genes = list.sort(
          (a, b) =>
            a.contig - b.contig ||
            a.start - b.start ||
            a.end - b.end ||
            strandRank(a.strand) - strandRank(b.strand),
        )
        const places = new GenePlaces(genes)
        const end = start + length
        const own = genes.filter(gene => isOn(gene, contig, strand))
        const overlapping = own.filter(gene => gene.start < end && start < gene.end)
        const holding = own.filter(gene => gene.start <= start && end <= gene.end && gene.isCoding)
        expect(places.overlapsAny(contig, strand, start, end)).toBe(overlapping.length > 0)
        const found = places.overlapping(contig, strand, start, end)
        expect(found < 0 ? overlapping.length === 0 : overlapping.includes(genes[found]!)).toBe(true)
        const holder = places.containing(contig, strand, start, end, gene => gene.isCoding)
        expect(holder < 0 ? holding.length === 0 : holding.includes(genes[holder]!)).toBe(true)
      },
    ),
  )
})
