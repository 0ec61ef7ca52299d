import { UsageError } from '../core/errors.ts'
import { joinFloats } from '../core/join-floats.ts'
import type { Dataset } from '../curation/dataset.ts'
import { type ExportedModel, exportModel } from '../export/export-model.ts'
import { startBatchSource } from './data/batch-source.ts'
import { openScorer } from './evaluation-scorer.ts'
import { judgedByPairs } from './judged-examples.ts'
import {
  decisionColumnOf,
  exportFacts,
  layoutOf,
  type RunExportOptions,
  type TrainedRun,
} from './run-export.ts'
import { calibratorsOf, decisionsOf } from './run-result.ts'
import { labelsOf, type ValidationScores } from './trainer.ts'
import { classMetrics, tallyColumn } from './validation.ts'

/**
 * Returns several runs of one network on one dataset as a single model: the mean of their logits. Threshold, calibration and
 * metrics are those of the mean on the validation examples.
 * Throws: UsageError when runs are of different networks, of other data, or validated on other examples; else as `exportRun`.
 */
export async function exportEnsemble(
  runs: readonly TrainedRun[],
  given: Dataset,
  options: RunExportOptions,
): Promise<ExportedModel> {
  const dataset = judgedByPairs(given)
  const [first] = runs as readonly [TrainedRun, ...TrainedRun[]]
  requireAlike(runs, dataset)
  const { architecture, run } = first
  if (architecture.output === 'values' || architecture.output === 'bases') {
    throw new UsageError(
      `model ${architecture.name}: its output is ${architecture.output}: expected one run to export, found ${runs.length}`,
      'means are made of networks that tell classes',
    )
  }
  const layout = layoutOf(architecture, run, options.as)
  const tensors = runs.map(member => member.tensors)
  const { precision, tolerance } = options
  const request = { architecture, tensors, layout, precision, tolerance }
  const plain = await exportModel({
    ...request,
    facts: exportFacts(runs, { metrics: {} }, undefined, options),
  })
  const scores = await validationScores(plain, dataset, run.config.batchSize)
  const { columns } = scores
  const labels = labelsOf(dataset, dataset.splits.validation)
  const metrics = classMetrics(tallyColumn(scores.scores, columns, columns - 1, labels))
  const decisions = decisionsOf(run.config, dataset, scores)
  const decisionColumn = decisionColumnOf(layout)
  return exportModel({
    ...request,
    ...(decisionColumn ? { calibrators: calibratorsOf(decisions, decisionColumn) } : {}),
    facts: exportFacts(runs, { metrics, ...decisions }, decisionColumn, options),
  })
}

function requireAlike(runs: readonly TrainedRun[], dataset: Dataset): void {
  const [first, ...others] = runs as readonly [TrainedRun, ...TrainedRun[]]
  // The settled options: a default that is given as such changes nothing.
  const network = ({ architecture: { name, options } }: TrainedRun) => `${name} ${JSON.stringify(options)}`
  const other = others.find(run => network(run) !== network(first))
  if (other !== undefined) {
    throw new UsageError(
      `${other.path}: expected a run of the same network as ${first.path}, ${network(first)}, found ${network(other)}`,
      'the mean is that of networks of one shape',
    )
  }
  const files = (list: readonly { sha256: string }[]) => list.map(({ sha256 }) => sha256).join()
  const stranger = runs.find(({ run }) => files(run.dataset.files) !== files(dataset.files))
  if (stranger !== undefined) {
    throw new UsageError(
      `${stranger.path}: expected a run on the dataset given with --data, ${dataset.name}, found one on ${stranger.run.dataset.name}, whose files are others`,
      'give the folder that all the runs were trained on',
    )
  }
  requireSameValidation(runs, dataset)
}

/** Examples that one run validated on, another may have been trained on, unless the table names them. */
function requireSameValidation(runs: readonly TrainedRun[], { name, splitSource }: Dataset): void {
  if (splitSource === 'column') {
    return
  }
  const [first, ...others] = runs as readonly [TrainedRun, ...TrainedRun[]]
  const draw = ({ run: { config } }: TrainedRun) =>
    `seed ${config.seed} and validationFraction ${config.validationFraction}`
  const other = others.find(run => draw(run) !== draw(first))
  if (other !== undefined) {
    throw new UsageError(
      `${other.path}: expected a run that validated on the same examples as ${first.path}, drawn with ${draw(first)}, found ${draw(other)}`,
      `name the validation rows of ${name} in its column split, and train all runs with them`,
    )
  }
}

/** Returns all columns of the validation examples. */
async function validationScores(
  { bytes, metadata }: ExportedModel,
  dataset: Dataset,
  batchSize: number,
): Promise<ValidationScores> {
  const scorer = await openScorer({ bytes, metadata }, dataset.window, { provider: 'cpu', threads: 0 })
  try {
    const source = await startBatchSource({ dataset, batchSize })
    try {
      const parts: Float32Array[] = []
      for await (const { codes, labels } of source.inOrder(dataset.splits.validation)) {
        parts.push(await scorer.score(codes, labels.length))
      }
      return { scores: joinFloats(parts), columns: scorer.columns.length }
    } finally {
      await source.close()
    }
  } finally {
    await scorer.close()
  }
}
