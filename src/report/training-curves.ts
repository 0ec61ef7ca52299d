import { lineChart } from './charts/line-chart.ts'

/** What the curves need of an epoch. */
export interface CurvePoint {
  epoch: number
  trainLoss: number
  metrics: Readonly<Record<string, number | undefined>>
}

/** Metrics between 0 and 1, which share a panel. */
const SHARES: readonly string[] = ['auprc', 'auroc', 'accuracy', 'pearson']

/** Returns the curves of a training run as SVG: the loss, and the validation metrics below it. */
export function trainingCurves(model: string, history: readonly CurvePoint[]): string {
  const names = Object.keys(history[0]?.metrics ?? {}).filter(name => SHARES.includes(name))
  const line = (label: string, value: (point: CurvePoint) => number | undefined) => ({
    label,
    points: history.flatMap(point => {
      const y = value(point)
      return y === undefined || !Number.isFinite(y) ? [] : [{ x: point.epoch, y }]
    }),
  })
  const panels = [
    { yLabel: 'training loss', lines: [line('training loss', point => point.trainLoss)] },
    ...(names.length > 0
      ? [{ yLabel: 'validation', lines: names.map(name => line(name, point => point.metrics[name])) }]
      : []),
  ]
  return lineChart({
    title: `Training of ${model}`,
    description: `Loss and validation metrics of ${history.length} epochs`,
    xLabel: 'epoch',
    panels,
  })
}
