import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../src/core/random.ts'
import { REMOVED } from '../../../src/curation/example-rows.ts'
import { LeftOut } from '../../../src/curation/left-out.ts'
import {
  assignClusters,
  assignRows,
  type PartSettings,
  type SplitSettings,
  withWholeGroups,
} from '../../../src/curation/splits/assign-splits.ts'
import { type GeneCluster, splitUnits } from '../../../src/curation/splits/split-units.ts'
import { SPLITS } from '../../../src/curation/window-table.ts'
import { examplesOf } from '../example-list.ts'
import { noPart } from '../made-genome.ts'
import { JUNCTION, rowsOf } from '../made-rows.ts'

/** Twenty units of one gene each, unit i on contig i / 5 and with i + 1 positives. */
const UNITS: GeneCluster[] = Array.from({ length: 20 }, (_, i) => ({
  contig: Math.floor(i / 5),
  start: 1000 * i,
  end: 1000 * i + 500,
  genes: [i],
  positives: i + 1,
  unit: i,
}))
const POSITIVES = 210

type Parts = { test?: Partial<PartSettings>; validation?: Partial<PartSettings> }
const settingsOf = ({ test, validation }: Parts): SplitSettings => ({
  test: { ...noPart(), ...test },
  validation: { ...noPart(), ...validation },
})

function assigned(settings: Parts, clusters = UNITS, seed = 1) {
  const own = clusters.map((cluster, unit) => ({ ...cluster, unit }))
  const { parts, notDrawn } = assignClusters(
    { clusters: own, clusterOfGene: new Int32Array(own.length), units: own.map(({ unit }) => [unit]) },
    settingsOf(settings),
    seededRandom(seed),
  )
  const of = (split: (typeof SPLITS)[number]) =>
    [...parts.keys()].filter(unit => SPLITS[parts[unit]!] === split)
  return { train: of('train'), validation: of('validation'), test: of('test'), notDrawn }
}
const positivesOf = (units: readonly number[]) => units.reduce((sum, unit) => sum + UNITS[unit]!.positives, 0)

describe('units', () => {
  it('are all for training when nothing is asked for', () => {
    expect(assigned({})).toMatchObject({ validation: [], test: [], notDrawn: [] })
  })

  it('go by contig and by gene', () => {
    const { train, validation, test } = assigned({
      test: { contigs: new Set([1]), genes: new Set([17]) },
      validation: { contigs: new Set([2]), genes: new Set([0]) },
    })
    expect(test).toEqual([5, 6, 7, 8, 9, 17])
    expect(validation).toEqual([0, 10, 11, 12, 13, 14])
    expect(train).toEqual([1, 2, 3, 4, 15, 16, 18, 19])
  })

  it('with one named gene go as a whole', () => {
    const joined = [{ ...UNITS[0]!, genes: [0, 1, 2] }, { ...UNITS[3]! }]
    expect(assigned({ test: { genes: new Set([2]) } }, joined).test).toEqual([0])
  })

  it('are drawn by share of the positives, whole, by seed', () => {
    const shares = { test: { share: 0.2 }, validation: { share: 0.1 } }
    const drawn = assigned(shares)
    expect(positivesOf(drawn.test) / POSITIVES).toBeGreaterThan(0.1)
    expect(positivesOf(drawn.test) / POSITIVES).toBeLessThanOrEqual(0.2)
    expect(positivesOf(drawn.validation) / POSITIVES).toBeGreaterThan(0.05)
    expect(positivesOf(drawn.validation) / POSITIVES).toBeLessThanOrEqual(0.1)
    expect([...drawn.train, ...drawn.validation, ...drawn.test].sort((a, b) => a - b)).toEqual([
      ...UNITS.keys(),
    ])
    expect(assigned(shares)).toEqual(drawn)
    expect(assigned(shares, UNITS, 2)).not.toEqual(drawn)
  })

  it('named for a part are not drawn for the other; a share counts all positives', () => {
    const { test, validation } = assigned({ test: { contigs: new Set([3]) }, validation: { share: 0.2 } })
    expect(test).toEqual([15, 16, 17, 18, 19])
    expect(validation.some(unit => unit >= 15)).toBe(false)
    expect(positivesOf(validation)).toBeGreaterThan(0.15 * POSITIVES)
    expect(positivesOf(validation)).toBeLessThanOrEqual(0.2 * POSITIVES)
  })

  it('named for validation are not drawn for test either', () => {
    const { test, validation } = assigned({ test: { share: 0.5 }, validation: { contigs: new Set([3]) } })
    expect(validation).toEqual([15, 16, 17, 18, 19])
    expect(test.length).toBeGreaterThan(3)
    expect(test.some(unit => unit >= 15)).toBe(false)
  })

  it('named for both parts are an error', () => {
    const both = { test: { contigs: new Set([1]) }, validation: { genes: new Set([5]) } }
    expect(() => assigned(both)).toThrow('expected genes for test and validation that have nothing in common')
  })

  it('of several places stay together in a draw, and go with their contig where that is named', () => {
    const clusters = UNITS.map((cluster, i) => ({ ...cluster, unit: i % 5 }))
    const units = Array.from({ length: 5 }, (_, unit) => [unit, unit + 5, unit + 10, unit + 15])
    const split = { clusters, clusterOfGene: new Int32Array(20), units }
    const drawn = assignClusters(split, settingsOf({ test: { share: 0.4 } }), seededRandom(1)).parts
    expect(units.every(own => own.every(cluster => drawn[cluster] === drawn[own[0]!]))).toBe(true)
    const settings = settingsOf({ test: { contigs: new Set([0]) }, validation: { share: 0.5 } })
    const named = assignClusters(split, settings, seededRandom(1))
    expect([...named.parts]).toEqual([...new Array(5).fill(2), ...new Array(15).fill(0)])
    expect(named.notDrawn).toEqual(['validation'])
  })

  it('go to one part all together with a share of 1', () => {
    const empty = { ...UNITS[0]!, positives: 0 }
    expect(assigned({ test: { share: 1 } }, [...UNITS, empty]).test.length).toBe(21)
  })

  it('without positives are spread like the others', () => {
    const empty = Array.from({ length: 400 }, () => ({ ...UNITS[0]!, positives: 0 }))
    const { test } = assigned({ test: { share: 0.5 } }, [...UNITS, ...empty])
    const share = test.filter(unit => unit >= 20).length / 400
    expect(share).toBeGreaterThan(0.4)
    expect(share).toBeLessThan(0.6)
  })

  it('that are too few give no part, which is told', () => {
    expect(assigned({ test: { share: 0.2 } }, [UNITS[0]!])).toEqual({
      train: [0],
      validation: [],
      test: [],
      notDrawn: ['test'],
    })
  })
})

describe('named genes', () => {
  it('stand for all copies of their group', () => {
    const settings = settingsOf({ test: { genes: new Set([1]) }, validation: { share: 0.1 } })
    const whole = withWholeGroups(settings, Int32Array.of(0, 0, 2, 0, 4))
    expect([...whole.test.genes]).toEqual([0, 1, 3])
    expect(whole.validation).toEqual(settings.validation)
  })
})

describe('rows', () => {
  const rows = () =>
    rowsOf(0, [
      { start: 1000, end: 1100, gene: 0 },
      { start: 1020, end: 1090, gene: 0, className: 'negative-1', strand: '-' },
      { start: 1150, end: 1250, gene: -1, className: 'unknown' },
      { start: 1150, end: 3000, gene: 0, className: 'unknown' },
      { start: 3000, end: 3100, gene: 1 },
      { start: 9000, end: 9100, gene: -1, className: 'unknown' },
    ])
  const assignedRows = (settings: Parts, contig = rows()) => {
    const leftOut = new LeftOut()
    const units = splitUnits([contig], Int32Array.of(0, 1), JUNCTION)
    const { parts } = assignClusters(units, settingsOf(settings), seededRandom(1))
    assignRows([contig], units, parts, settingsOf(settings), JUNCTION, leftOut)
    return { splits: examplesOf([contig]).map(row => row.split), leftOut: leftOut.asRecord() }
  }

  it('have the part of their gene; unknown ones that of their surroundings, between two parts none', () => {
    expect(assignedRows({ test: { genes: new Set([0]) } })).toEqual({
      splits: ['test', 'test', 'test', 'removed', 'train', 'train'],
      leftOut: { 'between-two-splits': { unknown: 1 } },
    })
  })

  it('of a named contig are all in its part, unknown ones far from all genes too', () => {
    expect(assignedRows({ test: { contigs: new Set([0]) } }).splits).toEqual(new Array(6).fill('test'))
    expect(assignedRows({ validation: { contigs: new Set([0]) } }).splits).toEqual(
      new Array(6).fill('validation'),
    )
    expect(assignedRows({ test: { share: 1 } }).splits).toEqual(new Array(6).fill('test'))
    expect(assignedRows({ test: { contigs: new Set([1]) } }).splits).toEqual(new Array(6).fill('train'))
  })

  it('that were removed stay so', () => {
    const contig = rows()
    contig.splits[0] = REMOVED
    expect(assignedRows({}, contig).splits[0]).toBe('removed')
  })
})
