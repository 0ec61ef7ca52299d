import type { Estimate } from '../../core/bootstrap.ts'
import type { ClassificationReport } from '../../core/classification-report.ts'
import { grouped } from '../../core/number-text.ts'
import type { EvaluationDocument } from './document.ts'
import type { LevelReport } from './levels.ts'

/** Columns between a name and its numbers, and of a number. */
const NAME_WIDTH = 26
const NUMBER_WIDTH = 10

/** Main numbers of a column; the balanced accuracy is the AUC of hard labels, beside that of scores. */
const SUMMARISED = ['auroc', 'auprc', 'sensitivity', 'specificity', 'balancedAccuracy']

/** Returns an evaluation as a table for people, without a line end at its end. docs/metrics.md says what the names mean. */
export function describeEvaluation(document: EvaluationDocument): string {
  const { levels, regression, regressionMeans, reconstruction } = document
  const blocks = [
    describeRun(document),
    ...(levels ?? []).map(level => describeLevel(level)),
    ...(regression ?? []).map(({ column, estimates }) => [
      `${column}:`,
      row('', ['value', 'low', 'high']),
      ...Object.entries(estimates).map(([name, estimate]) => estimateRow(name, estimate)),
    ]),
    ...(regressionMeans === undefined
      ? []
      : [
          [
            'means over columns:',
            row('', ['value', 'columns']),
            ...Object.entries(regressionMeans).map(([name, { value, columns }]) =>
              row(name, [shown(value), grouped(columns)]),
            ),
          ],
        ]),
    ...describeLabels(document),
    ...(reconstruction === undefined
      ? []
      : [
          [
            `bases of ${grouped(reconstruction.windows)} windows, ${grouped(reconstruction.bases)} known:`,
            row('', ['value', 'low', 'high']),
            ...Object.entries(reconstruction.estimates).map(([name, estimate]) =>
              estimateRow(name, estimate),
            ),
          ],
        ]),
  ]
  return blocks.map(lines => lines.map(line => line.trimEnd()).join('\n')).join('\n\n')
}

/** The means, and a line for each label. */
function describeLabels({ labels, labelMeans }: EvaluationDocument): string[][] {
  if (labels === undefined || labelMeans === undefined) {
    return []
  }
  return [
    [
      `means over labels, ${grouped(labels.length)} in all:`,
      row('', ['value', 'labels']),
      ...Object.entries(labelMeans).map(([name, { value, columns }]) =>
        row(name, [shown(value), grouped(columns)]),
      ),
    ],
    [
      'labels:',
      row('', ['positive', 'negative', 'auroc', 'low', 'high', 'auprc', 'low', 'high']),
      ...labels.map(({ column, positives, negatives, estimates }) => {
        const numbers = [estimates?.auroc, estimates?.auprc].flatMap(found => [
          shown(found?.value),
          shown(found?.low),
          shown(found?.high),
        ])
        return row(column, [grouped(positives), grouped(negatives), ...numbers])
      }),
    ],
  ]
}

/** Returns one line per column with its main numbers, for a log. */
export function summariseEvaluation(document: EvaluationDocument): string[] {
  const { levels, regression, regressionMeans, labelMeans, reconstruction } = document
  const main = (estimates: Readonly<Record<string, Estimate>>, names: readonly string[]) =>
    names.flatMap(name => {
      const estimate = estimates[name]
      return estimate?.value === undefined ? [] : [`${name} ${withInterval(estimate)}`]
    })
  return [
    ...(levels ?? []).map(
      ({ column, overall }) => `${column}: ${main(overall.estimates, SUMMARISED).join(', ')}`,
    ),
    ...(regression ?? []).map(
      ({ column, estimates }) => `${column}: ${main(estimates, Object.keys(estimates)).join(', ')}`,
    ),
    ...(regressionMeans?.pearson.value === undefined
      ? []
      : [
          `mean over ${grouped(regressionMeans.pearson.columns)} columns: pearson ${shown(regressionMeans.pearson.value)}`,
        ]),
    ...(labelMeans === undefined
      ? []
      : [
          `means over ${grouped(labelMeans.auroc.columns)} labels: auroc ${shown(labelMeans.auroc.value)}, auprc ${shown(labelMeans.auprc.value)}`,
        ]),
    ...(reconstruction === undefined
      ? []
      : [`bases: ${main(reconstruction.estimates, ['baseAccuracy', 'mse']).join(', ')}`]),
  ]
}

function describeRun({ model, dataset, split, examples, classes, settings }: EvaluationDocument): string[] {
  const { resamples, confidence, drawn, seed, provider, threshold } = settings
  const counts = Object.entries(classes ?? {}).map(([name, count]) => `${grouped(count)} ${name}`)
  const intervals =
    resamples === 0
      ? 'none'
      : `${Number((100 * confidence).toPrecision(4))} %, ${grouped(resamples)} resamples of ${grouped(drawn.count)} ${drawn.unit}s, seed ${seed}`
  return [
    field('model', `${model.name} (${model.file}, ${model.kind}, sha256 ${model.sha256.slice(0, 12)})`),
    field(
      'dataset',
      `${dataset.name}, ${split === 'all' ? 'all parts' : `part ${split}`}: ` +
        `${grouped(examples)} of ${grouped(dataset.examples)} windows`,
    ),
    ...(counts.length > 0 ? [field('classes', counts.join(', '))] : []),
    field('intervals', intervals),
    field('provider', provider),
    ...(threshold === undefined ? [] : [field('threshold', shown(threshold))]),
  ]
}

function describeLevel({ level, column, overall, reliability, ...groups }: LevelReport): string[] {
  const { confusion, estimates } = overall
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = confusion
  const lines = [
    `${level} level, column ${column}:`,
    row('', ['value', 'low', 'high']),
    ...Object.entries(estimates).map(([name, estimate]) => estimateRow(name, estimate)),
    '',
    row('', ['called', 'not']),
    row('positives', [grouped(truePositives), grouped(falseNegatives)]),
    row('negatives', [grouped(falsePositives), grouped(trueNegatives)]),
  ]
  const { before, after, calibrator } = reliability
  if (calibrator !== undefined && after !== undefined) {
    const names = ['brier', 'logLoss', 'eceEqualMass', 'eceEqualWidth'] as const
    lines.push('', row(`calibrated (${calibrator.method})`, ['before', 'after']))
    lines.push(...names.map(name => row(name, [shown(before?.[name]), shown(after[name])])))
  }
  const parts = [
    ...describeGroups('motif', groups.byMotif),
    ...describeGroups('site', groups.bySite),
    ...describeGroups('against', groups.byNegativeClass),
  ]
  if (parts.length > 0) {
    const names = ['positive', 'negative', 'auroc', 'auprc', 'sens.', 'spec.', 'f1']
    lines.push('', row('', names), ...parts)
  }
  return lines
}

function describeGroups(what: string, reports: Readonly<Record<string, ClassificationReport>>): string[] {
  const names = ['auroc', 'auprc', 'sensitivity', 'specificity', 'f1']
  return Object.entries(reports).map(([key, { positives, negatives, estimates }]) =>
    row(`${what} ${key}`, [
      grouped(positives),
      grouped(negatives),
      ...names.map(name => shown(estimates[name]?.value)),
    ]),
  )
}

function field(name: string, text: string): string {
  return `${name.padEnd(10)}${text}`
}

function row(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(NAME_WIDTH)}${cells.map(cell => ` ${cell.padStart(NUMBER_WIDTH - 1)}`).join('')}`
}

function estimateRow(name: string, { value, low, high }: Estimate): string {
  return row(name, [shown(value), shown(low), shown(high)])
}

function withInterval({ value, low, high }: Estimate): string {
  return low === undefined ? shown(value) : `${shown(value)} (${shown(low)} to ${shown(high)})`
}

/** Returns a number with four decimals, or four digits where that would say little; `-` for none. */
function shown(value: number | undefined): string {
  if (value === undefined) {
    return '-'
  }
  const size = Math.abs(value)
  return size !== 0 && (size < 0.001 || size >= 1000) ? value.toPrecision(4) : value.toFixed(4)
}
