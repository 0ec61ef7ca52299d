import { describe, expect, it } from 'vitest'
import { precisionRecallCurve, rocCurve } from '../../../src/core/metrics/ranking.ts'
import { equalMassBins } from '../../../src/core/metrics/reliability.ts'
import { tallyScores } from '../../../src/core/metrics/score-tally.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { barChart } from '../../../src/report/charts/bar-chart.ts'
import { precisionRecallChart, rocChart } from '../../../src/report/charts/curve-charts.ts'
import { countInBins, histogramChart, scoreDistributionChart } from '../../../src/report/charts/histogram.ts'
import { lineChart } from '../../../src/report/charts/line-chart.ts'
import { reliabilityDiagram, wilsonInterval } from '../../../src/report/charts/reliability-diagram.ts'
import { LOOKS, STYLE } from '../../../src/report/charts/style.ts'
import { readMarks } from './svg-marks.ts'

const random = seededRandom(5)
const LABELS = Array.from({ length: 2000 }, (_, i) => (i % 4 === 0 ? 1 : 0))
const SCORES = LABELS.map(label => random.float() ** (label === 1 ? 0.3 : 2))
const TALLY = tallyScores(SCORES, LABELS)
const BINS = equalMassBins(TALLY, 10)

const CHARTS: Record<string, string> = {
  ROC: rocChart('ROC', [{ label: 'junction', points: rocCurve(TALLY) }]),
  'precision-recall': precisionRecallChart(
    'PR',
    [{ label: 'junction', points: precisionRecallCurve(TALLY) }],
    0.25,
  ),
  'score distribution': scoreDistributionChart('Scores', SCORES, LABELS, { threshold: 0.4 }),
  'score distribution with logarithmic counts': scoreDistributionChart('Scores', SCORES, LABELS, {
    threshold: 0.4,
    logCounts: true,
  }),
  reliability: reliabilityDiagram('Reliability', [
    { label: 'before', bins: BINS },
    { label: 'after', bins: BINS },
  ]),
  'logarithmic histogram': histogramChart({
    title: 'Lengths',
    description: 'Lengths by class.',
    xLabel: 'Length (nt, log scale)',
    range: [50, 5000],
    bins: 20,
    classes: [
      { label: 'positive', values: [50, 90, 800, 5000] },
      { label: 'negative', values: [60, 70] },
    ],
    logValues: true,
    shares: true,
  }),
  bar: barChart({
    title: 'Motifs',
    description: 'Examples by motif.',
    xLabel: 'Motif',
    yLabel: 'Examples (log scale)',
    categories: ['GT-AG', 'GC-AG'],
    series: [
      { label: 'positive', values: [1000, 1] },
      { label: 'negative', values: [100, 0] },
    ],
    logCounts: true,
  }),
  training: lineChart({
    title: 'Training',
    description: 'Loss and learning rate by epoch.',
    xLabel: 'Epoch',
    panels: [
      {
        yLabel: 'Loss (nats)',
        lines: [
          { label: 'training', points: [1, 2, 3].map(x => ({ x, y: 1 / x })) },
          { label: 'validation', points: [1, 2, 3].map(x => ({ x, y: x === 2 ? Number.NaN : 2 / x })) },
        ],
      },
      {
        yLabel: 'Learning rate',
        scale: 'log',
        lines: [{ label: 'learning rate', points: [1, 2, 3].map(x => ({ x, y: x === 3 ? 0 : 10 ** -x })) }],
      },
    ],
  }),
}

/** Left, right and the legend's bottom bound every mark. */
const PLOT = { left: 72, right: 620 }

describe.each(Object.entries(CHARTS))('the %s chart', (_, svg) => {
  const marks = readMarks(svg)
  const axes = marks.lines.filter(line => line.classes === 'splice-axis' && line.from[1] === line.to[1])
  const legend = marks.texts.filter(text => text.classes === 'splice-label' && text.x > PLOT.left)
  const dataTop = Math.max(...legend.map(text => text.y))
  const dataBottom = Math.max(...axes.map(axis => axis.from[1]))

  it('has its size, title and description', () => {
    expect(marks.width).toBe(640)
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="640" /)
    expect(svg).toMatch(/<title>[^<]+<\/title>\n<desc>[^<]+\.<\/desc>/)
  })

  it('keeps marks inside the plot and below the legend', () => {
    const data = [
      ...marks.paths.flatMap(path => path.points),
      ...marks.circles,
      ...marks.lines
        .filter(line => /splice-line/.test(line.classes) && line.from[1] > dataTop)
        .flatMap(line => [line.from, line.to]),
    ]
    expect(data.length).toBeGreaterThan(3)
    for (const [x, y] of data) {
      expect(x).toBeGreaterThanOrEqual(PLOT.left)
      expect(x).toBeLessThanOrEqual(PLOT.right)
      expect(y).toBeGreaterThan(dataTop)
      expect(y).toBeLessThanOrEqual(dataBottom)
    }
  })

  it('keeps texts inside the picture', () => {
    for (const { x, y } of marks.texts) {
      expect(x).toBeGreaterThan(0)
      expect(x).toBeLessThan(marks.width)
      expect(y).toBeGreaterThan(0)
      expect(y).toBeLessThan(marks.height)
    }
  })
})

describe('the ROC chart', () => {
  it('runs from the lower left to the upper right and never falls', () => {
    const curve = readMarks(CHARTS.ROC!).paths[0]!.points
    const box = { left: 72, right: 620, bottom: curve[0]![1], top: curve.at(-1)![1] }
    expect(curve[0]).toEqual([box.left, box.bottom])
    expect(curve.at(-1)![0]).toBe(box.right)
    for (const [i, [x, y]] of curve.entries()) {
      expect(i === 0 || (x >= curve[i - 1]![0] && y <= curve[i - 1]![1])).toBe(true)
    }
  })

  it('stays small for a large curve', () => {
    const points = Array.from({ length: 200_000 }, (_, i) => ({
      threshold: 1 - i / 2e5,
      falsePositiveRate: i / 199_999,
      truePositiveRate: Math.sqrt(i / 199_999),
    }))
    expect(rocChart('ROC', [{ label: 'a', points }]).length).toBeLessThan(60_000)
  })
})

describe('the precision-recall chart', () => {
  it('goes in steps: the later precision holds over the recall gained', () => {
    const points = [
      { threshold: 0.9, recall: 0.5, precision: 1 },
      { threshold: 0.4, recall: 1, precision: 0.5 },
    ]
    const curve = readMarks(precisionRecallChart('PR', [{ label: 'a', points }], 0.3)).paths[0]!.points
    const [top, half] = [curve[0]![1], curve[3]![1]]
    expect(half).toBeGreaterThan(top)
    expect(curve).toEqual([
      [72, top],
      [346, top],
      [346, half],
      [620, half],
    ])
  })
})

describe('the histogram', () => {
  it('counts both ends and nothing outside', () => {
    expect(countInBins([0, 0.1, 0.5, 1, 1.1, -0.1, Number.NaN], [0, 1], 2)).toEqual([2, 2])
  })

  it('shows a count of one on a logarithmic axis and nothing at none', () => {
    const svg = scoreDistributionChart('S', [0.1, 0.9], [1, 0], { threshold: 0.5, bins: 2, logCounts: true })
    const [positives] = readMarks(svg).paths
    const heights = positives!.points.map(([, y]) => y)
    // Start, both corners of the first bin, both of the second, end.
    expect(heights[1]).toBe(heights[2])
    expect(heights[1]).toBeLessThan(heights[0]! - 50)
    expect(heights.slice(3)).toEqual([heights[0], heights[0], heights[0]])
  })
})

describe('the reliability diagram', () => {
  it('has a dot per bin and table', () => {
    expect(readMarks(CHARTS.reliability!).circles.length).toBe(2 * BINS.length)
  })

  it.each([
    [0.5, 10, 0.2366, 0.7634],
    [0, 10, 0, 0.2775],
    [1, 10, 0.7225, 1],
  ])('has Wilson intervals: %f of %i', (frequency, count, low, high) => {
    const interval = wilsonInterval(frequency, count)
    expect(interval.low).toBeCloseTo(low, 4)
    expect(interval.high).toBeCloseTo(high, 4)
  })
})

describe('lines', () => {
  const chart = (points: { x: number; y: number }[], label = 'a') =>
    lineChart({
      title: 'T <&>',
      description: 'D.',
      xLabel: 'x',
      panels: [{ yLabel: 'y', lines: [{ label, points }] }],
    })

  it('break where a value is missing or has no logarithm', () => {
    const training = readMarks(CHARTS.training!)
    expect(training.paths.map(path => path.points.length)).toEqual([3, 2])
    // The two lone points of the validation line.
    expect(training.circles.length).toBe(2)
  })

  it('of one point are a dot, of none an empty plot', () => {
    expect(readMarks(chart([{ x: 1, y: 2 }])).circles.length).toBe(1)
    expect(readMarks(chart([])).circles.length).toBe(0)
  })

  it('have escaped text and the same bytes every time', () => {
    const svg = chart([{ x: 1, y: 2 }], 'loss < "1" & more')
    expect(svg).toContain('<title>T &lt;&amp;&gt;</title>')
    expect(svg).toContain('>loss &lt; &quot;1&quot; &amp; more</text>')
    expect(chart([{ x: 1, y: 2 }], 'loss < "1" & more')).toBe(svg)
  })

  it('share a look where they share a label', () => {
    const line = { label: 'a', points: [1, 2].map(x => ({ x, y: x })) }
    const panel = { yLabel: 'y', lines: [line] }
    const svg = lineChart({ title: 'T', description: 'D.', xLabel: 'x', panels: [panel, panel] })
    expect(readMarks(svg).paths.map(path => path.classes)).toEqual(Array(2).fill('splice-line splice-s0'))
    expect(svg.match(/>a<\/text>/g)).toHaveLength(1)
  })
})

describe('the colours', () => {
  const [light, dark] = STYLE.split('@media') as [string, string]

  it.each([
    ['light', light],
    ['dark', dark],
  ])('stand out from %s paper: text 4.5 to 1, lines 3 to 1', (_, css) => {
    const paper = /splice-paper\{fill:(#\w{6})/.exec(css)![1]!
    const lines = [...css.matchAll(/\.splice-s\d\{stroke:(#\w{6})\}/g)].map(match => match[1]!)
    const texts = [...css.matchAll(/\.splice-(?:label|tick)\{fill:(#\w{6})\}/g)].map(match => match[1]!)
    expect([lines.length, texts.length]).toEqual([LOOKS, 2])
    for (const colour of lines) {
      expect(contrast(colour, paper)).toBeGreaterThanOrEqual(3)
    }
    for (const colour of texts) {
      expect(contrast(colour, paper)).toBeGreaterThanOrEqual(4.5)
    }
  })
})

/** The contrast ratio of WCAG 2. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, share, k) => {
      const value = Number.parseInt(colour.slice(1 + 2 * k, 3 + 2 * k), 16) / 255
      return sum + share * (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    }, 0)
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high! + 0.05) / (low! + 0.05)
}
