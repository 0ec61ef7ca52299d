import { describe, expect, it } from 'vitest'
import { classificationReport, reportAgainst, reportWithin } from '../../../src/core/classification-report.ts'
import { rocCurve } from '../../../src/core/metrics/ranking.ts'
import { equalMassBins, reliabilityOf } from '../../../src/core/metrics/reliability.ts'
import { tallyScores } from '../../../src/core/metrics/score-tally.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { EVALUATION_CHARTS, evaluationCharts } from '../../../src/report/evaluation/charts.ts'
import {
  CURVE_POINTS,
  type LevelScores,
  type LevelTruth,
  levelReport,
  thinCurve,
} from '../../../src/report/evaluation/levels.ts'

const SETTINGS = { threshold: 0.5, resamples: 40, confidence: 0.95, seed: 3 }
const random = seededRandom(8)
const COUNT = 1200
const labels = Uint8Array.from({ length: COUNT }, (_, i) => (i % 3 === 0 ? 1 : 0))
const scores = Float32Array.from(labels, label => random.float() ** (label === 1 ? 0.4 : 2))
const classes = Array.from(labels, (label, i) => (label === 1 ? 'positive' : `negative-${'ab'[i % 2]}`))
const motifs = Array.from(labels, (_, i) => ['GT-AG', 'GC-AG', 'AA-TT', 'GG-GG', undefined][i % 5])
const clusters = Int32Array.from(labels, (_, i) => i >> 2)
const truth: LevelTruth = { labels, classes, motifs, clusters }
const junction: LevelScores = { column: 'junction', level: 'junction', scores }
const said: string[] = []
const before = async (what: string) => {
  said.push(what)
}
const report = await levelReport(junction, truth, SETTINGS, before)
const examples = { scores, labels, clusters }

describe('the report of a level', () => {
  it('has the numbers of the core functions on the same scores', () => {
    expect(report.overall).toEqual(classificationReport(examples, SETTINGS))
    const groups = motifs.map(motif => (motif === 'AA-TT' || motif === 'GG-GG' ? 'other' : motif))
    expect(report.byMotif).toEqual(Object.fromEntries(reportWithin(examples, groups, SETTINGS)))
    expect(Object.keys(report.byMotif)).toEqual(['GC-AG', 'GT-AG', 'other'])
    expect(report.byNegativeClass).toEqual(Object.fromEntries(reportAgainst(examples, classes, SETTINGS)))
    expect(Object.keys(report.byNegativeClass)).toEqual(['negative-a', 'negative-b'])
    expect(report.bySite).toEqual({})
  })

  it('stops before each of its parts', () => {
    expect(said).toEqual([
      'junction',
      'junction, GC-AG',
      'junction, GT-AG',
      'junction, other',
      'junction, negative-a',
      'junction, negative-b',
    ])
  })

  it('has the same numbers against the only class of negatives as over all', async () => {
    const one = Array.from(labels, label => (label === 1 ? 'positive' : 'negative'))
    const { overall, byNegativeClass } = await levelReport(
      junction,
      { labels, classes: one },
      SETTINGS,
      before,
    )
    expect(byNegativeClass).toEqual({ negative: overall })
    expect(byNegativeClass).toEqual(Object.fromEntries(reportAgainst({ scores, labels }, one, SETTINGS)))
  })

  it('tells donors from acceptors for a model of single sites only', async () => {
    const sites = Array.from(labels, (_, i) => (i % 7 < 3 ? 'donor' : 'acceptor'))
    const site: LevelScores = { column: 'site', level: 'site', scores }
    const { bySite } = await levelReport(site, { labels, classes, sites }, SETTINGS, before)
    expect(bySite).toEqual(Object.fromEntries(reportWithin({ scores, labels }, sites, SETTINGS)))
    const pair = await levelReport(junction, { labels, classes, sites }, SETTINGS, before)
    expect(pair.bySite).toEqual({})
  })

  it('has curves of at most 200 points, from end to end', () => {
    const whole = rocCurve(tallyScores(scores, labels))
    const { roc, precisionRecall } = report.curves
    expect(whole.length).toBeGreaterThan(CURVE_POINTS)
    expect(roc.length).toBeLessThanOrEqual(CURVE_POINTS)
    expect(roc.length).toBeGreaterThan(CURVE_POINTS / 2)
    expect([roc[0], roc.at(-1)]).toEqual([whole[0], whole.at(-1)])
    expect(whole).toEqual(expect.arrayContaining(roc))
    expect(precisionRecall.length).toBeLessThanOrEqual(CURVE_POINTS)
    expect(precisionRecall.at(-1)!.recall).toBe(1)
  })
})

describe('reliability', () => {
  const table = (values: ArrayLike<number>) => {
    const tally = tallyScores(values, labels)
    return { ...reliabilityOf(tally), bins: equalMassBins(tally, 15) }
  }
  const of = async (rest: Partial<LevelScores>) =>
    (await levelReport({ ...junction, ...rest }, { labels, classes }, SETTINGS, before)).reliability

  it('is of the scores where the model has no calibrator', () => {
    expect(report.reliability).toEqual({
      calibrator: undefined,
      before: table(scores),
      after: undefined,
    })
  })

  it('is before and after a temperature', async () => {
    const calibrator = { method: 'temperature', temperature: 2 } as const
    const uncalibrated = Float64Array.from(scores, score => score / 2)
    const found = await of({ calibrator, uncalibrated })
    expect(found).toEqual({ calibrator, before: table(uncalibrated), after: table(scores) })
  })

  it('is after an isotonic map only, which cannot be undone', async () => {
    const found = await of({ calibrator: { method: 'isotonic', scores: [0, 1], probabilities: [0.1, 0.9] } })
    expect(found.before).toBeUndefined()
    expect(found.after).toEqual(table(scores))
  })
})

describe('a thinned curve', () => {
  const line = (count: number) => Array.from({ length: count }, (_, i) => i)

  it('is the curve where it is short', () => {
    expect(thinCurve(line(5), x => x, 5)).toEqual([0, 1, 2, 3, 4])
    expect(thinCurve([], x => x, 5)).toEqual([])
  })

  it('has points at even steps', () => {
    expect(thinCurve(line(101), x => x, 5)).toEqual([0, 25, 50, 75, 100])
  })

  it('is not filled up where the curve jumps', () => {
    expect(thinCurve([0, 1, 2, 3, 97, 98, 99, 100], x => x, 5)).toEqual([0, 97, 98, 99, 100])
  })
})

describe('the charts', () => {
  const columns: LevelScores[] = [junction]

  it('are four SVG pictures with the numbers of the report', () => {
    const charts = evaluationCharts('m on d (test)', columns, truth, [report])
    expect(Object.keys(charts)).toEqual([...EVALUATION_CHARTS])
    for (const chart of Object.values(charts)) {
      expect(chart).toMatch(/^<svg [\s\S]*<\/svg>\n?$/)
      expect(chart).toContain('m on d (test)')
    }
    const { auroc, auprc } = report.overall.estimates
    expect(charts.roc).toContain(`junction (AUROC ${auroc!.value!.toFixed(3)})`)
    expect(charts.pr).toContain(`junction (AUPRC ${auprc!.value!.toFixed(3)})`)
    expect(charts.scores).toContain('threshold 0.5')
    expect(charts.calibration).toContain(`scores (ECE ${report.reliability.before!.eceEqualMass.toFixed(3)})`)
  })

  it('show both sides of a calibration', async () => {
    const calibrator = { method: 'temperature', temperature: 2 } as const
    const warm = { ...junction, calibrator, uncalibrated: scores }
    const reports = [await levelReport(warm, { labels, classes }, SETTINGS, before)]
    const { calibration } = evaluationCharts('x', [warm], truth, reports)
    expect(calibration).toContain('before calibration (ECE')
    expect(calibration).toContain('after calibration (ECE')
  })
})
