import { join } from 'node:path'
import { silentLog } from '../../src/core/log.ts'
import { type Dataset, readDataset } from '../../src/curation/dataset.ts'
import type { Bundle } from '../../src/export/bundle.ts'
import { openScorer } from '../../src/training/evaluation-scorer.ts'
import { type PartialConfig, resolveConfig } from '../../src/training/run-config.ts'
import { exportRun, type RunExportOptions, readRun, type TrainedRun } from '../../src/training/run-export.ts'
import { RunFolder } from '../../src/training/run-folder.ts'
import type { RunResult } from '../../src/training/run-result.ts'
import { type TrainRunOptions, trainRun } from '../../src/training/train-run.ts'
import { TINY_SITE_PAIR } from '../support/toy-dataset.ts'

export const EXPORT: RunExportOptions = { licence: 'MIT', precision: 'float32', toolVersion: '0.0.0' }

/** Of runs that are over in a second or two. */
const SETTINGS: PartialConfig = {
  model: 'site-pair',
  options: TINY_SITE_PAIR,
  epochs: 2,
  batchSize: 16,
  learningRate: 0.02,
  schedule: 'constant',
  averaging: 0,
  maskFlanks: 0,
  shards: 1,
  threads: 1,
}

/** Returns the dataset of a toy folder. */
export function toyData(folder: string): Promise<Dataset> {
  return readDataset(folder, { scratchFolder: join(folder, 'scratch') })
}

/** Trains a small `site-pair` to a folder and returns what it led to. */
export function trainPair(
  dataset: Dataset,
  path: string,
  settings: PartialConfig = {},
  rest: Partial<TrainRunOptions> = {},
): Promise<RunResult> {
  return trainRun({
    config: resolveConfig([SETTINGS, settings], { cores: 1 }),
    dataset,
    folder: new RunFolder(path),
    resume: false,
    toolVersion: '0.0.0',
    log: silentLog,
    onProgress: () => undefined,
    drawCurves: () => '<svg/>',
    clock: () => performance.now(),
    ...rest,
  })
}

/** Returns the finished run of a folder. */
export const runAt = (path: string): Promise<TrainedRun> => readRun(new RunFolder(path))

/** Returns the model of a run as it would be without calibration. */
export async function uncalibrated(run: TrainedRun): Promise<Pick<Bundle, 'bytes' | 'metadata'>> {
  const { decision, sites: _, ...result } = run.result
  const { calibrator: __, ...plain } = decision!
  return exportRun({ ...run, result: { ...result, decision: plain } }, EXPORT)
}

/** Returns a model's scores of examples, a row of donor, acceptor and junction for each. */
export async function scoresOf(
  bundle: Pick<Bundle, 'bytes' | 'metadata'>,
  dataset: Dataset,
  examples: Uint32Array,
): Promise<number[][]> {
  const scorer = await openScorer(bundle, dataset.window, { provider: 'cpu', threads: 1, inProcess: true })
  const codes = new Uint8Array(examples.length * dataset.window.length)
  await dataset.windows.read(examples, codes)
  const scores = Array.from(await scorer.score(codes, examples.length))
  await scorer.close()
  return Array.from(examples, (_, i) => scores.slice(3 * i, 3 * i + 3))
}
