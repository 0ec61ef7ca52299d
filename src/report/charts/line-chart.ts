import {
  type Chart,
  drawChart,
  type LegendEntry,
  type Look,
  lookClass,
  type Scales,
  ticksWanted,
} from './frame.ts'
import { px } from './svg-text.ts'
import { roundRange } from './ticks.ts'

export interface Point {
  x: number
  y: number
}

export interface Line {
  label: string
  points: readonly Point[]
  /** Left out: the line's number among all lines of the chart. */
  look?: Look | undefined
  /**
   * Straight from point to point when left out; `before`: each point's value holds since the point before it, as
   * precision does over recall.
   */
  steps?: 'before' | undefined
  /** A dot at every point, for lines of few points. */
  dots?: boolean | undefined
}

export interface LinePanel {
  yLabel: string
  lines: readonly Line[]
  /** Ends of the axis; left out: round numbers around the data. */
  range?: readonly [number, number] | undefined
  scale?: 'linear' | 'log' | undefined
  /** Of the plot area. Units: px. */
  height?: number | undefined
}

export interface LineChartRequest {
  title: string
  description: string
  xLabel: string
  xRange?: readonly [number, number] | undefined
  /** One above the other over the same x axis, e.g. loss over learning rate. */
  panels: readonly LinePanel[]
}

/** Points nearer than this to the last one drawn are left out. Units: px. */
const NEAREST = 0.3
const DOT_RADIUS = 2.5

/**
 * Returns a chart of lines, in one or more panels. Points without a place (NaN, or 0 on a logarithmic axis) interrupt
 * their line. Lines with the same label share a legend entry, and with it their look.
 */
export function lineChart(request: LineChartRequest): string {
  const { title, description, xLabel } = request
  const looks = assignLooks(request.panels.flatMap(panel => panel.lines))
  const points = request.panels.flatMap(panel => panel.lines.flatMap(line => line.points))
  const [low, high] = request.xRange ?? extent(points.map(point => point.x))
  const chart: Chart = {
    title,
    description,
    x: { label: xLabel, ...(low < high ? { low, high } : { low: low - 1, high: low + 1 }) },
    panels: request.panels.map(panel => {
      const height = panel.height ?? (request.panels.length === 1 ? 380 : 180)
      const look = (line: Line) => looks.get(line.label)!.look
      return {
        y: { label: panel.yLabel, scale: panel.scale, ...rangeOf(panel, height) },
        height,
        draw: scales => panel.lines.map(line => drawLine(line, look(line), scales)).join('\n'),
      }
    }),
    legend: [...looks.values()],
  }
  return drawChart(chart)
}

function assignLooks(lines: readonly Line[]): Map<string, LegendEntry> {
  const looks = new Map<string, LegendEntry>()
  let next = 0
  for (const { label, look } of lines) {
    if (!looks.has(label)) {
      looks.set(label, { label, look: look ?? next++ })
    }
  }
  return looks
}

function rangeOf(panel: LinePanel, height: number): { low: number; high: number } {
  if (panel.range !== undefined) {
    return { low: panel.range[0], high: panel.range[1] }
  }
  const log = panel.scale === 'log'
  const values = panel.lines.flatMap(line => line.points.map(point => point.y))
  const [low, high] = extent(log ? values.filter(value => value > 0) : values)
  if (log) {
    const power = (value: number, round: (x: number) => number) => Number(`1e${round(Math.log10(value))}`)
    const [from, to] = [power(low, Math.floor), power(high, Math.ceil)]
    return { low: from, high: from < to ? to : 10 * to }
  }
  const [from, to] = roundRange(low, high, ticksWanted(height))
  return { low: from, high: to }
}

/** Returns the least and the largest finite value; 0.1 and 1 without any. */
function extent(values: readonly number[]): [number, number] {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (Number.isFinite(value)) {
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  return low <= high ? [low, high] : [0.1, 1]
}

/** Returns the line as SVG text; empty without a finite point. */
export function drawLine(line: Line, look: Look, scales: Scales): string {
  // Scaled before: on a logarithmic axis, 0 is at no place.
  const runs = finiteRuns(line.points.map(({ x, y }) => ({ x: scales.x(x), y: scales.y(y) })))
  const stretches = runs.map(run => thin(line.steps === 'before' ? withSteps(run, scales.box.left) : run))
  const path = stretches
    .filter(run => run.length > 1)
    .map(run => run.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join(''))
    .join('')
  const parts = path === '' ? [] : [`<path class="splice-line ${lookClass(look)}" d="${path}"/>`]
  // A line of one point would not be seen.
  for (const { x, y } of runs.flatMap(run => (line.dots || run.length === 1 ? run : []))) {
    parts.push(
      `<circle class="splice-dot ${lookClass(look)}" cx="${px(x)}" cy="${px(y)}" r="${px(DOT_RADIUS)}"/>`,
    )
  }
  return parts.join('\n')
}

function finiteRuns(points: readonly Point[]): Point[][] {
  const runs: Point[][] = []
  let open: Point[] | undefined
  for (const point of points) {
    if (Number.isFinite(point.x) && Number.isFinite(point.y)) {
      if (open === undefined) {
        open = []
        runs.push(open)
      }
      open.push(point)
    } else {
      open = undefined
    }
  }
  return runs
}

function withSteps(points: readonly Point[], left: number): Point[] {
  return points.flatMap((point, i) => [{ x: i === 0 ? left : points[i - 1]!.x, y: point.y }, point])
}

/** Returns the points without those that the eye could not tell from the one before; a curve may have a million. */
function thin(points: readonly Point[]): Point[] {
  const kept: Point[] = []
  for (const [i, point] of points.entries()) {
    const before = kept.at(-1)
    const far =
      before === undefined || Math.max(Math.abs(point.x - before.x), Math.abs(point.y - before.y)) >= NEAREST
    if (far) {
      kept.push(point)
    } else if (i === points.length - 1 && kept.length > 1) {
      kept[kept.length - 1] = point
    }
  }
  return kept
}
