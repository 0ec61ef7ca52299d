import { describe, expect, it } from 'vitest'
import { barChart } from '../../../src/report/charts/bar-chart.ts'
import { countInLogBins, histogramChart } from '../../../src/report/charts/histogram.ts'
import { readMarks } from './svg-marks.ts'

const chart = (logCounts: boolean) =>
  barChart({
    title: 'Motifs',
    description: 'Counts by motif.',
    xLabel: 'Motif',
    yLabel: 'Examples',
    categories: ['GT-AG', 'GC-AG'],
    series: [
      { label: 'positive', values: [1000, 10] },
      { label: 'negative', values: [100, 0] },
    ],
    logCounts,
  })

/** Returns height and left edge of every bar. */
const bars = (svg: string) =>
  readMarks(svg).paths.map(({ points }) => ({
    left: points[0]![0],
    height: points[0]![1] - points[1]![1],
  }))

describe('a bar chart', () => {
  it('has a bar per value, none for 0, as tall as the value', () => {
    const [first, second, third, ...rest] = bars(chart(false))
    expect(rest).toEqual([])
    expect(first!.height / second!.height).toBeCloseTo(100, 0)
    expect(third!.height / second!.height).toBeCloseTo(10, 0)
  })

  it('shows powers of ten in equal steps on a logarithmic axis', () => {
    const heights = bars(chart(true)).map(({ height }) => height)
    expect(heights[0]! - heights[2]!).toBeCloseTo(heights[2]! - heights[1]!, 0)
  })

  it('puts the series of a category side by side around its name', () => {
    const [positive, , negative] = bars(chart(false))
    const { texts } = readMarks(chart(false))
    const name = texts.find(({ text }) => text === 'GT-AG')!
    expect(positive!.left).toBeLessThan(name.x)
    expect(negative!.left).toBeCloseTo(name.x, 1)
    expect(texts.map(({ text }) => text)).toContain('GC-AG')
  })

  it('of no categories is an empty plot', () => {
    const request = { title: 'T', description: 'D.', xLabel: 'x', yLabel: 'y', categories: [], series: [] }
    expect(readMarks(barChart(request)).paths).toEqual([])
  })
})

describe('a histogram over a logarithmic axis', () => {
  it('counts in bins of equal ratio, both ends inclusive', () => {
    expect(countInLogBins([1, 9, 10, 99, 100, 1000, 1001, 0.5], [1, 1000], 3)).toEqual([2, 2, 2])
  })

  it('compares shares of classes of different size', () => {
    const svg = histogramChart({
      title: 'T',
      description: 'D.',
      xLabel: 'Length (nt)',
      range: [10, 1000],
      bins: 2,
      classes: [
        { label: 'few', values: [20, 200] },
        { label: 'many', values: [...Array(50).fill(30), ...Array(50).fill(300)] },
      ],
      logValues: true,
      shares: true,
    })
    const [few, many] = readMarks(svg).paths
    expect(few!.points).toEqual(many!.points)
    expect(few!.points[2]![0]).toBeCloseTo((72 + 620) / 2, 1)
  })
})
