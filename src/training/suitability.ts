import { InputDataError, UsageError } from '../core/errors.ts'
import type { Dataset } from '../curation/dataset.ts'
import { type Architecture, outputsOf } from '../models/architecture.ts'
import { donorPosition } from '../models/scores.ts'
import { requireLossFits } from './losses.ts'
import type { RunConfig } from './run-config.ts'
import { labelsOf } from './trainer.ts'
import { REGRESSION_METRICS } from './validation.ts'

/**
 * Checks what would else be found out after an epoch, or after all of them: that a dataset suits a network and the settings.
 * Throws: InputDataError or UsageError saying what does not.
 */
export function requireSuitable(dataset: Dataset, network: Architecture, config: RunConfig): void {
  const { splits, name, targets, window } = dataset
  if (splits.train.length === 0 || splits.validation.length === 0) {
    throw new InputDataError(
      `dataset ${name}: expected examples to train on and to validate on, found ${splits.train.length} and ${splits.validation.length}`,
      'name a split for each row, or set validationFraction above 0',
    )
  }
  if (network.windowLength !== undefined && network.windowLength !== window.length) {
    throw new InputDataError(
      `dataset ${name}: expected windows of ${network.windowLength}, found ${window.length}`,
      `${network.name} takes no others`,
    )
  }
  requireKind(dataset, network)
  const outputs = outputsOf(network, window.length)
  if (targets !== undefined && targets.columns !== outputs) {
    throw new InputDataError(
      `dataset ${name}: expected ${outputs} targets in each row, one for each value of ${network.name}, found ${targets.columns}`,
      `set options.values=${targets.columns}`,
    )
  }
  requireLossFits(config.loss, network, outputs)
  if (REGRESSION_METRICS.has(config.metric) !== (targets !== undefined)) {
    const kind = targets === undefined ? 'classes' : 'targets'
    throw new UsageError(
      `setting metric: expected one for a dataset with ${kind}, found ${config.metric}`,
      targets === undefined ? 'for example auprc or logLoss' : 'mse or pearson',
    )
  }
}

function requireKind({ name, targets, splits, window, ...dataset }: Dataset, network: Architecture): void {
  const { output } = network
  if ((output === 'values') !== (targets !== undefined)) {
    throw new InputDataError(
      `model ${network.name}: expected a dataset with ${output === 'values' ? 'targets' : 'classes'}, found ${name} with ${targets ? 'targets' : 'classes'}`,
      'networks whose output is values learn targets, the others learn classes',
    )
  }
  if (targets !== undefined) {
    return
  }
  const positives = labelsOf(dataset, splits.validation).reduce((sum, label) => sum + label, 0)
  if (positives === 0 || positives === splits.validation.length) {
    throw new InputDataError(
      `dataset ${name}: expected positives and negatives among the validation examples, found ${positives} of ${splits.validation.length} positive`,
      'name other rows for validation, or leave the draw to the tool',
    )
  }
  if (output !== 'positions') {
    return
  }
  if (!('donor' in window) || donorPosition(network, window.donor) < 0 || window.acceptor >= window.length) {
    throw new InputDataError(
      `model ${network.name}: expected windows with a donor and an acceptor inside, found ${JSON.stringify(window)} in ${name}`,
      'state both in dataset.json; a network that marks positions learns from junction windows',
    )
  }
}
