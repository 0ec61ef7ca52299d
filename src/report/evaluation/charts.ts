import { precisionRecallCurve, rocCurve } from '../../core/metrics/ranking.ts'
import { tallyScores } from '../../core/metrics/score-tally.ts'
import { precisionRecallChart, rocChart } from '../charts/curve-charts.ts'
import { scoreDistributionChart } from '../charts/histogram.ts'
import { type NamedTable, reliabilityDiagram } from '../charts/reliability-diagram.ts'
import type { LevelReport, LevelScores, LevelTruth } from './levels.ts'

/** The charts of an evaluation, by the last part of their file's name. */
export const EVALUATION_CHARTS = ['roc', 'pr', 'scores', 'calibration'] as const
export type EvaluationChart = (typeof EVALUATION_CHARTS)[number]

/**
 * Returns the charts as SVG: curves of all columns, distribution and reliability of the one that decides, which is the
 * first. `subject` ends the titles, e.g. `model on dataset (test)`.
 */
export function evaluationCharts(
  subject: string,
  columns: readonly LevelScores[],
  { labels }: Pick<LevelTruth, 'labels'>,
  reports: readonly LevelReport[],
): Record<EvaluationChart, string> {
  const tallies = columns.map(({ scores }) => tallyScores(scores, labels))
  const label = (k: number, name: 'auroc' | 'auprc') => {
    const { column, overall } = reports[k]!
    return `${column} (${name.toUpperCase()} ${overall.estimates[name]!.value!.toFixed(3)})`
  }
  const { scores } = columns[0]!
  const { overall, reliability } = reports[0]!
  return {
    roc: rocChart(
      `ROC: ${subject}`,
      tallies.map((tally, k) => ({ label: label(k, 'auroc'), points: rocCurve(tally) })),
    ),
    pr: precisionRecallChart(
      `Precision and recall: ${subject}`,
      tallies.map((tally, k) => ({ label: label(k, 'auprc'), points: precisionRecallCurve(tally) })),
      overall.prevalence!,
    ),
    scores: scoreDistributionChart(`Scores: ${subject}`, scores, labels, {
      threshold: overall.confusion.threshold,
    }),
    calibration: reliabilityDiagram(`Calibration: ${subject}`, reliabilityTables(reliability)),
  }
}

function reliabilityTables({ before, after }: LevelReport['reliability']): NamedTable[] {
  const tables = [
    { name: after === undefined ? 'scores' : 'before calibration', table: before },
    { name: 'after calibration', table: after },
  ]
  return tables.flatMap(({ name, table }) =>
    table === undefined
      ? []
      : [{ label: `${name} (ECE ${table.eceEqualMass.toFixed(3)})`, bins: table.bins }],
  )
}
