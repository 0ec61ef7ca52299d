import { describe, expect, it } from 'vitest'
import type { JunctionEvidence } from '../../src/genome/junction.ts'
import { tableJunction } from '../../src/io/junction-row.ts'
import { RowPlace } from '../../src/io/text-lines.ts'
import { referenceFit } from '../../src/junctions/reference-fit.ts'

function junctions(motif: string, count: number, reads = 1): JunctionEvidence[] {
  const junction = tableJunction('chr1', 10, 100, '+', new RowPlace('test', 1))
  return Array.from({ length: count }, () => ({ ...junction, motif, reads }))
}

describe('junctions fit the reference', () => {
  it.each<[what: string, found: JunctionEvidence[], share: number, isPlausible: boolean]>([
    [
      'by the share of reads on canonical motifs',
      [...junctions('GT-AG', 30), ...junctions('AA-TT', 10)],
      0.75,
      true,
    ],
    ['on either strand', junctions('CT-AC', 20), 1, true],
    ['not when hardly any is canonical', [...junctions('GC-AG', 2), ...junctions('AA-TT', 38)], 0.05, false],
    ['weighed by reads', [...junctions('AT-AC', 2, 100), ...junctions('AA-TT', 38)], 200 / 238, true],
    ['leaving out those with N', [...junctions('NN-NN', 30), ...junctions('GT-AG', 3)], 1, true],
    ['when there are none', [], 1, true],
  ])('%s', (_what, found, share, isPlausible) => {
    const fit = referenceFit(found)
    expect(fit.share).toBeCloseTo(share, 10)
    expect(fit.isPlausible).toBe(isPlausible)
  })
})
