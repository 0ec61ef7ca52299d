import { grouped } from '../../core/number-text.ts'
import type { ClassCounts, DatasetReport, Distribution, TargetColumn } from './document.ts'
import { type ExampleLayout, PARTS, type Part } from './examples.ts'
import { describeDecoyTotals, describeLeaks, describeObserved } from './record-text.ts'
import { textBar, textTable } from './text-table.ts'

const CONTIGS_SHOWN = 10
const MOTIFS_SHOWN = 8

/** Returns the report as text for people, without a line end at its end. */
export function describeDataset(report: DatasetReport): string {
  const blocks = [
    describeWhole(report),
    describeClasses(report),
    describeNumbers('intron lengths (nt)', report.lengths),
    describeTexts('motifs', report.motifs, MOTIFS_SHOWN),
    describeTexts('sites', report.sites),
    describeTexts('decoys', report.decoys),
    describeContigs(report),
    describeNumbers('support (positives and unknown)', report.supports),
    describeUnknownBases(report),
    ...(report.targets ?? []).map(describeTarget),
    describeLeftOut(report.leftOut),
    describeObserved(report.observed),
    describeDecoyTotals(report.decoyTotals),
    describeLeaks(report.leaks),
    report.warnings.length === 0 ? [] : ['warnings:', ...report.warnings.map(text => `  ${text}`)],
  ]
  return blocks
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n')
}

function describeWhole({ name, source, window, examples, genes }: DatasetReport): string[] {
  const ofGenes = genes === undefined ? '' : ` of ${grouped(genes)} genes`
  return [
    field('dataset', name),
    ...(source === undefined ? [] : [field('source', source)]),
    field('examples', `${grouped(examples)}${ofGenes}`),
    field('window', describeLayout(window)),
  ]
}

function describeLayout(window: ExampleLayout): string {
  const sites =
    'donor' in window
      ? `donor at ${window.donor}, acceptor at ${window.acceptor}`
      : 'site' in window
        ? `site at ${window.site}`
        : 'sites not known'
  return `${grouped(window.length)} bases, ${sites}`
}

function describeClasses({ classes, parts, examples }: DatasetReport): string[] {
  const header = ['class', ...PARTS, 'total', 'share']
  const row = ({ name, parts: of, examples: total, share }: ClassCounts) => [
    name,
    ...PARTS.map(part => grouped(of[part])),
    grouped(total),
    percent(share),
  ]
  const totals = ['total', ...PARTS.map(part => grouped(parts[part].examples)), grouped(examples), '']
  const balance = (positives: number, negatives: number) =>
    positives === 0 ? '-' : (negatives / positives).toFixed(2)
  const sum = (key: 'positives' | 'negatives') => PARTS.reduce((all, part) => all + parts[part][key], 0)
  const balances = [
    'negatives per positive',
    ...PARTS.map(part => balance(parts[part].positives, parts[part].negatives)),
    balance(sum('positives'), sum('negatives')),
    '',
  ]
  return [
    'examples:',
    ...textTable(header, [...classes.map(row), totals, ...(classes.length > 0 ? [balances] : [])]),
  ]
}

/** Returns quartiles by class, then a histogram: the share of each class in each bin. */
function describeNumbers(title: string, classes: Record<string, Distribution> | undefined): string[] {
  if (classes === undefined) {
    return []
  }
  const entries = Object.entries(classes)
  const rows = entries.map(([name, spread]) => [
    name,
    ...[spread.count, spread.min, spread.lowerQuartile, spread.median, spread.upperQuartile, spread.max].map(
      grouped,
    ),
  ])
  return [
    `${title}:`,
    ...textTable(['class', 'count', 'min', '25 %', 'median', '75 %', 'max'], rows),
    ...entries.flatMap(([name, distribution]) => ['', `  ${name}`, ...histogram(distribution, grouped)]),
  ]
}

/** Returns the bins from the first to the last that is not empty. */
function histogram(
  { edges, counts, count }: { edges: number[]; counts: number[]; count: number },
  shown: (value: number) => string,
): string[] {
  const first = counts.findIndex(value => value > 0)
  const last = counts.findLastIndex(value => value > 0)
  const largest = Math.max(...counts)
  const bins = counts.slice(first, last + 1).map((value, i) => ({ value, from: shown(edges[first + i]!) }))
  const width = Math.max(...bins.map(({ from }) => from.length))
  const widest = Math.max(...bins.map(({ value }) => grouped(value).length))
  return bins.map(({ value, from }) =>
    `    from ${from.padStart(width)}  ${grouped(value).padStart(widest)}  ${percent(value / count).padStart(7)}  ${textBar(value, largest)}`.trimEnd(),
  )
}

function describeTexts(
  title: string,
  classes: Record<string, Record<string, number>> | undefined,
  most = Infinity,
): string[] {
  const entries = Object.entries(classes ?? {})
  const names = topTexts(entries.map(([, counts]) => counts))
  if (names.length === 0) {
    return []
  }
  const shown = names.slice(0, most)
  const others = names.slice(most)
  const sum = (counts: Record<string, number>) => others.reduce((all, name) => all + (counts[name] ?? 0), 0)
  const header = ['class', ...shown, ...(others.length > 0 ? [`${others.length} others`] : [])]
  const rows = entries.map(([name, counts]) => [
    name,
    ...shown.map(text => grouped(counts[text] ?? 0)),
    ...(others.length > 0 ? [grouped(sum(counts))] : []),
  ])
  return [`${title}:`, ...textTable(header, rows)]
}

/** Returns the texts of all classes, the most frequent of all first. */
export function topTexts(classes: readonly Record<string, number>[]): string[] {
  const totals = new Map<string, number>()
  for (const counts of classes) {
    for (const [text, count] of Object.entries(counts)) {
      totals.set(text, (totals.get(text) ?? 0) + count)
    }
  }
  return [...totals].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([text]) => text)
}

function describeContigs({ contigs }: DatasetReport): string[] {
  const entries = Object.entries(contigs ?? {})
  if (entries.length === 0) {
    return []
  }
  const row = (name: string, counts: Record<Part, number>) => [
    name,
    ...PARTS.map(part => grouped(counts[part])),
    grouped(PARTS.reduce((sum, part) => sum + counts[part], 0)),
  ]
  const rest = entries.slice(CONTIGS_SHOWN)
  const sum = { train: 0, validation: 0, test: 0 }
  for (const [, counts] of rest) {
    for (const part of PARTS) {
      sum[part] += counts[part]
    }
  }
  return [
    'contigs:',
    ...textTable(
      ['contig', ...PARTS, 'total'],
      [
        ...entries.slice(0, CONTIGS_SHOWN).map(([name, counts]) => row(name, counts)),
        ...(rest.length > 0 ? [row(`${grouped(rest.length)} others`, sum)] : []),
      ],
    ),
  ]
}

function describeUnknownBases({ unknownBases }: DatasetReport): string[] {
  const rows = Object.entries(unknownBases).map(([name, { share, windows }]) => [
    name,
    percent(share),
    grouped(windows),
  ])
  return [
    'N in windows (not known, or the gap of a short intron):',
    ...textTable(['class', 'share', 'windows with N'], rows),
  ]
}

function describeTarget(target: TargetColumn): string[] {
  const { column, count, min, mean, max } = target
  return [
    `${column}:`,
    ...textTable(
      ['', 'count', 'min', 'mean', 'max'],
      [['', grouped(count), ...[min, mean, max].map(decimal)]],
    ),
    '',
    ...histogram(target, decimal),
  ]
}

function describeLeftOut(leftOut: DatasetReport['leftOut']): string[] {
  const reasons = Object.entries(leftOut)
  const classes = [...new Set(reasons.flatMap(([, counts]) => Object.keys(counts)))]
  if (classes.length === 0) {
    return []
  }
  const rows = reasons.map(([reason, counts]) => [reason, ...classes.map(name => grouped(counts[name] ?? 0))])
  return ['left out:', ...textTable(['reason', ...classes], rows)]
}

function field(name: string, text: string): string {
  return `${name.padEnd(10)}${text}`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share !== 0 && share < 0.001 ? 4 : 2)} %`
}

function decimal(value: number): string {
  return String(Number(value.toPrecision(5)))
}
