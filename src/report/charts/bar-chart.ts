import { grouped } from '../../core/number-text.ts'
import { drawChart, type LegendEntry, lookClass, type Scales, ticksWanted } from './frame.ts'
import { px } from './svg-text.ts'
import { roundRange } from './ticks.ts'

/** One colour of bars. */
export interface BarSeries {
  label: string
  /** One per category; 0 draws no bar. */
  values: readonly number[]
}

export interface BarChartRequest {
  title: string
  description: string
  xLabel: string
  yLabel: string
  categories: readonly string[]
  series: readonly BarSeries[]
  /** Counts on a logarithmic axis: the few of a rare category stay visible beside many. */
  logCounts?: boolean | undefined
}

const HEIGHT = 320
/** Share of a category's place that its bars take. */
const FILLED = 0.8
/** Where an axis of logarithms starts: below a count of 1, which must be seen. */
const LOG_FLOOR = 0.5

/** Returns a chart of bars by category, those of the series side by side. */
export function barChart(request: BarChartRequest): string {
  const { title, description, categories, series, logCounts } = request
  const most = Math.max(...series.flatMap(({ values }) => values), 0)
  const legend: LegendEntry[] = series.map(({ label }, look) => ({ label, look, area: true }))
  const y = logCounts
    ? { label: request.yLabel, scale: 'log' as const, low: LOG_FLOOR, high: Math.max(most, 1) * 1.5 }
    : { label: request.yLabel, low: 0, high: most === 0 ? 1 : roundRange(0, most, ticksWanted(HEIGHT))[1] }
  const draw = (scales: Scales) =>
    series
      .flatMap(({ values }, k) =>
        values.map((value, i) => drawBar(value, i, k, series.length, y.low, scales)),
      )
      .filter(bar => bar !== '')
      .join('\n')
  return drawChart({
    title,
    description,
    x: {
      label: request.xLabel,
      low: 0,
      high: Math.max(categories.length, 1),
      ticks: categories.map((text, i) => ({ value: i + 0.5, text })),
    },
    panels: [{ y, height: HEIGHT, draw }],
    legend,
  })
}

/** Returns what a chart says of counts in words, e.g. `GT-AG 1,200 of positive, 30 of negative`. */
export function describeBars(categories: readonly string[], series: readonly BarSeries[]): string {
  return categories
    .map((name, i) => `${name} ${series.map(s => `${grouped(s.values[i]!)} of ${s.label}`).join(', ')}`)
    .join('; ')
}

function drawBar(
  value: number,
  place: number,
  k: number,
  among: number,
  floor: number,
  scales: Scales,
): string {
  if (!(value > floor)) {
    return ''
  }
  const width = FILLED / among
  const from = place + (1 - FILLED) / 2 + k * width
  const [left, right] = [px(scales.x(from)), px(scales.x(from + width))]
  const [top, bottom] = [px(scales.y(value)), px(scales.y(floor))]
  return `<path class="splice-line splice-area ${lookClass(k)}" d="M${left} ${bottom}L${left} ${top}L${right} ${top}L${right} ${bottom}Z"/>`
}
