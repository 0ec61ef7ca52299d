import { SpliceScoreError } from '../../core/errors.ts'
import { type Log, silentLog } from '../../core/log.ts'
import type { Dataset } from '../../curation/dataset.ts'
import { architecture } from '../../models/registry.ts'
import { startBatchSource } from '../data/batch-source.ts'
import { startEngine } from '../engine/engine.ts'
import { engineSettings } from '../engine/settings.ts'
import { firstState } from '../first-state.ts'
import { stateLayout } from '../program.ts'
import type { RunConfig } from '../run-config.ts'
import { START, Trainer, type TrainingProgress } from '../trainer.ts'

/** What a run without a folder is given. */
export interface FoldRun {
  config: RunConfig
  /** Its parts `train` and `validation` are those of the run. */
  dataset: Dataset
  log: Log
  onProgress(progress: TrainingProgress): void
  /** Milliseconds, from any beginning. */
  clock(): number
  signal?: AbortSignal | undefined
}

/**
 * Returns the metric of the best epoch of a run that leaves nothing behind.
 * Throws: SpliceScoreError when a loss is not finite, or no epoch had a metric that is a number; InterruptedError after the signal.
 */
export async function bestMetricOf({ config, dataset, log, ...parts }: FoldRun): Promise<number> {
  const network = architecture(config.model, config.options)
  const layout = stateLayout(network, dataset.window.length)
  const { batchSize, seed, sampling, maskFlanks } = config
  const source = await startBatchSource({
    dataset,
    batchSize,
    train: { indices: dataset.splits.train, seed, sampling, maskFlanks },
  })
  try {
    const engine = await startEngine(
      engineSettings(config, dataset.window),
      firstState(layout, dataset, config),
      log,
    )
    try {
      const { best } = await new Trainer({
        ...parts,
        config,
        dataset,
        architecture: network,
        layout,
        source,
        engine,
        position: START,
        save: async () => {},
        // A line for each epoch of each run of each trial would drown the rest.
        log: silentLog,
      }).run()
      if (best === undefined) {
        throw noNumber(config)
      }
      return best.value
    } finally {
      await engine.close()
    }
  } finally {
    await source.close()
  }
}

/** What a run says that came to nothing by its settings, not by its data. */
export const DIVERGED = 'DIVERGED'

const noNumber = ({ metric }: RunConfig) =>
  new SpliceScoreError(DIVERGED, 2, `expected a number as ${metric} of some epoch, found none`)
