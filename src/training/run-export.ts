import { InputDataError, MissingResourceError, UsageError } from '../core/errors.ts'
import type { ModelLayout } from '../export/bundle.ts'
import { type ExportedModel, exportModel } from '../export/export-model.ts'
import type { Precision } from '../export/inference-graph.ts'
import type { Architecture } from '../models/architecture.ts'
import { networkEntry } from '../models/registry.ts'
import { scoringParameters } from './engine/runner.ts'
import { stateLayout } from './program.ts'
import type { RunDescription, RunFolder } from './run-folder.ts'

export interface RunExportOptions {
  /** Default: junctions or one site, as the run's windows have them. */
  as?: ModelLayout['kind'] | undefined
  name?: string | undefined
  licence: string
  precision: Precision
  /** See `ExportRequest`. */
  tolerance?: number | undefined
  toolVersion: string
}

/**
 * Returns the model of a run's best epoch, with the threshold, calibration and metrics of the validation examples and the
 * hashes of the data in its metadata.
 * Throws: MissingResourceError when the folder holds no finished run; UsageError when the network cannot be exported as asked;
 * InputDataError when the file's probabilities differ from the network's.
 */
export async function exportRun(folder: RunFolder, options: RunExportOptions): Promise<ExportedModel> {
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
  const kind = layoutOf(architecture, run, options.as)
  const { decision } = result
  const decisionColumn = kind.kind === 'sequence' ? undefined : kind.kind
  return exportModel({
    architecture,
    tensors: new Map([
      ...layout.parameters.named(scoringParameters(best.state)),
      ...layout.statistics.named(best.state.statistics),
    ]),
    layout: kind,
    precision: options.precision,
    tolerance: options.tolerance,
    ...(decisionColumn && decision?.calibrator
      ? { calibrators: { [decisionColumn]: decision.calibrator } }
      : {}),
    facts: {
      name: options.name ?? config.model,
      description: `${entry.title}; epoch ${result.bestEpoch} of ${result.epochs} on ${dataset.name}`,
      threshold: (decisionColumn ? decision?.threshold : decision?.rawThreshold) ?? DEFAULT_THRESHOLD,
      calibration: decisionColumn ? (decision?.bins ?? []) : [],
      trainingData: dataset.files.map(({ name, sha256, role }) => ({ name, sha256, role })),
      metrics: {
        validation: { ...result.metrics },
        ...(decision ? { reliabilityBefore: { ...decision.reliability.before } } : {}),
        ...(decisionColumn && decision?.reliability.after
          ? { reliabilityAfter: { ...decision.reliability.after } }
          : {}),
        examples: { ...result.examples, seed: config.seed },
      },
      toolVersion: options.toolVersion,
      licence: options.licence,
    },
  })
}

/** For a run without a threshold of its own. */
const DEFAULT_THRESHOLD = 0.5

function layoutOf(
  { donorOffset, output }: Architecture,
  { dataset, config }: RunDescription,
  as: ModelLayout['kind'] | undefined,
): ModelLayout {
  const { window } = dataset
  const kind = as ?? ('donor' in window ? 'junction' : 'site')
  if (output === 'values') {
    throw new UsageError(
      `model ${config.model}: its output is numbers, which no kind of model file holds yet`,
    )
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
