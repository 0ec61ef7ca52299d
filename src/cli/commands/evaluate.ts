import { tmpdir } from 'node:os'
import { basename, resolve } from 'node:path'
import { UsageError } from '../../core/errors.ts'
import { grouped } from '../../core/number-text.ts'
import { type Dataset, readDataset } from '../../curation/dataset.ts'
import type { Bundle } from '../../export/bundle.ts'
import { readModel } from '../../export/default-model.ts'
import { openSink } from '../../io/sink.ts'
import { EVALUATION_CHARTS, evaluationCharts } from '../../report/evaluation/charts.ts'
import {
  EVALUATION_VERSION,
  type EvaluationDocument,
  type EvaluationSettings,
  formatEvaluation,
} from '../../report/evaluation/document.ts'
import { labelMeans, labelReport } from '../../report/evaluation/labels.ts'
import { type LevelReport, levelReport } from '../../report/evaluation/levels.ts'
import { reconstructionReport } from '../../report/evaluation/reconstruction.ts'
import { regressionMeans, regressionReport } from '../../report/evaluation/regression.ts'
import { describeEvaluation, summariseEvaluation } from '../../report/evaluation/table.ts'
import {
  EVALUATION_SPLITS,
  type EvaluationSplit,
  type ScoredExamples,
  scoreDataset,
} from '../../training/evaluation.ts'
import type { ReconstructionColumn } from '../../training/reconstruction.ts'
import type { CommandContext } from '../context.ts'
import type { ModelOptions, OutputOptions } from '../options.ts'
import { Outputs, planOutput } from '../outputs.ts'
import { VERSION } from '../version.ts'

export interface EvaluateOptions extends ModelOptions, Pick<OutputOptions, 'output'> {
  data: string
  /** FASTA to cut the windows from, for a dataset without. */
  ref?: string
  split?: string
  /** Of the bootstrap; 0 gives numbers without intervals. */
  resamples: number
  seed: number
}

const CONFIDENCE = 0.95
const MAX_SEED = 2 ** 32 - 1

/** `splice-score evaluate`: how well a model tells a dataset's examples apart, as a table, or as JSON and charts. */
export async function runEvaluate(options: EvaluateOptions, context: CommandContext): Promise<void> {
  const { terminal } = context
  const split = splitNamed(options.split)
  if (options.seed > MAX_SEED) {
    throw new UsageError(`--seed ${options.seed}: expected a whole number from 0 to ${MAX_SEED}`)
  }
  const { prefix } = await planOutput(options, [])
  const bundle = await readModel(options.model)
  // Nothing is drawn for validation: an evaluation is of parts that the table names.
  const dataset = context.guard(
    await readDataset(options.data, {
      scratchFolder: tmpdir(),
      validationFraction: 0,
      ...(options.ref !== undefined && { reference: options.ref }),
    }),
  )
  try {
    const examples = await scoreDataset({
      bundle,
      dataset,
      split,
      provider: options.provider,
      threads: options.threads,
      batchSize: options.batch,
      log: terminal,
      onProgress: terminal.progress,
    })
    terminal.clear()
    for (const warning of examples.warnings) {
      terminal.warn(warning)
    }
    terminal.info(describePart(examples, dataset, split !== undefined))
    const settings = settingsOf(examples, bundle, options)
    const results = await resultsOf(examples, settings, context)
    const document = documentOf(bundle, dataset, examples, options, settings, results)
    await writeResults(prefix, document, examples, context)
  } finally {
    await dataset.close()
  }
}

function splitNamed(name: string | undefined): EvaluationSplit | undefined {
  const split = EVALUATION_SPLITS.find(known => known === name)
  if (name !== undefined && split === undefined) {
    throw new UsageError(`--split ${name}: expected ${EVALUATION_SPLITS.join(', ')}`)
  }
  return split
}

/** Why a part was taken that was not asked for. */
const WHY: Record<EvaluationSplit, string> = {
  test: '',
  validation: ', as no window is in part test',
  train: '',
  all: ', as no window is in part test or validation',
}

function describePart(
  { split, indices }: ScoredExamples,
  { name, windows }: Dataset,
  wasAsked: boolean,
): string {
  const part = split === 'all' ? 'all parts' : `part ${split}`
  const counts = `${grouped(indices.length)} of ${grouped(windows.count)} windows`
  return `dataset ${name}: ${part}${wasAsked ? '' : WHY[split]}; ${counts}`
}

function settingsOf(
  { provider, clusters, indices, truth }: ScoredExamples,
  { metadata }: Bundle,
  { threshold, resamples, seed }: EvaluateOptions,
): EvaluationSettings {
  return {
    provider,
    threshold: truth === 'classes' ? (threshold ?? metadata.threshold) : undefined,
    resamples,
    confidence: CONFIDENCE,
    seed,
    drawn:
      clusters === undefined
        ? { unit: 'example', count: indices.length }
        : { unit: 'gene', count: new Set(clusters).size },
  }
}

type Results = Pick<
  EvaluationDocument,
  'levels' | 'regression' | 'regressionMeans' | 'labels' | 'labelMeans' | 'reconstruction'
>

async function resultsOf(
  examples: ScoredExamples,
  settings: EvaluationSettings,
  { terminal }: CommandContext,
): Promise<Results> {
  let reports = 0
  const beforeReport = async () => {
    terminal.progress({ stage: 'computing intervals', done: reports++, unit: 'reports' })
    // Lets signals in: the numbers are computed without a pause.
    await new Promise(resume => setImmediate(resume))
  }
  const results = await reportsOf(examples, settings, beforeReport)
  terminal.clear()
  return results
}

async function reportsOf(
  examples: ScoredExamples,
  settings: EvaluationSettings,
  beforeReport: () => Promise<void>,
): Promise<Results> {
  const { truth, clusters, targets, columns } = examples
  /** Returns a report of each column beside its targets. */
  const ofColumns = async <T>(report: (column: string, scores: Float32Array, truth: Float32Array) => T) => {
    const found: T[] = []
    for (const [k, { column, scores }] of columns.entries()) {
      await beforeReport()
      found.push(report(column, scores, targets![k]!))
    }
    return found
  }
  const none = { levels: undefined, regression: undefined }
  switch (truth) {
    case 'classes': {
      const levels: LevelReport[] = []
      for (const column of columns) {
        levels.push(
          await levelReport(column, examples, { ...settings, threshold: settings.threshold! }, beforeReport),
        )
      }
      return { ...none, levels }
    }
    case 'numbers': {
      const regression = await ofColumns((column, predicted, targets) =>
        regressionReport({ column, predicted, targets, clusters }, settings),
      )
      return { ...none, regression, regressionMeans: regressionMeans(regression) }
    }
    case 'labels': {
      const labels = await ofColumns((column, scores, labels) =>
        labelReport({ column, scores, labels, clusters }, settings),
      )
      return { ...none, labels, labelMeans: labelMeans(labels) }
    }
    case 'bases': {
      await beforeReport()
      const counted = Object.fromEntries(columns.map(({ column, scores }) => [column, scores]))
      const { known, correct, squaredError } = counted as Record<ReconstructionColumn, Float32Array>
      return {
        ...none,
        reconstruction: reconstructionReport({ known, correct, squaredError, clusters }, settings),
      }
    }
  }
}

function documentOf(
  { path, sha256, metadata }: Bundle,
  dataset: Dataset,
  { split, indices, classes, targets, warnings }: ScoredExamples,
  options: EvaluateOptions,
  settings: EvaluationSettings,
  results: Results,
): EvaluationDocument {
  const { name, kind, toolVersion } = metadata
  return {
    schema: 'splice-score-evaluation',
    schemaVersion: EVALUATION_VERSION,
    toolVersion: VERSION,
    model: { file: basename(path), name, sha256, kind, toolVersion },
    dataset: {
      // The folder may have been given as `.`.
      name: /^\.{0,2}$/.test(dataset.name) ? basename(resolve(options.data)) : dataset.name,
      files: dataset.files,
      examples: dataset.windows.count,
      leftOut: dataset.leftOut,
    },
    split,
    examples: indices.length,
    classes: targets === undefined ? countsOf(classes) : undefined,
    settings,
    ...results,
    warnings,
  }
}

function countsOf(classes: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const name of classes) {
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

async function writeResults(
  prefix: string | undefined,
  document: EvaluationDocument,
  examples: ScoredExamples,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context
  if (prefix === undefined) {
    const sink = context.guard(await openSink(context.stdout))
    await sink.write(`${describeEvaluation(document)}\n`)
    await sink.close()
    return
  }
  const outputs = context.guard(new Outputs(context.stdout))
  await outputs.writeText(`${prefix}.evaluation.json`, formatEvaluation(document))
  if (document.levels !== undefined) {
    const { model, dataset, split } = document
    const subject = `${model.name} on ${dataset.name} (${split})`
    const charts = evaluationCharts(subject, examples.columns, examples, document.levels)
    for (const name of EVALUATION_CHARTS) {
      await outputs.writeText(`${prefix}.${name}.svg`, charts[name])
    }
  }
  const files = await outputs.commit()
  for (const line of summariseEvaluation(document)) {
    terminal.info(line)
  }
  terminal.info(`wrote ${files.join(', ')}`)
}
