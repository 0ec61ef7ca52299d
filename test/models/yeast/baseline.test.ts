import { describe, expect, it } from 'vitest'
import { runTrain } from '../../../src/cli/commands/train.ts'
import { ImportTally } from '../../../src/curation/import/import-tally.ts'
import { readYeastConstructs, type YeastConstruct } from '../../../src/curation/import/yeast-constructs.ts'
import { readYeastIntrons } from '../../../src/curation/import/yeast-introns.ts'
import { encodeText } from '../../../src/genome/sequence.ts'
import { MODELS, modelSize } from '../../../src/models/registry.ts'
import {
  fitYeastBaseline,
  type NaturalIntron,
  passesYeastBaseline,
  splicedEfficiency,
  type YeastBaseline,
} from '../../../src/models/yeast/baseline.ts'
import { regressionMetrics } from '../../../src/training/validation.ts'
import { fakeContext } from '../../support/command-context.ts'
import { dataPath, dataReason, hasData } from '../../support/real-data.ts'

const intron = (
  donor: string,
  branch: string,
  acceptor: string,
  length = 100,
  branchToEnd = 30,
): NaturalIntron => ({
  donor: encodeText(donor),
  branch: encodeText(branch),
  acceptor: encodeText(acceptor),
  length,
  branchToEnd,
})

describe('the rule of natural introns', () => {
  it('has the log odds of each base, one added to its count, over a quarter', () => {
    const { donor, branch } = fitYeastBaseline([
      intron('GTATGT', 'TACTAACA', 'TAG'),
      intron('GTACGN', 'TACTAAC', 'CAG'),
    ])
    // Two G, and one more of each base: 3 of 6. Shape: A, T, C, G.
    expect(donor.weights[0]).toEqual([1 / 6, 1 / 6, 1 / 6, 3 / 6].map(share => Math.log(4 * share)))
    // T and C.
    expect(donor.weights[3]).toEqual([1 / 6, 2 / 6, 2 / 6, 1 / 6].map(share => Math.log(4 * share)))
    // The unknown base counts as T.
    expect(donor.weights[5]).toEqual([1 / 6, 3 / 6, 1 / 6, 1 / 6].map(share => Math.log(4 * share)))
    // The shorter motif has no eighth base.
    expect(branch.weights[7]).toEqual([2 / 5, 1 / 5, 1 / 5, 1 / 5].map(share => Math.log(4 * share)))
  })

  it('cuts 5 % of the scores, and 5 % of the lengths at both ends', () => {
    const introns = Array.from({ length: 20 }, (_, i) =>
      intron(i === 7 ? 'CCCCCC' : 'GTATGT', 'TACTAACA', 'TAG', 100 + i, 50 - i),
    )
    const rule = fitYeastBaseline(introns)
    expect(rule.donor.threshold).toBe(
      rule.donor.weights.reduce((sum, column) => sum + Math.max(...column), 0),
    )
    expect(rule.intron).toEqual([101, 119])
    expect(rule.branchToEnd).toEqual([32, 50])
  })

  it('passes a construct whose motifs and lengths are all like those', () => {
    const rule = fitYeastBaseline([
      ...Array.from({ length: 30 }, () => intron('GTATGT', 'TACTAACA', 'TAG', 40, 12)),
    ])
    const construct = (text: string, branch: number, acceptor: number) => ({
      codes: encodeText(text),
      donor: 2,
      branch,
      acceptor,
    })
    const bases = `CCGTATGT${'C'.repeat(16)}TACTAACA${'C'.repeat(7)}TAGCC`
    // Intron [2, 42); the branch point at 30.
    expect(passesYeastBaseline(rule, construct(bases, 24, 42))).toBe(true)
    for (const [from, to] of [
      ['GTATGT', 'GTATGC'],
      ['TACTAACA', 'TACTAAGA'],
      ['TAGCC', 'TACCC'],
    ] as const) {
      expect(passesYeastBaseline(rule, construct(bases.replace(from, to), 24, 42)), to).toBe(false)
    }
    expect(passesYeastBaseline(rule, construct(bases.replace('CTAGCC', 'TAGCCC'), 24, 41))).toBe(false)
    expect(passesYeastBaseline(rule, construct(bases.replace('CTACTAACA', 'TACTAACAC'), 23, 42))).toBe(false)
  })

  it('predicts the mean of the efficiencies above 0.001', () => {
    expect(splicedEfficiency([0, 0.001, 0.25, 0.75])).toBe(0.5)
    expect(splicedEfficiency([0])).toBe(0)
  })

  it('needs introns', () => {
    expect(() => fitYeastBaseline([])).toThrow('expected natural introns to take thresholds from, found none')
  })
})

it('is among the models, and training it says where it is run', async () => {
  const entry = MODELS.find(({ name }) => name === 'yeast-baseline')!
  expect(modelSize(entry)).toEqual({ parameters: 76, statistics: 0 })
  await expect(
    runTrain({ model: 'yeast-baseline', data: 'set', out: 'run' }, fakeContext()),
  ).rejects.toMatchObject({
    name: 'UsageError',
    hint: expect.stringMatching(
      /^yeast-baseline reads the places .* node scripts\/yeast-baseline\.mjs --introns/,
    ),
  })
})

const constructsOf = (set: string): Promise<YeastConstruct[]> =>
  readYeastConstructs([dataPath(`yeast-splicing-efficiency/${set}.csv.gz`)], new ImportTally())

const naturalRule = async (): Promise<YeastBaseline> =>
  fitYeastBaseline(await readYeastIntrons(dataPath('yeast-splicing-efficiency/wildtype-introns.csv.gz')))

describe.skipIf(!hasData)(`the published rule${dataReason}`, () => {
  it('has the thresholds of the 297 natural introns', async () => {
    const { donor, branch, acceptor, ...lengths } = await naturalRule()
    const highest = (weights: number[][]) => weights.reduce((sum, column) => sum + Math.max(...column), 0)
    const consensus = (weights: number[][]) =>
      weights.map(column => 'ATCG'[column.indexOf(Math.max(...column))]).join('')
    for (const [motif, threshold, most, bases] of [
      [donor, 4.5534, 7.973, 'GTATGT'],
      [branch, 5.1383, 10.281, 'TACTAACA'],
      [acceptor, 1.2043, 3.488, 'TAG'],
    ] as const) {
      expect(motif.threshold).toBeCloseTo(threshold, 4)
      expect(highest(motif.weights)).toBeCloseTo(most, 3)
      expect(consensus(motif.weights)).toBe(bases)
    }
    expect(lengths).toEqual({ intron: [68, 539], branchToEnd: [12, 70] })
  })

  it.each([
    ['all-dev', 28.3, 0.0996, 0.208],
    ['nonatural-dev', 32.2, undefined, 0.367],
    ['nonatural-test', 31.8, undefined, 0.394],
  ])(
    'passes the share of %s that was measured, with that error and correlation',
    async (set, share, mse, r) => {
      const rule = await naturalRule()
      const constructs = await constructsOf(set)
      const measured = Float32Array.from(constructs, ({ efficiency }) => efficiency)
      const passed = splicedEfficiency(constructs.map(({ efficiency }) => efficiency))
      const predicted = Float32Array.from(constructs, construct =>
        passesYeastBaseline(rule, construct) ? passed : 0,
      )
      const passes = predicted.filter(value => value > 0).length
      expect(Number(((100 * passes) / predicted.length).toFixed(1))).toBe(share)
      const found = regressionMetrics(predicted, measured)
      expect(found.pearson).toBeCloseTo(r, 3)
      if (mse !== undefined) {
        expect(found.mse).toBeCloseTo(mse, 4)
      }
    },
  )

  it('has the measured error where rows of both kinds weigh the same', async () => {
    const rule = await naturalRule()
    const constructs = await constructsOf('all-dev')
    const isSpliced = constructs.map(({ efficiency }) => efficiency >= 0.1)
    const spliced = isSpliced.filter(Boolean).length
    // As often as there are rows of the other kind: as if each were drawn equally often.
    const times = isSpliced.map(yes => (yes ? constructs.length - spliced : spliced))
    const mean =
      constructs.reduce(
        (sum, { efficiency }, i) => sum + (efficiency > 1e-3 ? times[i]! * efficiency : 0),
        0,
      ) / constructs.reduce((sum, { efficiency }, i) => sum + (efficiency > 1e-3 ? times[i]! : 0), 0)
    expect(mean).toBeCloseTo(0.583, 3)
    const weighed = { predicted: [] as number[], measured: [] as number[] }
    for (const [i, construct] of constructs.entries()) {
      const predicted = passesYeastBaseline(rule, construct) ? mean : 0
      for (let time = 0; time < times[i]!; time++) {
        weighed.predicted.push(predicted)
        weighed.measured.push(construct.efficiency)
      }
    }
    const { mse, pearson } = regressionMetrics(
      Float32Array.from(weighed.predicted),
      Float32Array.from(weighed.measured),
    )
    expect(mse).toBeCloseTo(0.19, 3)
    expect(pearson).toBeCloseTo(0.2, 3)
  }, 30_000)
})
