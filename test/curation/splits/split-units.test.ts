import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shownStretches } from '../../../src/curation/example-layout.ts'
import { placeOf, REMOVED } from '../../../src/curation/example-rows.ts'
import { type GeneCluster, splitUnits } from '../../../src/curation/splits/split-units.ts'
import { JUNCTION, rowsOf } from '../made-rows.ts'

/** Groups of genes that have nothing to do with each other. */
const apart = (genes: number) => Int32Array.from({ length: genes }, (_, gene) => gene)
const facts = ({ contig, start, end, genes, positives }: GeneCluster) => ({
  contig,
  start,
  end,
  genes,
  positives,
})

describe('split units', () => {
  it('are genes with all their windows, joined where those overlap, on either strand', () => {
    const rows = rowsOf(3, [
      { start: 1000, end: 1100, gene: 0 },
      { start: 2000, end: 2100, gene: 0 },
      { start: 2000, end: 2100, gene: 0, className: 'negative-random', strand: '-' },
      { start: 2499, end: 2600, gene: 4, strand: '-' },
      { start: 3000, end: 3100, gene: 2 },
      // The window before ends at 3300, this one begins there.
      { start: 3500, end: 3600, gene: 1, className: 'negative-1' },
    ])
    const { clusters, clusterOfGene } = splitUnits([rows], apart(6), JUNCTION)
    expect(clusters.map(facts)).toEqual([
      { contig: 3, start: 800, end: 2800, genes: [0, 4], positives: 3 },
      { contig: 3, start: 2800, end: 3300, genes: [2], positives: 1 },
      { contig: 3, start: 3300, end: 3800, genes: [1], positives: 0 },
    ])
    expect([...clusterOfGene]).toEqual([0, 2, 1, -1, 0, -1])
  })

  it('are smaller for windows around one site', () => {
    const rows = rowsOf(0, [
      { start: 1000, end: 1100, gene: 0 },
      { start: 1200, end: 1300, gene: 1 },
    ])
    expect(splitUnits([rows], apart(2), JUNCTION).clusters.length).toBe(1)
    const { clusters } = splitUnits([rows], apart(2), { kind: 'donor', length: 101, site: 50 })
    expect(clusters.map(({ start, end }) => [start, end])).toEqual([
      [950, 1051],
      [1150, 1251],
    ])
  })

  it('are not joined by rows of class unknown, nor made of rows that were removed', () => {
    const rows = rowsOf(0, [
      { start: 1000, end: 1100, gene: 0 },
      { start: 1150, end: 2000, gene: 0, className: 'unknown' },
      { start: 2000, end: 2100, gene: 1 },
      { start: 5000, end: 5100, gene: 2 },
    ])
    rows.splits[3] = REMOVED
    const { clusters, clusterOfGene } = splitUnits([rows], apart(3), JUNCTION)
    expect(clusters.map(({ genes, positives }) => [genes, positives])).toEqual([
      [[0], 1],
      [[1], 1],
    ])
    expect([...clusterOfGene]).toEqual([0, 1, -1])
  })

  it('never share a base of a window, and each gene is in one', () => {
    const row = fc.record({
      start: fc.nat(20_000),
      length: fc.integer({ min: 30, max: 900 }),
      gene: fc.nat(12),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), made => {
        const rows = rowsOf(
          0,
          made.map(({ start, length, gene }) => ({ start, end: start + length, gene })),
        )
        const { clusters: units, clusterOfGene } = splitUnits([rows], apart(13), JUNCTION)
        for (const [i, unit] of units.entries()) {
          expect(i === 0 || units[i - 1]!.end <= unit.start).toBe(true)
        }
        for (let i = 0; i < rows.count; i++) {
          const unit = units[clusterOfGene[rows.genes[i]!]!]!
          expect(unit.genes).toContain(rows.genes[i])
          const shown = shownStretches(placeOf(rows, i), JUNCTION)
          expect(unit.start <= shown[0]! && shown[3]! <= unit.end).toBe(true)
        }
        expect(units.reduce((sum, unit) => sum + unit.positives, 0)).toBe(rows.count)
      }),
    )
  })

  it('join genes of one group, wherever they are', () => {
    const rows = rowsOf(0, [
      { start: 1000, end: 1100, gene: 0 },
      { start: 5000, end: 5100, gene: 1 },
      { start: 9000, end: 9100, gene: 2 },
    ])
    const elsewhere = rowsOf(1, [{ start: 1000, end: 1100, gene: 3 }])
    const { clusters, units } = splitUnits([rows, elsewhere], Int32Array.of(0, 1, 0, 1), JUNCTION)
    expect(clusters.map(({ genes, unit }) => [genes, unit])).toEqual([
      [[0], 0],
      [[1], 1],
      [[2], 0],
      [[3], 1],
    ])
    expect(units).toEqual([
      [0, 2],
      [1, 3],
    ])
  })
})
