import { InputDataError, UsageError } from '../core/errors.ts'
import { grouped } from '../core/number-text.ts'
import type { Dataset } from '../curation/dataset.ts'
import { type Architecture, outputsOf } from '../models/architecture.ts'
import { donorPosition } from '../models/scores.ts'
import { requireLossFits } from './losses.ts'
import type { RunConfig } from './run-config.ts'
import { labelsOf } from './trainer.ts'
import { type TruthKind, truthKindOf } from './truth.ts'
import { METRICS_OF } from './validation.ts'
import { requireWindowsFit } from './window-fit.ts'

/**
 * Checks what would else be found out after an epoch, or after all of them: that a dataset suits a network and the settings.
 * Throws: InputDataError or UsageError saying what does not.
 */
export function requireSuitable(dataset: Dataset, network: Architecture, config: RunConfig): void {
  const { name, window } = dataset
  requireTrainingPart(dataset)
  if (dataset.splits.validation.length === 0) {
    throw new InputDataError(
      `dataset ${name}: expected examples to validate on, found none beside ${grouped(dataset.splits.train.length)} to train on`,
      'name a split for each row, or set validationFraction above 0',
    )
  }
  requireWindowsFit(dataset, network)
  const outputs = outputsOf(network, window.length)
  if (network.output !== 'bases') {
    requireKind(dataset, network)
    requireTargets(dataset, network, outputs)
  }
  requireLossFits(config.loss, network, outputs)
  requireMetricFits(dataset, network, config)
}

function requireTargets({ name, targets }: Dataset, network: Architecture, outputs: number): void {
  if (targets !== undefined && targets.columns !== outputs) {
    throw new InputDataError(
      `dataset ${name}: expected ${outputs} targets in each row, one for each value of ${network.name}, found ${targets.columns}`,
      'values' in network.options
        ? `set options.values=${targets.columns}`
        : 'choose a network with as many, or give a table with as many targets',
    )
  }
}

const NO_SUCH_METRIC: Readonly<Record<TruthKind, { of: string; hint: string }>> = {
  classes: { of: 'a dataset with classes', hint: 'for example auprc or logLoss' },
  numbers: { of: 'a dataset with targets', hint: 'mse or pearson' },
  labels: { of: 'a dataset with labels as targets', hint: 'for example auprc or logLoss' },
  bases: { of: 'a network that gives back bases', hint: 'baseAccuracy, mse or logLoss' },
}

function requireMetricFits(dataset: Dataset, network: Architecture, { loss, metric }: RunConfig): void {
  const kind = truthKindOf(network, loss, dataset)
  const { of, hint } = NO_SUCH_METRIC[kind]
  if (!METRICS_OF[kind].includes(metric)) {
    throw new UsageError(`setting metric: expected one for ${of}, found ${metric}`, hint)
  }
  if (kind === 'bases' && metric === 'logLoss' && loss.kind === 'mean-squared-error') {
    throw new UsageError(
      'setting metric: expected baseAccuracy or mse with loss mean-squared-error, found logLoss',
      'the numbers are then no probabilities',
    )
  }
}

/**
 * Checks that a dataset has rows to train on. Where it has none, no validation part is drawn either.
 * Throws: InputDataError saying in which parts the rows are.
 */
export function requireTrainingPart({
  name,
  splits,
  leftOut,
}: Pick<Dataset, 'name' | 'splits' | 'leftOut'>): void {
  if (splits.train.length > 0) {
    return
  }
  const parts = (['validation', 'test'] as const).filter(part => splits[part].length > 0)
  const counts = parts.map(part => `${grouped(splits[part].length)} in ${part}`)
  const found =
    parts.length === 1
      ? `all ${grouped(splits[parts[0]!].length)} rows are in ${parts[0]}`
      : ['no row is in train', ...counts].join(', ')
  const unknown = leftOut === 0 ? '' : `; ${grouped(leftOut)} of class unknown are no examples`
  throw new InputDataError(
    `dataset ${name}: expected rows in the train part, found none: ${found}${unknown}`,
    parts.includes('test')
      ? 'name rows to train on in the split column; a dataset of test rows alone is for `evaluate`'
      : 'name rows to train on in the split column',
  )
}

/**
 * Checks that a part of a dataset with classes has both labels.
 * Throws: InputDataError saying how many examples of it are positive.
 */
export function requireBothLabels(
  { name, splits, labels }: Pick<Dataset, 'name' | 'splits' | 'labels'>,
  part: 'train' | 'validation',
): void {
  const count = splits[part].length
  const positives = labelsOf({ labels }, splits[part]).reduce((sum, label) => sum + label, 0)
  if (positives === 0 || positives === count) {
    throw new InputDataError(
      `dataset ${name}: expected positives and negatives among the ${part === 'train' ? 'training' : part} examples, found ${grouped(positives)} of ${grouped(count)} positive`,
      part === 'train'
        ? 'name other rows for training'
        : 'name other rows for validation, or leave the draw to the tool',
    )
  }
}

/** A network of pairs has its sites at fixed places. */
function requirePairWindow(
  { name, pairSites }: Architecture,
  dataset: string,
  window: Dataset['window'],
): void {
  if (
    pairSites !== undefined &&
    !('donor' in window && window.donor === pairSites.donor && window.acceptor === pairSites.acceptor)
  ) {
    throw new InputDataError(
      `model ${name}: expected windows with the donor at ${pairSites.donor} and the acceptor at ${pairSites.acceptor}, found ${JSON.stringify(window)} in ${dataset}`,
      'give a dataset of junctions as splice-score curate or dataset merge writes them',
    )
  }
}

function requireKind({ name, targets, splits, window, ...dataset }: Dataset, network: Architecture): void {
  const { output } = network
  if ((output === 'values') !== (targets !== undefined)) {
    throw new InputDataError(
      `model ${network.name}: expected a dataset with ${output === 'values' ? 'targets' : 'classes'}, found ${name} with ${targets ? 'targets' : 'classes'}`,
      'values' in network.options && output === 'values'
        ? 'networks whose output is values learn targets; options.values=0 makes two classes of most'
        : 'networks whose output is values learn targets, the others learn classes',
    )
  }
  if (targets !== undefined) {
    return
  }
  requireBothLabels({ name, splits, ...dataset }, 'validation')
  if (output === 'pair') {
    requirePairWindow(network, name, window)
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
