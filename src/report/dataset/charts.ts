import { grouped } from '../../core/number-text.ts'
import { barChart, describeBars } from '../charts/bar-chart.ts'
import { histogramChart } from '../charts/histogram.ts'
import { sequenceLogos } from '../charts/sequence-logo.ts'
import type { DatasetReport, SiteLogo } from './document.ts'
import { classGroups, type DatasetExamples } from './examples.ts'
import { intronLengths } from './statistics.ts'
import { topTexts } from './table.ts'

/** The charts of a dataset, by the last part of their file's name. */
export const DATASET_CHARTS = ['lengths', 'motifs', 'logos', 'targets'] as const
export type DatasetChart = (typeof DATASET_CHARTS)[number]

const MOTIFS_SHOWN = 7
/** Of lengths: ten per power of ten are about as fine as is still smooth. */
const BINS_PER_DECADE = 10
const TARGET_BINS = 40

/** Returns the charts as SVG; those the dataset has nothing for are left out. */
export function datasetCharts(
  report: DatasetReport,
  examples: DatasetExamples,
): Partial<Record<DatasetChart, string>> {
  const charts = {
    lengths: lengthsChart(report, examples),
    motifs: motifsChart(report),
    logos: logosChart(report),
    targets: targetsChart(report, examples),
  }
  return Object.fromEntries(Object.entries(charts).filter(([, svg]) => svg !== undefined))
}

function lengthsChart({ name, lengths }: DatasetReport, examples: DatasetExamples): string | undefined {
  if (lengths === undefined) {
    return undefined
  }
  const { edges } = Object.values(lengths)[0]!
  const groups = classGroups(examples)
  const values = intronLengths(examples, groups)
  const classes = groups.names.flatMap((group, i) =>
    values[i]!.length === 0
      ? []
      : [{ label: `${group} (${grouped(values[i]!.length)})`, values: values[i]! }],
  )
  const medians = Object.entries(lengths).map(([group, { median }]) => `${grouped(median)} of ${group}`)
  const [low, high] = [edges[0]!, edges.at(-1)!]
  return histogramChart({
    title: `Intron lengths: ${name}`,
    description: `Distribution of intron lengths by class. Medians in nt: ${medians.join(', ')}.`,
    xLabel: 'Intron length (nt, log scale)',
    range: [low, high],
    bins: Math.max(1, Math.round(Math.log10(high / low) * BINS_PER_DECADE)),
    classes,
    logValues: true,
    shares: true,
  })
}

function motifsChart({ name, motifs }: DatasetReport): string | undefined {
  const entries = Object.entries(motifs ?? {}).filter(([, counts]) => Object.keys(counts).length > 0)
  if (entries.length === 0) {
    return undefined
  }
  const texts = topTexts(entries.map(([, counts]) => counts))
  const shown = texts.slice(0, MOTIFS_SHOWN)
  const others = texts.slice(MOTIFS_SHOWN)
  const categories = [...shown, ...(others.length > 0 ? ['others'] : [])]
  const series = entries.map(([label, counts]) => {
    const rest = others.reduce((sum, text) => sum + (counts[text] ?? 0), 0)
    return { label, values: [...shown.map(text => counts[text] ?? 0), ...(others.length > 0 ? [rest] : [])] }
  })
  return barChart({
    title: `Motifs: ${name}`,
    description: `Examples by motif and class: ${describeBars(categories, series)}.`,
    xLabel: 'First and last two intron bases',
    yLabel: 'Examples (log scale)',
    categories,
    series,
    logCounts: true,
  })
}

const SITE_LABEL: Record<SiteLogo['site'], string> = {
  donor: 'Position from the donor (nt)',
  acceptor: 'Position from the acceptor (nt)',
  site: 'Position from the site (nt)',
}

function logosChart({ name, logos, classes, targets }: DatasetReport): string | undefined {
  if (logos.length === 0) {
    return undefined
  }
  const names = targets === undefined ? classes.map(group => group.name) : ['all']
  const rows = names.flatMap(group => {
    const found = logos.map(logo => logo.classes[group])
    const windows = Math.max(...found.map(item => item?.windows ?? 0))
    return windows === 0
      ? []
      : [{ label: `${group} (${grouped(windows)})`, counts: found.map(item => item?.counts) }]
  })
  const sites = logos.map(({ site }) => `${site}s`).join(' and ')
  return sequenceLogos({
    title: `Bases around the sites: ${name}`,
    description:
      `Sequence logos of ${sites}, one row per class: ${names.join(', ')}. ` +
      'Letters are as tall as the base is frequent, together as tall as the position has information.',
    sites: logos.map(({ site, positions }) => ({ label: SITE_LABEL[site], positions })),
    rows,
  })
}

function targetsChart(report: DatasetReport, { targets }: DatasetExamples): string | undefined {
  if (targets === undefined || report.targets === undefined) {
    return undefined
  }
  const { values, columns } = targets
  const low = Math.min(...report.targets.map(({ min }) => min))
  const high = Math.max(...report.targets.map(({ max }) => max))
  const means = report.targets.map(({ column, mean }) => `${column} ${Number(mean.toPrecision(4))}`)
  return histogramChart({
    title: `Targets: ${report.name}`,
    description: `Distribution of the numbers to predict. Means: ${means.join(', ')}.`,
    xLabel: 'Target',
    range: low < high ? [low, high] : [low - 1, high + 1],
    bins: TARGET_BINS,
    classes: report.targets.map(({ column }, k) => ({
      label: column,
      values: values.filter((_, i) => i % columns === k),
    })),
  })
}
