import type { Calibrator } from '../core/calibration.ts'
import type { Dataset } from '../curation/dataset.ts'
import type { Architecture } from '../models/architecture.ts'
import type { Checkpoint } from './checkpoint.ts'
import { type ColumnDecision, calibratedColumn, type Decision, decide, labelledExamples } from './decision.ts'
import type { RunConfig } from './run-config.ts'
import { labelsOf, type ValidationScores } from './trainer.ts'
import type { Metrics } from './validation.ts'

/** What a run led to, measured on the validation examples under the best epoch's parameters. */
export interface RunResult {
  /** From 1. */
  bestEpoch: number
  epochs: number
  examples: { train: number; validation: number; test: number }
  metrics: Metrics
  /** Absent of networks that tell no classes. */
  decision?: Decision
  /** Of a network with a score for each site, where the validation examples say which sites are true. */
  sites?: { donor?: ColumnDecision; acceptor?: ColumnDecision }
}

/** Columns of the scores of networks that score both sites and the pair. */
const SITE_COLUMNS = ['donor', 'acceptor'] as const
const COLUMNS_WITH_SITES = 3

/** Returns the result of a run of `epochs` epochs whose best one the checkpoint holds. Throws: InputDataError unless both classes are among the validation examples. */
export function runResult(
  config: RunConfig,
  { output }: Pick<Architecture, 'output'>,
  dataset: Dataset,
  best: Checkpoint,
  epochs: number,
): RunResult {
  const { history, best: chosen } = best.position
  const { train, validation, test } = dataset.splits
  const result: RunResult = {
    bestEpoch: chosen!.epoch,
    epochs,
    examples: { train: train.length, validation: validation.length, test: test.length },
    metrics: history[chosen!.epoch - 1]!.metrics,
  }
  if (output === 'bases' || dataset.targets !== undefined || best.validation === undefined) {
    return result
  }
  return { ...result, ...decisionsOf(config, dataset, best.validation) }
}

/**
 * Returns what the scores of the validation examples lead to. Throws: InputDataError unless both classes are among them.
 * Shape: scores [validation examples, columns] row-major.
 */
export function decisionsOf(
  config: RunConfig,
  { splits: { validation }, labels, siteLabels }: Pick<Dataset, 'splits' | 'labels' | 'siteLabels'>,
  { scores, columns }: ValidationScores,
): Pick<RunResult, 'decision' | 'sites'> {
  const column = (at: number) => Float64Array.from(validation, (_, i) => scores[i * columns + at]!)
  const decision = decide(config, column(columns - 1), labelsOf({ labels }, validation))
  if (columns !== COLUMNS_WITH_SITES || siteLabels === undefined) {
    return { decision }
  }
  const sites: NonNullable<RunResult['sites']> = {}
  for (const [at, site] of SITE_COLUMNS.entries()) {
    const known = Uint8Array.from(validation, example => siteLabels[COLUMNS_WITH_SITES * example + at]!)
    const calibrated = calibratedColumn(config, labelledExamples(column(at), known))
    if (calibrated !== undefined) {
      sites[site] = calibrated
    }
  }
  return { decision, ...(Object.keys(sites).length > 0 ? { sites } : {}) }
}

/** Returns the calibrators of a run's model by the names of its columns; `decisionColumn` is what the run decided about. */
export function calibratorsOf(
  { decision, sites = {} }: Pick<RunResult, 'decision' | 'sites'>,
  decisionColumn: string,
): Record<string, Calibrator> {
  const found = { ...sites, [decisionColumn]: decision }
  return Object.fromEntries(
    Object.entries(found).flatMap(([column, part]) => (part?.calibrator ? [[column, part.calibrator]] : [])),
  )
}
