import type { Labels, Scores } from '../../core/metrics/score-tally.ts'
import { drawChart, type LegendEntry, lineBetween, lookClass, type Scales, ticksWanted } from './frame.ts'
import { px } from './svg-text.ts'
import { roundRange } from './ticks.ts'

/** Values of one class. */
export interface HistogramClass {
  label: string
  values: ArrayLike<number>
}

export interface HistogramRequest {
  title: string
  description: string
  xLabel: string
  /** Both ends inclusive; values outside, and those that are not numbers, are not counted. */
  range: readonly [number, number]
  bins: number
  classes: readonly HistogramClass[]
  /** Counts on a logarithmic axis: the few of a rare class stay visible beside many. */
  logCounts?: boolean | undefined
  /** Bins of equal ratio over a logarithmic axis; the range starts above 0. */
  logValues?: boolean | undefined
  /** Shares of each class instead of counts: the shapes of classes of different size can be compared. */
  shares?: boolean | undefined
  /** A line at a value, e.g. the threshold. */
  marker?: { label: string; value: number } | undefined
}

const HEIGHT = 320
/** Where an axis of logarithms starts: below a count of 1, which must be seen. */
const LOG_FLOOR = 0.5

/** Returns a histogram by class, the classes laid over each other as outlines. */
export function histogramChart(request: HistogramRequest): string {
  const { title, description, classes, range, bins, marker, logValues, shares } = request
  const [low, high] = range
  const counts = classes.map(({ values }) => {
    const row = logValues ? countInLogBins(values, range, bins) : countInBins(values, range, bins)
    return shares ? row.map(count => (100 * count) / Math.max(values.length, 1)) : row
  })
  const most = Math.max(...counts.flat(), shares ? 0 : 1)
  const legend: LegendEntry[] = classes.map(({ label }, look) => ({ label, look, area: true }))
  if (marker !== undefined) {
    legend.push({ label: marker.label, look: 'threshold' })
  }
  const y = request.logCounts
    ? { label: 'Examples per bin (log scale)', scale: 'log' as const, low: LOG_FLOOR, high: most * 1.5 }
    : {
        label: shares ? 'Share of the class per bin (%)' : 'Examples per bin',
        low: 0,
        high: most === 0 ? 1 : roundRange(0, most, ticksWanted(HEIGHT))[1],
      }
  const edge = (k: number) => (logValues ? low * (high / low) ** (k / bins) : low + (k / bins) * (high - low))
  const draw = (scales: Scales) => {
    const outlines = counts.map((row, k) => drawOutline(row, edge, y.low, lookClass(k), scales))
    if (marker !== undefined) {
      const x = scales.x(marker.value)
      outlines.push(lineBetween('splice-line splice-threshold', x, scales.box.top, x, scales.box.bottom))
    }
    return outlines.join('\n')
  }
  return drawChart({
    title,
    description,
    x: { label: request.xLabel, low, high, scale: logValues ? 'log' : 'linear' },
    panels: [{ y, height: HEIGHT, draw }],
    legend,
  })
}

/** Returns the distribution of probabilities of positives and negatives as an SVG chart, with the threshold. */
export function scoreDistributionChart(
  title: string,
  scores: Scores,
  labels: Labels,
  options: { threshold: number; bins?: number | undefined; logCounts?: boolean | undefined },
): string {
  const of = (positive: boolean) => Array.from(scores).filter((_, i) => (labels[i] === 1) === positive)
  const [positives, negatives] = [of(true), of(false)]
  const threshold = Number(options.threshold.toPrecision(4))
  return histogramChart({
    title,
    description: `Distribution of scores: ${positives.length} positives, ${negatives.length} negatives, threshold ${threshold}.`,
    xLabel: 'Score (probability)',
    range: [0, 1],
    bins: options.bins ?? 40,
    classes: [
      { label: `positives (${positives.length})`, values: positives },
      { label: `negatives (${negatives.length})`, values: negatives },
    ],
    logCounts: options.logCounts,
    marker: { label: `threshold ${threshold}`, value: options.threshold },
  })
}

/** Returns how many values are in each of `bins` equal parts of the range; the last part has its upper end. */
export function countInBins(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
  bins: number,
): number[] {
  const counts = Array<number>(bins).fill(0)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value >= low && value <= high) {
      counts[Math.min(Math.floor(((value - low) / (high - low)) * bins), bins - 1)]!++
    }
  }
  return counts
}

/** Returns how many values are in each of `bins` parts of equal ratio; the last part has its upper end. */
export function countInLogBins(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
  bins: number,
): number[] {
  const counts = Array<number>(bins).fill(0)
  const perUnit = bins / Math.log(high / low)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value >= low && value <= high) {
      counts[Math.min(Math.floor(Math.log(value / low) * perUnit), bins - 1)]!++
    }
  }
  return counts
}

function drawOutline(
  counts: readonly number[],
  edge: (k: number) => number,
  floor: number,
  look: string,
  scales: Scales,
): string {
  const top = (count: number) => px(scales.y(Math.max(count, floor)))
  const corners = counts.map(
    (count, k) => `L${px(scales.x(edge(k)))} ${top(count)}L${px(scales.x(edge(k + 1)))} ${top(count)}`,
  )
  const start = `M${px(scales.x(edge(0)))} ${top(floor)}`
  const end = `L${px(scales.x(edge(counts.length)))} ${top(floor)}Z`
  return `<path class="splice-line splice-area ${look}" d="${start}${corners.join('')}${end}"/>`
}
