import { LOOKS, STYLE } from './style.ts'
import { escapeText, px, textWidth, wrapText } from './svg-text.ts'
import { linearTicks, logTicks, type Tick } from './ticks.ts'

/** Units: px. */
export const CHART_WIDTH = 640
export const MARGIN = { left: 72, right: 20, top: 14, bottom: 12 }
const TITLE = { font: { size: 15, weight: 'bold' }, line: 20 } as const
const LEGEND = { font: { size: 12, weight: 'regular' }, line: 20, swatch: 24, gap: 7, between: 18 } as const
const AXIS = { ticks: 22, label: 20, gap: 16 }
/** About one tick per so many px. */
const TICK_SPACING = { x: 90, y: 40 }

export interface Axis {
  /** With the unit, e.g. `Training time (min)`. */
  label: string
  low: number
  high: number
  scale?: 'linear' | 'log' | undefined
  /** Instead of round numbers, e.g. names in the middle of their places. */
  ticks?: readonly Tick[] | undefined
}

/** Returns places in the picture for values. Units: px. */
export interface Scales {
  x: (value: number) => number
  y: (value: number) => number
  /** The plot area's edges. */
  box: { left: number; right: number; top: number; bottom: number }
}

export interface Panel {
  y: Axis
  /** Of the plot area. Units: px. */
  height: number
  /** Returns the marks as SVG text. */
  draw: (scales: Scales) => string
}

/** How a mark looks: a number of a series, which has a colour and a dash pattern of its own, or a reference line. */
export type Look = number | 'reference' | 'threshold'

export interface LegendEntry {
  label: string
  look: Look
  /** A filled square instead of a line. */
  area?: boolean | undefined
}

export interface Chart {
  title: string
  /** What the chart shows, in a sentence or two, for those who do not see it. */
  description: string
  /** Shared by all panels, which stand on top of each other; written under the last. */
  x: Axis
  panels: readonly Panel[]
  /** Above the panels, where it covers nothing. */
  legend: readonly LegendEntry[]
}

/**
 * Returns the chart as an SVG document, 640 px wide. The background is part of it and turns dark with the reader's
 * colour scheme. Equal charts give equal bytes.
 */
export function drawChart(chart: Chart): string {
  const head = drawHead(chart.title, chart.legend)
  const body = [head.body]
  let top = head.bottom
  for (const [i, panel] of chart.panels.entries()) {
    const last = i === chart.panels.length - 1
    body.push(drawPanel(chart.x, panel, top, last))
    top += panel.height + (last ? AXIS.ticks + AXIS.label : AXIS.gap)
  }
  return svgDocument(chart, top + MARGIN.bottom, body)
}

/** Returns title and legend as SVG text, and where the panels may begin. */
export function drawHead(title: string, legend: readonly LegendEntry[]): { body: string; bottom: number } {
  const titleLines = wrapText(title, TITLE.font, CHART_WIDTH - MARGIN.left - MARGIN.right)
  const legendRows = arrangeLegend(legend)
  const legendTop = MARGIN.top + titleLines.length * TITLE.line + 6
  const body = titleLines.map((line, i) =>
    textAt('splice-title', MARGIN.left, MARGIN.top + (i + 1) * TITLE.line - 6, line),
  )
  for (const [row, entries] of legendRows.entries()) {
    body.push(...entries.map(entry => drawLegendEntry(entry, legendTop + (row + 0.5) * LEGEND.line)))
  }
  return { body: body.join('\n'), bottom: legendTop + legendRows.length * LEGEND.line + 10 }
}

/** Returns the SVG document of parts of SVG text, on paper of the usual width. Units: `tall` in px. */
export function svgDocument(
  { title, description }: Pick<Chart, 'title' | 'description'>,
  tall: number,
  body: readonly string[],
): string {
  const height = px(tall)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CHART_WIDTH}" height="${height}" viewBox="0 0 ${CHART_WIDTH} ${height}" role="img" class="splice-chart">`,
    `<title>${escapeText(title)}</title>`,
    `<desc>${escapeText(description)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="splice-paper" width="${CHART_WIDTH}" height="${height}"/>`,
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

/** Returns the class names of a look. */
export function lookClass(look: Look): string {
  return typeof look === 'number' ? `splice-s${look % LOOKS}` : `splice-${look}`
}

/** Returns the scales of a plot area. */
export function scalesOf(x: Axis, y: Axis, top: number, height: number): Scales {
  const box = { left: MARGIN.left, right: CHART_WIDTH - MARGIN.right, top, bottom: top + height }
  return { x: scale(x, box.left, box.right), y: scale(y, box.bottom, box.top), box }
}

function scale(axis: Axis, from: number, to: number): (value: number) => number {
  const position = axis.scale === 'log' ? Math.log10 : (value: number) => value
  const low = position(axis.low)
  const span = position(axis.high) - low
  return value => from + ((position(value) - low) / span) * (to - from)
}

/** Returns about how many ticks a vertical axis of this height has; to be used for its range, too. */
export function ticksWanted(height: number): number {
  return Math.max(height / TICK_SPACING.y, 2)
}

function ticksOf(axis: Axis, wanted: number): readonly Tick[] {
  if (axis.ticks !== undefined) {
    return axis.ticks
  }
  return axis.scale === 'log'
    ? logTicks(axis.low, axis.high, wanted)
    : linearTicks(axis.low, axis.high, wanted)
}

function drawPanel(xAxis: Axis, panel: Panel, top: number, last: boolean): string {
  const scales = scalesOf(xAxis, panel.y, top, panel.height)
  const { left, right, bottom } = scales.box
  const parts: string[] = []
  for (const tick of ticksOf(panel.y, ticksWanted(panel.height))) {
    const y = scales.y(tick.value)
    parts.push(lineBetween('splice-grid', left, y, right, y))
    parts.push(textAt('splice-tick splice-end', left - 8, y + 4, tick.text))
  }
  for (const tick of ticksOf(xAxis, (right - left) / TICK_SPACING.x)) {
    const x = scales.x(tick.value)
    parts.push(lineBetween('splice-axis', x, bottom, x, bottom + (last ? 5 : 3)))
    if (last) {
      parts.push(textAt('splice-tick splice-middle', x, bottom + 18, tick.text))
    }
  }
  parts.push(lineBetween('splice-axis', left, bottom, right, bottom))
  parts.push(panel.draw(scales))
  const middle = (top + bottom) / 2
  parts.push(sideLabel(middle, panel.y.label))
  if (last) {
    const y = bottom + AXIS.ticks + AXIS.label - 6
    parts.push(textAt('splice-label splice-middle', (left + right) / 2, y, xAxis.label))
  }
  return parts.filter(part => part !== '').join('\n')
}

interface PlacedEntry extends LegendEntry {
  left: number
}

/** Returns the legend's entries in rows that fit the width. */
function arrangeLegend(legend: readonly LegendEntry[]): PlacedEntry[][] {
  const rows: PlacedEntry[][] = []
  let left = Infinity
  for (const entry of legend) {
    const width = LEGEND.swatch + LEGEND.gap + textWidth(entry.label, LEGEND.font)
    if (left + width > CHART_WIDTH - MARGIN.right) {
      rows.push([])
      left = MARGIN.left
    }
    rows.at(-1)!.push({ ...entry, left })
    left += width + LEGEND.between
  }
  return rows
}

function drawLegendEntry({ label, look, area, left }: PlacedEntry, y: number): string {
  const right = left + LEGEND.swatch
  const swatch = area
    ? `<rect class="splice-line splice-area ${lookClass(look)}" x="${px(left)}" y="${px(y - 6)}" width="${px(LEGEND.swatch)}" height="12.0"/>`
    : lineBetween(`splice-line ${lookClass(look)}`, left, y, right, y)
  return `${swatch}\n${textAt('splice-label', right + LEGEND.gap, y + 4, label)}`
}

export function lineBetween(classes: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${classes}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`
}

/** Returns the text that names a vertical axis, around the height `middle`. */
export function sideLabel(middle: number, text: string): string {
  return `<text class="splice-label splice-middle" transform="translate(16.0 ${px(middle)}) rotate(-90)">${escapeText(text)}</text>`
}

export function textAt(classes: string, x: number, y: number, text: string): string {
  return `<text class="${classes}" x="${px(x)}" y="${px(y)}">${escapeText(text)}</text>`
}
