// The charts of the card.
import { precisionRecallCurve } from '../../dist/core/metrics/ranking.js'
import { atClassRatio, tallyScores } from '../../dist/core/metrics/score-tally.js'
import { precisionRecallChart } from '../../dist/report/charts/curve-charts.js'
import { lineChart } from '../../dist/report/charts/line-chart.js'
import { reliabilityDiagram } from '../../dist/report/charts/reliability-diagram.js'
import { DATA_SETS, GROUPS } from './data-sets.mjs'
import { STRENGTHS } from './held-out.mjs'
import { chooseRows, pairExamples } from './pool.mjs'

/**
 * Returns the charts by file name.
 * @param {import('./pool.mjs').Pool} pool
 * @param {ReturnType<typeof import('./probabilities.mjs').calibrationOf>} calibration
 * @param {Record<string, import('./on-reads.mjs').ReadsResult>} reads
 * @returns {Record<string, string>}
 */
export function charts(pool, calibration, reads) {
  const name = pool.contenders[0]?.title ?? ''
  const tables = GROUPS.slice(0, 2).flatMap(({ key, title }) => {
    const found = calibration[key]
    const ece = found?.mixes.all?.eceEqualWidth.toFixed(3)
    return found?.bins ? [{ label: `${title} (ECE ${ece})`, bins: found.bins }] : []
  })
  return {
    'near-misses-human.svg': nearMissChart(pool, 'human'),
    'near-misses-mouse.svg': nearMissChart(pool, 'mouse'),
    'reliability.svg': reliabilityDiagram(`${name}: junctions against all negatives at 1:1`, tables),
    ...Object.fromEntries(
      Object.entries(reads).map(([key, result]) => [`reads-${key}.svg`, readsChart(pool, key, result)]),
    ),
  }
}

/**
 * @param {import('./pool.mjs').Pool} pool
 * @param {string} key
 */
function nearMissChart(pool, key) {
  const group = GROUPS.find(found => found.key === key)
  const chosen = chooseRows(pool, group?.sets ?? [], STRENGTHS[0].className)
  const curves = pool.contenders.flatMap(contender => {
    const examples = pairExamples(pool, contender.key, chosen)
    const tally = examples && atClassRatio(tallyScores(examples.scores, examples.labels), 1)
    return tally ? [{ label: contender.title, points: precisionRecallCurve(tally) }] : []
  })
  return precisionRecallChart(`Near misses, ${group?.title}, at 1:1`, curves, 0.5)
}

/**
 * @param {import('./pool.mjs').Pool} pool
 * @param {string} key
 * @param {import('./on-reads.mjs').ReadsResult} result
 */
function readsChart(pool, key, { annotated, singleRead, models }) {
  const title = DATA_SETS.find(set => set.key === key)?.title ?? key
  const lines = pool.contenders.flatMap(contender => {
    const curve = models[contender.key]?.curve
    return curve
      ? [{ label: contender.title, points: curve.map(({ kept, rejected }) => ({ x: rejected, y: kept })) }]
      : []
  })
  return lineChart({
    title: `Reads of ${title}, as the threshold moves`,
    description: `Share of ${annotated} annotated junctions kept over share of ${singleRead} unannotated single-read junctions rejected.`,
    xLabel: `Of ${singleRead} single-read junctions in no annotation: share rejected`,
    xRange: [0, 1],
    panels: [{ yLabel: `Of ${annotated} annotated: share kept`, range: [0, 1], lines }],
  })
}
