import type { CalibrationBin } from '../../core/metrics/reliability.ts'
import { drawChart, type LegendEntry, lineBetween, lookClass, type Scales, ticksWanted } from './frame.ts'
import { drawLine } from './line-chart.ts'
import { roundRange } from './ticks.ts'

/** A calibration table and its name in the legend, e.g. `before (ECE 0.041)`. */
export interface NamedTable {
  label: string
  bins: readonly CalibrationBin[]
}

/** Of the normal distribution: 95 %. */
const Z = 1.959964
const HEIGHT = { diagram: 330, counts: 90 }

/**
 * Returns a reliability diagram as SVG: observed frequency over mean score by bin, with 95 % Wilson intervals, against
 * the diagonal; below it the examples per bin.
 */
export function reliabilityDiagram(title: string, tables: readonly NamedTable[]): string {
  const most = Math.max(...tables.flatMap(table => table.bins.map(bin => bin.count)), 1)
  const legend: LegendEntry[] = tables.map(({ label }, look) => ({ label, look }))
  legend.push({ label: 'perfectly calibrated', look: 'reference' })
  return drawChart({
    title,
    description: `Observed frequency of positives over mean score by bin: ${tables.map(table => table.label).join(', ')}.`,
    x: { label: 'Mean score of the bin (probability)', low: 0, high: 1 },
    panels: [
      {
        y: { label: 'Observed frequency', low: 0, high: 1 },
        height: HEIGHT.diagram,
        draw: scales => drawDiagram(tables, scales),
      },
      {
        y: { label: 'Examples', low: 0, high: roundRange(0, most, ticksWanted(HEIGHT.counts))[1] },
        height: HEIGHT.counts,
        draw: scales => drawCounts(tables, scales),
      },
    ],
    legend,
  })
}

function drawDiagram(tables: readonly NamedTable[], scales: Scales): string {
  const parts = [
    lineBetween('splice-line splice-reference', scales.x(0), scales.y(0), scales.x(1), scales.y(1)),
  ]
  for (const [look, { label, bins }] of tables.entries()) {
    for (const bin of bins) {
      const { low, high } = wilsonInterval(bin.observed, bin.count)
      const x = scales.x(bin.meanScore)
      parts.push(
        lineBetween(`splice-line splice-solid ${lookClass(look)}`, x, scales.y(low), x, scales.y(high)),
      )
    }
    const points = bins.map(bin => ({ x: bin.meanScore, y: bin.observed }))
    parts.push(drawLine({ label, points, dots: true }, look, scales))
  }
  return parts.filter(part => part !== '').join('\n')
}

function drawCounts(tables: readonly NamedTable[], scales: Scales): string {
  return tables
    .flatMap(({ bins }, look) =>
      bins.map(bin => {
        // Side by side, so that the sticks of two tables with equal scores are both seen.
        const beside = scales.x(bin.meanScore) + (look - (tables.length - 1) / 2) * 3
        const x = Math.min(Math.max(beside, scales.box.left), scales.box.right)
        return lineBetween(
          `splice-line splice-solid ${lookClass(look)}`,
          x,
          scales.y(0),
          x,
          scales.y(bin.count),
        )
      }),
    )
    .join('\n')
}

/**
 * Returns the 95 % interval of a frequency.
 * Source: Wilson, J Am Stat Assoc 22:209 (1927).
 */
export function wilsonInterval(frequency: number, count: number): { low: number; high: number } {
  const shrink = 1 + Z ** 2 / count
  const centre = (frequency + Z ** 2 / (2 * count)) / shrink
  const half = (Z / shrink) * Math.sqrt((frequency * (1 - frequency)) / count + Z ** 2 / (4 * count ** 2))
  return { low: Math.max(centre - half, 0), high: Math.min(centre + half, 1) }
}
