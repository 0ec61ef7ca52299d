import { InputDataError, MissingResourceError, UsageError } from '../core/errors.ts'
import type { DatasetWindow } from '../curation/dataset-description.ts'
import type { ModelLayout, TrainingFile } from '../export/bundle.ts'
import { type ExportedModel, exportModel, type ModelFacts } from '../export/export-model.ts'
import type { NetworkTensors, Precision } from '../export/inference-graph.ts'
import { type Architecture, encoderOf } from '../models/architecture.ts'
import { networkEntry } from '../models/registry.ts'
import type { ColumnDecision } from './decision.ts'
import { scoringParameters } from './engine/runner.ts'
import { meaningOf } from './losses.ts'
import { stateLayout } from './program.ts'
import type { RunConfig } from './run-config.ts'
import type { RunDescription, RunFolder } from './run-folder.ts'
import { calibratorsOf, type RunResult } from './run-result.ts'

export interface RunExportOptions {
  /** Default: junctions, one site or neither, as the run's windows have them. */
  as?: ModelLayout['kind'] | undefined
  name?: string | undefined
  licence: string
  precision: Precision
  /** See `ExportRequest`. */
  tolerance?: number | undefined
  toolVersion: string
}

/** A finished run, as read from its folder. */
export interface TrainedRun {
  path: string
  run: RunDescription
  result: RunResult
  title: string
  architecture: Architecture
  /** Of the best epoch. */
  tensors: NetworkTensors
}

/** Returns a finished run. Throws: MissingResourceError when the folder holds none. */
export async function readRun(folder: RunFolder): Promise<TrainedRun> {
  const run = await folder.description()
  const { config, dataset } = run
  const entry = networkEntry(config.model)
  const architecture = entry.create(config.options)
  const layout = stateLayout(architecture, dataset.window.length)
  const [best, result] = [await folder.checkpoint('best', layout, config), await folder.result()]
  if (best === undefined || result === undefined) {
    throw new MissingResourceError(
      `${folder.path}: expected a finished training run, found one that was not finished`,
      'go on with it by splice-score train --resume',
    )
  }
  const tensors = new Map([
    ...layout.parameters.named(scoringParameters(best.state)),
    ...layout.statistics.named(best.state.statistics),
  ])
  return { path: folder.path, run, result, title: entry.title, architecture, tensors }
}

/**
 * Returns the model of a run's best epoch, with the threshold, calibration and metrics of the validation examples and the
 * hashes of the data in its metadata.
 * Throws: UsageError when the network cannot be exported as asked; InputDataError when the file's probabilities differ from
 * the network's.
 */
export function exportRun(trained: TrainedRun, options: RunExportOptions): Promise<ExportedModel> {
  const { run, result, tensors } = trained
  const layout = layoutOf(trained.architecture, run, options.as)
  const architecture = (layout.kind === 'values' && encoderOf(trained.architecture)) || trained.architecture
  const decisionColumn = decisionColumnOf(layout)
  const { precision, tolerance } = options
  return exportModel({
    architecture,
    tensors,
    layout,
    precision,
    tolerance,
    ...(decisionColumn ? { calibrators: calibratorsOf(result, decisionColumn) } : {}),
    labels: meaningOf(run.config.loss),
    facts: exportFacts([trained], result, decisionColumn, options),
  })
}

/** Returns the column that a run decided about: the last one, named as the kind. Positions of a sequence have none, nor have numbers. */
export const decisionColumnOf = ({ kind }: ModelLayout): 'junction' | 'site' | 'window' | undefined =>
  kind === 'sequence' || kind === 'values' || kind === 'bases' ? undefined : kind

/** Returns what is to be said about the model of runs on one dataset. */
export function exportFacts(
  runs: readonly TrainedRun[],
  { metrics, decision, sites }: Pick<RunResult, 'metrics' | 'decision' | 'sites'>,
  decisionColumn: string | undefined,
  { name, licence, toolVersion }: RunExportOptions,
): ModelFacts {
  const [{ run, result, title }] = runs as readonly [TrainedRun, ...TrainedRun[]]
  const { config, dataset } = run
  const epochs =
    runs.length === 1
      ? `epoch ${result.bestEpoch} of ${result.epochs}`
      : `mean of ${runs.length} runs, epochs ${runs.map(member => `${member.result.bestEpoch} of ${member.result.epochs}`).join(', ')}`
  const seeds = Object.fromEntries(
    runs.map((member, i) => [i === 0 ? 'seed' : `seed${i + 1}`, member.run.config.seed]),
  )
  return {
    name: name ?? config.model,
    description: `${title}; ${epochs}, on ${dataset.name}`,
    threshold: decisionColumn ? decision?.threshold : decision?.rawThreshold,
    calibration: decisionColumn ? (decision?.bins ?? []) : [],
    trainingData: [
      ...dataset.files.map(({ name, sha256, role }) => ({ name, sha256, role })),
      ...teachersOf(runs),
    ],
    metrics: {
      validation: { ...metrics },
      ...(decision ? reliabilityFacts('', decision, decisionColumn !== undefined) : {}),
      ...(decisionColumn && sites?.donor ? reliabilityFacts('Donor', sites.donor, true) : {}),
      ...(decisionColumn && sites?.acceptor ? reliabilityFacts('Acceptor', sites.acceptor, true) : {}),
      examples: { ...result.examples, ...seeds },
      ...(decision ? { settings: decisionFacts(config) } : {}),
    },
    toolVersion,
    licence,
  }
}

/** Returns the teachers of all runs, each once. */
function teachersOf(runs: readonly TrainedRun[]): TrainingFile[] {
  const teachers = runs.flatMap(({ run }) => run.teachers ?? [])
  return [
    ...new Map(teachers.map(({ name, sha256 }) => [sha256, { name, sha256, role: 'teacher' }])).values(),
  ]
}

/** What threshold and probabilities were made for, as numbers: the metadata holds nothing else. */
function decisionFacts({ classRatio, operatingPoint }: RunConfig): Record<string, number> {
  return {
    classRatio,
    [`threshold${operatingPoint.kind === 'precision' ? 'Precision' : 'Sensitivity'}`]: operatingPoint.value,
  }
}

function reliabilityFacts(
  column: string,
  { reliability: { before, after } }: ColumnDecision,
  isCalibrated: boolean,
): Record<string, Record<string, number>> {
  return {
    [`reliability${column}Before`]: { ...before },
    ...(isCalibrated && after ? { [`reliability${column}After`]: { ...after } } : {}),
  }
}

/** Windows of which nobody said where a site is are judged as a whole. */
const kindOfWindows = (window: DatasetWindow): ModelLayout['kind'] =>
  'donor' in window ? 'junction' : 'site' in window ? 'site' : 'window'

/** Returns what the model of a run is asked. Throws: UsageError or InputDataError when the run's network or windows do not allow it. */
export function layoutOf(
  { donorOffset, output }: Architecture,
  { dataset, config }: RunDescription,
  as: ModelLayout['kind'] | undefined,
): ModelLayout {
  const { window } = dataset
  const kind = as ?? (output === 'values' || output === 'bases' ? output : kindOfWindows(window))
  if (output === 'bases' && kind !== 'bases' && kind !== 'values') {
    throw new UsageError(
      `model ${config.model}: its output is bases: expected to export it as bases, or as values for its code, found ${kind}`,
    )
  }
  if (output === 'values' && kind !== 'values') {
    throw new UsageError(
      `model ${config.model}: its output is numbers: expected to export it as values, found ${kind}`,
    )
  }
  if (kind === 'values' || kind === 'window' || kind === 'bases') {
    return { kind, window: { length: window.length } }
  }
  if (kind === 'sequence') {
    return { kind, marks: { donor: donorOffset, acceptor: 0 } }
  }
  if (kind === 'junction' && 'donor' in window) {
    return { kind, window }
  }
  if (kind === 'site' && 'site' in window) {
    return { kind, window }
  }
  throw new InputDataError(
    `dataset ${dataset.name}: expected to know where in its windows the ${kind === 'site' ? 'site' : 'donor and acceptor'} lies, found ${JSON.stringify(window)}`,
    'state it as window in dataset.json and train again (docs/datasets.md)',
  )
}
