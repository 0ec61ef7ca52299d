import type { PrecisionRecallPoint, RocPoint } from '../../core/metrics/ranking.ts'
import { type Line, lineChart } from './line-chart.ts'

/** A curve and its name in the legend, e.g. `junction (AUROC 0.980)`. */
export interface NamedCurve<T> {
  label: string
  points: readonly T[]
}

const UNIT: readonly [number, number] = [0, 1]

/** Returns the ROC curves as an SVG chart, with the diagonal of random scores. */
export function rocChart(title: string, curves: readonly NamedCurve<RocPoint>[]): string {
  const lines: Line[] = curves.map(({ label, points }) => ({
    label,
    points: points.map(point => ({ x: point.falsePositiveRate, y: point.truePositiveRate })),
  }))
  lines.push({
    label: 'random scores',
    look: 'reference',
    points: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
  })
  return lineChart({
    title,
    description: `ROC curves, true positive rate over false positive rate: ${listed(curves)}.`,
    xLabel: 'False positive rate (1 - specificity)',
    xRange: UNIT,
    panels: [{ yLabel: 'True positive rate (sensitivity)', range: UNIT, lines }],
  })
}

/**
 * Returns the precision-recall curves as an SVG chart, drawn as the steps that the average precision sums, with the
 * precision of random scores: the share of positives.
 */
export function precisionRecallChart(
  title: string,
  curves: readonly NamedCurve<PrecisionRecallPoint>[],
  prevalence: number,
): string {
  const lines: Line[] = curves.map(({ label, points }) => ({
    label,
    points: points.map(point => ({ x: point.recall, y: point.precision })),
    steps: 'before',
  }))
  lines.push({
    label: `random scores (${prevalence.toFixed(3)})`,
    look: 'reference',
    points: [
      { x: 0, y: prevalence },
      { x: 1, y: prevalence },
    ],
  })
  return lineChart({
    title,
    description: `Precision over recall: ${listed(curves)}. Random scores have a precision of ${prevalence.toFixed(3)}.`,
    xLabel: 'Recall (sensitivity)',
    xRange: UNIT,
    panels: [{ yLabel: 'Precision', range: UNIT, lines }],
  })
}

function listed(curves: readonly NamedCurve<unknown>[]): string {
  return curves.map(curve => curve.label).join(', ')
}
